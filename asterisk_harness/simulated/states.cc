#include "asterisk_harness/simulated/states.h"

#include <algorithm>
#include <array>

#include "asterisk_harness/simulated/pbx_core.h"
#include "asterisk_harness/simulated/text.h"
#include "asterisk_harness/simulated/variables.h"

namespace sfa::harness {
namespace {

constexpr std::array<const char*, 9> kDeviceStates = {"UNKNOWN", "NOT_INUSE", "INUSE",
                                                      "BUSY",    "INVALID",   "UNAVAILABLE",
                                                      "RINGING", "RINGINUSE", "ONHOLD"};

// Of several devices the one with the highest rank is shown (Asterisk's ast_devstate_aggregate).
constexpr std::array<int, 9> kRanks = {1, 3, 6, 7, 0, 2, 5, 8, 4};

struct ExtensionStateName {
  ExtensionState state;
  const char* text;
  const char* word;
};
constexpr std::array<ExtensionStateName, 8> kExtensionStates = {{
    {ExtensionState::kUnknown, "Unknown", "UNKNOWN"},
    {ExtensionState::kIdle, "Idle", "NOT_INUSE"},
    {ExtensionState::kInUse, "InUse", "INUSE"},
    {ExtensionState::kBusy, "Busy", "BUSY"},
    {ExtensionState::kUnavailable, "Unavailable", "UNAVAILABLE"},
    {ExtensionState::kRinging, "Ringing", "RINGING"},
    {ExtensionState::kInUseRinging, "InUse&Ringing", "RINGINUSE"},
    {ExtensionState::kHold, "Hold", "ONHOLD"},
}};

ExtensionState Shown(DeviceState state) {
  switch (state) {
    case DeviceState::kOnHold:
      return ExtensionState::kHold;
    case DeviceState::kBusy:
      return ExtensionState::kBusy;
    case DeviceState::kInvalid:
    case DeviceState::kUnavailable:
      return ExtensionState::kUnavailable;
    case DeviceState::kRingInUse:
      return ExtensionState::kInUseRinging;
    case DeviceState::kRinging:
      return ExtensionState::kRinging;
    case DeviceState::kInUse:
      return ExtensionState::kInUse;
    case DeviceState::kUnknown:
    case DeviceState::kNotInUse:
      return ExtensionState::kIdle;
  }
  return ExtensionState::kIdle;
}

// "Skype:a@b" into "skype" and "a@b"; false for "Skype/b", which is a channel's.
bool SplitLabel(const std::string& name, std::string* label, std::string* address) {
  const size_t colon = name.find(':');
  if (colon == std::string::npos || name.find('/') < colon) return false;
  *label = ToLower(name.substr(0, colon));
  *address = name.substr(colon + 1);
  return true;
}

Headers HintHeaders(const std::string& context, const std::string& exten, const std::string& hint) {
  return {{"Exten", exten}, {"Context", context}, {"Hint", hint}};
}

}  // namespace

const char* DeviceStateText(DeviceState state) { return kDeviceStates[static_cast<size_t>(state)]; }

std::optional<DeviceState> ParseDeviceState(const std::string& text) {
  for (size_t i = 0; i < kDeviceStates.size(); ++i) {
    if (EqualsIgnoreCase(text, kDeviceStates[i])) return static_cast<DeviceState>(i);
  }
  return std::nullopt;
}

const char* ExtensionStateText(ExtensionState state) {
  for (const ExtensionStateName& name : kExtensionStates) {
    if (name.state == state) return name.text;
  }
  return "Unknown";
}

const char* ExtensionStateWord(ExtensionState state) {
  for (const ExtensionStateName& name : kExtensionStates) {
    if (name.state == state) return name.word;
  }
  return "UNKNOWN";
}

States::States(PbxCore& core) : core_(core) {
  SetDeviceProvider("Custom", [this](const std::string& address) {
    const auto found = custom_devices_.find(address);
    return found == custom_devices_.end() ? DeviceState::kUnknown : found->second;
  });
  SetPresenceProvider("CustomPresence", [this](const std::string& address) {
    const auto found = custom_presences_.find(address);
    return found == custom_presences_.end() ? PresenceState{} : found->second;
  });
}

void States::SetDeviceProvider(const std::string& label, DeviceProvider provider) {
  if (provider) {
    device_providers_[ToLower(label)] = std::move(provider);
  } else {
    device_providers_.erase(ToLower(label));
  }
}

void States::SetPresenceProvider(const std::string& label, PresenceProvider provider) {
  if (provider) {
    presence_providers_[ToLower(label)] = std::move(provider);
  } else {
    presence_providers_.erase(ToLower(label));
  }
}

// A technology that says nothing of its devices is judged by its channels.
DeviceState States::OfChannels(const std::string& device) {
  const size_t slash = device.find('/');
  if (slash == std::string::npos || !core_.HasTechnology(device.substr(0, slash))) {
    return DeviceState::kInvalid;
  }
  const std::string prefix = ToLower(device) + "-";
  for (const auto& [number, channel] : core_.channels()) {
    if (ToLower(channel->name()).compare(0, prefix.size(), prefix) != 0) continue;
    return channel->state() == ChannelState::kRinging ? DeviceState::kRinging : DeviceState::kInUse;
  }
  return DeviceState::kUnknown;
}

DeviceState States::Device(const std::string& device) {
  const auto told = devices_.find(device);
  if (told != devices_.end() && told->second != DeviceState::kUnknown) return told->second;
  std::string label, address;
  if (!SplitLabel(device, &label, &address)) return OfChannels(device);
  const auto provider = device_providers_.find(label);
  return provider == device_providers_.end() ? DeviceState::kInvalid : provider->second(address);
}

std::optional<PresenceState> States::Presence(const std::string& presentity) {
  const auto told = presences_.find(presentity);
  if (told != presences_.end()) return told->second;
  std::string label, address;
  if (!SplitLabel(presentity, &label, &address)) {
    core_.Warn("No label found for presence state provider: " + presentity);
    return std::nullopt;
  }
  const auto provider = presence_providers_.find(label);
  if (provider == presence_providers_.end()) {
    core_.Warn("No provider found for label: " + presentity.substr(0, label.size()));
    return std::nullopt;
  }
  return provider->second(address);
}

ExtensionState States::StateOf(const std::vector<std::string>& devices) {
  bool ringing = false, in_use = false;
  DeviceState shown = DeviceState::kInvalid;
  for (const std::string& device : devices) {
    const DeviceState state = Device(device);
    if (state == DeviceState::kRinging) ringing = true;
    if (state == DeviceState::kInUse || state == DeviceState::kOnHold ||
        state == DeviceState::kBusy) {
      in_use = true;
    }
    if (kRanks[static_cast<size_t>(state)] > kRanks[static_cast<size_t>(shown)]) shown = state;
  }
  return Shown(ringing && in_use ? DeviceState::kRingInUse : shown);
}

void States::LookAgain(const std::string& device) {
  for (Hint& hint : hints_) {
    if (std::none_of(hint.devices.begin(), hint.devices.end(),
                     [&](const std::string& each) { return EqualsIgnoreCase(each, device); })) {
      continue;
    }
    const ExtensionState state = StateOf(hint.devices);
    if (state == hint.state) continue;
    hint.state = state;
    Tell(hint);
  }
}

void States::Tell(const Hint& hint) {
  Headers headers = HintHeaders(hint.context, hint.exten, hint.text);
  headers.emplace_back("Status", std::to_string(static_cast<int>(hint.state)));
  headers.emplace_back("StatusText", ExtensionStateText(hint.state));
  core_.manager().Emit("ExtensionStatus", kClassCall, std::move(headers));
}

void States::DeviceChanged(const std::string& device, DeviceState state) {
  const auto told = devices_.find(device);
  if (told != devices_.end() && told->second == state) return;
  devices_[device] = state;
  core_.manager().Emit("DeviceStateChange", kClassCall,
                       {{"Device", device}, {"State", DeviceStateText(state)}});
  LookAgain(device);
}

void States::PresenceChanged(const std::string& presentity, const PresenceState& state) {
  presences_[presentity] = state;
  const Headers what = {
      {"Status", state.status}, {"Subtype", state.subtype}, {"Message", state.message}};
  for (Hint& hint : hints_) {
    if (!EqualsIgnoreCase(hint.presentity, presentity) || hint.presence == state) continue;
    hint.presence = state;
    Headers headers = HintHeaders(hint.context, hint.exten, hint.text);
    headers.insert(headers.end(), what.begin(), what.end());
    core_.manager().Emit("PresenceStatus", kClassCall, std::move(headers));
  }
  Headers headers = {{"Presentity", presentity}};
  headers.insert(headers.end(), what.begin(), what.end());
  core_.manager().Emit("PresenceStateChange", kClassCall, std::move(headers));
}

void States::ChannelChanged(const std::string& channel_name) {
  LookAgain(channel_name.substr(0, channel_name.rfind('-')));
}

bool States::SetCustomDevice(const std::string& device, DeviceState state) {
  std::string label, address;
  if (!SplitLabel(device, &label, &address) || label != "custom") return false;
  custom_devices_[address] = state;
  DeviceChanged(device, state);
  return true;
}

bool States::SetCustomPresence(const std::string& presentity, const PresenceState& state) {
  std::string label, address;
  if (!SplitLabel(presentity, &label, &address) || label != "custompresence") return false;
  custom_presences_[address] = state;
  PresenceChanged(presentity, state);
  return true;
}

// "device[&device…][,presentity]"
States::Hint States::Parse(const std::string& context, const std::string& exten,
                           const std::string& written) {
  Hint hint{context, exten, written, {}, "", ExtensionState::kUnknown, {}};
  if (written.find('$') != std::string::npos) hint.text = Substitute(core_, nullptr, written);
  const size_t comma = hint.text.find(',');
  const std::string devices(Trim(hint.text.substr(0, comma)));
  if (!devices.empty()) {
    for (const std::string& device : Split(devices, '&')) {
      hint.devices.emplace_back(Trim(device));
    }
  }
  if (comma != std::string::npos) hint.presentity = std::string(Trim(hint.text.substr(comma + 1)));
  return hint;
}

HintSight States::See(const Hint& hint) {
  HintSight sight{hint.context, hint.exten, hint.text, StateOf(hint.devices), PresenceState{}};
  if (!hint.presentity.empty()) sight.presence = Presence(hint.presentity);
  return sight;
}

void States::ReadHints(bool again) {
  std::vector<Hint> hints;
  for (const auto& [name, context] : core_.dialplan.contexts()) {
    for (const DialplanExtension& extension : context.extensions) {
      // A pattern becomes a hint when somebody asks for an extension that it matches.
      if (extension.hint.empty() || extension.name[0] == '_') continue;
      hints.push_back(Parse(name, extension.name, extension.hint));
    }
  }
  hints_ = std::move(hints);
  for (Hint& hint : hints_) {
    hint.state = StateOf(hint.devices);
    if (!hint.presentity.empty()) hint.presence = Presence(hint.presentity).value_or(hint.presence);
    if (again) Tell(hint);
  }
}

std::vector<HintSight> States::Hints() {
  std::vector<HintSight> sights;
  // Providers may answer with news, which would walk the same list.
  const std::vector<Hint> hints = hints_;
  sights.reserve(hints.size());
  for (const Hint& hint : hints) sights.push_back(See(hint));
  return sights;
}

std::optional<HintSight> States::FindHint(const std::string& context, const std::string& exten) {
  const std::string* const written = core_.dialplan.FindHint(context, exten);
  if (written == nullptr) return std::nullopt;
  return See(Parse(context, exten, *written));
}

std::vector<std::string> States::HintedAddresses(const std::string& label) const {
  std::vector<std::string> addresses;
  const auto add = [&](const std::string& name) {
    std::string its_label, address;
    if (name.find("${") == std::string::npos && SplitLabel(name, &its_label, &address) &&
        its_label == ToLower(label) &&
        std::find(addresses.begin(), addresses.end(), address) == addresses.end()) {
      addresses.push_back(address);
    }
  };
  for (const auto& [context_name, context] : core_.dialplan.contexts()) {
    for (const DialplanExtension& extension : context.extensions) {
      for (const std::string& part : Split(extension.hint, ',')) {
        for (const std::string& name : Split(part, '&')) add(std::string(Trim(name)));
      }
    }
  }
  return addresses;
}

void States::Forget(const std::string& label) {
  const auto is_its = [&](const std::string& name) {
    std::string its_label, address;
    return SplitLabel(name, &its_label, &address) && its_label == ToLower(label);
  };
  const auto devices = devices_;
  for (const auto& [device, state] : devices) {
    if (is_its(device)) DeviceChanged(device, DeviceState::kUnknown);
  }
  const auto presences = presences_;
  for (const auto& [presentity, state] : presences) {
    if (is_its(presentity)) PresenceChanged(presentity, PresenceState{});
  }
}

}  // namespace sfa::harness
