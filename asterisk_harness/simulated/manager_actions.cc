#include "asterisk_harness/simulated/manager_actions.h"

#include <cstdio>

#include "asterisk_harness/simulated/channel_events.h"
#include "asterisk_harness/simulated/manager_families.h"
#include "asterisk_harness/simulated/originate.h"
#include "asterisk_harness/simulated/regex.h"
#include "asterisk_harness/simulated/text.h"
#include "asterisk_harness/simulated/variables.h"

namespace sfa::harness {
namespace {

using Reply = std::shared_ptr<AmiReply>;

std::string Clock(Duration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  char text[32];
  std::snprintf(text, sizeof text, "%02d:%02d:%02d", static_cast<int>(seconds / 3600),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return text;
}

void Ping(PbxCore& core, const AmiMessage&, const Reply& reply) {
  const auto micros = core.runtime().WallNow().time_since_epoch().count();
  char text[48];
  std::snprintf(text, sizeof text, "%lld.%06lld", static_cast<long long>(micros / 1000000),
                static_cast<long long>(micros % 1000000));
  reply->Send("Response", "Success", {{"Ping", "Pong"}, {"Timestamp", text}}, true);
}

// Longer patterns than an AMI line holds could make the regex compiler run away.
constexpr size_t kMostPatternBytes = 1024;

// `written` is /regex/, extended as in regex(7): every channel whose name it matches.
void HangUpMatching(PbxCore& core, const std::string& written, int cause, const Reply& reply) {
  if (written.size() < 2 || written.back() != '/') {
    reply->Error("Regex format invalid, Channel param should be /regex/");
    return;
  }
  const std::string pattern = written.substr(1, written.size() - 2);
  regex_t compiled;
  if (written.size() > kMostPatternBytes || CompileRegex(pattern, REG_NOSUB, &compiled) != 0) {
    reply->Error("Regex compile failed on: " + written);
    return;
  }
  reply->Send("Response", "Success",
              {{"EventList", "start"}, {"Message", "Channels hung up will follow"}}, false);
  size_t matched = 0;
  for (const auto& [number, channel] : core.channels()) {
    if (regexec(&compiled, channel->name().c_str(), 0, nullptr, 0) != 0) continue;
    ++matched;
    channel->SoftHangup(HangupAsker::kAdministrator, cause);
    reply->Send("Event", "ChannelHungup", {{"Channel", channel->name()}}, false);
  }
  regfree(&compiled);
  reply->Send("Event", "ChannelsHungupListComplete",
              {{"EventList", "Complete"}, {"ListItems", std::to_string(matched)}}, true);
}

void Hangup(PbxCore& core, const AmiMessage& action, const Reply& reply) {
  const std::string& name = action.Get("Channel");
  if (name.empty()) {
    reply->Error("No channel specified");
    return;
  }
  const std::string& written = action.Get("Cause");
  const int number = written.empty() ? 0 : ToInt(written, 0);
  const int cause = number >= 0 && number <= 127 ? number : 0;
  if (name[0] == '/') {
    HangUpMatching(core, name, cause, reply);
    return;
  }
  Channel* const channel = core.FindChannel(name);
  if (channel == nullptr) {
    reply->Error("No such channel");
    return;
  }
  channel->SoftHangup(HangupAsker::kAdministrator, cause);
  reply->Success("Channel Hungup");
}

// The named channel, nullptr for the globals; false when it was answered with an error.
bool NamedChannel(PbxCore& core, const AmiMessage& action, const Reply& reply, Channel** channel) {
  const std::string& name = action.Get("Channel");
  *channel = name.empty() ? nullptr : core.FindChannel(name);
  if (!name.empty() && *channel == nullptr) {
    reply->Error("No such channel");
    return false;
  }
  if (action.Get("Variable").empty()) {
    reply->Error("No variable specified");
    return false;
  }
  return true;
}

void GetVariable(PbxCore& core, const AmiMessage& action, const Reply& reply) {
  Channel* channel;
  if (!NamedChannel(core, action, reply, &channel)) return;
  const std::string& variable = action.Get("Variable");
  reply->Send("Response", "Success",
              {{"Variable", variable}, {"Value", ReadVariable(core, channel, variable)}}, true);
}

void SetVariable(PbxCore& core, const AmiMessage& action, const Reply& reply) {
  Channel* channel;
  if (!NamedChannel(core, action, reply, &channel)) return;
  if (WriteVariable(core, channel, action.Get("Variable"), action.Get("Value"))) {
    reply->Success("Variable Set");
  } else {
    reply->Error("Variable not set");
  }
}

void CoreShowChannels(PbxCore& core, const AmiMessage&, const Reply& reply) {
  reply->Send("Response", "Success", {{"EventList", "start"}, {"Message", "Channels will follow"}},
              false);
  size_t items = 0;
  for (const auto& [number, channel] : core.channels()) {
    ++items;
    Headers headers = ChannelHeaders(*channel);
    headers.emplace_back("BridgeId", channel->bridge_id);
    headers.emplace_back("Application", channel->application);
    headers.emplace_back("ApplicationData", channel->application_data);
    headers.emplace_back("Duration", Clock(core.runtime().Now() - channel->created));
    reply->Send("Event", "CoreShowChannel", std::move(headers), false);
  }
  reply->Send("Event", "CoreShowChannelsComplete",
              {{"EventList", "Complete"}, {"ListItems", std::to_string(items)}}, true);
}

void Status(PbxCore& core, const AmiMessage& action, const Reply& reply) {
  const std::string& name = action.Get("Channel");
  if (!name.empty() && core.FindChannel(name) == nullptr) {
    reply->Error("No such channel");
    return;
  }
  reply->Send("Response", "Success",
              {{"EventList", "start"}, {"Message", "Channel status will follow"}}, false);
  size_t items = 0;
  for (const auto& [number, channel] : core.channels()) {
    if (!name.empty() && !EqualsIgnoreCase(name, channel->name())) continue;
    ++items;
    Headers headers = {{"Privilege", "Call"}};
    Append(&headers, ChannelHeaders(*channel));
    headers.emplace_back("Type", channel->has_tech() ? channel->tech().type() : "");
    headers.emplace_back("BridgeID", channel->bridge_id);
    headers.emplace_back("Application", channel->application);
    headers.emplace_back("Data", channel->application_data);
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(core.runtime().Now() - channel->created);
    headers.emplace_back("Seconds", std::to_string(seconds.count()));
    reply->Send("Event", "Status", std::move(headers), false);
  }
  reply->Send("Event", "StatusComplete",
              {{"EventList", "Complete"},
               {"ListItems", std::to_string(items)},
               {"Items", std::to_string(items)}},
              true);
}

// The simulated PBX has no synopses.
void ListCommands(PbxCore& core, const AmiMessage&, const Reply& reply) {
  Headers headers;
  for (const auto& [name, classes] : core.manager().Actions()) {
    headers.emplace_back(name,
                         "(Priv: " + (classes == 0 ? "<none>" : PrivilegeText(classes)) + ")");
  }
  reply->Send("Response", "Success", std::move(headers), true);
}

void UserEvent(PbxCore& core, const AmiMessage& action, const Reply& reply) {
  Headers headers = {{"UserEvent", action.Get("UserEvent")}};
  for (const auto& [name, value] : action.headers) {
    if (!EqualsIgnoreCase(name, "Action") && !EqualsIgnoreCase(name, "UserEvent")) {
      headers.emplace_back(name, value);
    }
  }
  core.manager().Emit("UserEvent", kClassUser, std::move(headers));
  reply->Success("Event Sent");
}

void Command(Console& console, const AmiMessage& action, const Reply& reply) {
  const std::string& command = action.Get("Command");
  if (command.empty()) {
    reply->Error("No command provided");
    return;
  }
  // Asterisk takes these from the console alone.
  for (const char* words : {"module load", "module unload", "restart gracefully"}) {
    if (EqualsIgnoreCase(command.substr(0, std::string(words).size()), words)) {
      reply->Error("Command blacklisted");
      return;
    }
  }
  console.Run(command, [reply](const std::string& output, bool done) {
    Headers headers = {{"Message", "Command output follows"}};
    std::string_view rest = output;
    while (!rest.empty()) {
      const size_t end = rest.find('\n');
      headers.emplace_back("Output", rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    reply->Send("Response", done ? "Success" : "Error", std::move(headers), true);
  });
}

}  // namespace

void AddAction(PbxCore& core, const char* name, unsigned classes, ActionMain main) {
  core.manager().Register(
      name, classes,
      [&core, main](const AmiMessage& action, const Reply& reply) { main(core, action, reply); });
}

void RegisterManagerActions(PbxCore& core, Console& console) {
  AddAction(core, "Ping", 0, Ping);
  AddAction(core, "Hangup", kClassSystem | kClassCall, Hangup);
  AddAction(core, "Getvar", kClassCall | kClassReporting, GetVariable);
  AddAction(core, "Setvar", kClassCall, SetVariable);
  AddAction(core, "CoreShowChannels", kClassSystem | kClassReporting, CoreShowChannels);
  AddAction(core, "Status", kClassSystem | kClassCall | kClassReporting, Status);
  AddAction(core, "UserEvent", kClassUser, UserEvent);
  AddAction(core, "ListCommands", 0, ListCommands);
  RegisterStateActions(core);
  RegisterTransferActions(core);
  RegisterBridgeActions(core);
  RegisterAttendedTransfer(core);
  core.manager().Register("Command", kClassCommand,
                          [&console](const AmiMessage& action, const Reply& reply) {
                            Command(console, action, reply);
                          });
  RegisterOriginate(core);
}

}  // namespace sfa::harness
