// Redirect, BlindTransfer; SendText, MessageSend.
#include "asterisk_harness/simulated/channel_events.h"
#include "asterisk_harness/simulated/manager_families.h"
#include "asterisk_harness/simulated/messages.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

using Reply = std::shared_ptr<AmiReply>;

struct Place {
  std::string context, exten;
  int priority = 1;
};

// `prefix` "Extra" for the second channel. False when its priority is none.
bool ReadPlace(PbxCore& core, const AmiMessage& action, const std::string& prefix,
               const Channel& channel, Place* place) {
  place->context = action.Get(prefix + "Context");
  place->exten = action.Get(prefix + "Exten");
  if (place->context.empty()) place->context = channel.context;
  const std::string& priority = action.Get(prefix + "Priority");
  place->priority =
      priority.find_first_not_of("0123456789") == std::string::npos
          ? ToInt(priority, 0)
          : core.dialplan.FindLabel(place->context, place->exten, priority, channel.caller.number);
  return place->priority > 0;
}

void Redirect(PbxCore& core, const AmiMessage& action, const Reply& reply) {
  const std::string& name = action.Get("Channel");
  const std::string& extra_name = action.Get("ExtraChannel");
  if (name.empty()) return reply->Error("Channel not specified");
  Channel* const channel = core.FindChannel(name);
  if (channel == nullptr) return reply->Error("Channel does not exist: " + name);
  Place place;
  if (!ReadPlace(core, action, "", *channel, &place)) return reply->Error("Priority is invalid");
  if (channel->gone()) return reply->Error("Redirect failed, channel not up.");
  if (extra_name.empty()) {
    channel->Redirect(place.context, place.exten, place.priority);
    return reply->Success("Redirect successful");
  }
  Channel* const extra = core.FindChannel(extra_name);
  if (extra == nullptr) return reply->Error("ExtraChannel does not exist: " + extra_name);
  Place extra_place = place;
  if (!action.Get("ExtraExten").empty() &&
      !ReadPlace(core, action, "Extra", *extra, &extra_place)) {
    return reply->Error("ExtraPriority is invalid");
  }
  if (extra->gone()) return reply->Error("Redirect failed, extra channel not up.");
  channel->Redirect(place.context, place.exten, place.priority);
  extra->Redirect(extra_place.context, extra_place.exten, extra_place.priority);
  reply->Success("Dual Redirect successful");
}

// The other one of its bridge; nullptr when it is in none.
Channel* PartnerOf(PbxCore& core, const Channel& channel) {
  if (channel.bridge_id.empty()) return nullptr;
  for (const auto& [number, other] : core.channels()) {
    if (other.get() != &channel && other->bridge_id == channel.bridge_id) return other.get();
  }
  return nullptr;
}

// The channel leaves its bridge, and whom it spoke to goes on at `Exten`.
void BlindTransfer(PbxCore& core, const AmiMessage& action, const Reply& reply) {
  const std::string& name = action.Get("Channel");
  if (name.empty()) return reply->Error("No channel specified");
  const std::string& exten = action.Get("Exten");
  if (exten.empty()) return reply->Error("No extension specified");
  Channel* const channel = core.FindChannel(name);
  if (channel == nullptr) return reply->Error("Channel specified does not exist");
  const std::string context =
      action.Get("Context").empty() ? channel->context : action.Get("Context");
  Channel* const partner = PartnerOf(core, *channel);
  if (partner == nullptr) return reply->Error("Transfer is not permitted");
  if (core.dialplan.Find(context, exten, 1, "") == nullptr) {
    return reply->Error("Transfer failed");
  }
  // Whoever transfers is taken off hold first.
  channel->QueueUnhold();
  core.SetVariable(channel, "BLINDTRANSFER", partner->name());
  core.SetVariable(partner, "BLINDTRANSFER", channel->name());
  Headers headers = {{"Result", "Success"}};
  Append(&headers, ChannelHeaders(*channel, "Transferer"));
  Append(&headers, ChannelHeaders(*partner, "Transferee"));
  headers.emplace_back("BridgeUniqueid", channel->bridge_id);
  headers.emplace_back("IsExternal", "Yes");
  headers.emplace_back("Context", context);
  headers.emplace_back("Extension", exten);
  core.manager().Emit("BlindTransfer", kClassCall, std::move(headers));
  partner->Transfer(context, exten);
  reply->Success("Transfer succeeded");
}

void SendText(PbxCore& core, const AmiMessage& action, const Reply& reply) {
  const std::string& name = action.Get("Channel");
  if (name.empty()) return reply->Error("No channel specified");
  if (action.Get("Message").empty()) return reply->Error("No Message specified");
  Channel* const channel = core.FindChannel(name);
  if (channel == nullptr) return reply->Error("No such channel");
  if (!channel->has_tech() || !channel->tech().SendText(action.Get("Message"))) {
    return reply->Error("Failure");
  }
  reply->Success("Success");
}

void MessageSend(PbxCore& core, const AmiMessage& action, const Reply& reply) {
  std::string to = action.Get("To");
  const std::string destination =
      action.Get("Destination").empty() ? to : action.Get("Destination");
  if (destination.empty()) return reply->Error("No 'To' address specified.");
  TextMessage message;
  message.to = to;
  message.from = action.Get("From");
  message.body = action.Get("Body");
  if (message.body.empty()) message.body = DecodeBase64(action.Get("Base64Body"));
  switch (core.messages().Send(destination, message)) {
    case SendResult::kSent:
      return reply->Success("Message successfully sent");
    case SendResult::kFailed:
      return reply->Error("Message failed to send.");
    case SendResult::kNoTechnology:
      return reply->Error("Message technology not found.");
  }
}

}  // namespace

void RegisterTransferActions(PbxCore& core) {
  AddAction(core, "Redirect", kClassCall, Redirect);
  AddAction(core, "BlindTransfer", kClassCall, BlindTransfer);
  AddAction(core, "SendText", kClassCall, SendText);
  AddAction(core, "MessageSend", kClassMessage, MessageSend);
}

}  // namespace sfa::harness
