// Whether a text is XML, as a parser judges it that nobody under test has used to write it.
#ifndef CONFORMANCE_CHECKS_XML_H_
#define CONFORMANCE_CHECKS_XML_H_

#include <string>

namespace sfa::conformance {

// Well-formed (XML 1.0, 2.1). Looks up nothing that the text refers to.
bool IsXml(const std::string& text);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_CHECKS_XML_H_
