// CHANNEL, CALLERID, CONNECTEDLINE, HANGUPCAUSE, DIALPLAN_EXISTS.
#include <utility>

#include "asterisk_harness/simulated/channel.h"
#include "asterisk_harness/simulated/function_table.h"
#include "asterisk_harness/simulated/hangup_cause.h"
#include "asterisk_harness/simulated/pbx_core.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

const char* CodecName(pbx_codec codec) {
  switch (codec) {
    case PBX_CODEC_ULAW:
      return "ulaw";
    case PBX_CODEC_ALAW:
      return "alaw";
    case PBX_CODEC_G729:
      return "slin";  // what its translation gives and takes
    default:
      return "";
  }
}

std::string ReadChannel(const FunctionCall& call) {
  if (!NeedsChannel(call, "CHANNEL")) return "";
  const Channel& channel = *call.channel;
  const std::string item = ToLower(Trim(call.arguments));
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
    ChannelTech& tech = call.channel->tech();
    if (item == "channeltype") return tech.type();
    if (item == "audioreadformat" || item == "audiowriteformat") return CodecName(tech.codec());
    if (item == "audionativeformat") return std::string("(") + CodecName(tech.codec()) + ")";
  }
  std::string value;
  if (channel.has_tech() && call.channel->tech().ReadItem(item, &value)) return value;
  call.core.Warn("Unknown or unavailable item requested: '" + call.arguments + "'");
  return "";
}

bool WriteChannel(const FunctionCall& call, const std::string& value) {
  if (!NeedsChannel(call, "CHANNEL")) return false;
  const std::string item = ToLower(Trim(call.arguments));
  if (item == "language") {
    call.channel->language = value;
  } else if (item == "musicclass") {
    call.channel->music_class = value;
  } else if (item == "accountcode") {
    call.channel->SetAccountCode(value);
  } else if (!call.channel->has_tech() || !call.channel->tech().WriteItem(item, value)) {
    call.core.Warn("Unknown or unavailable item requested: '" + call.arguments + "'");
    return false;
  }
  return true;
}

std::string* PartyField(Party* party, const std::string& item) {
  if (item == "num" || item == "number" || item == "ani" || item == "ani-num") {
    return &party->number;
  }
  if (item == "name" || item == "ani-name") return &party->name;
  return nullptr;
}

std::string ReadParty(const FunctionCall& call, Party* party, const char* function) {
  const std::string item = ToLower(Trim(Split(call.arguments, ',')[0]));
  if (item == "all") return "\"" + party->name + "\" <" + party->number + ">";
  if (item == "dnid" || item == "rdnis") return "";
  if (const std::string* field = PartyField(party, item)) return *field;
  call.core.Log("ERROR", std::string("Unknown ") + function + " data type '" + item + "'.");
  return "";
}

bool WriteParty(const FunctionCall& call, Party* party, const std::string& value,
                const char* function) {
  const std::string item = ToLower(Trim(Split(call.arguments, ',')[0]));
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
    call.core.Log("ERROR", std::string("Unknown ") + function + " data type '" + item + "'.");
    return false;
  }
  return true;
}

std::string ReadCallerId(const FunctionCall& call) {
  if (!NeedsChannel(call, "CALLERID")) return "";
  return ReadParty(call, &call.channel->caller, "callerid");
}
bool WriteCallerId(const FunctionCall& call, const std::string& value) {
  if (!NeedsChannel(call, "CALLERID") ||
      !WriteParty(call, &call.channel->caller, value, "callerid")) {
    return false;
  }
  call.channel->TellCaller();
  return true;
}
std::string ReadConnectedLine(const FunctionCall& call) {
  if (!NeedsChannel(call, "CONNECTEDLINE")) return "";
  return ReadParty(call, &call.channel->connected, "connectedline");
}
bool WriteConnectedLine(const FunctionCall& call, const std::string& value) {
  if (!NeedsChannel(call, "CONNECTEDLINE")) return false;
  Party party = call.channel->connected;
  if (!WriteParty(call, &party, value, "connectedline")) return false;
  Frame frame;
  frame.kind = Frame::Kind::kControl;
  frame.control = Control::kConnectedLine;
  frame.text = party.number;
  frame.name = party.name;
  call.channel->Indicate(frame);
  return true;
}

std::string ReadDialplanExists(const FunctionCall& call) {
  const std::vector<std::string> words = Split(call.arguments, ',');
  const std::string exten = words.size() > 1 ? words[1] : "";
  if (exten.empty()) return call.core.dialplan.HasContext(words[0]) ? "1" : "0";
  const int priority = words.size() > 2 ? ToInt(words[2], 1) : 1;
  return call.core.dialplan.Find(words[0], exten, priority, "") != nullptr ? "1" : "0";
}

constexpr const char* kHangupCausePrefix = "~HANGUPCAUSE~";

// HANGUPCAUSE(<channel>,tech|ast): what Dial noted about the channels that it called.
std::string ReadHangupCause(const FunctionCall& call) {
  if (!NeedsChannel(call, "HANGUPCAUSE")) return "";
  const std::vector<std::string> words = Split(call.arguments, ',');
  const std::string kind = words.size() > 1 ? ToLower(Trim(words[1])) : "ast";
  const std::string* value =
      call.channel->variables.Find(kHangupCausePrefix + kind + "~" + words[0]);
  if (value != nullptr) return *value;
  call.core.Warn("Unable to find information for channel " + words[0]);
  return "";
}

std::string ReadHangupCauseKeys(const FunctionCall& call) {
  std::string keys;
  if (call.channel == nullptr) return keys;
  const std::string prefix = std::string(kHangupCausePrefix) + "ast~";
  for (const auto& [name, value] : call.channel->variables.all()) {
    if (name.compare(0, prefix.size(), prefix) != 0) continue;
    keys += (keys.empty() ? "" : ",") + name.substr(prefix.size());
  }
  return keys;
}

}  // namespace

bool NeedsChannel(const FunctionCall& call, const char* function) {
  if (call.channel != nullptr) return true;
  call.core.Warn(std::string("No channel was provided to ") + function + " function.");
  return false;
}

const Function kChannelFunctions[] = {
    {"CALLERID", ReadCallerId, WriteCallerId},
    {"CHANNEL", ReadChannel, WriteChannel},
    {"CONNECTEDLINE", ReadConnectedLine, WriteConnectedLine},
    {"DIALPLAN_EXISTS", ReadDialplanExists, nullptr},
    {"HANGUPCAUSE", ReadHangupCause, nullptr},
    {"HANGUPCAUSE_KEYS", ReadHangupCauseKeys, nullptr},
    {"VALID_EXTEN", ReadDialplanExists, nullptr},
    {nullptr, nullptr, nullptr},
};

}  // namespace sfa::harness
