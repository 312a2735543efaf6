#include "conformance/checks/xml.h"

#include <libxml/parser.h>

#include <memory>

namespace sfa::conformance {

bool IsXml(const std::string& text) {
  const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document(
      xmlReadMemory(text.data(), static_cast<int>(text.size()), "", nullptr,
                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
      xmlFreeDoc);
  return document != nullptr;
}

}  // namespace sfa::conformance
