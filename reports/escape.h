// Text made safe for HTML, SVG and XML.
#ifndef REPORTS_ESCAPE_H_
#define REPORTS_ESCAPE_H_

#include <string>
#include <string_view>

namespace sfa::reports {

// & < > " ' become references; control characters, which XML 1.0 forbids, and bytes that are not
// UTF-8 become U+FFFD.
std::string Escape(std::string_view text);

}  // namespace sfa::reports

#endif  // REPORTS_ESCAPE_H_
