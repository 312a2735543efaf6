// What the commands have in common: where the data is, how to talk to people and machines.
#ifndef CONFORMANCE_COMMAND_LINE_OPTIONS_H_
#define CONFORMANCE_COMMAND_LINE_OPTIONS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conformance/results/results.h"
#include "conformance/runner/library.h"
#include "conformance/world/pbx_site.h"
#include "runtime/time.h"

namespace sfa::conformance {

enum ExitCode { kExitPass = 0, kExitFail = 1, kExitBadInput = 2, kExitCannotTell = 3 };

struct CommonOptions {
  std::string source_root = ".";
  std::string target = "sim";
  uint64_t seed = 1;
  std::string out;
  bool json = false;
};

// pass and unsupported-with-passes: 0; fail: 1; inconclusive or unsupported: 3.
ExitCode ExitCodeOf(Verdict verdict);

// The targets that --on takes.
std::vector<std::string> Targets();
// `target` is one of Targets().
std::unique_ptr<PbxFactory> NewPbxFactory(const std::string& target,
                                          const std::string& source_root);

// Opens the data under `source_root`; tells what is wrong with it on standard error.
std::optional<Library> OpenLibrary(const std::string& source_root);

// One line each, on standard error; returns kExitBadInput.
ExitCode TellInputErrors(const std::vector<InputError>& errors);
ExitCode TellError(const std::string& message, ExitCode code);

// report.html, junit.xml and results.sqlite in `out`.
Status WriteReports(const SuiteResult& suite, const std::string& out);

// The commands, each with its exit code.
struct ConformOptions {
  std::string filter;
  std::optional<Duration> longest;  // no scenario that lasts longer
  int jobs = 1;
};
ExitCode Conform(const CommonOptions& common, const ConformOptions& options);
// Rounds of loading, calls and unloading in a real Asterisk, and beside them a control run.
ExitCode ConformLong(const CommonOptions& common);
struct RoundsWorkerOptions {
  int rounds = 0;
  int calls = 0;
  bool without_modules = false;
};
// One of both runs for ConformLong(): prints it as one line of JSON.
ExitCode RoundsWorker(const CommonOptions& common, const RoundsWorkerOptions& options);
ExitCode Run(const CommonOptions& common, const std::string& file);
struct MatrixOptions {
  std::string pair;   // "A,B": this cell only
  std::string login;  // this login only
  int jobs = 1;
  bool worker = false;  // of another matrix, with which it ends
};
ExitCode Matrix(const CommonOptions& common, const MatrixOptions& options);
// One case for Conform(): prints its result as one line of JSON.
ExitCode RunWorker(const CommonOptions& common, const std::string& file);
// One stored run again, or the difference of two but for those that `reviewed_file` lists ("" for
// none).
ExitCode Report(const CommonOptions& common, const std::vector<std::string>& stores,
                const std::string& reviewed_file);
struct LabOptions {
  std::string file;
  std::string directory;
  std::string target = "asterisk-22";
  std::string etc;  // "": none
};
ExitCode LabUp(const CommonOptions& common, const LabOptions& options);
ExitCode LabStatus(const LabOptions& options);
ExitCode LabDown(const LabOptions& options);
// The process that LabUp() leaves in the background: descriptor 3 holds the folder's lock, to
// descriptor 4 it says one line when the lab is usable, or why there will be none.
ExitCode LabDaemon(const CommonOptions& common, const LabOptions& options);
struct ClientOptions {
  std::string directory;
  std::string as;
  std::vector<std::string> words;  // what to do; empty: it stands on standard input
  std::optional<Duration> wait;    // so long it listens when all has been done
  std::string until;               // it ends when this has been seen
};
ExitCode RunClient(const ClientOptions& options);
ExitCode Bench(const CommonOptions& common);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_COMMAND_LINE_OPTIONS_H_
