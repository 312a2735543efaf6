#include "conformance/catalogue/coverage.h"

#include <fmt/format.h>

#include <map>
#include <utility>

namespace sfa::conformance {
namespace {

constexpr size_t kColumns = 100;

// "SFA-3.2.2-01" taken apart.
struct Name {
  std::string chapter;  // "3"
  std::string section;  // "3.2.2"
  std::string number;   // "01"
};

Name Parse(const std::string& id) {
  const size_t start = id.find('-') + 1;
  const size_t end = id.rfind('-');
  return {id.substr(start, id.find_first_of(".-", start) - start), id.substr(start, end - start),
          id.substr(end + 1)};
}

// Those of one chapter, "3.1-12 to 15" for a row of them.
std::vector<std::string> Rows(const std::vector<MissingScenario>& missing,
                              const Catalogue& catalogue, const std::string& chapter) {
  std::vector<std::string> rows;
  size_t next = 0;
  Name first, last;
  const auto close = [&] {
    if (last.number.empty()) return;
    std::string row = first.section + "-" + first.number;
    if (first.number != last.number) row += " to " + last.number;
    rows.push_back(std::move(row));
    last = {};
  };
  for (const Requirement& requirement : catalogue.requirements()) {
    const bool lacks = next < missing.size() && missing[next].id == requirement.id;
    if (lacks) ++next;
    const Name name = Parse(requirement.id);
    if (name.chapter != chapter) continue;
    if (!lacks || name.section != first.section) close();
    if (!lacks) continue;
    if (last.number.empty()) first = name;
    last = name;
  }
  close();
  return rows;
}

void AppendWrapped(std::string line, const std::vector<std::string>& rows,
                   std::vector<std::string>& lines) {
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::string item = rows[i] + (i + 1 < rows.size() ? "," : "");
    if (line.size() + 1 + item.size() > kColumns) {
      lines.push_back(std::move(line));
      line = "   ";
    }
    line += " " + item;
  }
  lines.push_back(std::move(line));
}

}  // namespace

std::vector<MissingScenario> WithoutScenario(const Catalogue& catalogue,
                                             const std::set<std::string>& judged) {
  std::vector<MissingScenario> missing;
  for (const Requirement& each : catalogue.requirements()) {
    if (judged.count(each.id) == 0) missing.push_back({each.id, each.kind, each.statement});
  }
  return missing;
}

std::vector<std::string> MissingByChapter(const std::vector<MissingScenario>& missing,
                                          const Catalogue& catalogue) {
  std::map<std::string, size_t> all, lacking;  // by chapter
  for (const Requirement& each : catalogue.requirements()) ++all[Parse(each.id).chapter];
  for (const MissingScenario& each : missing) ++lacking[Parse(each.id).chapter];
  std::vector<std::string> lines;
  for (const auto& [chapter, count] : lacking) {
    const std::string title = chapter == "X" ? "beyond the manual" : "chapter " + chapter;
    AppendWrapped(fmt::format("  {}: {} of {}:", title, count, all[chapter]),
                  Rows(missing, catalogue, chapter), lines);
  }
  return lines;
}

}  // namespace sfa::conformance
