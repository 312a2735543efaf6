#include "reports/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "reports/escape.h"
#include "reports/html_page.h"
#include "reports/ladder.h"

namespace sfa::reports {
namespace {

using conformance::CaseResult;
using conformance::CheckResult;
using conformance::MissingScenario;
using conformance::RequirementResult;
using conformance::SuiteResult;
using conformance::Verdict;

// What wants attention comes first.
constexpr Verdict kOrder[] = {Verdict::kFail, Verdict::kInconclusive, Verdict::kUnsupported,
                              Verdict::kPass};
// A requirement that many scenarios judge names so many at once.
constexpr size_t kCasesShown = 3;

int Rank(Verdict verdict) {
  return static_cast<int>(std::find(std::begin(kOrder), std::end(kOrder), verdict) - kOrder);
}

std::string Badge(Verdict verdict) {
  return fmt::format("<span class=\"badge {0}\">{0}</span>", ToString(verdict));
}

std::string Link(const std::string& target, const std::string& text) {
  return fmt::format("<a href=\"{}\">{}</a>", Escape(target), Escape(text));
}

std::string Count(size_t count, const char* what) {
  return fmt::format("<b>{}</b> {}{}", count, what, count == 1 ? "" : "s");
}

std::string Whose(const CheckResult& check) {
  return check.requirement.empty() ? "platform" : check.requirement;
}

// What was looked for, without the requirement, which stands beside it.
std::string LookedFor(const CheckResult& check) {
  const std::string prefix = "{requirement: " + check.requirement + ", ";
  if (check.check.rfind(prefix, 0) != 0) return check.check;
  return "{" + check.check.substr(prefix.size());
}

std::string Head(const SuiteResult& suite) {
  std::map<Verdict, size_t> requirements, cases;
  for (const RequirementResult& each : suite.requirements) ++requirements[each.verdict];
  for (const CaseResult& each : suite.cases) ++cases[each.verdict()];
  std::string judged = fmt::format("{} requirements judged", suite.requirements.size());
  if (suite.catalogued > 0) {
    judged = fmt::format("{} of the catalogue&#39;s {} requirements judged",
                         suite.requirements.size(), suite.catalogued);
  }
  std::string html = fmt::format(
      "<h1>Skype for Asterisk conformance {}</h1>\n"
      "<p class=\"soft\">Target {} \xC2\xB7 seed {} \xC2\xB7 {} scenario{} \xC2\xB7 {}</p>\n"
      "<div class=\"tiles\">\n",
      Badge(suite.verdict()), Escape(suite.target), suite.seed, suite.cases.size(),
      suite.cases.size() == 1 ? "" : "s", judged);
  for (const Verdict verdict : kOrder) {
    html +=
        fmt::format("<a class=\"tile{}\" href=\"#show={}\">{}<p>{}</p><p>{}</p></a>\n",
                    requirements[verdict] + cases[verdict] == 0 ? " none" : "", ToString(verdict),
                    Badge(verdict), Count(requirements[verdict], "requirement"),
                    Count(cases[verdict], "scenario"));
  }
  return html + "</div>\n";
}

std::string Filter() {
  std::string html =
      "<div class=\"filter\" hidden><input id=\"find\" type=\"search\" "
      "placeholder=\"find a requirement, a scenario, a word\" aria-label=\"find\">"
      "<a data-show=\"\" href=\"#\">all</a>";
  for (const Verdict verdict : kOrder) {
    html += fmt::format("<a data-show=\"{0}\" href=\"#show={0}\">{0}</a>", ToString(verdict));
  }
  return html +
         "</div>\n<p id=\"nothing\" hidden>Nothing here is like that. "
         "<a href=\"#\">Show all</a></p>\n";
}

// The cases in their order, those with something to look at first.
std::vector<const CaseResult*> Sorted(const SuiteResult& suite) {
  std::vector<const CaseResult*> cases;
  for (const CaseResult& each : suite.cases) cases.push_back(&each);
  std::stable_sort(cases.begin(), cases.end(), [](const CaseResult* a, const CaseResult* b) {
    return Rank(a->verdict()) < Rank(b->verdict());
  });
  return cases;
}

std::string NotPassed(const std::vector<const CaseResult*>& cases) {
  std::string html;
  for (const CaseResult* each : cases) {
    const Verdict verdict = each->verdict();
    if (verdict == Verdict::kPass) continue;
    html += fmt::format("<div class=\"why {0}\" data-verdict=\"{0}\">{1} <b>{2}</b> {3}\n<ul>",
                        ToString(verdict), Badge(verdict), Link("#" + each->name, each->name),
                        Escape(each->summary));
    std::string last_reason;
    for (const CheckResult& check : each->checks) {
      // One cause that makes a whole scenario inconclusive is told once.
      if (check.verdict != verdict || (verdict != Verdict::kFail && check.reason == last_reason)) {
        continue;
      }
      last_reason = check.reason;
      html += fmt::format("<li><b>{}</b> <code>{}</code><br>{}</li>", Escape(Whose(check)),
                          Escape(LookedFor(check)), Escape(check.reason));
    }
    html += fmt::format("</ul><pre>{}</pre></div>\n", Escape(each->reproduce));
  }
  if (html.empty()) return "";
  return "<section data-part><h2>What did not pass</h2>\n" + html + "</section>\n";
}

// "3" of "SFA-3.2.2-01".
std::string ChapterOf(const std::string& id) {
  const size_t start = id.find('-') + 1;
  return id.substr(start, id.find_first_of(".-", start) - start);
}

std::string ChapterTitle(const std::string& chapter) {
  return chapter == "X" ? "Beyond the manual" : "Chapter " + chapter + " of the manual";
}

// "" for a mandatory one.
std::string KindNote(const std::string& kind) {
  if (kind == "mandatory") return "";
  return fmt::format(" <span class=\"soft\">({})</span>", Escape(kind));
}

// Names of the cases that judged it; `cases` says in which order.
std::string JudgedBy(const RequirementResult& requirement,
                     const std::vector<const CaseResult*>& cases) {
  const std::vector<std::string>& judges = requirement.cases;
  std::string shown, more;
  size_t count = 0;
  for (const CaseResult* each : cases) {
    if (std::find(judges.begin(), judges.end(), each->name) == judges.end()) continue;
    const bool fits = judges.size() <= kCasesShown + 1 || count++ < kCasesShown;
    (fits ? shown : more) += Link("#" + each->name, each->name) + "<br>";
  }
  if (more.empty()) return shown;
  return shown + fmt::format("<details><summary>and {} more</summary>{}</details>",
                             requirement.cases.size() - kCasesShown, more);
}

std::string Requirements(const SuiteResult& suite, const std::vector<const CaseResult*>& cases) {
  std::string html =
      "<section data-part><h2>Requirements</h2>\n<table><thead><tr><th>Requirement</th>"
      "<th>Verdict</th><th>Statement</th><th>Judged by</th></tr></thead>\n";
  std::string chapter;
  for (const RequirementResult& each : suite.requirements) {
    if (ChapterOf(each.id) != chapter) {
      if (!chapter.empty()) html += "</tbody>\n";
      chapter = ChapterOf(each.id);
      html += fmt::format("<tbody data-part><tr class=\"chapter\"><th colspan=\"4\">{}</th></tr>\n",
                          Escape(ChapterTitle(chapter)));
    }
    html += fmt::format(
        "<tr id=\"{0}\" data-verdict=\"{1}\"><td class=\"id\">{0}</td><td class=\"verdict\">{2}"
        "</td><td>{3}{4}</td><td class=\"by\">{5}</td></tr>\n",
        Escape(each.id), ToString(each.verdict), Badge(each.verdict), Escape(each.statement),
        KindNote(each.kind), JudgedBy(each, cases));
  }
  if (!chapter.empty()) html += "</tbody>\n";
  return html + "</table></section>\n";
}

// Folded, because there can be hundreds.
std::string WithoutScenario(const SuiteResult& suite) {
  if (suite.without_scenario.empty()) return "";
  std::map<std::string, std::string> rows;  // by chapter
  std::map<std::string, size_t> counts;
  for (const MissingScenario& each : suite.without_scenario) {
    const std::string chapter = ChapterOf(each.id);
    ++counts[chapter];
    rows[chapter] += fmt::format(
        "<tr id=\"{0}\" data-verdict=\"none\"><td class=\"id\">{0}</td><td>{1}{2}</td></tr>\n",
        Escape(each.id), Escape(each.statement), KindNote(each.kind));
  }
  std::string html = fmt::format(
      "<section data-part><h2>Requirements without a scenario</h2>\n<p class=\"soft\">{} of the "
      "catalogue&#39;s {}</p>\n",
      suite.without_scenario.size(), suite.catalogued);
  for (const auto& [chapter, entries] : rows) {
    html += fmt::format(
        "<details data-part><summary>{} <span class=\"soft\">{}</span></summary>"
        "<div class=\"inside\"><table><tbody>\n{}</tbody></table></div></details>\n",
        Escape(ChapterTitle(chapter)), Count(counts[chapter], "requirement"), entries);
  }
  return html + "</section>\n";
}

std::string Checks(const CaseResult& result) {
  std::vector<const CheckResult*> checks;
  for (const CheckResult& check : result.checks) checks.push_back(&check);
  std::stable_sort(checks.begin(), checks.end(), [](const CheckResult* a, const CheckResult* b) {
    return Rank(a->verdict) < Rank(b->verdict);
  });
  std::string html =
      "<table><thead><tr><th>Requirement</th><th>Verdict</th><th>Looked for</th><th>Seen</th>"
      "<th>At</th></tr></thead>\n<tbody>";
  for (const CheckResult* check : checks) {
    const std::string at =
        check->at
            ? fmt::format("{:.3f}\xC2\xA0s", std::chrono::duration<double>(*check->at).count())
            : "";
    const std::string whose = check->requirement.empty()
                                  ? Whose(*check)
                                  : Link("#" + check->requirement, check->requirement);
    html += fmt::format(
        "<tr><td class=\"id\">{}</td><td class=\"verdict\">{}</td><td><code>{}</code></td>"
        "<td>{}</td><td class=\"soft at\">{}</td></tr>\n",
        whose, Badge(check->verdict), Escape(LookedFor(*check)), Escape(check->reason), at);
  }
  return html + "</tbody></table>\n";
}

// Captures at the ends of the call first; loopback and the network's own servers on demand.
std::string Captures(const CaseResult& result) {
  std::string shown, more;
  size_t hidden = 0;
  for (const std::string& capture : result.captures) {
    const std::string name = capture.substr(capture.rfind('/') + 1);
    const bool background = name.find("-lo.pcap") != std::string::npos ||
                            name.rfind("supernode-", 0) == 0 || name.rfind("login-server", 0) == 0;
    hidden += background ? 1 : 0;
    (background ? more : shown) += Link(capture, name) + " ";
  }
  if (result.captures.empty()) return "";
  std::string html = "<p>Captures: " + shown + "</p>\n";
  if (hidden > 0) {
    html += fmt::format(
        "<details><summary class=\"soft\">{} more captures: loopback, supernodes, login server"
        "</summary><p class=\"inside\">{}</p></details>\n",
        hidden, more);
  }
  return html;
}

std::string Folder(const CaseResult& result) {
  if (result.folder.empty()) return "";
  std::string html = "<p>Everything about it: " + Link(result.folder + "/", result.folder);
  for (const char* name : {"scenario.yaml", "trace.jsonl", "world.log"}) {
    html += " \xC2\xB7 " + Link(result.folder + "/" + name, name);
  }
  return html + "</p>\n";
}

std::string Case(const CaseResult& result) {
  const Verdict verdict = result.verdict();
  std::string html = fmt::format(
      "<details class=\"case\" id=\"{0}\" data-verdict=\"{1}\"{2}><summary>{3} <b>{0}</b> "
      "<span class=\"soft\">{4}</span></summary>\n<div class=\"inside\">\n",
      Escape(result.name), ToString(verdict), verdict == Verdict::kPass ? "" : " open",
      Badge(verdict), Escape(result.summary));
  html += Checks(result) + "<div class=\"wide\">" + LadderSvg(result) + "</div>\n";
  html += Folder(result) + Captures(result);
  html += fmt::format(
      "<p>Again:</p><pre>{}</pre><p class=\"soft\">Seed {}, target {}, trace <code>{}</code></p>\n"
      "</div></details>\n",
      Escape(result.reproduce), result.seed, Escape(result.target),
      Escape(result.trace_hash.substr(0, 16)));
  return html;
}

}  // namespace

std::string RenderHtml(const SuiteResult& suite) {
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<title>{} \xC2\xB7 Skype for Asterisk conformance</title><style>{}</style></head>\n"
      "<body><main>\n",
      ToString(suite.verdict()), kPageStyle);
  const std::vector<const CaseResult*> cases = Sorted(suite);
  html += Head(suite) + Filter() + NotPassed(cases) + Requirements(suite, cases);
  html += "<section data-part><h2>Scenarios</h2>\n";
  for (const CaseResult* result : cases) html += Case(*result);
  html += "</section>\n" + WithoutScenario(suite);
  return html + fmt::format("</main><script>{}</script></body></html>\n", kPageScript);
}

}  // namespace sfa::reports
