// Small helpers on text that configuration, dialplan, AMI and console share.
#ifndef ASTERISK_HARNESS_SIMULATED_TEXT_H_
#define ASTERISK_HARNESS_SIMULATED_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

namespace sfa::harness {

std::string_view Trim(std::string_view text);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);
std::string ToLower(std::string_view text);
std::string ToUpper(std::string_view text);
// Splits at each separator; "" gives one empty piece.
std::vector<std::string> Split(std::string_view text, char separator);
// Splits arguments at commas outside of quotes and parentheses; the quotes are removed, as
// Asterisk's argument parser does. The last of at most `most` pieces takes the rest.
std::vector<std::string> SplitArguments(std::string_view text, size_t most = 64);
// The words of a console command.
std::vector<std::string> SplitWords(std::string_view text);
// The number at the start of the text, clamped; `otherwise` when there is none.
int ToInt(std::string_view text, int otherwise);
double ToDouble(std::string_view text, double otherwise);
// Everything that ends a line becomes a blank, so that text from the network stays one header.
std::string OneLine(std::string_view text);

// Base 64 (RFC 4648 4). Decoding passes over what is none of its characters and ends at '='.
std::string EncodeBase64(std::string_view bytes);
std::string DecodeBase64(std::string_view text);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_TEXT_H_
