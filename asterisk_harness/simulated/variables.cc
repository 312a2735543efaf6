#include "asterisk_harness/simulated/variables.h"

#include <algorithm>
#include <optional>

#include "asterisk_harness/simulated/channel.h"
#include "asterisk_harness/simulated/expression.h"
#include "asterisk_harness/simulated/functions.h"
#include "asterisk_harness/simulated/pbx_core.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

// Asterisk substitutes into 4,096 bytes; so no text can grow without bound.
constexpr size_t kMaxText = 4096;
constexpr int kMaxDepth = 32;

std::string SubstituteNested(PbxCore& core, Channel* channel, std::string_view text, int depth);

// The position of the bracket that closes the one before `start`; npos when there is none.
size_t FindClose(std::string_view text, size_t start, char open, char close) {
  int depth = 1;
  for (size_t i = start; i < text.size(); ++i) {
    if (text[i] == open) ++depth;
    if (text[i] == close && --depth == 0) return i;
  }
  return std::string_view::npos;
}

std::string Evaluate(PbxCore& core, Channel* channel, std::string_view expression) {
  ExpressionResult result = EvaluateExpression(
      expression, [&](const std::string& name, const std::string& arguments, std::string* value) {
        if (!HasFunction(core, name)) return false;
        *value = ReadFunction(core, channel, name, arguments);
        return true;
      });
  for (const std::string& warning : result.warnings) core.Warn(warning);
  return result.value;
}

std::string SubstituteNested(PbxCore& core, Channel* channel, std::string_view text, int depth) {
  std::string result;
  if (depth > kMaxDepth) {
    core.Warn("Error in extension logic (nested too deeply)");
    return result;
  }
  size_t at = 0;
  while (at < text.size() && result.size() < kMaxText) {
    const size_t dollar = text.find('$', at);
    result.append(text.substr(at, dollar == std::string_view::npos ? dollar : dollar - at));
    if (dollar == std::string_view::npos) break;
    const char kind = dollar + 1 < text.size() ? text[dollar + 1] : '\0';
    if (kind != '{' && kind != '[') {
      result += '$';
      at = dollar + 1;
      continue;
    }
    const char close = kind == '{' ? '}' : ']';
    size_t end = FindClose(text, dollar + 2, kind, close);
    if (end == std::string_view::npos) {
      core.Warn(std::string("Error in extension logic (missing '") + close + "')");
      end = text.size();
    }
    std::string inner(text.substr(dollar + 2, end - dollar - 2));
    if (inner.find('$') != std::string::npos) {
      inner = SubstituteNested(core, channel, inner, depth + 1);
    }
    result += kind == '{' ? ReadVariable(core, channel, inner) : Evaluate(core, channel, inner);
    at = std::min(end + 1, text.size());
  }
  if (result.size() > kMaxText) result.resize(kMaxText);
  return result;
}

struct Part {
  bool given = false;
  int offset = 0;
  int length = 0;
  bool has_length = false;
};

// Cuts ":offset:length" off the end of `name`, unless it stands within parentheses.
Part CutPart(std::string* name) {
  Part part;
  int depth = 0;
  for (size_t i = 0; i < name->size(); ++i) {
    const char c = (*name)[i];
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c != ':' || depth > 0) continue;
    const std::vector<std::string> numbers = Split(std::string_view(*name).substr(i + 1), ':');
    part.given = true;
    part.offset = ToInt(numbers[0], 0);
    if (numbers.size() > 1) {
      part.has_length = true;
      part.length = ToInt(numbers[1], 0);
    }
    name->resize(i);
    break;
  }
  return part;
}

// Negative offsets count from the end, negative lengths leave that many characters out.
std::string TakePart(const std::string& value, const Part& part) {
  if (!part.given) return value;
  const int size = static_cast<int>(value.size());
  int offset = part.offset < 0 ? std::max(0, size + part.offset) : part.offset;
  if (offset >= size) return "";
  int length = part.has_length ? part.length : size;
  if (length < 0) length = std::max(0, size - offset + length);
  return value.substr(static_cast<size_t>(offset), static_cast<size_t>(length));
}

std::optional<std::string> ReadBuiltin(PbxCore& core, const Channel* channel,
                                       const std::string& name) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(core.runtime().WallNow().time_since_epoch());
  if (name == "EPOCH") return std::to_string(seconds.count());
  if (name == "SYSTEMNAME") return "";
  if (channel == nullptr) return std::nullopt;
  if (name == "EXTEN") return channel->exten;
  if (name == "CONTEXT") return channel->context;
  if (name == "PRIORITY") return std::to_string(channel->priority);
  if (name == "CHANNEL") return channel->name();
  if (name == "UNIQUEID") return channel->unique_id();
  if (name == "HANGUPCAUSE") return std::to_string(channel->hangup_cause);
  return std::nullopt;
}

bool SplitCall(std::string_view text, std::string* name, std::string* arguments) {
  const size_t open = text.find('(');
  if (open == std::string_view::npos) return false;
  *name = std::string(Trim(text.substr(0, open)));
  const size_t close = text.rfind(')');
  const size_t end = close == std::string_view::npos || close < open ? text.size() : close;
  *arguments = std::string(text.substr(open + 1, end - open - 1));
  return true;
}

}  // namespace

std::string Substitute(PbxCore& core, Channel* channel, std::string_view text) {
  return SubstituteNested(core, channel, text, 0);
}

std::string ReadVariable(PbxCore& core, Channel* channel, std::string_view text) {
  std::string name(text);
  const Part part = CutPart(&name);
  std::string function, arguments;
  if (SplitCall(name, &function, &arguments)) {
    return TakePart(ReadFunction(core, channel, function, arguments), part);
  }
  if (const auto builtin = ReadBuiltin(core, channel, name)) return TakePart(*builtin, part);
  const std::string* value = channel == nullptr ? nullptr : channel->variables.Find(name);
  if (value == nullptr) value = core.globals.Find(name);
  return value == nullptr ? "" : TakePart(*value, part);
}

bool WriteVariable(PbxCore& core, Channel* channel, const std::string& text,
                   const std::string& value) {
  std::string function, arguments;
  if (SplitCall(text, &function, &arguments)) {
    return WriteFunction(core, channel, function, arguments, value);
  }
  core.SetVariable(channel, std::string(Trim(text)), value);
  return true;
}

bool AssignVariable(PbxCore& core, Channel& channel, const std::string& assignment) {
  int depth = 0;
  for (size_t i = 0; i < assignment.size(); ++i) {
    if (assignment[i] == '(') ++depth;
    if (assignment[i] == ')') --depth;
    if (assignment[i] != '=' || depth > 0) continue;
    WriteVariable(core, &channel, std::string(Trim(assignment.substr(0, i))),
                  assignment.substr(i + 1));
    return true;
  }
  return false;
}

}  // namespace sfa::harness
