#include "asterisk_harness/simulated/expression.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "asterisk_harness/simulated/expression_lexer.h"
#include "asterisk_harness/simulated/regex.h"

namespace sfa::harness {
namespace {

using Number = long double;

// Deep enough for any dialplan, shallow enough for the stack.
constexpr int kMaxDepth = 200;
// Longer than what a dialplan line holds.
constexpr size_t kMaxPattern = 512;

struct Value {
  enum Kind { kNumber, kDigits, kString } kind = kString;
  Number number = 0;
  std::string text;
};

Value MakeNumber(Number number) { return {Value::kNumber, number, ""}; }

Value MakeText(std::string text) {
  const auto is_part = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), is_part);
  return {digits ? Value::kDigits : Value::kString, 0, std::move(text)};
}

std::string Text(const Value& value) {
  if (value.kind != Value::kNumber) return value.text;
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.18Lg", value.number);
  return buffer;
}

std::string WithoutQuotes(const Value& value) {
  std::string text = Text(value);
  if (value.kind == Value::kNumber || text.size() < 2) return text;
  if (text.front() != '"' || text.back() != '"') return text;
  text.erase(std::remove(text.begin(), text.end(), '"'), text.end());
  return text;
}

class Evaluator {
 public:
  Evaluator(std::string_view text, const ExpressionFunction& function)
      : text_(text), words_(SplitExpression(text)), function_(function) {}

  ExpressionResult Run() {
    std::optional<Value> value;
    const ExpressionToken first = Peek();
    if (StartsOperand(first)) {
      value = Conditional(0);
      if (!failed_ && Peek() != ExpressionToken::kEnd) Fail("$end");
    } else {
      // Asterisk's grammar takes the empty expression first and stumbles over the rest.
      value = Value{};
      if (first != ExpressionToken::kEnd) Fail("$end");
    }
    ExpressionResult result;
    result.value = value ? Text(*value) : "0";
    result.warnings = std::move(warnings_);
    return result;
  }

 private:
  static bool StartsOperand(ExpressionToken token) {
    return token == ExpressionToken::kDigits || token == ExpressionToken::kString ||
           token == ExpressionToken::kMinus || token == ExpressionToken::kNot ||
           token == ExpressionToken::kLeftParen;
  }

  static int Precedence(ExpressionToken token) {
    switch (token) {
      case ExpressionToken::kCond:
        return 1;
      case ExpressionToken::kOr:
        return 2;
      case ExpressionToken::kAnd:
        return 3;
      case ExpressionToken::kEqual:
      case ExpressionToken::kNotEqual:
      case ExpressionToken::kGreater:
      case ExpressionToken::kLess:
      case ExpressionToken::kGreaterEqual:
      case ExpressionToken::kLessEqual:
        return 4;
      case ExpressionToken::kPlus:
      case ExpressionToken::kMinus:
        return 5;
      case ExpressionToken::kTimes:
      case ExpressionToken::kDivide:
      case ExpressionToken::kModulo:
        return 6;
      case ExpressionToken::kColon:
      case ExpressionToken::kEqualTilde:
      case ExpressionToken::kTildeTilde:
        return 8;
      default:
        return 0;
    }
  }
  static constexpr int kUnaryPrecedence = 7;

  ExpressionToken Peek() const { return words_[at_].token; }

  void Warn(std::string text) { warnings_.push_back(std::move(text)); }

  void Fail(const std::string& expecting) {
    if (failed_) return;
    failed_ = true;
    std::string message = "syntax error, unexpected " + DescribeToken(Peek());
    if (!expecting.empty()) message += ", expecting " + expecting;
    Warn("ast_yyerror():  syntax error: " + message + "; Input:\n" + std::string(text_) + "\n" +
         std::string(words_[at_].column, ' ') + "^");
    Warn(
        "If you have questions, please refer to "
        "https://docs.asterisk.org/Configuration/Dialplan/Variables/");
  }

  // nullopt after a syntax error: nothing of the whole is left.
  std::optional<Value> Conditional(int depth) {
    std::optional<Value> left = Binary(2, depth);
    while (left && Peek() == ExpressionToken::kCond) {
      ++at_;
      std::optional<Value> yes = Conditional(depth + 1);
      if (!yes) return std::nullopt;
      if (Peek() != ExpressionToken::kColonColon) {
        Fail("");
        return std::nullopt;
      }
      ++at_;
      std::optional<Value> no = Binary(2, depth);
      if (!no) return std::nullopt;
      left = IsTrueForChoice(*left) ? yes : no;
    }
    return left;
  }

  std::optional<Value> Binary(int lowest, int depth) {
    std::optional<Value> left = Unary(depth);
    while (left) {
      const ExpressionToken token = Peek();
      const int precedence = Precedence(token);
      if (precedence < lowest || token == ExpressionToken::kCond) return left;
      ++at_;
      std::optional<Value> right = Binary(precedence + 1, depth + 1);
      if (!right) return std::nullopt;
      left = Apply(token, *left, *right);
    }
    return left;
  }

