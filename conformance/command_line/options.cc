#include "conformance/command_line/options.h"

#include <cstdio>
#include <utility>

#include "conformance/host/files.h"
#include "conformance/world/real_site.h"
#include "conformance/world/simulated_site.h"
#include "reports/html.h"
#include "reports/junit.h"
#include "reports/store.h"

namespace sfa::conformance {
ExitCode ExitCodeOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return kExitPass;
    case Verdict::kFail:
      return kExitFail;
    case Verdict::kInconclusive:
    case Verdict::kUnsupported:
      return kExitCannotTell;
  }
  return kExitCannotTell;
}

std::vector<std::string> Targets() { return {"sim", "asterisk-22", "asterisk-16"}; }

std::unique_ptr<PbxFactory> NewPbxFactory(const std::string& target,
                                          const std::string& source_root) {
  if (target == "sim") return NewSimulatedPbxFactory();
  return NewRealPbxFactory(target.substr(target.find('-') + 1), source_root);
}

std::optional<Library> OpenLibrary(const std::string& source_root) {
  std::vector<InputError> errors;
  std::optional<Library> library = Library::Open(source_root, errors);
  if (!library) TellInputErrors(errors);
  return library;
}

ExitCode TellInputErrors(const std::vector<InputError>& errors) {
  for (const InputError& error : errors) std::fprintf(stderr, "%s\n", ToString(error).c_str());
  return kExitBadInput;
}

ExitCode TellError(const std::string& message, ExitCode code) {
  std::fprintf(stderr, "sfalab: %s\n", message.c_str());
  return code;
}

Status WriteReports(const SuiteResult& suite, const std::string& out) {
  const Result<std::string> store = reports::StoreRun(suite);
  if (!store.ok()) return store.error();
  for (const auto& [name, text] :
       {std::pair<const char*, std::string>{"report.html", reports::RenderHtml(suite)},
        {"junit.xml", reports::RenderJunit(suite)},
        {"results.sqlite", *store}}) {
    Status written = WriteFile(out + "/" + name, text);
    if (!written.ok()) return written;
  }
  return {};
}

}  // namespace sfa::conformance
