// The words of a $[...] expression.
#ifndef ASTERISK_HARNESS_SIMULATED_EXPRESSION_LEXER_H_
#define ASTERISK_HARNESS_SIMULATED_EXPRESSION_LEXER_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sfa::harness {

enum class ExpressionToken {
  kEnd,
  kDigits,  // 12 or 1.5
  kString,  // anything else, quotes included
  kCond,
  kColonColon,
  kOr,
  kAnd,
  kEqual,
  kGreater,
  kLess,
  kGreaterEqual,
  kLessEqual,
  kNotEqual,
  kPlus,
  kMinus,
  kTimes,
  kDivide,
  kModulo,
  kNot,
  kColon,
  kEqualTilde,
  kTildeTilde,
  kComma,
  kRightParen,
  kLeftParen,
};

struct ExpressionWord {
  ExpressionToken token;
  std::string text;
  size_t column;  // of its first character
};

// Ends with kEnd. Characters that belong to no word are left out, as Asterisk's scanner does.
std::vector<ExpressionWord> SplitExpression(std::string_view text);

// How Asterisk's messages call a token: "'<token>'", "'='", "$end".
std::string DescribeToken(ExpressionToken token);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_EXPRESSION_LEXER_H_
