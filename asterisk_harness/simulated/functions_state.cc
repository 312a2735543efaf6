// DEVICE_STATE, EXTENSION_STATE, HINT, PRESENCE_STATE; MESSAGE, MESSAGE_DATA.
#include "asterisk_harness/simulated/function_table.h"
#include "asterisk_harness/simulated/messages.h"
#include "asterisk_harness/simulated/pbx_core.h"
#include "asterisk_harness/simulated/states.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

std::string ReadDeviceState(const FunctionCall& call) {
  if (call.arguments.empty()) {
    call.core.Warn("DEVICE_STATE function requires a device name");
    return "";
  }
  return DeviceStateText(call.core.states().Device(call.arguments));
}

bool WriteDeviceState(const FunctionCall& call, const std::string& value) {
  const std::optional<DeviceState> state = ParseDeviceState(value);
  if (!state) {
    call.core.Warn("Unknown device state value '" + value + "'");
    return false;
  }
  if (call.core.states().SetCustomDevice(call.arguments, *state)) return true;
  call.core.Warn("The DEVICE_STATE function can only be used to set 'Custom:' device state!");
  return false;
}

// <extension>[@<context>]
std::optional<HintSight> HintAt(const FunctionCall& call, const std::string& place) {
  const size_t at = place.find('@');
  const std::string context = at == std::string::npos ? "default" : place.substr(at + 1);
  return call.core.states().FindHint(context, place.substr(0, at));
}

std::string ReadExtensionState(const FunctionCall& call) {
  if (call.arguments.empty()) {
    call.core.Warn("EXTENSION_STATE requires an extension");
    return "";
  }
  const auto hint = HintAt(call, call.arguments);
  return ExtensionStateWord(hint ? hint->state : ExtensionState::kUnknown);
}

// HINT(<extension>[@<context>][,n]); n asks for the extension's name, which has none here.
std::string ReadHint(const FunctionCall& call) {
  const std::vector<std::string> words = Split(call.arguments, ',');
  const auto hint = HintAt(call, words[0]);
  return !hint || words.size() > 1 ? "" : hint->hint;
}

// PRESENCE_STATE(<provider>,value|subtype|message[,e])
std::string ReadPresenceState(const FunctionCall& call) {
  std::vector<std::string> words = Split(call.arguments, ',');
  if (words.size() < 2 || words[0].empty() || words[1].empty()) {
    call.core.Warn(
        "PRESENCE_STATE reading requires both presence provider and presence field arguments. ");
    return "";
  }
  const auto presence = call.core.states().Presence(words[0]);
  if (!presence) {
    call.core.Warn("PRESENCE_STATE unknown ");
    return "";
  }
  std::string value;
  if (words[1] == "value") {
    value = presence->status;
  } else if (words[1] == "subtype") {
    value = presence->subtype;
  } else if (words[1] == "message") {
    value = presence->message;
  } else {
    call.core.Warn("The field specified is not available: " + words[1]);
    return "";
  }
  const bool encode = words.size() > 2 && words[2].find('e') != std::string::npos;
  return encode && words[1] != "value" ? EncodeBase64(value) : value;
}

// PRESENCE_STATE(CustomPresence:<name>)=<status>[,<subtype>[,<message>[,e]]]
bool WritePresenceState(const FunctionCall& call, const std::string& value) {
  static constexpr const char* kStatuses[] = {"not_set", "unavailable", "available", "away",
                                              "xa",      "chat",        "dnd"};
  std::vector<std::string> words = Split(value, ',');
  words.resize(4);
  PresenceState state{words[0], words[1], words[2]};
  bool known = false;
  for (const char* status : kStatuses) known = known || state.status == status;
  if (!known) {
    call.core.Warn("Unknown presence state value " + value);
    return false;
  }
  if (words[3].find('e') != std::string::npos) {
    state.subtype = DecodeBase64(state.subtype);
    state.message = DecodeBase64(state.message);
  }
  if (call.core.states().SetCustomPresence(call.arguments, state)) return true;
  call.core.Warn(
      "The PRESENCE_STATE function can only be used to set CustomPresence: presence providers.");
  return false;
}

std::string* MessageField(TextMessage* message, const std::string& name) {
  if (EqualsIgnoreCase(name, "to")) return &message->to;
  if (EqualsIgnoreCase(name, "from")) return &message->from;
  if (EqualsIgnoreCase(name, "body")) return &message->body;
  return nullptr;
}

std::string ReadMessage(const FunctionCall& call) {
  if (!NeedsChannel(call, "MESSAGE") || call.channel->message == nullptr) return "";
  if (const std::string* field = MessageField(call.channel->message.get(), call.arguments)) {
    return *field;
  }
  call.core.Warn("Invalid argument to MESSAGE(): '" + call.arguments + "'");
  return "";
}

TextMessage& MessageOf(Channel& channel) {
  if (channel.message == nullptr) channel.message = std::make_unique<TextMessage>();
  return *channel.message;
}

bool WriteMessage(const FunctionCall& call, const std::string& value) {
  if (!NeedsChannel(call, "MESSAGE")) return false;
  if (std::string* field = MessageField(&MessageOf(*call.channel), call.arguments)) {
    *field = value;
    return true;
  }
  // Marks data that goes out with the message; ours carries text alone.
  if (EqualsIgnoreCase(call.arguments, "custom_data")) return true;
  call.core.Warn("'" + call.arguments + "' is not a valid write argument.");
  return false;
}

std::string ReadMessageData(const FunctionCall& call) {
  if (!NeedsChannel(call, "MESSAGE_DATA") || call.channel->message == nullptr) return "";
  const auto& data = call.channel->message->data;
  const auto found = data.find(call.arguments);
  return found == data.end() ? "" : found->second;
}

bool WriteMessageData(const FunctionCall& call, const std::string& value) {
  if (!NeedsChannel(call, "MESSAGE_DATA")) return false;
  MessageOf(*call.channel).data[call.arguments] = value;
  return true;
}

}  // namespace

const Function kStateFunctions[] = {
    {"DEVICE_STATE", ReadDeviceState, WriteDeviceState},
    {"EXTENSION_STATE", ReadExtensionState, nullptr},
    {"HINT", ReadHint, nullptr},
    {"MESSAGE", ReadMessage, WriteMessage},
    {"MESSAGE_DATA", ReadMessageData, WriteMessageData},
    {"PRESENCE_STATE", ReadPresenceState, WritePresenceState},
    {nullptr, nullptr, nullptr},
};

}  // namespace sfa::harness
