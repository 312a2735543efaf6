// The RTP port of a channel (RFC 3550): plain G.711, G.729 with a translation, and the digits of
// RFC 4733, both ways.
//
// Written apart from the implementation under test, so that one judges the other.
#ifndef ASTERISK_HARNESS_SIMULATED_RTP_ENDPOINT_H_
#define ASTERISK_HARNESS_SIMULATED_RTP_ENDPOINT_H_

#include <memory>
#include <span>

#include "asterisk_harness/simulated/frame.h"
#include "asterisk_harness/simulated/g729_codec.h"
#include "runtime/runtime.h"

namespace sfa::harness {

struct RtpCounters {
  uint64_t sent = 0, received = 0;
  uint64_t foreign = 0;    // from somebody else than the engine
  uint64_t malformed = 0;  // not RTP
};

class RtpEndpoint final : private UdpReceiver {
 public:
  class Owner {
   public:
    virtual void OnRtpVoice(const VoiceFrame& frame) = 0;
    virtual void OnRtpDigitBegin(char digit) = 0;
    virtual void OnRtpDigitEnd(char digit, int duration_ms) = 0;

   protected:
    ~Owner() = default;
  };

  // Binds an even port of 10000 to 19998, as rtp.conf has it. The owner outlives the endpoint.
  static Result<std::unique_ptr<RtpEndpoint>> Open(Runtime& runtime, Ipv4Address address,
                                                   Owner& owner);

  Endpoint local() const { return local_; }
  // Where to send, in which codec; only from there anything is received.
  void SetRemote(const Endpoint& remote, pbx_codec codec);
  pbx_codec codec() const { return codec_; }
  // nullptr: what is in G.729 is not for us, and nothing is sent in it.
  void SetTranslation(G729Translation* translation) { g729_ = translation; }

  // Converted when the frame's codec is the other one. No voice is sent during a digit.
  void SendVoice(const VoiceFrame& frame);
  void DigitBegin(char digit);
  // `duration_ms` 0: as long as it really was.
  void DigitEnd(char digit, int duration_ms);
  const RtpCounters& counters() const { return counters_; }

 private:
  RtpEndpoint(Runtime& runtime, Owner& owner);
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override;
  void ReceiveEvent(uint32_t timestamp, std::span<const uint8_t> payload);
  void EndReceivedDigit();
  void ContinueDigit();
  void SendEvent(bool end, bool marker);
  void SendPacket(uint8_t payload_type, bool marker, uint32_t timestamp,
                  std::span<const uint8_t> payload, const uint8_t* table);
  uint32_t TimestampNow() const;

  Runtime& runtime_;
  Owner& owner_;
  Endpoint local_, remote_;
  pbx_codec codec_ = PBX_CODEC_NONE;
  G729Translation* g729_ = nullptr;
  RtpCounters counters_;

  // Sending.
  uint16_t sequence_ = 0;
  uint32_t ssrc_ = 0;
  uint32_t last_timestamp_ = 0;
  MonotonicTime last_sent_{};
  bool any_sent_ = false;
  uint32_t voice_source_ = 0, voice_offset_ = 0;
  bool voice_known_ = false;
  int sending_event_ = -1;
  uint32_t event_timestamp_ = 0, event_duration_ = 0;
  MonotonicTime deaf_until_{};  // to digits that begin: they may be an echo of one that was sent

  // Receiving.
  int receiving_event_ = -1;
  uint32_t received_event_timestamp_ = 0, received_event_duration_ = 0;
  uint32_t ended_event_timestamp_ = 0;
  bool any_event_ended_ = false;

  std::unique_ptr<Timer> event_timer_;
  std::unique_ptr<UdpSocket> socket_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_RTP_ENDPOINT_H_
