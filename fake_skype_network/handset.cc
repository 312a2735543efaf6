#include "fake_skype_network/handset.h"

#include <algorithm>

#include "fake_skype_network/words.h"

namespace sfa::community {
namespace {

// The one who wants the transfer waits 30 s for its outcome (peer.h).
constexpr Duration kInsteadPatience = std::chrono::seconds(25);

}  // namespace

// The second call of a transfer, until it takes the first one's place.
class Handset::Instead final : public peer::CallObserver {
 public:
  explicit Instead(Handset& handset)
      : handset_(handset), timer_(handset.runtime_.NewTimer([this] {
          call_->SetObserver(nullptr);
          call_->End(peer::EndReason::kCancelled);
          handset_.OnInsteadOver(peer::EndReason::kNoAnswer);
        })) {}

  bool Place(const std::string& user) {
    call_ = handset_.owner_.CallInstead(user, *this);
    if (call_) timer_->Start(kInsteadPatience);
    return call_ != nullptr;
  }
  std::unique_ptr<peer::Call> TakeCall() { return std::move(call_); }

 private:
  // Either destroys this.
  void OnAnswered(media::Codec codec) override { handset_.OnInsteadAnswered(codec); }
  void OnEnded(peer::EndReason reason) override { handset_.OnInsteadOver(reason); }
  void OnAudio(std::span<const uint8_t>) override {}
  void OnDigit(char, bool, Duration) override {}

