#include "asterisk_harness/simulated/driver_services.h"

#include <array>
#include <cstring>
#include <memory>

#include "asterisk_harness/simulated/driver_functions.h"
#include "asterisk_harness/simulated/messages.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

// Text in a buffer that may lack its end.
template <size_t kSize>
std::string Bounded(const char (&buffer)[kSize]) {
  return std::string(buffer, strnlen(buffer, kSize));
}

// One answer on its way; ends with it.
struct Answering {
  std::shared_ptr<AmiReply> reply;
};

void Answer(void* context, const pbx_manager_message* messages, size_t count) {
  const std::unique_ptr<Answering> answering(static_cast<Answering*>(context));
  for (size_t i = 0; i < count; ++i) {
    const pbx_manager_message& message = messages[i];
    Headers headers;
    for (size_t j = 0; j < message.count; ++j) {
      headers.emplace_back(message.headers[j].name, message.headers[j].value);
    }
    std::pair<std::string, std::string> first("Event",
                                              message.event == nullptr ? "" : message.event);
    if (message.event == nullptr && !headers.empty()) {
      first = headers.front();
      headers.erase(headers.begin());
    }
    answering->reply->Send(first.first, first.second, std::move(headers), i + 1 == count);
  }
  if (count == 0) answering->reply->Error("No answer");
}

void RunAction(const DriverInUse& driver, const std::string& name, const AmiMessage& action,
               std::shared_ptr<AmiReply> reply) {
  std::vector<pbx_header> headers;
  headers.reserve(action.headers.size());
  for (const auto& [header, value] : action.headers) {
    if (EqualsIgnoreCase(header, "Action") || EqualsIgnoreCase(header, "ActionID")) continue;
    headers.push_back({header.c_str(), value.c_str()});
  }
  driver.table->manager_action(driver.core, name.c_str(), headers.data(), headers.size(), Answer,
                               new Answering{std::move(reply)});
}

// "skype:austin_powers", "<skype:austin_powers>", `"Austin" <skype:austin_powers>` or the bare
// name.
std::string SkypeName(const std::string& address) {
  std::string name(Trim(address));
  const size_t open = name.find('<'), close = name.rfind('>');
  if (open != std::string::npos && close != std::string::npos && open < close) {
    name = name.substr(open + 1, close - open - 1);
  }
  const size_t colon = name.find(':');
  if (colon != std::string::npos && EqualsIgnoreCase(name.substr(0, colon), kSkypeLabel)) {
    name.erase(0, colon + 1);
  }
  return name;
}

}  // namespace

DeviceState FromDriver(pbx_device_state state) {
  switch (state) {
    case PBX_DEVICE_INVALID:
      return DeviceState::kInvalid;
    case PBX_DEVICE_NOT_INUSE:
      return DeviceState::kNotInUse;
    case PBX_DEVICE_INUSE:
      return DeviceState::kInUse;
    case PBX_DEVICE_BUSY:
      return DeviceState::kBusy;
    case PBX_DEVICE_ONHOLD:
      return DeviceState::kOnHold;
    case PBX_DEVICE_RINGING:
      return DeviceState::kRinging;
    case PBX_DEVICE_UNAVAILABLE:
      return DeviceState::kUnavailable;
    case PBX_DEVICE_UNKNOWN:
      return DeviceState::kUnknown;
  }
  return DeviceState::kUnknown;
}

PresenceState FromDriver(const pbx_presence& presence) {
  static constexpr std::array<const char*, 8> kNames = {
      "invalid", "not_set", "unavailable", "available", "away", "xa", "chat", "dnd"};
  const auto index = static_cast<size_t>(presence.state);
  return {index < kNames.size() ? kNames[index] : kNames[0], Bounded(presence.subtype),
          Bounded(presence.message)};
}

void RegisterDriverServices(PbxCore& core, const DriverInUse& driver) {
  RegisterDriverFunctions(core, driver);
  const skype_driver& table = *driver.table;
  if (table.device_state != nullptr) {
    core.states().SetDeviceProvider(kSkypeLabel, [&driver](const std::string& address) {
      return FromDriver(driver.table->device_state(driver.core, address.c_str()));
    });
  }
  if (table.presence_state != nullptr) {
    core.states().SetPresenceProvider(kSkypeLabel, [&driver](const std::string& address) {
      pbx_presence presence{};
      driver.table->presence_state(driver.core, address.c_str(), &presence);
      return FromDriver(presence);
    });
  }
  if (table.send_message != nullptr) {
    core.messages().SetTechnology(
        kSkypeLabel, [&driver](const std::string& to, const TextMessage& message) {
          return driver.table->send_message(driver.core, SkypeName(message.from).c_str(),
                                            SkypeName(to).c_str(), message.body.c_str()) == 0;
        });
  }
  if (table.manager_actions == nullptr) return;
  for (const char* const* name = table.manager_actions(); *name != nullptr; ++name) {
    const std::string action_name = *name;
    core.manager().Register(
        action_name, kClassSystem,
        [&driver, action_name](const AmiMessage& action, std::shared_ptr<AmiReply> reply) {
          RunAction(driver, action_name, action, std::move(reply));
        });
  }
}

void AnnounceDriverStates(PbxCore& core, const DriverInUse& driver) {
  if (driver.table->device_state == nullptr || driver.table->presence_state == nullptr) return;
  const std::string label = std::string(kSkypeLabel) + ":";
  for (const std::string& address : core.states().HintedAddresses(kSkypeLabel)) {
    const DeviceState state = FromDriver(driver.table->device_state(driver.core, address.c_str()));
    pbx_presence presence{};
    driver.table->presence_state(driver.core, address.c_str(), &presence);
    core.states().DeviceChanged(label + address, state);
    core.states().PresenceChanged(label + address, FromDriver(presence));
  }
}

void UnregisterDriverServices(PbxCore& core, const DriverInUse& driver) {
  UnregisterDriverFunctions(core, driver);
  core.states().SetDeviceProvider(kSkypeLabel, nullptr);
  core.states().SetPresenceProvider(kSkypeLabel, nullptr);
  core.states().Forget(kSkypeLabel);
  core.messages().SetTechnology(kSkypeLabel, nullptr);
  if (driver.table->manager_actions == nullptr) return;
  for (const char* const* name = driver.table->manager_actions(); *name != nullptr; ++name) {
    core.manager().Unregister(*name);
  }
}

}  // namespace sfa::harness
