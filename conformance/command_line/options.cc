#include "conformance/command_line/options.h"

#include <cstdio>
#include <utility>

#include "conformance/host/files.h"
#include "conformance/world/simulated_site.h"
#include "reports/html.h"
#include "reports/junit.h"
#include "reports/store.h"

namespace sfa::conformance {
namespace {

// A target of which this program knows the name and nothing else.
class AbsentPbxFactory final : public PbxFactory {
 public:
  explicit AbsentPbxFactory(std::string target) : target_(std::move(target)) {}

  std::string target() const override { return target_; }
  sim::ClockKind clock() const override { return sim::ClockKind::kReal; }
  std::string WhyUnsupported() const override {
    return "this program was built without the target " + target_;
  }
  Result<std::unique_ptr<PbxSite>> Make(const AsteriskSpec&, sim::Network&,
                                        PbxSiteObserver&) const override {
    return Error{ErrorCode::kOther, WhyUnsupported()};
  }

 private:
  const std::string target_;
};

}  // namespace

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

std::unique_ptr<PbxFactory> NewPbxFactory(const std::string& target, const std::string&) {
  if (target == "sim") return NewSimulatedPbxFactory();
  return std::make_unique<AbsentPbxFactory>(target);
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
    const Status written = WriteFile(out + "/" + name, text);
    if (!written.ok()) return written;
  }
  return {};
}

}  // namespace sfa::conformance
