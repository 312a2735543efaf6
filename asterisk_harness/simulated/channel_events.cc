#include "asterisk_harness/simulated/channel_events.h"

#include "asterisk_harness/simulated/channel.h"

namespace sfa::harness {
namespace {

std::string OrUnknown(const std::string& text) { return text.empty() ? "<unknown>" : text; }

}  // namespace

void Append(Headers* to, Headers more) {
  for (auto& header : more) to->push_back(std::move(header));
}

Headers ChannelHeaders(const Channel& channel, const std::string& prefix) {
  return {
      {prefix + "Channel", channel.name()},
      {prefix + "ChannelState", std::to_string(static_cast<int>(channel.state()))},
      {prefix + "ChannelStateDesc", ChannelStateText(channel.state())},
      {prefix + "CallerIDNum", OrUnknown(channel.caller.number)},
      {prefix + "CallerIDName", OrUnknown(channel.caller.name)},
      {prefix + "ConnectedLineNum", OrUnknown(channel.connected.number)},
      {prefix + "ConnectedLineName", OrUnknown(channel.connected.name)},
      {prefix + "Language", channel.language},
      {prefix + "AccountCode", channel.account_code},
      {prefix + "Context", channel.context},
      {prefix + "Exten", channel.exten},
      {prefix + "Priority", std::to_string(channel.priority)},
      {prefix + "Uniqueid", channel.unique_id()},
      {prefix + "Linkedid", channel.linked_id},
  };
}

Headers DialHeaders(const Channel* caller, const Channel& dialled) {
  Headers headers;
  if (caller != nullptr) headers = ChannelHeaders(*caller);
  Append(&headers, ChannelHeaders(dialled, "Dest"));
  return headers;
}

}  // namespace sfa::harness
