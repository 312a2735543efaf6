#include "reports/escape.h"

#include <cstdint>

namespace sfa::reports {
namespace {

constexpr char kReplacement[] = "\xEF\xBF\xBD";

// The length of the well-formed UTF-8 sequence at the start of `text`; 0 when there is none.
size_t SequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  const size_t length = first < 0x80   ? 1
                        : first < 0xC2 ? 0
                        : first < 0xE0 ? 2
                        : first < 0xF0 ? 3
                        : first < 0xF5 ? 4
                                       : 0;
  if (length == 0 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if (first == 0xE0 && byte(1) < 0xA0) return 0;                      // overlong
  if (first == 0xED && byte(1) > 0x9F) return 0;                      // surrogates
  if (first == 0xF0 && byte(1) < 0x90) return 0;                      // overlong
  if (first == 0xF4 && byte(1) > 0x8F) return 0;                      // beyond U+10FFFF
  if (first == 0xEF && byte(1) == 0xBF && byte(2) >= 0xBE) return 0;  // no characters
  return length;
}

}  // namespace

std::string Escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char c = text[0];
    size_t length = 1;
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else if (static_cast<uint8_t>(c) < 0x20 && c != '\n' && c != '\t') {
      out += kReplacement;
    } else {
      length = SequenceLength(text);
      if (length == 0) {
        out += kReplacement;
        length = 1;
      } else {
        out += text.substr(0, length);
      }
    }
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace sfa::reports
