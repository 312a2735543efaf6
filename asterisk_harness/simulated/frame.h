// What travels on a channel: control and digits, queued; voice, passed straight on.
#ifndef ASTERISK_HARNESS_SIMULATED_FRAME_H_
#define ASTERISK_HARNESS_SIMULATED_FRAME_H_

#include <cstdint>
#include <span>
#include <string>

#include "chan_skype/pbx_port.h"

namespace sfa::harness {

enum class Control {
  kRinging,
  kAnswer,
  kBusy,
  kCongestion,
  kProgress,
  kHold,  // `text`: the music class that the far end suggests
  kUnhold,
  kConnectedLine,  // `text`: the number, `name`
  kTransferred,
  kTransferFailed
};

struct Frame {
  enum class Kind { kNone, kControl, kDigitBegin, kDigitEnd, kText, kHangup };
  Kind kind = Kind::kNone;
  Control control = Control::kRinging;
  char digit = 0;
  int duration_ms = 0;
  std::string text, name;
};

// G.711 at 8,000 samples a second; other codecs are translated where they come in. Valid during the
// call that hands it over.
struct VoiceFrame {
  pbx_codec codec = PBX_CODEC_NONE;
  std::span<const uint8_t> payload;
  uint32_t timestamp = 0;  // of the stream that it came in
  uint32_t source = 0;     // changes when another stream begins
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_FRAME_H_
