#include "fake_skype_network/voicemail_service.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <map>
#include <numbers>
#include <utility>
#include <vector>

#include "fake_skype_network/handset.h"
#include "protocol/media/g711.h"

namespace sfa::community {
namespace {

constexpr size_t kMostCalls = 100;
constexpr size_t kMostMessages = 1000;  // that wait to be kept
constexpr size_t kPieceBytes = 8000;    // of audio in one request
constexpr Duration kAgain = std::chrono::seconds(10);
constexpr size_t kIdBytes = 16;

constexpr int kToneHz = 1000;
constexpr Duration kToneTime = std::chrono::milliseconds(500);
constexpr double kToneAmplitude = 8000;

struct Message {
  std::string account;
  std::string from;
  std::string audio;  // mu-law
};

// Hands messages to the network, one after the other, piece by piece.
class Keeper {
 public:
  Keeper(Runtime& runtime, peer::Peer& peer)
      : runtime_(runtime), peer_(peer), again_(runtime.NewTimer([this] { SendPiece(); })) {}

  void Keep(Message message) {
    if (messages_.size() >= kMostMessages) {
      runtime_.log().Write(LogLevel::kError, "voicemail", "a message is lost, too many wait");
      return;
    }
    messages_.push_back(std::move(message));
    if (messages_.size() == 1) Begin();
  }

 private:
  void Begin() {
    const auto id = runtime_.random().Bytes<kIdBytes>();
    id_.assign(id.begin(), id.end());
    sent_ = 0;
    SendPiece();
  }

  void SendPiece() {
    const Message& message = messages_.front();
    const size_t size = std::min(kPieceBytes, message.audio.size() - sent_);
    const bool more = sent_ + size < message.audio.size();
    wire::ServiceRequest request;
    wire::KeepVoicemail& keep = *request.mutable_keep_voicemail();
    keep.set_account(message.account);
    keep.set_from(message.from);
    keep.set_audio(message.audio.substr(sent_, size));
    keep.set_id(id_);
    keep.set_more(more);
    peer_.Ask(request, [this, size, more](const wire::ServiceReply& reply) {
      OnReply(reply.result(), size, more);
    });
  }

  void OnReply(wire::ServiceResult result, size_t size, bool more) {
    if (result == wire::SERVICE_UNREACHABLE) {
      // Nobody knows which pieces have arrived.
      const auto id = runtime_.random().Bytes<kIdBytes>();
      id_.assign(id.begin(), id.end());
      sent_ = 0;
      return again_->Start(kAgain);
    }
    sent_ += size;
    if (result == wire::SERVICE_DONE && more) return SendPiece();
    messages_.pop_front();
    if (!messages_.empty()) Begin();
  }

  Runtime& runtime_;
  peer::Peer& peer_;
  std::deque<Message> messages_;  // the first one is on its way
  std::string id_;
  size_t sent_ = 0;
  std::unique_ptr<Timer> again_;
};

class VoicemailServiceImpl;

// One caller who is being listened to.
class Listener final : private peer::CallObserver {
 public:
  Listener(VoicemailServiceImpl& service, Runtime& runtime, uint64_t number,
           std::unique_ptr<peer::Call> call, media::Codec codec);

 private:
  void SayFrame();
  // CallObserver
  void OnAnswered(media::Codec codec) override;
  void OnEnded(peer::EndReason reason) override;
  void OnAudio(std::span<const uint8_t> encoded_20ms) override;
  void OnDigit(char, bool, Duration) override {}

  VoicemailServiceImpl& service_;
  const uint64_t number_;
  const media::Codec codec_;
  int frames_said_ = 0;
  Message message_;
  std::unique_ptr<Timer> tone_timer_, end_timer_;
  std::unique_ptr<peer::Call> call_;
};

class VoicemailServiceImpl final : public VoicemailService, private peer::PeerObserver {
 public:
  VoicemailServiceImpl(Runtime& runtime, VoicemailSettings settings) : runtime_(runtime) {
    auto port = path::NewMediaPort(runtime, settings.port);
    if (!port) {
      runtime.log().Write(LogLevel::kError, "voicemail", port.error().message);
      return;
    }
    port_ = std::move(*port);
    peer::PeerSettings self;
    self.user = kVoicemailUser;
    self.password = std::move(settings.password);
    self.network = std::move(settings.network);
    peer::PeerObserver& observer = *this;
    peer_ = peer::NewPeer(runtime, *port_, std::move(self), observer);
    keeper_ = std::make_unique<Keeper>(runtime, *peer_);
    peer_->LogIn();
  }

