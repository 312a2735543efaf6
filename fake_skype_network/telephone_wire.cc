#include "fake_skype_network/telephone_wire.h"

#include <deque>
#include <functional>
#include <utility>
#include <vector>

namespace sfa::community {
namespace {

constexpr media::Codec kCodec = media::Codec::kPcmu;

class WireEnd final : public peer::Call {
 public:
  WireEnd(Runtime& runtime, std::string remote)
      : remote_(std::move(remote)), timer_(runtime.NewTimer([this] { TellNext(); })) {}
  ~WireEnd() override {
    if (other_ == nullptr) return;
    other_->other_ = nullptr;
    other_->Over(answered_ ? peer::EndReason::kNormal : peer::EndReason::kCancelled);
  }
  static void Join(WireEnd& one, WireEnd& another) {
    one.other_ = &another;
    another.other_ = &one;
  }

  void SetObserver(peer::CallObserver* observer) override { observer_ = observer; }
  const std::string& remote_user() const override { return remote_; }
  const std::string& remote_fullname() const override { return fullname_; }
  const std::vector<media::Codec>& offered_codecs() const override { return codecs_; }

  void Ring(media::Codec) override {
    if (CanTell()) other_->Later([](peer::CallObserver& far) { far.OnRinging(); });
  }
  void Progress() override {
    if (!CanTell() || heard_) return;
    heard_ = true;
    other_->Later([](peer::CallObserver& far) { far.OnProgress(kCodec); });
  }
  void Answer() override {
    if (!CanTell() || answered_) return;
    for (WireEnd* const end : {this, other_}) {
      end->answered_ = end->heard_ = true;
      end->Later([](peer::CallObserver& each) { each.OnAnswered(kCodec); });
    }
  }
  void End(peer::EndReason reason) override {
    if (other_ != nullptr) other_->Over(reason);
    Over(reason);
  }

  void Hold(bool held) override {
    if (CanTell() && answered_) {
      other_->Later([held](peer::CallObserver& far) { far.OnHold(held); });
    }
  }
  void SendAudio(std::span<const uint8_t> encoded_20ms) override {
    if (!CanTell() || !heard_ || other_->observer_ == nullptr) return;
    ++statistics_.packets_sent;
    ++other_->statistics_.packets_received;
    other_->observer_->OnAudio(encoded_20ms);
  }
  void BeginDigit(char digit) override {
    digit_ = digit;
    TellDigit(false, {});
  }
  void EndDigit(Duration duration) override { TellDigit(true, duration); }
  peer::MediaStatistics statistics() const override { return statistics_; }

 private:
  using News = std::function<void(peer::CallObserver&)>;

  bool CanTell() const { return !over_ && other_ != nullptr; }

  void TellDigit(bool ended, Duration duration) {
    if (!CanTell() || !answered_) return;
    other_->Later([digit = digit_, ended, duration](peer::CallObserver& far) {
      far.OnDigit(digit, ended, duration);
    });
  }

  void Over(peer::EndReason reason) {
    if (over_) return;
    over_ = true;
    Later([reason](peer::CallObserver& observer) { observer.OnEnded(reason); });
  }

  void Later(News news) {
    news_.push_back(std::move(news));
    if (!timer_->running()) timer_->Start(Duration::zero());
  }

  void TellNext() {
    const News news = std::move(news_.front());
    news_.pop_front();
    if (!news_.empty()) timer_->Start(Duration::zero());
    // May destroy this.
    if (observer_ != nullptr) news(*observer_);
  }

  const std::string remote_, fullname_;
  const std::vector<media::Codec> codecs_ = {kCodec};
  peer::CallObserver* observer_ = nullptr;
  WireEnd* other_ = nullptr;  // null when it has gone
  std::deque<News> news_;
  bool heard_ = false;  // what is said here arrives there
  bool answered_ = false;
  bool over_ = false;
  char digit_ = 0;
  peer::MediaStatistics statistics_;
  std::unique_ptr<Timer> timer_;
};

}  // namespace

TelephoneWire NewTelephoneWire(Runtime& runtime, const std::string& caller,
                               const std::string& callee) {
  auto near = std::make_unique<WireEnd>(runtime, callee);
  auto far = std::make_unique<WireEnd>(runtime, caller);
  WireEnd::Join(*near, *far);
  return {std::move(near), std::move(far)};
}

}  // namespace sfa::community
