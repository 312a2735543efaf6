// One cell of the matrix: a scenario file like any other, run, judged and measured.
#ifndef CONFORMANCE_MATRIX_CELL_H_
#define CONFORMANCE_MATRIX_CELL_H_

#include <cstdint>
#include <string>

#include "conformance/matrix/kind.h"
#include "conformance/results/matrix.h"
#include "conformance/runner/library.h"
#include "conformance/world/pbx_site.h"

namespace sfa::conformance {

// A client in `from` calls an Asterisk in `to`, which answers with Echo(); 12 s later the caller
// hangs up.
std::string CellScenario(const NetworkKind& from, const NetworkKind& to);
// A client in `kind` logs in, in a world of 24 supernodes.
std::string LoginScenario(const NetworkKind& kind);

struct CellSettings {
  uint64_t seed = 1;
  std::string target = "sim";
  // The folder of a cell that did not pass goes to <out>/failures; "" for none.
  std::string out;
};

// Errors are those of the machine that it runs on.
Result<MatrixCell> RunCell(const NetworkKind& from, const NetworkKind& to, const Library& library,
                           const PbxFactory& factory, const CellSettings& settings);
Result<MatrixLogin> RunLogin(const NetworkKind& kind, const Library& library,
                             const PbxFactory& factory, const CellSettings& settings);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_MATRIX_CELL_H_
