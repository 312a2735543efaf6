#include "reports/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "reports/escape.h"
#include "reports/ladder.h"

namespace sfa::reports {
namespace {

using conformance::CaseResult;
using conformance::CheckResult;
using conformance::RequirementResult;
using conformance::SuiteResult;
using conformance::Verdict;

constexpr char kStyle[] = R"css(
:root{--ink:#1d2733;--soft:#5c6b7c;--paper:#f6f8fa;--card:#fff;--line:#dde4eb;--accent:#0a6ebd;
--pass:#1a7f4b;--fail:#c4314b;--inconclusive:#a86400;--unsupported:#667788}
@media(prefers-color-scheme:dark){:root{--ink:#e4eaf0;--soft:#93a3b5;--paper:#12171d;--card:#1a2129;
--line:#2d3845;--accent:#58aef0;--pass:#4cc38a;--fail:#ff6b81;--inconclusive:#f0b04f;
--unsupported:#8b9bab}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:28px 20px 80px}
h1{font-size:26px;margin:0 0 4px}h2{font-size:19px;margin:36px 0 10px}
p.sub{color:var(--soft);margin:0 0 18px}
.tiles{display:flex;gap:12px;flex-wrap:wrap;margin:18px 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 18px;
min-width:120px}.tile b{display:block;font-size:24px}.tile span{color:var(--soft);font-size:13px}
.badge{display:inline-block;border-radius:20px;padding:1px 10px;font-size:12.5px;font-weight:600;
color:#fff;white-space:nowrap}
.badge.pass{background:var(--pass)}.badge.fail{background:var(--fail)}
.badge.inconclusive{background:var(--inconclusive)}.badge.unsupported{background:var(--unsupported)}
table{border-collapse:collapse;width:100%;background:var(--card);border:1px solid var(--line);
border-radius:10px;overflow:hidden;font-size:14px}
th{text-align:left;color:var(--soft);font-weight:600;font-size:12.5px}
th,td{padding:7px 12px;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}td.id{white-space:nowrap;font-weight:600}
details{background:var(--card);border:1px solid var(--line);border-radius:10px;margin:10px 0}
summary{cursor:pointer;padding:11px 16px;display:flex;gap:12px;align-items:baseline}
summary b{min-width:260px}summary span.sum{color:var(--soft);flex:1}
.inside{padding:4px 16px 16px;overflow-x:auto}.inside table{border-radius:6px;margin:8px 0 14px}
code{font:12.5px ui-monospace,monospace;overflow-wrap:anywhere}
pre{background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:8px 12px;
overflow-x:auto;font:12.5px ui-monospace,monospace}
a{color:var(--accent)}.soft{color:var(--soft)}
svg.ladder{font:12px system-ui,sans-serif;max-width:none}
svg .head{fill:var(--paper);stroke:var(--line)}svg .name{fill:var(--ink);text-anchor:middle;
font-weight:600}svg .lane{stroke:var(--line);stroke-dasharray:3 3}
svg .time{fill:var(--soft);font-size:11px}svg .arrow{stroke:var(--accent);stroke-width:1.5}
svg .tip,svg .dot{fill:var(--accent)}svg .label{fill:var(--ink);text-anchor:middle;
paint-order:stroke;stroke:var(--card);stroke-width:3}
svg .note{fill:var(--ink);paint-order:stroke;stroke:var(--card);stroke-width:3}
)css";

std::string Badge(Verdict verdict) {
  return fmt::format("<span class=\"badge {0}\">{0}</span>", ToString(verdict));
}

std::string Link(const std::string& target, const std::string& text) {
  return fmt::format("<a href=\"{}\">{}</a>", Escape(target), Escape(text));
}

std::string Tiles(const SuiteResult& suite) {
  std::map<Verdict, int> requirements, cases;
  for (const RequirementResult& each : suite.requirements) ++requirements[each.verdict];
  for (const CaseResult& each : suite.cases) ++cases[each.verdict()];
  std::string html = "<div class=\"tiles\">\n";
  for (const Verdict verdict :
       {Verdict::kPass, Verdict::kFail, Verdict::kInconclusive, Verdict::kUnsupported}) {
    html += fmt::format(
        "<div class=\"tile\">{}<b>{} / {}</b><span>requirements / scenarios</span></div>\n",
        Badge(verdict), requirements[verdict], cases[verdict]);
  }
  return html + "</div>\n";
}

std::string Requirements(const SuiteResult& suite) {
  std::string html =
      "<h2>Requirements</h2>\n<table><tr><th>Requirement</th><th>Verdict</th><th>Kind</th>"
      "<th>Statement</th><th>Judged by</th></tr>\n";
  for (const RequirementResult& each : suite.requirements) {
    std::string cases;
    for (const std::string& name : each.cases) cases += Link("#" + name, name) + " ";
    html += fmt::format(
        "<tr><td class=\"id\">{}</td><td>{}</td><td class=\"soft\">{}</td><td>{}</td>"
        "<td>{}</td></tr>\n",
        Escape(each.id), Badge(each.verdict), Escape(each.kind), Escape(each.statement), cases);
  }
  return html + "</table>\n";
}

std::string Checks(const CaseResult& result) {
  std::string html =
      "<table><tr><th>Requirement</th><th>Verdict</th><th>Looked for</th><th>Seen</th>"
      "<th>At</th></tr>\n";
  for (const CheckResult& check : result.checks) {
    const std::string at =
        check.at ? fmt::format("{:.3f} s", std::chrono::duration<double>(*check.at).count()) : "";
    html += fmt::format(
        "<tr><td class=\"id\">{}</td><td>{}</td><td><code>{}</code></td><td>{}</td>"
        "<td class=\"soft\">{}</td></tr>\n",
        Escape(check.requirement.empty() ? "platform" : check.requirement), Badge(check.verdict),
        Escape(check.check), Escape(check.reason), at);
  }
  return html + "</table>\n";
}

std::string Case(const CaseResult& result) {
  const bool passed = result.verdict() == Verdict::kPass;
  std::string html = fmt::format(
      "<details id=\"{}\"{}><summary>{} <b>{}</b> <span class=\"sum\">{}</span></summary>\n"
      "<div class=\"inside\">\n",
      Escape(result.name), passed ? "" : " open", Badge(result.verdict()), Escape(result.name),
      Escape(result.summary));
  html += Checks(result) + LadderSvg(result);
  if (!result.captures.empty()) {
    html += "<p class=\"soft\">Captures: ";
    for (const std::string& capture : result.captures) {
      html += Link(capture, capture.substr(capture.rfind('/') + 1)) + " ";
    }
    html += "</p>\n";
  }
  if (!result.folder.empty()) {
    html +=
        "<p class=\"soft\">Everything about it: " + Link(result.folder, result.folder) + "</p>\n";
  }
  html += fmt::format(
      "<p class=\"soft\">Again:</p><pre>{}</pre><p class=\"soft\">Seed {}, target {}, trace "
      "<code>{}</code></p>\n</div></details>\n",
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
      "<body><main>\n<h1>Skype for Asterisk conformance {}</h1>\n"
      "<p class=\"sub\">Target {}, seed {}, {} scenarios</p>\n",
      ToString(suite.verdict()), kStyle, Badge(suite.verdict()), Escape(suite.target), suite.seed,
      suite.cases.size());
  html += Tiles(suite) + Requirements(suite) + "<h2>Scenarios</h2>\n";
  for (const CaseResult& result : suite.cases) html += Case(result);
  return html + "</main></body></html>\n";
}

}  // namespace sfa::reports
