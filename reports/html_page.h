// What every report page has: its style and its script.
#ifndef REPORTS_HTML_PAGE_H_
#define REPORTS_HTML_PAGE_H_

namespace sfa::reports {

// CSS, light and dark, wide and narrow.
extern const char kPageStyle[];

// The filter. The page's address holds it, so that a view can be sent to somebody:
// "#show=fail&find=dtmf"; "#NAME" opens one scenario. Without it the page is complete, unfiltered.
extern const char kPageScript[];

}  // namespace sfa::reports

#endif  // REPORTS_HTML_PAGE_H_