  std::optional<Value> Unary(int depth) {
    if (depth > kMaxDepth) {
      Warn("Expression nested too deeply");
      failed_ = true;
      return std::nullopt;
    }
    const ExpressionToken token = Peek();
    switch (token) {
      case ExpressionToken::kMinus:
      case ExpressionToken::kNot: {
        ++at_;
        std::optional<Value> operand = Binary(kUnaryPrecedence, depth + 1);
        if (!operand) return std::nullopt;
        return token == ExpressionToken::kMinus ? Negate(*operand) : Complement(*operand);
      }
      case ExpressionToken::kLeftParen: {
        ++at_;
        std::optional<Value> inner = Conditional(depth + 1);
        if (!inner) return std::nullopt;
        if (Peek() != ExpressionToken::kRightParen) {
          Fail("");
          return std::nullopt;
        }
        ++at_;
        return inner;
      }
      case ExpressionToken::kDigits:
      case ExpressionToken::kString: {
        Value value{token == ExpressionToken::kDigits ? Value::kDigits : Value::kString, 0,
                    words_[at_].text};
        ++at_;
        if (Peek() == ExpressionToken::kLeftParen) return Call(value.text, depth);
        return value;
      }
      default:
        Fail("'-' or '!' or '(' or '<token>'");
        return std::nullopt;
    }
  }

  std::optional<Value> Call(const std::string& name, int depth) {
    ++at_;  // the parenthesis
    std::vector<Value> arguments;
    std::optional<Value> first = Conditional(depth + 1);
    if (!first) return std::nullopt;
    arguments.push_back(*first);
    while (Peek() == ExpressionToken::kComma) {
      ++at_;
      if (!StartsOperand(Peek())) {
        arguments.push_back(MakeText(""));
        continue;
      }
      std::optional<Value> next = Conditional(depth + 1);
      if (!next) return std::nullopt;
      arguments.push_back(*next);
    }
    if (Peek() != ExpressionToken::kRightParen) {
      Fail("");
      return std::nullopt;
    }
    ++at_;
    return CallFunction(name, arguments);
  }

  Value CallFunction(const std::string& name, std::vector<Value>& arguments) {
    struct Unary {
      const char* name;
      Number (*function)(Number);
    };
    static constexpr Unary kFunctions[] = {
        {"FLOOR", [](Number x) -> Number { return std::floor(x); }},
        {"CEIL", [](Number x) -> Number { return std::ceil(x); }},
        {"ROUND", [](Number x) -> Number { return std::round(x); }},
        {"RINT", [](Number x) -> Number { return std::rint(x); }},
        {"TRUNC", [](Number x) -> Number { return std::trunc(x); }},
        {"SQRT", [](Number x) -> Number { return std::sqrt(x); }},
        {"ABS", [](Number x) -> Number { return std::fabs(x); }},
    };
    for (const Unary& candidate : kFunctions) {
      if (name != candidate.name) continue;
      if (arguments.size() != 1) {
        Warn("Wrong args to " + name + "() function");
        return MakeNumber(0);
      }
      ToNumber(arguments[0]);
      return MakeNumber(candidate.function(arguments[0].number));
    }
    std::string joined;
    for (size_t i = 0; i < arguments.size(); ++i) {
      joined += (i ? "," : "") + Text(arguments[i]);
    }
    std::string value;
    if (function_ && function_(name, joined, &value)) return MakeText(value);
    Warn("Error! '" + name + "' doesn't appear to be an available function!");
    return MakeNumber(0);
  }

  // False when the value is no number; a string never is, digits are unless they overflow.
  bool ToNumber(Value& value) {
    if (value.kind == Value::kNumber) return true;
    if (value.kind == Value::kString) return false;
    errno = 0;
    const Number number = std::strtold(value.text.c_str(), nullptr);
    if (errno != 0) {
      Warn("Conversion of " + value.text + " to number under/overflowed!");
      value.text.clear();
      return false;
    }
    value = MakeNumber(number);
    return true;
  }

  bool IsZeroOrNull(Value value) {
    if (value.kind == Value::kNumber) return value.number == 0;
    return value.text.empty() || (ToNumber(value) && value.number == 0);
  }

  bool IsTrueForChoice(Value value) {
    if (value.kind == Value::kString) {
      return !value.text.empty() && value.text != "\"\"" && value.text != "0" &&
             value.text != "\"0\"";
    }
    ToNumber(value);
    return value.number != 0;
  }

  Value Negate(Value operand) {
    if (!ToNumber(operand)) {
      Warn("non-numeric argument");
      return MakeNumber(0);
    }
    return MakeNumber(-operand.number);
  }

  // A word counts by its leading digits here, so !abc is 1 as !0 is.
  Value Complement(const Value& operand) {
    bool truth;
    if (operand.kind == Value::kNumber) {
      truth = operand.number != 0;
    } else {
      truth = std::strtol(operand.text.c_str(), nullptr, 10) != 0;
    }
    return MakeNumber(truth ? 0 : 1);
  }

