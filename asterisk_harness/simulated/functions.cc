#include "asterisk_harness/simulated/functions.h"

#include <array>
#include <cstring>

#include "asterisk_harness/simulated/channel.h"
#include "asterisk_harness/simulated/expression.h"
#include "asterisk_harness/simulated/hangup_cause.h"
#include "asterisk_harness/simulated/pbx_core.h"
#include "asterisk_harness/simulated/text.h"
#include "asterisk_harness/simulated/variables.h"

namespace sfa::harness {
namespace {

struct Context {
  PbxCore& core;
  Channel* channel;
  const std::string& arguments;
};

const char* CodecName(pbx_codec codec) {
  switch (codec) {
    case PBX_CODEC_ULAW:
      return "ulaw";
    case PBX_CODEC_ALAW:
      return "alaw";
    default:
      return "";
  }
}

bool NeedsChannel(const Context& context, const char* function) {
  if (context.channel != nullptr) return true;
  context.core.Warn(std::string("No channel was provided to ") + function + " function.");
  return false;
}

std::string ReadChannel(const Context& context) {
  if (!NeedsChannel(context, "CHANNEL")) return "";
  const Channel& channel = *context.channel;
  const std::string item = ToLower(Trim(context.arguments));
  if (item == "name") return channel.name();
  if (item == "uniqueid") return channel.unique_id();
  if (item == "linkedid") return channel.linked_id;
  if (item == "state") return ChannelStateText(channel.state());
  if (item == "language") return channel.language;
  if (item == "musicclass") return channel.music_class;
  if (item == "accountcode") return channel.account_code;
  if (item == "context") return channel.context;
  if (item == "exten") return channel.exten;
  if (item == "hangupsource") return "";
  if (channel.has_tech()) {
    ChannelTech& tech = context.channel->tech();
    if (item == "channeltype") return tech.type();
    if (item == "audioreadformat" || item == "audiowriteformat") return CodecName(tech.codec());
    if (item == "audionativeformat") return std::string("(") + CodecName(tech.codec()) + ")";
  }
  std::string value;
  if (channel.has_tech() && context.channel->tech().ReadItem(item, &value)) return value;
  context.core.Warn("Unknown or unavailable item requested: '" + context.arguments + "'");
  return "";
}

void WriteChannel(const Context& context, const std::string& value) {
  if (!NeedsChannel(context, "CHANNEL")) return;
  const std::string item = ToLower(Trim(context.arguments));
  if (item == "language") {
    context.channel->language = value;
  } else if (item == "musicclass") {
    context.channel->music_class = value;
  } else if (item == "accountcode") {
    context.channel->account_code = value;
  } else if (!context.channel->has_tech() || !context.channel->tech().WriteItem(item, value)) {
    context.core.Warn("Unknown or unavailable item requested: '" + context.arguments + "'");
  }
}

std::string* PartyField(Party* party, const std::string& item) {
  if (item == "num" || item == "number" || item == "ani" || item == "ani-num") {
    return &party->number;
  }
  if (item == "name" || item == "ani-name") return &party->name;
  return nullptr;
}

std::string ReadParty(const Context& context, Party* party, const char* function) {
  const std::string item = ToLower(Trim(Split(context.arguments, ',')[0]));
  if (item == "all") return "\"" + party->name + "\" <" + party->number + ">";
  if (item == "dnid" || item == "rdnis") return "";
  if (const std::string* field = PartyField(party, item)) return *field;
  context.core.Log("ERROR", std::string("Unknown ") + function + " data type '" + item + "'.");
  return "";
}

void WriteParty(const Context& context, Party* party, const std::string& value,
                const char* function) {
  const std::string item = ToLower(Trim(Split(context.arguments, ',')[0]));
  if (item == "all") {
    // "Name" <number>
    const size_t open = value.find('<'), close = value.rfind('>');
    if (open == std::string::npos || close == std::string::npos || close < open) {
      party->number = std::string(Trim(value));
    } else {
      party->number = value.substr(open + 1, close - open - 1);
      std::string name(Trim(value.substr(0, open)));
      if (name.size() >= 2 && name.front() == '"') name = name.substr(1, name.size() - 2);
      party->name = name;
    }
  } else if (std::string* field = PartyField(party, item)) {
    *field = value;
  } else {
    context.core.Log("ERROR", std::string("Unknown ") + function + " data type '" + item + "'.");
    return;
  }
  if (party == &context.channel->caller) context.channel->TellCaller();
}

std::string ReadCallerId(const Context& context) {
  if (!NeedsChannel(context, "CALLERID")) return "";
  return ReadParty(context, &context.channel->caller, "callerid");
}
void WriteCallerId(const Context& context, const std::string& value) {
  if (NeedsChannel(context, "CALLERID")) {
    WriteParty(context, &context.channel->caller, value, "callerid");
  }
}
std::string ReadConnectedLine(const Context& context) {
  if (!NeedsChannel(context, "CONNECTEDLINE")) return "";
  return ReadParty(context, &context.channel->connected, "connectedline");
}
void WriteConnectedLine(const Context& context, const std::string& value) {
  if (NeedsChannel(context, "CONNECTEDLINE")) {
    WriteParty(context, &context.channel->connected, value, "connectedline");
  }
}

std::string ReadLen(const Context& context) { return std::to_string(context.arguments.size()); }
std::string ReadUpper(const Context& context) { return ToUpper(context.arguments); }
std::string ReadLower(const Context& context) { return ToLower(context.arguments); }
std::string ReadIsNull(const Context& context) { return context.arguments.empty() ? "1" : "0"; }
std::string ReadExists(const Context& context) { return context.arguments.empty() ? "0" : "1"; }

std::string Unquoted(std::string_view text) {
  std::string_view word = Trim(text);
  if (word.size() >= 2 && word.front() == '"' && word.back() == '"') {
    word = word.substr(1, word.size() - 2);
  }
  return std::string(word);
}

// IF(<expression>?[<true>][:<false>])
std::string ReadIf(const Context& context) {
  const size_t question = context.arguments.find('?');
  if (question == std::string::npos) {
    context.core.Warn(
        "Syntax IF(expr?[<true>][:<false>])  (expr and either <true> or <false> "
        "must be specified)");
    return "";
  }
  const std::string condition(Trim(context.arguments.substr(0, question)));
  const std::string rest = context.arguments.substr(question + 1);
  const size_t colon = rest.find(':');
  const std::string yes = rest.substr(0, colon);
  const std::string no = colon == std::string::npos ? "" : rest.substr(colon + 1);
  return Unquoted(IsTrueCondition(condition) ? yes : no);
}

std::string ReadGlobal(const Context& context) {
  const std::string* value = context.core.globals.Find(context.arguments);
  return value == nullptr ? "" : *value;
}
void WriteGlobal(const Context& context, const std::string& value) {
  context.core.SetVariable(nullptr, context.arguments, value);
}

void WriteArray(const Context& context, const std::string& value) {
  const std::vector<std::string> names = Split(context.arguments, ',');
  const std::vector<std::string> values = SplitArguments(value, names.size() + 1);
  for (size_t i = 0; i < names.size(); ++i) {
    context.core.SetVariable(context.channel, std::string(Trim(names[i])),
                             i < values.size() ? values[i] : "");
  }
}

std::string ReadEval(const Context& context) {
  return Substitute(context.core, context.channel, context.arguments);
}

// CUT(<variable>,<delimiter>,<field>)
std::string ReadCut(const Context& context) {
  const std::vector<std::string> words = Split(context.arguments, ',');
  if (words.size() < 3) {
    context.core.Warn("Syntax: CUT(<varname>,<char-delim>,<range-spec>) - missing argument!");
    return "";
  }
  const std::string value = ReadVariable(context.core, context.channel, words[0]);
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

std::string ReadDialplanExists(const Context& context) {
  const std::vector<std::string> words = Split(context.arguments, ',');
  const std::string exten = words.size() > 1 ? words[1] : "";
  if (exten.empty()) return context.core.dialplan.HasContext(words[0]) ? "1" : "0";
  const int priority = words.size() > 2 ? ToInt(words[2], 1) : 1;
  return context.core.dialplan.Find(words[0], exten, priority, "") != nullptr ? "1" : "0";
}

constexpr const char* kHangupCausePrefix = "~HANGUPCAUSE~";

// HANGUPCAUSE(<channel>,tech|ast): what Dial noted about the channels that it called.
std::string ReadHangupCause(const Context& context) {
  if (!NeedsChannel(context, "HANGUPCAUSE")) return "";
  const std::vector<std::string> words = Split(context.arguments, ',');
  const std::string kind = words.size() > 1 ? ToLower(Trim(words[1])) : "ast";
  const std::string* value =
      context.channel->variables.Find(kHangupCausePrefix + kind + "~" + words[0]);
  if (value != nullptr) return *value;
  context.core.Warn("Unable to find information for channel " + words[0]);
  return "";
}

std::string ReadHangupCauseKeys(const Context& context) {
  std::string keys;
  if (context.channel == nullptr) return keys;
  const std::string prefix = std::string(kHangupCausePrefix) + "ast~";
  for (const auto& [name, value] : context.channel->variables.all()) {
    if (name.compare(0, prefix.size(), prefix) != 0) continue;
    keys += (keys.empty() ? "" : ",") + name.substr(prefix.size());
  }
  return keys;
}

struct Function {
  const char* name;
  std::string (*read)(const Context&);
  void (*write)(const Context&, const std::string&);
};

constexpr std::array<Function, 17> kFunctions = {{
    {"ARRAY", nullptr, WriteArray},
    {"CALLERID", ReadCallerId, WriteCallerId},
    {"CHANNEL", ReadChannel, WriteChannel},
    {"CONNECTEDLINE", ReadConnectedLine, WriteConnectedLine},
    {"CUT", ReadCut, nullptr},
    {"DIALPLAN_EXISTS", ReadDialplanExists, nullptr},
    {"EVAL", ReadEval, nullptr},
    {"EXISTS", ReadExists, nullptr},
    {"GLOBAL", ReadGlobal, WriteGlobal},
    {"HANGUPCAUSE", ReadHangupCause, nullptr},
    {"HANGUPCAUSE_KEYS", ReadHangupCauseKeys, nullptr},
    {"IF", ReadIf, nullptr},
    {"ISNULL", ReadIsNull, nullptr},
    {"LEN", ReadLen, nullptr},
    {"TOLOWER", ReadLower, nullptr},
    {"TOUPPER", ReadUpper, nullptr},
    {"VALID_EXTEN", ReadDialplanExists, nullptr},
}};

const Function* Find(const std::string& name) {
  for (const Function& function : kFunctions) {
    if (name == function.name) return &function;
  }
  return nullptr;
}

}  // namespace

bool HasFunction(const PbxCore& core, const std::string& name) {
  return Find(name) != nullptr || core.functions.count(name) > 0;
}

std::string ReadFunction(PbxCore& core, Channel* channel, const std::string& name,
                         const std::string& arguments) {
  const auto of_module = core.functions.find(name);
  if (of_module != core.functions.end()) return of_module->second.read(channel, arguments);
  const Function* function = Find(name);
  if (function == nullptr) {
    core.Log("ERROR", "Function " + name + " not registered");
    return "";
  }
  if (function->read == nullptr) {
    core.Log("ERROR", "Function " + name + " cannot be read");
    return "";
  }
  return function->read({core, channel, arguments});
}

void WriteFunction(PbxCore& core, Channel* channel, const std::string& name,
                   const std::string& arguments, const std::string& value) {
  const auto of_module = core.functions.find(name);
  const Function* function = Find(name);
  if (of_module != core.functions.end()) {
    of_module->second.write(channel, arguments, value);
  } else if (function == nullptr) {
    core.Log("ERROR", "Function " + name + " not registered");
  } else if (function->write == nullptr) {
    core.Log("ERROR", "Function " + name + " cannot be written to");
  } else {
    function->write({core, channel, arguments}, value);
  }
}

}  // namespace sfa::harness
