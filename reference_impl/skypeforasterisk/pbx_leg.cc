#include "skypeforasterisk/pbx_leg.h"

namespace sfa::engine {
namespace {

// Above the range that Asterisk uses for its own half (rtp.conf: 10000 to 20000).
constexpr uint16_t kFirstPort = 20002;
constexpr uint16_t kLastPort = 39998;
constexpr int kAttempts = 500;

}  // namespace

Result<std::unique_ptr<UdpSocket>> RtpPorts::Open(Runtime& runtime, Ipv4Address address,
                                                  UdpReceiver& receiver) {
  constexpr uint16_t kPorts = (kLastPort - kFirstPort) / 2 + 1;
  // Engines of one host begin at different places.
  if (next_ == 0) {
    next_ = static_cast<uint16_t>(kFirstPort + 2 * runtime.random().Below(kPorts));
  }
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const Endpoint local{address, next_};
    next_ = next_ >= kLastPort ? kFirstPort : static_cast<uint16_t>(next_ + 2);
    auto socket = runtime.OpenUdp(local, receiver);
    if (socket || socket.error().code != ErrorCode::kAddressInUse) return socket;
  }
  return Error{ErrorCode::kAddressInUse, "no free RTP port on " + address.ToString() + " between " +
                                             std::to_string(kFirstPort) + " and " +
                                             std::to_string(kLastPort)};
}

Result<std::unique_ptr<PbxLeg>> PbxLeg::New(Runtime& runtime, RtpPorts& ports,
                                            Ipv4Address rtp_address, PbxLegObserver& observer) {
  std::unique_ptr<PbxLeg> leg(new PbxLeg(runtime, observer));
  auto socket = ports.Open(runtime, rtp_address, *leg);
  if (!socket) return socket.error();
  leg->socket_ = std::move(*socket);
  return leg;
}

void PbxLeg::Start(const Endpoint& pbx, media::Codec codec) {
  pbx_ = pbx;
  codec_ = codec;
  media::MediaSettings settings;
  settings.codec = codec;
  settings.local_ssrc = static_cast<uint32_t>(runtime_.random().Next64());
  settings.playout = false;  // the PBX is on this host
  session_ = media::NewMediaSession(runtime_, settings, *this);
}

void PbxLeg::SendAudio(std::span<const uint8_t> encoded_20ms) {
  if (session_) session_->SendAudio(encoded_20ms);
}

void PbxLeg::BeginDigit(char digit) {
  if (session_) session_->BeginDigit(digit);
}

void PbxLeg::EndDigit(Duration duration) {
  if (session_) session_->EndDigit(duration);
}

void PbxLeg::SendPacket(std::span<const uint8_t> packet) {
  // An error here is local and temporary, and the next packet comes in 20 ms.
  static_cast<void>(socket_->Send(pbx_, packet));
}

void PbxLeg::OnAudio(std::span<const uint8_t> encoded_20ms) { observer_.OnPbxAudio(encoded_20ms); }

void PbxLeg::OnDigit(char digit, bool ended, Duration duration) {
  observer_.OnPbxDigit(digit, ended, duration);
}

void PbxLeg::OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) {
  // Nobody else on this host may speak into the call.
  if (session_ && from == pbx_) session_->OnPacket(bytes);
}

}  // namespace sfa::engine
