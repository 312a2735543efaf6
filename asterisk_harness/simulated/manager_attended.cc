// Atxfer: the peer of a bridge consults somebody, and its hang-up hands the caller over.
#include "asterisk_harness/simulated/bridge.h"
#include "asterisk_harness/simulated/channel_events.h"
#include "asterisk_harness/simulated/manager_families.h"
#include "asterisk_harness/simulated/pbx_thread.h"

namespace sfa::harness {
namespace {

using Reply = std::shared_ptr<AmiReply>;

// What Asterisk's own action dials for whoever transfers: atxfer of its features.conf, "*2" here.
constexpr char kFeatureCode[] = "*2";

struct Transfer {
  uint64_t transferee = 0;  // its number: it may end while it waits
  Channel* transferer = nullptr;
  std::string context, exten;
};

void TellDigits(const Channel& channel, const std::string& digits) {
  for (const char digit : digits) {
    channel.Emit(
        "DTMFEnd", kClassDtmf,
        {{"Digit", std::string(1, digit)}, {"DurationMs", "0"}, {"Direction", "Received"}});
  }
}

// Who waits, alone in its bridge; nullptr when it is there no more.
Channel* Waiting(PbxCore& core, const Transfer& transfer) {
  const auto found = core.channels().find(transfer.transferee);
  if (found == core.channels().end()) return nullptr;
  Channel& channel = *found->second;
  const bool waits = channel.bridge != nullptr && &channel.bridge->caller() == &channel &&
                     channel.bridge->peer() == nullptr && !channel.hung_up();
  return waits ? &channel : nullptr;
}

void TellTransfer(PbxCore& core, const Channel& transferer, Channel& transferee,
                  const Channel& target) {
  Headers headers = {{"Result", "Success"}};
  Append(&headers, ChannelHeaders(transferer, "OrigTransferer"));
  Append(&headers, transferee.bridge->Describe("Orig"));
  Append(&headers, ChannelHeaders(transferer, "SecondTransferer"));
  Append(&headers, ChannelHeaders(transferee, "Transferee"));
  Append(&headers, ChannelHeaders(target, "TransferTarget"));
  headers.emplace_back("IsExternal", "No");
  headers.emplace_back("DestType", "Bridge");
  headers.emplace_back("DestBridgeUniqueid", transferee.bridge_id);
  core.manager().Emit("AttendedTransfer", kClassCall, std::move(headers));
}

// The channel of the consultation, called and not yet answered; nullptr when there is nobody.
Channel* Consult(PbxCore& core, const Transfer& transfer) {
  Channel& transferer = *transfer.transferer;
  int cause = 0;
  Channel* const target = core.RequestChannel("Local", transfer.exten + "@" + transfer.context,
                                              nullptr, transferer.tech().codec(), &cause);
  if (target == nullptr) return nullptr;
  core.SetVariable(target, "TRANSFERERNAME", transferer.name());
  core.SetVariable(target, "ATTENDEDTRANSFER", transferer.name());
  target->connected = transferer.caller;
  target->linked_id = transferer.linked_id;
  if (!target->tech().Call()) {
    core.HangupChannel(*target);
    return nullptr;
  }
  target->TellConnected();
  return target;
}

// It is over for who transferred, whether it was ended or wanted elsewhere.
void LetGo(PbxCore& core, Channel& transferer) {
  if (transferer.HandOver()) return;
  transferer.SetWaiter(nullptr);
  if (transferer.TakeRedirect()) {
    transferer.outgoing = false;
    if (core.StartThread(transferer) == ThreadStart::kStarted) return;
  }
  if (transferer.hangup_cause == 0) transferer.hangup_cause = PBX_CAUSE_NORMAL_CLEARING;
  core.HangupChannel(transferer);
}

// Nobody was found, or the one who was found has gone.
void GoBack(PbxCore& core, const Transfer& transfer) {
  Channel* const transferee = Waiting(core, transfer);
  if (transferee == nullptr || transfer.transferer->hung_up()) {
    if (transferee != nullptr) transferee->QueueHangup(PBX_CAUSE_NORMAL_CLEARING);
    return LetGo(core, *transfer.transferer);
  }
  transferee->Indicate(Control::kUnhold);
  transferee->bridge->Attach(*transfer.transferer);
  Introduce(*transfer.transferer, *transferee);
}

Routine<void> Run(PbxCore& core, Transfer transfer, Wakeup& wakeup) {
  Channel& transferer = *transfer.transferer;
  transferer.SetWaiter(&wakeup);
  Channel* const consulted = Consult(core, transfer);
  if (consulted == nullptr) {
    GoBack(core, transfer);
    co_return;
  }
  consulted->SetWaiter(&wakeup);
  Routine<BridgeResult> bridge =
      RunBridge(core, transferer, *consulted, wakeup, [&] { Introduce(transferer, *consulted); });
  const BridgeResult result = co_await bridge;
  Channel* const target = result.peer;
  Channel* const transferee = Waiting(core, transfer);
  if (target == nullptr || target->hung_up()) {
    if (target != nullptr) core.HangupChannel(*target);
    GoBack(core, transfer);
    co_return;
  }
  if (transferee == nullptr) {
    target->SetWaiter(nullptr);
    target->hangup_cause = PBX_CAUSE_NORMAL_CLEARING;
    core.HangupChannel(*target);
  } else {
    transferee->Indicate(Control::kUnhold);
    transferee->bridge->Attach(*target);
    TellTransfer(core, transferer, *transferee, *target);
    Introduce(*transferee, *target);
    Introduce(*target, *transferee);
  }
  LetGo(core, transferer);
}

void Atxfer(PbxCore& core, const AmiMessage& action, const Reply& reply) {
  const std::string& name = action.Get("Channel");
  const std::string& exten = action.Get("Exten");
  const std::string& context = action.Get("Context");
  if (name.empty()) return reply->Error("No channel specified");
  if (exten.empty()) return reply->Error("No extension specified");
  Channel* const channel = core.FindChannel(name);
  if (channel == nullptr) return reply->Error("Channel specified does not exist");
  if (!context.empty()) core.SetVariable(channel, "TRANSFER_CONTEXT", context);
  reply->Success("Atxfer successfully queued");
  TellDigits(*channel, kFeatureCode);
  Bridge* const bridge = channel->bridge;
  if (bridge == nullptr || bridge->peer() != channel || channel->hung_up()) {
    return core.Warn("Atxfer: " + name + " is not one that was dialled and has answered");
  }
  channel->Emit("Hold", kClassCall);
  Channel& transferee = bridge->caller();
  transferee.Indicate(Control::kHold);
  TellDigits(*channel, exten);
  Transfer transfer;
  transfer.transferee = transferee.number();
  transfer.transferer = &bridge->Part();
  transfer.context = context.empty() ? channel->context : context;
  transfer.exten = exten;
  core.StartJob([&core, transfer](Wakeup& wakeup) { return Run(core, transfer, wakeup); });
}

}  // namespace

void RegisterAttendedTransfer(PbxCore& core) { AddAction(core, "Atxfer", kClassCall, Atxfer); }

}  // namespace sfa::harness
