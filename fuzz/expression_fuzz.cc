// The dialplan's $[...] expressions, and the conditions that come out of them.
#include "asterisk_harness/simulated/expression.h"
#include "fuzz/target.h"

namespace sfa::fuzz {
namespace {

void Run(std::span<const uint8_t> bytes) {
  const auto result = harness::EvaluateExpression(
      TextOf(bytes), [](const std::string& name, const std::string& arguments, std::string* value) {
        if (name != "LEN") return false;
        *value = std::to_string(arguments.size());
        return true;
      });
  static_cast<void>(harness::IsTrueCondition(result.value));
  static_cast<void>(harness::IsTrueCondition(TextOf(bytes)));
}

Bytes Text(std::string_view text) { return Script().Put(text).bytes(); }

Seeds MakeSeeds() {
  return {
      {"sum", Text("1 + 2 * (3 - 4.5) / 7 % 2")},
      {"compare", Text("\"abc\" < \"abd\" & 5 >= 4 | !0 = 1")},
      {"match", Text("\"Skype/james_bond\" : \"Skype/\\\\([a-z_]*\\\\)\"")},
      {"cond", Text("5 > 3 ? \"yes\" :: \"no\"")},
      {"call", Text("LEN(abc) + LEN(1,2) ~~ x =~ y")},
      {"nested", Text("((((((1))))))")},
  };
}

}  // namespace

const Target kExpression = {"expression", Run, MakeSeeds};

}  // namespace sfa::fuzz
