// The driver's side of a channel.
#ifndef ASTERISK_HARNESS_SIMULATED_CHANNEL_TECH_H_
#define ASTERISK_HARNESS_SIMULATED_CHANNEL_TECH_H_

#include <string>

#include "asterisk_harness/simulated/frame.h"

namespace sfa::harness {

class ChannelTech {
 public:
  virtual ~ChannelTech() = default;
  virtual const char* type() const = 0;  // CHANNEL(channeltype)
  virtual pbx_codec codec() const = 0;
  // Places the call of an outgoing channel; what happens comes back as frames.
  virtual bool Call() = 0;
  virtual void Answer() = 0;
  // `text` and `name` as in Frame.
  virtual void Indicate(Control control, const std::string& text = "",
                        const std::string& name = "") = 0;
  virtual void WriteVoice(const VoiceFrame& frame) = 0;
  virtual void DigitBegin(char digit) = 0;
  virtual void DigitEnd(char digit, int duration_ms) = 0;
  // The channel ends; nothing is called afterwards. `cause` is a Q.850 cause or 0.
  virtual void Hangup(int cause) = 0;
  // HANGUPCAUSE(<channel>,tech)
  virtual std::string hangup_reason() const { return ""; }
  // A text to the far end; false when the technology has none.
  virtual bool SendText(const std::string&) { return false; }
  // The far end shall call `to` instead; kTransferred or kTransferFailed comes as a frame. False
  // when the technology cannot.
  virtual bool Transfer(const std::string&) { return false; }
  // CHANNEL(<item>) of this technology; false when it has none such.
  virtual bool ReadItem(const std::string&, std::string*) { return false; }
  virtual bool WriteItem(const std::string&, const std::string&) { return false; }
  // The driver's number of the call, 0 for none.
  virtual skype_call_id skype_call() const { return 0; }
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_CHANNEL_TECH_H_
