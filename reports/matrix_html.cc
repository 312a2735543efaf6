#include "reports/matrix_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "reports/escape.h"
#include "reports/html_page.h"

namespace sfa::reports {
namespace {

using conformance::MatrixCell;
using conformance::MatrixKind;
using conformance::MatrixLogin;
using conformance::MatrixResult;
using conformance::Verdict;

// Colour and letter both tell the path: a grid must be readable without colours.
constexpr char kGridStyle[] = R"css(
main{max-width:1500px}
:root{--direct:#d5efdf;--tcp:#d6e6f7;--relay:#fbe7c6;--none:#e6e9ed}
@media(prefers-color-scheme:dark){:root{--direct:#173d2a;--tcp:#17324d;--relay:#4a3712;
--none:#2b323b}}
.grid{width:auto;border-spacing:2px;border-collapse:separate;font-size:12.5px}
.grid th,.grid td{border:0;padding:4px 6px}.grid tbody th{white-space:nowrap}
.grid thead th{vertical-align:bottom}.grid thead th span{writing-mode:vertical-rl;
transform:rotate(180deg);white-space:nowrap}
.grid td{min-width:76px;border-radius:5px;line-height:1.35}
.grid td b{display:block}.grid td.direct{background:var(--direct)}.grid td.tcp{background:var(--tcp)}
.grid td.relay{background:var(--relay)}.grid td.none{background:var(--none)}
.grid td.bad{outline:3px solid var(--fail)}
.legend span{display:inline-block;border-radius:5px;padding:2px 10px;margin-right:8px}
.legend .direct{background:var(--direct)}.legend .tcp{background:var(--tcp)}
.legend .relay{background:var(--relay)}.legend .none{background:var(--none)}
@media(max-width:720px){.grid thead{display:table-header-group}.grid tr{display:table-row}
.grid td,.grid th{display:table-cell}.grid tbody{display:table-row-group}.grid{display:table}}
)css";

double Milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

std::string Kilobytes(uint64_t bytes) {
  return fmt::format("{:.1f} KB", static_cast<double>(bytes) / 1000);
}

std::string Badge(Verdict verdict) {
  return fmt::format("<span class=\"badge {0}\">{0}</span>", ToString(verdict));
}

// All of it, for whoever rests on the cell.
std::string Details(const MatrixCell& cell) {
  std::string text =
      fmt::format("{} calls {}: {} (expected {})", cell.from, cell.to, cell.path, cell.expected);
  if (cell.set_up) {
    text += fmt::format(", answered after {:.0f} ms and {}, {} in all", Milliseconds(*cell.set_up),
                        Kilobytes(cell.set_up_bytes), Kilobytes(cell.call_bytes));
  }
  if (cell.correlation) text += fmt::format(", correlation {:.3f}", *cell.correlation);
  if (cell.mos) text += fmt::format(", MOS {:.2f}", *cell.mos);
  if (!cell.reason.empty()) text += "; " + cell.reason;
  return text;
}

std::string GridCell(const MatrixCell& cell) {
  std::string text = fmt::format("<b>{}</b>", Escape(cell.path));
  if (cell.set_up) text += fmt::format("{:.0f} ms", Milliseconds(*cell.set_up));
  if (cell.mos) text += fmt::format("<br>MOS {:.2f}", *cell.mos);
  if (cell.call_bytes > 0) text += "<br>" + Kilobytes(cell.call_bytes);
  return fmt::format("<td class=\"{}{}\" title=\"{}\">{}</td>", Escape(cell.path),
                     cell.verdict == Verdict::kPass ? "" : " bad", Escape(Details(cell)), text);
}

std::string Grid(const MatrixResult& matrix) {
  std::string html =
      "<div class=\"wide\"><table class=\"grid\"><thead><tr><th>client \xE2\x86\x93 calls Asterisk "
      "\xE2\x86\x92</th>";
  for (const MatrixKind& kind : matrix.kinds) {
    if (kind.shared) continue;
    html += fmt::format("<th title=\"{}\"><span>{}</span></th>", Escape(kind.summary),
                        Escape(kind.name));
  }
  html += "</tr></thead><tbody>\n";
  for (const MatrixKind& row : matrix.kinds) {
    if (row.shared) continue;
    html += fmt::format("<tr><th title=\"{}\">{}</th>", Escape(row.summary), Escape(row.name));
    for (const MatrixKind& column : matrix.kinds) {
      if (column.shared) continue;
      const MatrixCell* const cell = matrix.Find(row.name, column.name);
      html += cell == nullptr ? "<td></td>" : GridCell(*cell);
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string Shared(const MatrixResult& matrix) {
  std::string rows;
  for (const MatrixKind& kind : matrix.kinds) {
    const MatrixCell* const cell = kind.shared ? matrix.Find(kind.name, kind.name) : nullptr;
    if (cell == nullptr) continue;
    rows += fmt::format("<tr><th>{}</th>{}<td>{}</td></tr>\n", Escape(kind.name), GridCell(*cell),
                        Escape(kind.summary));
  }
  if (rows.empty()) return "";
  return "<h2>Both ends behind one box</h2>\n<div class=\"wide\"><table class=\"grid\"><tbody>\n" +
         rows + "</tbody></table></div>\n";
}

std::string Logins(const MatrixResult& matrix) {
  if (matrix.logins.empty()) return "";
  std::string html =
      "<h2>Logins</h2>\n<p class=\"soft\">Of a client that knows the seven bootstrap nodes, in a "
      "world of 24 supernodes. Published: Baset and Schulzrinne 2006.</p>\n<table><thead><tr>"
      "<th>network</th><th>time</th><th>bytes</th><th>published</th><th>expected</th><th></th>"
      "</tr></thead><tbody>\n";
  for (const MatrixLogin& login : matrix.logins) {
    html += fmt::format(
        "<tr><td class=\"id\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{} {}</td>"
        "</tr>\n",
        Escape(login.kind),
        login.time ? fmt::format("{:.1f} s", Milliseconds(*login.time) / 1000) : "\xE2\x80\x93",
        login.time ? Kilobytes(login.bytes) : "\xE2\x80\x93", Escape(login.published),
        Escape(login.expected), Badge(login.verdict), Escape(login.reason));
  }
  return html + "</tbody></table>\n";
}

std::string NotPassed(const MatrixResult& matrix) {
  std::string html;
  for (const MatrixCell& cell : matrix.cells) {
    if (cell.verdict == Verdict::kPass) continue;
    html += fmt::format(
        "<div class=\"why {0}\">{1} <b>{2}</b><p>{3}</p><pre>{4}</pre>{5}</div>\n",
        ToString(cell.verdict), Badge(cell.verdict), Escape(cell.from + " calls " + cell.to),
        Escape(Details(cell)), Escape(cell.reproduce),
        cell.folder.empty() ? std::string()
                            : fmt::format("<a href=\"{0}\">{0}</a>", Escape(cell.folder)));
  }
  if (html.empty()) return "";
  return "<section><h2>What did not pass</h2>\n" + html + "</section>\n";
}

std::string Legend() {
  return "<p class=\"legend\"><span class=\"direct\">direct: UDP from end to end</span>"
         "<span class=\"tcp\">tcp: a connection from end to end</span>"
         "<span class=\"relay\">relay: through a supernode</span>"
         "<span class=\"none\">none: no way out</span></p>\n"
         "<p class=\"soft\">In each cell: the path that the packets took, the time from the call "
         "to its answer, MOS, and the bytes of a call of 15 s on the caller's access.</p>\n";
}

}  // namespace

std::string RenderMatrix(const MatrixResult& matrix) {
  const auto good =
      std::count_if(matrix.cells.begin(), matrix.cells.end(),
                    [](const MatrixCell& cell) { return cell.verdict == Verdict::kPass; });
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<title>Networks against networks</title><style>{}{}</style></head><body><main>\n"
      "<h1>Networks against networks {}</h1>\n"
      "<p class=\"soft\">{} of {} calls took the expected path \xC2\xB7 target {} \xC2\xB7 seed "
      "{}</p>\n{}{}{}{}{}</main></body></html>\n",
      kPageStyle, kGridStyle, Badge(matrix.verdict()), good, matrix.cells.size(),
      Escape(matrix.target), matrix.seed, NotPassed(matrix), Legend(), Grid(matrix), Shared(matrix),
      Logins(matrix));
}

}  // namespace sfa::reports
