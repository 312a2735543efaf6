#include "asterisk_harness/simulated/messages.h"

#include "asterisk_harness/simulated/pbx_core.h"
#include "asterisk_harness/simulated/pbx_thread.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

// The channel that carries messages through the dialplan.
constexpr char kChannelName[] = "Message/ast_msg_queue";
// Whoever floods us does not fill the memory.
constexpr size_t kMostWaiting = 1000;

// There is nobody at its other end.
class MessageTech final : public ChannelTech {
 public:
  const char* type() const override { return "Message"; }
  pbx_codec codec() const override { return PBX_CODEC_NONE; }
  bool Call() override { return false; }
  void Answer() override {}
  void Indicate(Control, const std::string&, const std::string&) override {}
  void WriteVoice(const VoiceFrame&) override {}
  void DigitBegin(char) override {}
  void DigitEnd(char, int) override {}
  void Hangup(int) override {}
};

}  // namespace

void Messages::SetTechnology(const std::string& technology, Sender sender) {
  if (sender) {
    senders_[ToLower(technology)] = std::move(sender);
  } else {
    senders_.erase(ToLower(technology));
  }
}

SendResult Messages::Send(const std::string& to, const TextMessage& message) {
  const std::string technology = to.substr(0, to.find(':'));
  const auto sender = senders_.find(ToLower(technology));
  if (sender == senders_.end()) {
    core_.Warn("No message technology '" + technology + "' found.");
    return SendResult::kNoTechnology;
  }
  return sender->second(to, message) ? SendResult::kSent : SendResult::kFailed;
}

bool Messages::Receive(const std::string& context, const std::string& exten, TextMessage message) {
  if (core_.stopping() || queue_.size() >= kMostWaiting ||
      core_.dialplan.Find(context, exten, 1, "") == nullptr) {
    return false;
  }
  queue_.push_back({context, exten, std::move(message)});
  if (!std::exchange(working_, true)) {
    core_.StartJob([this](Wakeup& wakeup) { return Work(wakeup); });
  }
  return true;
}

void Messages::EndChannel() {
  const auto channel = core_.channels().find(std::exchange(channel_, 0));
  if (channel != core_.channels().end()) core_.HangupChannel(*channel->second);
}

// The one of the messages before, unless somebody has hung it up.
Channel& Messages::ReadyChannel() {
  const auto known = core_.channels().find(channel_);
  if (known != core_.channels().end() && !known->second->gone()) return *known->second;
  EndChannel();
  ChannelInit init;
  init.name = kChannelName;
  init.state = ChannelState::kUp;
  Channel& channel = core_.NewChannel(init);
  channel.SetTech(std::make_unique<MessageTech>());
  channel_ = channel.number();
  return channel;
}

Routine<void> Messages::Work(Wakeup& wakeup) {
  while (!queue_.empty()) {
    Waiting next = std::move(queue_.front());
    queue_.pop_front();
    Channel& channel = ReadyChannel();
    channel.context = next.context;
    channel.exten = next.exten;
    channel.priority = 1;
    channel.message = std::make_unique<TextMessage>(std::move(next.message));
    Routine<void> dialplan = FollowDialplan(core_, channel, wakeup);
    co_await dialplan;
    // Nothing of a message is left to the next one.
    channel.SetWaiter(nullptr);
    channel.message.reset();
    channel.variables = {};
    channel.driver_state.reset();
  }
  working_ = false;
  if (core_.stopping()) EndChannel();
}

void Messages::Stop() {
  queue_.clear();
  if (!working_) EndChannel();
}

}  // namespace sfa::harness
