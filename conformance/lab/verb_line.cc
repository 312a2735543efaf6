#include "conformance/lab/verb_line.h"

namespace sfa::conformance {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

}  // namespace

std::optional<VerbLine> SplitVerbLine(std::string_view line) {
  line = Trim(line);
  if (line.empty() || line.starts_with('#')) return std::nullopt;
  const size_t end = line.find_first_of(kBlank);
  if (end == std::string_view::npos) return VerbLine{std::string(line), ""};
  return VerbLine{std::string(line.substr(0, end)), std::string(Trim(line.substr(end)))};
}

std::string Reason(const LoadedStep& loaded) {
  std::string reason;
  for (const InputError& error : loaded.errors) {
    reason += (reason.empty() ? "" : "; ") + error.message;
  }
  return reason;
}

}  // namespace sfa::conformance