  // Destroys the listener.
  void OnOver(uint64_t number, Message message) {
    listeners_.erase(number);
    if (!message.audio.empty()) keeper_->Keep(std::move(message));
  }

 private:
  void OnLoginState(peer::LoginState, const std::string& reason) override {
    if (!reason.empty()) runtime_.log().Write(LogLevel::kWarning, "voicemail", reason);
  }

  void OnIncomingCall(std::unique_ptr<peer::Call> call) override {
    const auto codec =
        ChooseCodec(call->offered_codecs(), {media::Codec::kPcmu, media::Codec::kPcma});
    if (!codec) return call->End(peer::EndReason::kNoCommonCodec);
    // Whoever calls the service itself has nobody to leave a message for.
    if (call->properties().forwarded_by.empty()) return call->End(peer::EndReason::kRejected);
    if (listeners_.size() >= kMostCalls) return call->End(peer::EndReason::kBusy);
    const uint64_t number = next_++;
    listeners_.emplace(
        number, std::make_unique<Listener>(*this, runtime_, number, std::move(call), *codec));
  }

  Runtime& runtime_;
  std::unique_ptr<path::MediaPort> port_;
  std::unique_ptr<peer::Peer> peer_;  // null without a port
  std::unique_ptr<Keeper> keeper_;
  uint64_t next_ = 1;
  std::map<uint64_t, std::unique_ptr<Listener>> listeners_;
};

Listener::Listener(VoicemailServiceImpl& service, Runtime& runtime, uint64_t number,
                   std::unique_ptr<peer::Call> call, media::Codec codec)
    : service_(service),
      number_(number),
      codec_(codec),
      message_{call->properties().forwarded_by, call->remote_user(), ""},
      tone_timer_(runtime.NewTimer([this] { SayFrame(); })),
      end_timer_(runtime.NewTimer([this] { call_->End(peer::EndReason::kNormal); })),
      call_(std::move(call)) {
  call_->SetObserver(this);
  call_->Ring(codec);
  call_->Answer();
}

void Listener::OnAnswered(media::Codec) {
  tone_timer_->Start(media::kFrameDuration);
  end_timer_->Start(kToneTime + kLongestMessage);
}

void Listener::SayFrame() {
  std::array<int16_t, media::kFrameSamples> samples;
  for (size_t i = 0; i < samples.size(); ++i) {
    // A whole number of periods in each frame.
    const double turn = static_cast<double>(i * kToneHz) / media::kSampleRate;
    samples[i] = static_cast<int16_t>(kToneAmplitude * std::sin(2 * std::numbers::pi * turn));
  }
  std::array<uint8_t, media::kFrameSamples> encoded;
  media::Encode(codec_, samples, encoded);
  call_->SendAudio(encoded);
  if (++frames_said_ * media::kFrameDuration < kToneTime) {
    tone_timer_->Start(media::kFrameDuration);
  }
}

void Listener::OnAudio(std::span<const uint8_t> encoded_20ms) {
  // The message begins after the tone.
  if (frames_said_ * media::kFrameDuration < kToneTime) return;
  std::array<uint8_t, media::kFrameSamples> kept;
  if (encoded_20ms.size() != kept.size()) return;
  media::Transcode(codec_, media::Codec::kPcmu, encoded_20ms, kept);
  message_.audio.append(kept.begin(), kept.end());
}

void Listener::OnEnded(peer::EndReason) { service_.OnOver(number_, std::move(message_)); }

}  // namespace

std::unique_ptr<VoicemailService> NewVoicemailService(Runtime& runtime,
                                                      VoicemailSettings settings) {
  return std::make_unique<VoicemailServiceImpl>(runtime, std::move(settings));
}

}  // namespace sfa::community