  Handset& handset_;
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<peer::Call> call_;
};

std::optional<media::Codec> ChooseCodec(const std::vector<media::Codec>& offered,
                                        const std::vector<media::Codec>& able) {
  for (const media::Codec codec : offered) {
    if (std::find(able.begin(), able.end(), codec) != able.end()) return codec;
  }
  return {};
}

Handset::Handset(Runtime& runtime, HandsetSettings settings, Owner& owner)
    : runtime_(runtime),
      settings_(settings),
      owner_(owner),
      answer_timer_(runtime.NewTimer([this] { Answer(); })),
      digit_timer_(runtime.NewTimer([this] { NextDigitStep(); })) {}

Handset::~Handset() = default;

void Handset::Report(std::string kind, Fields fields) {
  owner_.OnSightOfCall(std::move(kind), std::move(fields));
}

void Handset::Place(std::unique_ptr<peer::Call> call) {
  record_ = {};
  call_ = std::move(call);
}

void Handset::Ring(std::unique_ptr<peer::Call> call, media::Codec codec) {
  record_ = {};
  call_ = std::move(call);
  incoming_ = true;
  call_->SetObserver(this);
  call_->Ring(codec);
  if (settings_.announcement) {
    call_->Progress();
    Speak(codec);
  }
  if (settings_.answer_after.count() >= 0) answer_timer_->Start(settings_.answer_after);
  Fields fields{{"from", call_->remote_user()}, {"fullname", call_->remote_fullname()}};
  const auto add = [&fields](const char* name, const std::string& value) {
    if (!value.empty()) fields.emplace_back(name, value);
  };
  const peer::CallProperties& properties = call_->properties();
  add("topic", properties.topic);
  add("token", properties.token);
  add("forwarded_by", properties.forwarded_by);
  add("target_identity", properties.target_identity);
  Report("incoming", std::move(fields));
  if (settings_.announcement) Report("progress", {});
}

void Handset::Answer() {
  if (call_ && incoming_) call_->Answer();
}

void Handset::Reject() {
  if (call_ && incoming_ && !answered_) call_->End(peer::EndReason::kRejected);
}

void Handset::HangUp() {
  if (answered_) return End(peer::EndReason::kNormal);
  End(incoming_ ? peer::EndReason::kRejected : peer::EndReason::kCancelled);
}

void Handset::End(peer::EndReason reason) {
  if (call_) call_->End(reason);
}

void Handset::GiveWay() {
  call_->SetObserver(nullptr);
  call_->End(peer::EndReason::kAnsweredElsewhere);
  headset_ = nullptr;
  call_ = nullptr;
  Report("ended", {{"reason", ToText(peer::EndReason::kAnsweredElsewhere)}});
}

void Handset::SendDigits(const std::string& digits, Duration tone, Duration gap) {
  for (const char digit : digits) digits_.push_back({digit, tone, gap});
  if (answered_ && !digit_timer_->running()) NextDigitStep();
}

// A digit begins, or the one that sounds ends.
void Handset::NextDigitStep() {
  if (!call_ || digits_.empty()) return;
  const Digit digit = digits_.front();
  sounding_ = !sounding_;
  if (sounding_) {
    call_->BeginDigit(digit.digit);
    digit_timer_->Start(digit.tone);
  } else {
    call_->EndDigit(digit.tone);
    digits_.pop_front();
    digit_timer_->Start(digit.gap);
  }
}

void Handset::Hold(bool held) {
  if (!answered_ || held == held_) return;
  held_ = held;
  headset_->SetMuted(held);
  call_->Hold(held);
}

void Handset::Transfer(const std::string& user) {
  if (answered_) call_->Transfer(user);
}

peer::MediaStatistics Handset::statistics() const {
  return call_ ? call_->statistics() : statistics_;
}

uint64_t Handset::packets_rejected() const {
  return rejected_ + (call_ ? call_->statistics().packets_rejected : 0);
}

void Handset::Speak(media::Codec codec) {
  if (headset_) return;
  headset_ = std::make_unique<Headset>(
      runtime_, codec, settings_.voice_seed, settings_.record_audio ? &record_ : nullptr,
      [this](std::span<const uint8_t> encoded_20ms) { call_->SendAudio(encoded_20ms); });
}

void Handset::OnProgress(media::Codec codec) {
  Speak(codec);
  Report("progress", {});
}

void Handset::OnParty(const std::string& user, const std::string& fullname) {
  Report("party", {{"user", user}, {"fullname", fullname}});
}

void Handset::OnHold(bool held) { Report("held", {{"on", held ? "yes" : "no"}}); }

void Handset::OnTransfer(const std::string& user) {
  Report("transfer", {{"to", user}});
  if (!call_) return;
  if (instead_) return call_->AnswerTransfer(false, peer::EndReason::kBusy);
  instead_ = std::make_unique<Instead>(*this);
  if (instead_->Place(user)) return;
  instead_ = nullptr;
  call_->AnswerTransfer(false, peer::EndReason::kRejected);
}

void Handset::OnTransferred(bool done, peer::EndReason reason) {
  Report("transferred", {{"result", done ? "done" : ToText(reason)}});
}

void Handset::OnInsteadAnswered(media::Codec codec) {
  std::unique_ptr<peer::Call> call = instead_->TakeCall();
  instead_ = nullptr;
  call->SetObserver(this);
  call_->AnswerTransfer(true, peer::EndReason::kNormal);
  call_->SetObserver(nullptr);
  call_->End(peer::EndReason::kNormal);
  OnEnded(peer::EndReason::kNormal);
  if (call_) return;  // whoever was told has taken another one
  Place(std::move(call));
  OnAnswered(codec);
}

void Handset::OnInsteadOver(peer::EndReason reason) {
  instead_ = nullptr;
  if (call_) call_->AnswerTransfer(false, reason);
}

void Handset::OnAnswered(media::Codec codec) {
  answered_ = true;
  Speak(codec);
  if (!digits_.empty()) NextDigitStep();
  Report("answered", {{"codec", ToText(codec)}});
}

void Handset::OnPath(const path::PathInfo& path) {
  Report("path", {{"path", path.name()},
                  {"local", path.local.ToString()},
                  {"remote", path.remote.ToString()},
                  {"local_kind", path::ToString(path.local_kind)},
                  {"remote_kind", path::ToString(path.remote_kind)}});
}

void Handset::OnEnded(peer::EndReason reason) {
  Forget();
  Report("ended", {{"reason", ToText(reason)}});
}

void Handset::Forget() {
  answer_timer_->Cancel();
  digit_timer_->Cancel();
  digits_.clear();
  instead_ = nullptr;
  sounding_ = incoming_ = answered_ = held_ = false;
  headset_ = nullptr;
  statistics_ = call_->statistics();
  rejected_ += statistics_.packets_rejected;
  call_ = nullptr;
}

void Handset::OnAudio(std::span<const uint8_t> encoded_20ms) {
  if (headset_) headset_->Hear(encoded_20ms);
}

void Handset::OnDigit(char digit, bool ended, Duration duration) {
  if (!ended) return;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  Report("digit", {{"digit", std::string(1, digit)}, {"duration_ms", std::to_string(ms)}});
}

}  // namespace sfa::community
