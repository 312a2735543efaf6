// LEN, TOUPPER, IF, GLOBAL, ARRAY, EVAL, CUT, FILTER, BASE64_ENCODE and the like.
#include "asterisk_harness/simulated/expression.h"
#include "asterisk_harness/simulated/function_table.h"
#include "asterisk_harness/simulated/pbx_core.h"
#include "asterisk_harness/simulated/text.h"
#include "asterisk_harness/simulated/variables.h"

namespace sfa::harness {
namespace {

std::string ReadLen(const FunctionCall& call) { return std::to_string(call.arguments.size()); }
std::string ReadUpper(const FunctionCall& call) { return ToUpper(call.arguments); }
std::string ReadLower(const FunctionCall& call) { return ToLower(call.arguments); }
std::string ReadIsNull(const FunctionCall& call) { return call.arguments.empty() ? "1" : "0"; }
std::string ReadExists(const FunctionCall& call) { return call.arguments.empty() ? "0" : "1"; }

std::string Unquoted(std::string_view text) {
  std::string_view word = Trim(text);
  if (word.size() >= 2 && word.front() == '"' && word.back() == '"') {
    word = word.substr(1, word.size() - 2);
  }
  return std::string(word);
}

// IF(<expression>?[<true>][:<false>])
std::string ReadIf(const FunctionCall& call) {
  const size_t question = call.arguments.find('?');
  if (question == std::string::npos) {
    call.core.Warn(
        "Syntax IF(expr?[<true>][:<false>])  (expr and either <true> or <false> "
        "must be specified)");
    return "";
  }
  const std::string condition(Trim(call.arguments.substr(0, question)));
  const std::string rest = call.arguments.substr(question + 1);
  const size_t colon = rest.find(':');
  const std::string yes = rest.substr(0, colon);
  const std::string no = colon == std::string::npos ? "" : rest.substr(colon + 1);
  return Unquoted(IsTrueCondition(condition) ? yes : no);
}

std::string ReadGlobal(const FunctionCall& call) {
  const std::string* value = call.core.globals.Find(call.arguments);
  return value == nullptr ? "" : *value;
}
bool WriteGlobal(const FunctionCall& call, const std::string& value) {
  call.core.SetVariable(nullptr, call.arguments, value);
  return true;
}

bool WriteArray(const FunctionCall& call, const std::string& value) {
  const std::vector<std::string> names = Split(call.arguments, ',');
  const std::vector<std::string> values = SplitArguments(value, names.size() + 1);
  for (size_t i = 0; i < names.size(); ++i) {
    call.core.SetVariable(call.channel, std::string(Trim(names[i])),
                          i < values.size() ? values[i] : "");
  }
  return true;
}

std::string ReadEval(const FunctionCall& call) {
  return Substitute(call.core, call.channel, call.arguments);
}

// CUT(<variable>,<delimiter>,<field>)
std::string ReadCut(const FunctionCall& call) {
  const std::vector<std::string> words = Split(call.arguments, ',');
  if (words.size() < 3) {
    call.core.Warn("Syntax: CUT(<varname>,<char-delim>,<range-spec>) - missing argument!");
    return "";
  }
  const std::string value = ReadVariable(call.core, call.channel, words[0]);
  const char delimiter = words[1].empty() ? '-' : words[1].back();
  const std::vector<std::string> pieces = Split(value, delimiter);
  const size_t dash = words[2].find('-');
  const int first = ToInt(words[2], 1);
  const int last = dash == std::string::npos ? first
                                             : ToInt(std::string_view(words[2]).substr(dash + 1),
                                                     static_cast<int>(pieces.size()));
  std::string result;
  for (int i = std::max(1, first); i <= last && i <= static_cast<int>(pieces.size()); ++i) {
    if (i > std::max(1, first)) result += delimiter;
    result += pieces[static_cast<size_t>(i - 1)];
  }
  return result;
}

// FILTER(<allowed>,<text>); a range is "a-z".
std::string ReadFilter(const FunctionCall& call) {
  const size_t comma = call.arguments.find(',');
  if (comma == std::string::npos) {
    call.core.Warn("Usage: FILTER(<allowed-chars>,<string>)");
    return "";
  }
  const std::string allowed = call.arguments.substr(0, comma);
  bool keep[256] = {};
  for (size_t i = 0; i < allowed.size(); ++i) {
    const auto from = static_cast<unsigned char>(allowed[i]);
    auto to = from;
    if (i + 2 < allowed.size() && allowed[i + 1] == '-') {
      to = static_cast<unsigned char>(allowed[i + 2]);
      i += 2;
    }
    for (int c = from; c <= to; ++c) keep[c] = true;
  }
  std::string result;
  for (const char c : call.arguments.substr(comma + 1)) {
    if (keep[static_cast<unsigned char>(c)]) result += c;
  }
  return result;
}

std::string ReadBase64Encode(const FunctionCall& call) { return EncodeBase64(call.arguments); }
std::string ReadBase64Decode(const FunctionCall& call) { return DecodeBase64(call.arguments); }

}  // namespace

const Function kTextFunctions[] = {
    {"ARRAY", nullptr, WriteArray},
    {"BASE64_DECODE", ReadBase64Decode, nullptr},
    {"BASE64_ENCODE", ReadBase64Encode, nullptr},
    {"CUT", ReadCut, nullptr},
    {"EVAL", ReadEval, nullptr},
    {"EXISTS", ReadExists, nullptr},
    {"FILTER", ReadFilter, nullptr},
    {"GLOBAL", ReadGlobal, WriteGlobal},
    {"IF", ReadIf, nullptr},
    {"ISNULL", ReadIsNull, nullptr},
    {"LEN", ReadLen, nullptr},
    {"TOLOWER", ReadLower, nullptr},
    {"TOUPPER", ReadUpper, nullptr},
    {nullptr, nullptr, nullptr},
};

}  // namespace sfa::harness
