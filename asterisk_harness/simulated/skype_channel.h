// A Skype channel as the PBX holds it: the host's side of pbx_channel, its RTP port, and the calls
// into the driver.
#ifndef ASTERISK_HARNESS_SIMULATED_SKYPE_CHANNEL_H_
#define ASTERISK_HARNESS_SIMULATED_SKYPE_CHANNEL_H_

#include <functional>
#include <memory>
#include <string>

#include "asterisk_harness/simulated/g729_codec.h"
#include "asterisk_harness/simulated/pbx_core.h"
#include "asterisk_harness/simulated/rtp_endpoint.h"
#include "chan_skype/pbx_port.h"

namespace sfa::harness {

struct DriverInUse {
  const skype_driver* table = nullptr;
  skype_core* core = nullptr;  // nullptr: not loaded
  // Module references: one more, one less.
  std::function<void(int)> count;
};

class SkypeTech;

}  // namespace sfa::harness

// Counted: one reference is the PBX channel's, one the driver's.
struct pbx_channel {
  int references = 0;
  sfa::harness::Channel* channel = nullptr;  // nullptr: gone
  sfa::harness::SkypeTech* tech = nullptr;
};

namespace sfa::harness {

void ReleaseHandle(pbx_channel* handle);

class SkypeTech final : public ChannelTech, private RtpEndpoint::Owner {
 public:
  // Opens the RTP port. `driver` outlives it.
  static Result<std::unique_ptr<SkypeTech>> New(Runtime& runtime, const DriverInUse& driver,
                                                skype_call_id call, Ipv4Address rtp_address);
  ~SkypeTech() override;

  // Ties it to its channel; from now on the handle may be given to the driver.
  void Attach(Channel& channel);
  // The driver is not told of the channel's end: it never got it.
  void Abandon() { abandoned_ = true; }
  pbx_channel* handle() { return handle_; }
  RtpEndpoint& rtp() { return *rtp_; }
  void SetMedia(const pbx_media& media);
  void SetPreferredCodec(pbx_codec codec) { preferred_ = codec; }
  // For a call in G.729, or one that is placed and may come to be: the PBX itself has G.711.
  void SetTranslation(std::unique_ptr<G729Translation> translation);
  void SetHangupReason(std::string reason) { reason_ = std::move(reason); }
  // As in pbx_incoming.
  void SetMusic(std::string interpret, std::string suggest);
  const std::string& music_suggested() const { return suggest_; }

  const char* type() const override { return "Skype"; }
  pbx_codec codec() const override;
  bool Call() override;
  void Answer() override;
  void Indicate(Control control, const std::string& text, const std::string& name) override;
  void WriteVoice(const VoiceFrame& frame) override;
  void DigitBegin(char digit) override;
  void DigitEnd(char digit, int duration_ms) override;
  void Hangup(int cause) override;
  std::string hangup_reason() const override { return reason_; }
  bool SendText(const std::string& text) override;
  bool Transfer(const std::string& to) override;
  bool ReadItem(const std::string& item, std::string* value) override;
  bool WriteItem(const std::string& item, const std::string& value) override;
  skype_call_id skype_call() const override { return call_; }

 private:
  SkypeTech(const DriverInUse& driver, skype_call_id call);
  // The caller of an incoming call shall hear what is said before the answer; told once.
  void BeHeard();
  void OnRtpVoice(const VoiceFrame& frame) override;
  void OnRtpDigitBegin(char digit) override;
  void OnRtpDigitEnd(char digit, int duration_ms) override;

  const DriverInUse& driver_;
  const skype_call_id call_;
  Channel* channel_ = nullptr;
  bool abandoned_ = false;
  bool heard_early_ = false;
  pbx_channel* handle_;
  pbx_codec preferred_ = PBX_CODEC_ULAW;
  std::string reason_, interpret_, suggest_;
  std::unique_ptr<G729Translation> g729_;  // outlives the port
  std::unique_ptr<RtpEndpoint> rtp_;
};

// Technology "Skype": Dial(Skype/[<originator>@]<destination>).
Channel* RequestSkypeChannel(PbxCore& core, const DriverInUse& driver, const std::string& address,
                             Channel* requestor, pbx_codec preferred, int* cause);

// An incoming call: the channel with its dialplan started, or nullptr with `cause` set.
pbx_channel* StartSkypeChannel(PbxCore& core, const DriverInUse& driver,
                               const pbx_incoming& incoming, pbx_address* local, pbx_cause* cause);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_SKYPE_CHANNEL_H_