  Value Apply(ExpressionToken token, const Value& left, const Value& right) {
    switch (token) {
      case ExpressionToken::kOr:
        return IsZeroOrNull(left) ? right : left;
      case ExpressionToken::kAnd:
        return IsZeroOrNull(left) || IsZeroOrNull(right) ? MakeNumber(0) : left;
      case ExpressionToken::kPlus:
      case ExpressionToken::kMinus:
        return Sum(token == ExpressionToken::kMinus, left, right);
      case ExpressionToken::kTimes:
      case ExpressionToken::kDivide:
      case ExpressionToken::kModulo:
        return Product(token, left, right);
      case ExpressionToken::kColon:
      case ExpressionToken::kEqualTilde:
        return Match(token == ExpressionToken::kColon, left, right);
      case ExpressionToken::kTildeTilde:
        return MakeText(WithoutQuotes(left) + WithoutQuotes(right));
      default:
        return MakeNumber(Compare(token, left, right) ? 1 : 0);
    }
  }

  bool Compare(ExpressionToken token, Value left, Value right) {
    int order;
    if (left.kind == Value::kString || right.kind == Value::kString) {
      const int difference = Text(left).compare(Text(right));
      order = (difference > 0) - (difference < 0);
    } else {
      ToNumber(left);
      ToNumber(right);
      order = (left.number > right.number) - (left.number < right.number);
    }
    switch (token) {
      case ExpressionToken::kEqual:
        return order == 0;
      case ExpressionToken::kNotEqual:
        return order != 0;
      case ExpressionToken::kGreater:
        return order > 0;
      case ExpressionToken::kLess:
        return order < 0;
      case ExpressionToken::kGreaterEqual:
        return order >= 0;
      default:
        return order <= 0;
    }
  }

  Value Sum(bool minus, Value left, Value right) {
    if (!ToNumber(left)) {
      Warn("non-numeric argument");
      if (!ToNumber(right)) return MakeNumber(0);
      return minus ? MakeNumber(-right.number) : right;
    }
    if (!ToNumber(right)) {
      if (minus) Warn("non-numeric argument");
      return left;
    }
    return MakeNumber(minus ? left.number - right.number : left.number + right.number);
  }

  Value Product(ExpressionToken token, Value left, Value right) {
    const bool left_is_number = ToNumber(left);
    if (!left_is_number || !ToNumber(right)) {
      Warn("non-numeric argument");
      return MakeNumber(token == ExpressionToken::kDivide && left_is_number ? INT_MAX : 0);
    }
    if (token == ExpressionToken::kTimes) return MakeNumber(left.number * right.number);
    if (token == ExpressionToken::kDivide) {
      if (right.number == 0) {
        Warn("division by zero");
        return MakeNumber(INT_MAX);
      }
      return MakeNumber(left.number / right.number);
    }
    if (right.number == 0) {
      Warn("div by zero");
      return right;
    }
    return MakeNumber(std::fmod(left.number, right.number));
  }

  Value Match(bool anchored, const Value& subject_value, const Value& pattern_value) {
    const std::string subject = WithoutQuotes(subject_value);
    const std::string pattern = WithoutQuotes(pattern_value);
    regex_t compiled;
    const int error =
        pattern.size() > kMaxPattern ? REG_ESPACE : CompileRegex(pattern, 0, &compiled);
    if (error != 0) {
      char reason[256];
      regerror(error, nullptr, reason, sizeof reason);
      Warn(std::string("regcomp() error : ") + reason);
      return MakeText("");
    }
    regmatch_t found[2];
    const bool matches =
        regexec(&compiled, subject.c_str(), 2, found, 0) == 0 && (!anchored || found[0].rm_so == 0);
    const bool has_group = compiled.re_nsub > 0;
    regfree(&compiled);
    if (!matches) return has_group ? MakeText("") : MakeNumber(0);
    if (has_group && found[1].rm_so >= 0) {
      return MakeText(subject.substr(static_cast<size_t>(found[1].rm_so),
                                     static_cast<size_t>(found[1].rm_eo - found[1].rm_so)));
    }
    return MakeNumber(found[0].rm_eo - found[0].rm_so);
  }

  std::string_view text_;
  std::vector<ExpressionWord> words_;
  const ExpressionFunction& function_;
  size_t at_ = 0;
  bool failed_ = false;
  std::vector<std::string> warnings_;
};

}  // namespace

ExpressionResult EvaluateExpression(std::string_view text, const ExpressionFunction& function) {
  return Evaluator(text, function).Run();
}

bool IsTrueCondition(std::string_view condition) {
  if (condition.empty()) return false;
  int number = 0;
  if (std::sscanf(std::string(condition).c_str(), "%30d", &number) == 1) return number != 0;
  return true;
}

}  // namespace sfa::harness
