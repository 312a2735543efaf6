#include "asterisk_harness/simulated/expression_lexer.h"

#include <array>
#include <cctype>
#include <cstring>
#include <optional>

namespace sfa::harness {
namespace {

struct Operator {
  std::string_view text;
  ExpressionToken token;
};

// Longer ones first: the scanner takes the longest match.
constexpr std::array<Operator, 25> kOperators = {{
    {"||", ExpressionToken::kOr},         {"&&", ExpressionToken::kAnd},
    {"==", ExpressionToken::kEqual},      {"=~", ExpressionToken::kEqualTilde},
    {"~~", ExpressionToken::kTildeTilde}, {">=", ExpressionToken::kGreaterEqual},
    {"<=", ExpressionToken::kLessEqual},  {"!=", ExpressionToken::kNotEqual},
    {"::", ExpressionToken::kColonColon}, {"|", ExpressionToken::kOr},
    {"&", ExpressionToken::kAnd},         {"=", ExpressionToken::kEqual},
    {">", ExpressionToken::kGreater},     {"<", ExpressionToken::kLess},
    {"+", ExpressionToken::kPlus},        {"-", ExpressionToken::kMinus},
    {"*", ExpressionToken::kTimes},       {"/", ExpressionToken::kDivide},
    {"%", ExpressionToken::kModulo},      {"?", ExpressionToken::kCond},
    {"!", ExpressionToken::kNot},         {":", ExpressionToken::kColon},
    {",", ExpressionToken::kComma},       {"(", ExpressionToken::kLeftParen},
    {")", ExpressionToken::kRightParen},
}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Length of the number at the start of `text`, 0 when there is none.
size_t NumberLength(std::string_view text) {
  size_t n = 0;
  while (n < text.size() && IsDigit(text[n])) ++n;
  if (n == 0 || n + 1 >= text.size() || text[n] != '.' || !IsDigit(text[n + 1])) return n;
  ++n;
  while (n < text.size() && IsDigit(text[n])) ++n;
  return n;
}

size_t WordLength(std::string_view text) {
  size_t n = 0;
  while (n < text.size()) {
    const unsigned char c = static_cast<unsigned char>(text[n]);
    if (c == '$' && n + 1 < text.size() && text[n + 1] != '{') {
      n += 2;
    } else if (c >= 0x80 || std::isalnum(c) || (c != 0 && std::strchr(".';\\_^#@", c) != nullptr)) {
      ++n;
    } else {
      break;
    }
  }
  return n;
}

}  // namespace

std::vector<ExpressionWord> SplitExpression(std::string_view text) {
  std::vector<ExpressionWord> words;
  size_t at = 0;
  auto take = [&](ExpressionToken token, size_t length) {
    words.push_back({token, std::string(text.substr(at, length)), at});
    at += length;
  };
  while (at < text.size()) {
    const std::string_view rest = text.substr(at);
    if (rest[0] == '"') {
      const size_t close = rest.find('"', 1);
      if (close != std::string_view::npos) {
        take(ExpressionToken::kString, close + 1);
        continue;
      }
    }
    const size_t number = NumberLength(rest);
    const size_t word = WordLength(rest);
    if (number > 0 && number >= word) {
      take(ExpressionToken::kDigits, number);
      continue;
    }
    if (word > 0) {
      take(ExpressionToken::kString, word);
      continue;
    }
    bool found = false;
    for (const Operator& candidate : kOperators) {
      if (!candidate.text.empty() && rest.substr(0, candidate.text.size()) == candidate.text) {
        take(candidate.token, candidate.text.size());
        found = true;
        break;
      }
    }
    if (!found) ++at;  // blanks, and what Asterisk's scanner has no rule for
  }
  words.push_back({ExpressionToken::kEnd, "", text.size()});
  return words;
}

std::string DescribeToken(ExpressionToken token) {
  if (token == ExpressionToken::kEnd) return "$end";
  if (token == ExpressionToken::kDigits || token == ExpressionToken::kString) return "'<token>'";
  // The scanner's own name: Asterisk has no printable form for this one.
  if (token == ExpressionToken::kTildeTilde) return "TOK_TILDETILDE";
  std::string_view shortest = "?";
  for (const Operator& candidate : kOperators) {
    if (candidate.token == token) shortest = candidate.text;
  }
  return "'" + std::string(shortest) + "'";
}

}  // namespace sfa::harness
