// The report that people read: one HTML file without anything from outside.
#ifndef REPORTS_HTML_H_
#define REPORTS_HTML_H_

#include <string>

#include "conformance/results/results.h"

namespace sfa::reports {

// Links to captures and folders are relative to the directory that the file is written to.
std::string RenderHtml(const conformance::SuiteResult& suite);

}  // namespace sfa::reports

#endif  // REPORTS_HTML_H_
