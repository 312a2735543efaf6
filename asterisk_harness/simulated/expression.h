// The dialplan's $[...] expressions, evaluated as Asterisk evaluates them: three kinds of values
// (number, digits that may become a number, string), quotes that stay part of a string, warnings
// instead of failures.
#ifndef ASTERISK_HARNESS_SIMULATED_EXPRESSION_H_
#define ASTERISK_HARNESS_SIMULATED_EXPRESSION_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sfa::harness {

struct ExpressionResult {
  std::string value;
  std::vector<std::string> warnings;  // as Asterisk logs them, in order
};

// Reads a dialplan function that an expression calls by name, as in $[LEN(abc) + 1].
using ExpressionFunction =
    std::function<bool(const std::string& name, const std::string& arguments, std::string* value)>;

// Never fails: a mistake in `text` gives a warning and the value that Asterisk would give.
ExpressionResult EvaluateExpression(std::string_view text,
                                    const ExpressionFunction& function = nullptr);

// How While, GotoIf and IF read a condition: empty is false, leading digits count as a number,
// any other text is true.
bool IsTrueCondition(std::string_view condition);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_EXPRESSION_H_
