#include "reports/html_page.h"

namespace sfa::reports {

const char kPageStyle[] = R"css(
:root{color-scheme:light dark;--ink:#1d2733;--soft:#566575;--paper:#f6f8fa;--card:#fff;
--line:#dde4eb;--accent:#0a6ebd;--note:#eef2f6;--on:#fff;
--pass:#1a7f4b;--fail:#c4314b;--inconclusive:#955a00;--unsupported:#5f6e7d}
@media(prefers-color-scheme:dark){:root{--ink:#e4eaf0;--soft:#98a8b9;--paper:#12171d;--card:#1a2129;
--line:#2d3845;--accent:#58aef0;--note:#232d38;--on:#0d1117;
--pass:#4cc38a;--fail:#ff7a8e;--inconclusive:#f0b04f;--unsupported:#93a3b3}}
*{box-sizing:border-box}[hidden]{display:none!important}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1120px;margin:0 auto;padding:28px 20px 80px}
h1{font-size:26px;line-height:1.3;margin:0 0 4px}h2{font-size:19px;margin:34px 0 10px}
.soft{color:var(--soft)}a{color:var(--accent)}p{margin:6px 0}
.badge{display:inline-block;border-radius:20px;padding:1px 10px;font-size:12.5px;font-weight:600;
line-height:1.6;color:var(--on);background:var(--unsupported);white-space:nowrap}
.badge.pass{background:var(--pass)}.badge.fail{background:var(--fail)}
.badge.inconclusive{background:var(--inconclusive)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;
margin:18px 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:10px 16px;
color:inherit;text-decoration:none}.tile:hover{border-color:var(--accent)}
.tile p{margin:4px 0 0;font-size:14px}.tile p b{font-size:20px}.tile.none{opacity:.55}
.filter{position:sticky;top:0;z-index:1;display:flex;gap:8px;flex-wrap:wrap;align-items:center;
background:var(--paper);padding:10px 0;border-bottom:1px solid var(--line)}
.filter input{flex:1 1 180px;min-width:0;font:inherit;color:inherit;background:var(--card);
border:1px solid var(--line);border-radius:8px;padding:5px 12px}
.filter a{padding:4px 10px;border-radius:8px;text-decoration:none;font-size:14px}
.filter a.on{background:var(--accent);color:var(--on)}
table{border-collapse:separate;border-spacing:0;width:100%;background:var(--card);
border:1px solid var(--line);border-radius:10px;font-size:14px}
th{text-align:left;color:var(--soft);font-weight:600;font-size:12.5px}
th,td{padding:7px 12px;border-top:1px solid var(--line);vertical-align:top}
thead th{border-top:0}tr.chapter th{color:var(--ink);font-size:14px;background:var(--note)}
td.id,td.at{white-space:nowrap}td.id{font-weight:600}td.at{text-align:right}
td.by{font-size:13px;min-width:190px}td.by summary{padding:0;display:list-item;color:var(--soft)}
td.by details{border:0;background:none;margin:0}
details{background:var(--card);border:1px solid var(--line);border-radius:10px;margin:10px 0;
scroll-margin-top:60px}
summary{cursor:pointer;padding:10px 16px}
.case>summary{display:grid;grid-template-columns:110px 270px 1fr;gap:12px;align-items:baseline}
.case>summary .badge{justify-self:start}.case>summary b{overflow-wrap:anywhere}.inside{padding:0 16px 16px}
.inside details{border-radius:6px}.inside table{border-radius:6px;margin:8px 0 14px}
.wide{overflow-x:auto}
.why{background:var(--card);border:1px solid var(--line);border-left:4px solid var(--fail);
border-radius:8px;padding:10px 16px;margin:10px 0}.why.inconclusive{border-left-color:
var(--inconclusive)}.why.unsupported{border-left-color:var(--unsupported)}
.why ul{margin:6px 0;padding-left:20px}
code,pre,svg .note{font:12.5px ui-monospace,monospace}code{overflow-wrap:anywhere}
pre{background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:8px 12px;
margin:6px 0;overflow-x:auto}
svg.ladder{display:block;margin:6px auto;font:12.5px system-ui,sans-serif}
svg .head{fill:var(--note);stroke:var(--line)}
svg .name{fill:var(--ink);text-anchor:middle;font-weight:600}
svg .lane{stroke:var(--line);stroke-width:1.5}svg .pause{stroke:var(--line);stroke-dasharray:2 4}
svg .time{fill:var(--soft);font-size:11.5px;text-anchor:end}
svg .arrow{stroke:var(--accent);stroke-width:1.5}svg .tip{fill:var(--accent)}
svg .label{fill:var(--ink);text-anchor:middle;paint-order:stroke;stroke:var(--card);
stroke-width:4px}
svg .box{fill:var(--note);stroke:var(--line)}
svg .note{fill:var(--ink);text-anchor:middle;font-size:11.5px}
svg .bad .arrow{stroke:var(--fail)}svg .bad .tip{fill:var(--fail)}
svg .bad .box{stroke:var(--fail);stroke-width:2}svg .bad .label,svg .bad .note{fill:var(--fail)}
@media(max-width:720px){main{padding:16px 10px 60px}
thead{display:none}table,tbody,tr,td,tr.chapter th{display:block}
td{border:0;padding:2px 12px}td.at{text-align:left}
tr{border-top:1px solid var(--line);padding:6px 0}tr.chapter{padding:0}
td.id,td.verdict{display:inline-block}
.case>summary{grid-template-columns:1fr;gap:2px}}
)css";

const char kPageScript[] = R"js(
(() => {
  const find = document.getElementById('find');
  const rows = [...document.querySelectorAll('[data-verdict]')];
  const text = new Map(rows.map(row => [row, row.textContent.toLowerCase()]));
  const target = () => {
    let name = location.hash.slice(1);
    try { name = decodeURIComponent(name); } catch (_) { return null; }
    return name && !name.includes('=') ? document.getElementById(name) : null;
  };
  const settings = () => new URLSearchParams(target() ? '' : location.hash.slice(1));
  const view = () => {
    const show = settings().get('show') || '', words = settings().get('find') || '';
    if (document.activeElement !== find) find.value = words;
    for (const row of rows) {
      row.hidden = (show && row.dataset.verdict !== show) ||
                   !text.get(row).includes(words.toLowerCase());
    }
    for (const part of document.querySelectorAll('[data-part]')) {
      part.hidden = !part.querySelector('[data-verdict]:not([hidden])');
    }
    for (const link of document.querySelectorAll('.filter a')) {
      link.classList.toggle('on', link.dataset.show === show);
      const next = new URLSearchParams(link.dataset.show ? {show: link.dataset.show} : {});
      if (words) next.set('find', words);
      link.href = '#' + next;
    }
    document.getElementById('nothing').hidden = rows.some(row => !row.hidden);
    const chosen = target();
    if (!chosen) return;
    for (let each = chosen; each; each = each.parentElement) {
      if (each.tagName === 'DETAILS') each.open = true;
    }
    chosen.scrollIntoView();
  };
  find.addEventListener('input', () => {
    const next = settings();
    if (find.value) next.set('find', find.value); else next.delete('find');
    history.replaceState(null, '', '#' + next);
    view();
  });
  document.querySelector('.filter').hidden = false;
  addEventListener('hashchange', view);
  view();
})();
)js";

}  // namespace sfa::reports
