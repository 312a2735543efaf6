// Small text helpers of the driver's core. All of them work on ASCII; other bytes pass unchanged.
#ifndef REFERENCE_IMPL_CHAN_SKYPE_TEXT_H_
#define REFERENCE_IMPL_CHAN_SKYPE_TEXT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sfa::skype {

std::string_view Trim(std::string_view text);
std::string Lower(std::string_view text);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);
// The trimmed, non-empty items between commas.
std::vector<std::string_view> SplitList(std::string_view text);
// What may go into a log line, a manager header or a console line: control characters removed, so
// that text from the network cannot begin a line of its own.
std::string OneLine(std::string_view text);
// The candidate that the writer of `word` most likely meant; nothing when none is close.
std::optional<std::string> NearestWord(std::string_view word,
                                       const std::vector<std::string>& candidates);
// "; did you mean <word>?", or nothing.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates);
// Protocol Buffers refuse a text that is anything else.
bool IsUtf8(std::string_view text);
// At most so many bytes of it, no character cut in two.
std::string_view CutText(std::string_view text, size_t bytes);
// RFC 4648, with padding.
std::string Base64(std::string_view bytes);
// What can be one Skype name or telephone number: 1 to 255 bytes of UTF-8 without blanks, control
// characters, commas, @ and /.
bool IsName(std::string_view text);
// The words for yes and no that Asterisk's configuration files take.
std::optional<bool> ParseYesNo(std::string_view text);

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_TEXT_H_
