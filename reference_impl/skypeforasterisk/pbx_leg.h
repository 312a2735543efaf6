// The PBX's half of one call: plain RTP on `rtp_address`.
//
// The socket is there from the beginning, so that its port can be told; audio flows from Start()
// on. RTP leaves from the port on which it comes in, because Asterisk insists (strict RTP).
#ifndef REFERENCE_IMPL_SKYPEFORASTERISK_PBX_LEG_H_
#define REFERENCE_IMPL_SKYPEFORASTERISK_PBX_LEG_H_

#include <memory>

#include "protocol/media/media_session.h"
#include "runtime/runtime.h"

namespace sfa::engine {

// Hands out the ports of the legs.
class RtpPorts {
 public:
  // An even number (RFC 3550 section 11) that nobody else on this host uses, or the reason why
  // there is none.
  Result<std::unique_ptr<UdpSocket>> Open(Runtime& runtime, Ipv4Address address,
                                          UdpReceiver& receiver);

 private:
  uint16_t next_ = 0;  // 0: not yet begun
};

class PbxLegObserver {
 public:
  virtual void OnPbxAudio(std::span<const uint8_t> encoded_20ms) = 0;
  virtual void OnPbxDigit(char digit, bool ended, Duration duration) = 0;

 protected:
  ~PbxLegObserver() = default;
};

class PbxLeg final : private media::MediaObserver, private UdpReceiver {
 public:
  static Result<std::unique_ptr<PbxLeg>> New(Runtime& runtime, RtpPorts& ports,
                                             Ipv4Address rtp_address, PbxLegObserver& observer);

  Endpoint local() const { return socket_->local(); }
  // From now on audio goes to `pbx` and is taken from there, and only from there.
  void Start(const Endpoint& pbx, media::Codec codec);
  bool started() const { return session_ != nullptr; }
  media::Codec codec() const { return codec_; }

  // Dropped before Start().
  void SendAudio(std::span<const uint8_t> encoded_20ms);
  void BeginDigit(char digit);
  void EndDigit(Duration duration);

 private:
  PbxLeg(Runtime& runtime, PbxLegObserver& observer) : runtime_(runtime), observer_(observer) {}

  void SendPacket(std::span<const uint8_t> packet) override;
  void OnAudio(std::span<const uint8_t> encoded_20ms) override;
  void OnDigit(char digit, bool ended, Duration duration) override;
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override;

  Runtime& runtime_;
  PbxLegObserver& observer_;
  Endpoint pbx_;
  media::Codec codec_ = media::Codec::kPcmu;
  std::unique_ptr<media::MediaSession> session_;
  std::unique_ptr<UdpSocket> socket_;
};

}  // namespace sfa::engine

#endif  // REFERENCE_IMPL_SKYPEFORASTERISK_PBX_LEG_H_
