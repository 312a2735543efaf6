// ExtensionState, ExtensionStateList, DeviceStateList, PresenceState, PresenceStateList.
#include "asterisk_harness/simulated/manager_families.h"
#include "asterisk_harness/simulated/states.h"

namespace sfa::harness {
namespace {

using Reply = std::shared_ptr<AmiReply>;

void Begin(const Reply& reply, const char* message) {
  reply->Send("Response", "Success", {{"EventList", "start"}, {"Message", message}}, false);
}

void End(const Reply& reply, const char* event, size_t items) {
  reply->Send("Event", event, {{"EventList", "Complete"}, {"ListItems", std::to_string(items)}},
              true);
}

void GetExtensionState(PbxCore& core, const AmiMessage& action, const Reply& reply) {
  const std::string& exten = action.Get("Exten");
  if (exten.empty()) {
    reply->Error("Extension not specified");
    return;
  }
  const std::string context = action.Get("Context").empty() ? "default" : action.Get("Context");
  const auto hint = core.states().FindHint(context, exten);
  const ExtensionState state = hint ? hint->state : ExtensionState::kUnknown;
  reply->Success("Extension Status", {{"Exten", exten},
                                      {"Context", context},
                                      {"Hint", hint ? hint->hint : ""},
                                      {"Status", std::to_string(static_cast<int>(state))},
                                      {"StatusText", ExtensionStateText(state)}});
}

void ListExtensionStates(PbxCore& core, const AmiMessage&, const Reply& reply) {
  const std::vector<HintSight> hints = core.states().Hints();
  Begin(reply, "Extension Statuses will follow");
  for (const HintSight& hint : hints) {
    reply->Send("Event", "ExtensionStatus",
                {{"Exten", hint.exten},
                 {"Context", hint.context},
                 {"Hint", hint.hint},
                 {"Status", std::to_string(static_cast<int>(hint.state))},
                 {"StatusText", ExtensionStateText(hint.state)}},
                false);
  }
  End(reply, "ExtensionStateListComplete", hints.size());
}

void ListDeviceStates(PbxCore& core, const AmiMessage&, const Reply& reply) {
  Begin(reply, "Device State Changes will follow");
  for (const auto& [device, state] : core.states().known_devices()) {
    reply->Send("Event", "DeviceStateChange",
                {{"Device", device}, {"State", DeviceStateText(state)}}, false);
  }
  End(reply, "DeviceStateListComplete", core.states().known_devices().size());
}

void GetPresenceState(PbxCore& core, const AmiMessage& action, const Reply& reply) {
  const std::string& provider = action.Get("Provider");
  if (provider.empty()) {
    reply->Error("No provider specified");
    return;
  }
  const auto presence = core.states().Presence(provider);
  if (!presence || presence->status == "invalid") {
    reply->Error("Invalid provider " + provider + " or provider in invalid state");
    return;
  }
  Headers headers = {{"State", presence->status}};
  if (!presence->subtype.empty()) headers.emplace_back("Subtype", presence->subtype);
  if (!presence->message.empty()) {
    // The first of the two is there for clients of before the second.
    headers.emplace_back("Message", presence->message);
    headers.emplace_back("PresenceMessage", presence->message);
  }
  reply->Success("Presence State", std::move(headers));
}

void ListPresenceStates(PbxCore& core, const AmiMessage&, const Reply& reply) {
  Begin(reply, "Presence State Changes will follow");
  for (const auto& [presentity, state] : core.states().known_presences()) {
    reply->Send("Event", "PresenceStateChange",
                {{"Presentity", presentity},
                 {"Status", state.status},
                 {"Subtype", state.subtype},
                 {"Message", state.message}},
                false);
  }
  End(reply, "PresenceStateListComplete", core.states().known_presences().size());
}

}  // namespace

void RegisterStateActions(PbxCore& core) {
  constexpr unsigned kClasses = kClassCall | kClassReporting;
  AddAction(core, "ExtensionState", kClasses, GetExtensionState);
  AddAction(core, "ExtensionStateList", kClasses, ListExtensionStates);
  AddAction(core, "DeviceStateList", kClasses, ListDeviceStates);
  AddAction(core, "PresenceState", kClasses, GetPresenceState);
  AddAction(core, "PresenceStateList", kClasses, ListPresenceStates);
}

}  // namespace sfa::harness
