// Device states, presence states and the hints that show them.
#ifndef ASTERISK_HARNESS_SIMULATED_STATES_H_
#define ASTERISK_HARNESS_SIMULATED_STATES_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "asterisk_harness/simulated/dialplan.h"

namespace sfa::harness {

class PbxCore;

// Numbered as Asterisk numbers them.
enum class DeviceState {
  kUnknown,
  kNotInUse,
  kInUse,
  kBusy,
  kInvalid,
  kUnavailable,
  kRinging,
  kRingInUse,
  kOnHold
};
const char* DeviceStateText(DeviceState state);  // "NOT_INUSE"
std::optional<DeviceState> ParseDeviceState(const std::string& text);

// What an extension shows, numbered as AMI's Status.
enum class ExtensionState {
  kUnknown = -1,
  kIdle = 0,
  kInUse = 1,
  kBusy = 2,
  kUnavailable = 4,
  kRinging = 8,
  kInUseRinging = 9,
  kHold = 16
};
const char* ExtensionStateText(ExtensionState state);  // AMI and console: "Idle"
const char* ExtensionStateWord(ExtensionState state);  // EXTENSION_STATE(): "NOT_INUSE"

struct PresenceState {
  std::string status = "not_set", subtype, message;
  bool operator==(const PresenceState& other) const {
    return status == other.status && subtype == other.subtype && message == other.message;
  }
};

struct HintSight {
  std::string context, exten, hint;  // as written, variables replaced
  ExtensionState state = ExtensionState::kUnknown;
  std::optional<PresenceState> presence;  // nullopt: its provider is not there
};

class States {
 public:
  using DeviceProvider = std::function<DeviceState(const std::string& address)>;
  using PresenceProvider = std::function<PresenceState(const std::string& address)>;

  explicit States(PbxCore& core);

  // "<label>:<address>" is asked there. An empty provider takes it away.
  void SetDeviceProvider(const std::string& label, DeviceProvider provider);
  void SetPresenceProvider(const std::string& label, PresenceProvider provider);

  // "<label>:<address>" or "<technology>/<name>"; what has been told last, else what the provider
  // says.
  DeviceState Device(const std::string& device);
  // nullopt when nobody provides it; the log says so.
  std::optional<PresenceState> Presence(const std::string& presentity);
  // AMI is told, and every hint that follows it.
  void DeviceChanged(const std::string& device, DeviceState state);
  void PresenceChanged(const std::string& presentity, const PresenceState& state);
  // A channel of that name has begun, changed its state, or ended: hints on "<technology>/<name>"
  // look again.
  void ChannelChanged(const std::string& channel_name);

  // Custom:<name> and CustomPresence:<name>, which the dialplan sets.
  bool SetCustomDevice(const std::string& device, DeviceState state);
  bool SetCustomPresence(const std::string& presentity, const PresenceState& state);

  // After the dialplan has been read. `again`: AMI is told what every hint shows.
  void ReadHints(bool again);
  std::vector<HintSight> Hints();
  // nullopt when the extension has no hint; includes are followed.
  std::optional<HintSight> FindHint(const std::string& context, const std::string& exten);
  // The address in every hint with that label, of a pattern's hint too; not of those made of
  // variables.
  std::vector<std::string> HintedAddresses(const std::string& label) const;
  // Its provider is gone: what was told of it is unknown again.
  void Forget(const std::string& label);

  const std::map<std::string, DeviceState>& known_devices() const { return devices_; }
  const std::map<std::string, PresenceState>& known_presences() const { return presences_; }

 private:
  struct Hint {
    std::string context, exten, text;
    std::vector<std::string> devices;
    std::string presentity;
    ExtensionState state = ExtensionState::kUnknown;
    PresenceState presence;
  };
  ExtensionState StateOf(const std::vector<std::string>& devices);
  DeviceState OfChannels(const std::string& device);
  void LookAgain(const std::string& device);
  void Tell(const Hint& hint);
  HintSight See(const Hint& hint);
  Hint Parse(const std::string& context, const std::string& exten, const std::string& written);

  PbxCore& core_;
  std::map<std::string, DeviceProvider> device_providers_;      // by lower-case label
  std::map<std::string, PresenceProvider> presence_providers_;  // likewise
  std::map<std::string, DeviceState> devices_;                  // told
  std::map<std::string, PresenceState> presences_;              // told
  std::map<std::string, DeviceState> custom_devices_;           // by address
  std::map<std::string, PresenceState> custom_presences_;       // by address
  std::vector<Hint> hints_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_STATES_H_
