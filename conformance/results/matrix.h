// What a run of the matrix leaves behind: a cell for each pair of networks, a login for each.
#ifndef CONFORMANCE_RESULTS_MATRIX_H_
#define CONFORMANCE_RESULTS_MATRIX_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "conformance/results/results.h"
#include "runtime/result.h"

namespace sfa::conformance {

// A desktop client in the network `from` calls an Asterisk in the network `to`.
struct MatrixCell {
  std::string from, to;
  std::string expected;  // "direct", "tcp", "relay", "none"
  std::string path;      // that was taken, by what the packets show; "none" without a call
  Verdict verdict = Verdict::kInconclusive;
  std::string reason;              // why it is no pass
  std::optional<Duration> set_up;  // from the call to the caller's hearing that it is answered
  // On the caller's access, headers included, in both directions: until it is answered; all of it.
  uint64_t set_up_bytes = 0;
  uint64_t call_bytes = 0;
  std::optional<double> correlation, mos;
  std::string folder;     // with all of it, of a cell that did not pass
  std::string reproduce;  // one line for a shell
};

// A client of the network `kind` logs in, in a world of 24 supernodes.
struct MatrixLogin {
  std::string kind;
  std::string expected;  // "3 s to 7 s" as published, "succeeds", "fails"
  std::optional<Duration> time;
  uint64_t bytes = 0;  // on its access, headers included, in both directions
  Verdict verdict = Verdict::kInconclusive;
  std::string reason;
  std::string published;  // "3 to 7 s, 10 KB"; "" where nothing was published
};

struct MatrixKind {
  std::string name, summary;
  bool shared = false;  // only with itself
};

struct MatrixResult {
  std::string target;
  uint64_t seed = 0;
  std::vector<MatrixKind> kinds;  // in the order of rows and columns
  std::vector<MatrixCell> cells;
  std::vector<MatrixLogin> logins;

  Verdict verdict() const;
  // Null where there is none.
  const MatrixCell* Find(const std::string& from, const std::string& to) const;
};

nlohmann::ordered_json ToJson(const MatrixCell& cell);
nlohmann::ordered_json ToJson(const MatrixLogin& login);
nlohmann::ordered_json ToJson(const MatrixResult& matrix);
// The inverse; an error for text that is not what ToJson() makes.
Result<MatrixCell> MatrixCellFromJson(const std::string& text);
Result<MatrixLogin> MatrixLoginFromJson(const std::string& text);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_RESULTS_MATRIX_H_
