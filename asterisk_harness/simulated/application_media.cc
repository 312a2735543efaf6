// Echo, Read, SendDTMF, Playback, Milliwatt.
#include <array>
#include <iterator>

#include "asterisk_harness/simulated/applications.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

// Voice comes back to where it came from while this lives.
class Loop {
 public:
  explicit Loop(Channel& channel) : channel_(channel) { channel_.SetVoiceTarget(&channel_); }
  ~Loop() { channel_.SetVoiceTarget(nullptr); }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

 private:
  Channel& channel_;
};

Routine<Outcome> Echo(Call call, std::string) {
  const Loop loop(call.channel);
  while (true) {
    const Frame frame = co_await ReadFrame(call.channel, call.wakeup, std::nullopt);
    switch (frame.kind) {
      case Frame::Kind::kHangup:
        co_return Outcome::kHangup;
      case Frame::Kind::kDigitBegin:
        call.channel.PassDigitBegin(frame.digit);
        break;
      case Frame::Kind::kDigitEnd:
        call.channel.PassDigitEnd(frame.digit, frame.duration_ms);
        if (frame.digit == '#') co_return Outcome::kContinue;
        break;
      case Frame::Kind::kText:
        call.channel.tech().SendText(frame.text);
        break;
      default:
        break;
    }
  }
}

// Asterisk's defaults for a channel with a dialplan: before the first digit, between two.
constexpr Duration kResponseTimeout = std::chrono::seconds(10);
constexpr Duration kDigitTimeout = std::chrono::seconds(5);

struct Collected {
  std::string digits;
  bool terminated = false;
  bool hung_up = false;
};

Routine<Collected> CollectDigits(Call call, size_t most, Duration first, Duration next) {
  Collected collected;
  MonotonicTime deadline = call.core.runtime().Now() + first;
  while (collected.digits.size() < most) {
    const Frame frame = co_await ReadFrame(call.channel, call.wakeup, deadline);
    if (frame.kind == Frame::Kind::kHangup) {
      collected.hung_up = true;
      break;
    }
    if (frame.kind == Frame::Kind::kNone) break;
    if (frame.kind != Frame::Kind::kDigitEnd) continue;
    if (frame.digit == '#') {
      collected.terminated = true;
      break;
    }
    collected.digits += frame.digit;
    deadline = call.core.runtime().Now() + next;
  }
  co_return collected;
}

// Read(variable[,prompt[,maxdigits[,options[,attempts[,timeout]]]]]); prompts have no sound here.
Routine<Outcome> Read(Call call, std::string data) {
  call.core.SetVariable(&call.channel, "READSTATUS", "ERROR");
  std::vector<std::string> arguments = SplitArguments(data);
  arguments.resize(6);
  const std::string variable(Trim(arguments[0]));
  if (variable.empty()) {
    call.core.Warn(
        "Invalid! Usage: Read(variable[,filename][,maxdigits][,option][,attempts]"
        "[,timeout])");
    co_return Outcome::kContinue;
  }
  const std::string& options = arguments[3];
  const int most = ToInt(arguments[2], 255);
  const int attempts = ToInt(arguments[4], 1);
  const double seconds = ToDouble(arguments[5], 0);
  Duration first = kResponseTimeout, next = kDigitTimeout;
  if (seconds > 0) first = next = std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
  if (call.channel.state() != ChannelState::kUp) {
    if (options.find('s') != std::string::npos) {
      call.core.SetVariable(&call.channel, variable, "");
      call.core.SetVariable(&call.channel, "READSTATUS", "SKIPPED");
      co_return Outcome::kContinue;
    }
    if (options.find('n') == std::string::npos) call.channel.Answer();
  }
  Collected collected;
  for (int attempt = 0; attempt < std::max(1, attempts); ++attempt) {
    const size_t limit = most < 1 || most > 255 ? 255 : static_cast<size_t>(most);
    collected = co_await CollectDigits(call, limit, first, next);
    call.core.SetVariable(&call.channel, variable, collected.digits);
    if (collected.hung_up || collected.terminated || !collected.digits.empty()) break;
  }
  const char* status = collected.hung_up                                   ? "HANGUP"
                       : collected.digits.empty() && !collected.terminated ? "TIMEOUT"
                                                                           : "OK";
  call.core.SetVariable(&call.channel, "READSTATUS", status);
  co_return collected.hung_up ? Outcome::kHangup : Outcome::kContinue;
}

// SendDTMF(digits[,between_ms[,duration_ms[,channel]]]); 'w' waits half a second, 'W' a whole one.
Routine<Outcome> SendDtmf(Call call, std::string data) {
  std::vector<std::string> arguments = SplitArguments(data);
  arguments.resize(4);
  if (arguments[0].empty()) {
    call.core.Warn("SendDTMF requires an argument");
    co_return Outcome::kContinue;
  }
  Channel* target = &call.channel;
  uint64_t target_number = target->number();
  if (!arguments[3].empty()) {
    target = call.core.FindChannel(arguments[3]);
    if (target == nullptr) {
      call.core.Warn("No such channel: " + arguments[3]);
      co_return Outcome::kContinue;
    }
    target_number = target->number();
  }
  const int between_ms = ToInt(arguments[1], 250);
  const int duration_ms = std::max(80, ToInt(arguments[2], 100));
  for (const char digit : arguments[0]) {
    int pause_ms = between_ms;
    if (digit == 'w' || digit == 'W') {
      pause_ms = digit == 'w' ? 500 : 1000;
    } else if (std::string("0123456789*#ABCDabcd").find(digit) == std::string::npos) {
      call.core.Warn(std::string("Illegal DTMF character '") + digit +
                     "' in string. (0-9*#aAbBcCdD "
                     "allowed)");
      continue;
    } else {
      target->MakeDigitBegin(digit);
      const bool alive = co_await SleepOnChannel(call.channel, call.wakeup,
                                                 std::chrono::milliseconds(duration_ms));
      if (call.core.channels().count(target_number) == 0) co_return Outcome::kContinue;
      target->MakeDigitEnd(digit, duration_ms);
      if (!alive) co_return Outcome::kHangup;
    }
    const bool alive =
        co_await SleepOnChannel(call.channel, call.wakeup, std::chrono::milliseconds(pause_ms));
    if (!alive) co_return Outcome::kHangup;
    if (call.core.channels().count(target_number) == 0) co_return Outcome::kContinue;
  }
  co_return Outcome::kContinue;
}

// A tone of 1,000 Hz until somebody hangs up (ITU-T G.711, tables 5 and 6: the octets of 0 dBm0).
Routine<Outcome> Milliwatt(Call call, std::string) {
  constexpr uint8_t kPeriod[] = {0x1E, 0x0B, 0x0B, 0x1E, 0x9E, 0x8B, 0x8B, 0x9E};
  constexpr uint32_t kFrame = 160;  // 20 ms
  std::array<uint8_t, kFrame> tone;
  for (size_t i = 0; i < tone.size(); ++i) tone[i] = kPeriod[i % std::size(kPeriod)];
  call.channel.Answer();
  uint32_t timestamp = 0;
  while (co_await SleepOnChannel(call.channel, call.wakeup, std::chrono::milliseconds(20))) {
    call.channel.SendVoice({PBX_CODEC_ULAW, tone, timestamp, 1});
    timestamp += kFrame;
  }
  co_return Outcome::kHangup;
}

// There are no sound files here: it answers, and says that the file is not there.
Routine<Outcome> Playback(Call call, std::string data) {
  std::vector<std::string> arguments = SplitArguments(data);
  arguments.resize(2);
  if (arguments[1].find("noanswer") == std::string::npos) call.channel.Answer();
  for (const std::string& file : Split(arguments[0], '&')) {
    call.core.Warn("File " + file + " does not exist in any format");
  }
  call.core.SetVariable(&call.channel, "PLAYBACKSTATUS", "FAILED");
  co_return call.channel.hung_up() ? Outcome::kHangup : Outcome::kContinue;
}

}  // namespace

const Application kMediaApplications[] = {
    {"Echo", Echo},         {"Read", Read},           {"SendDTMF", SendDtmf},
    {"Playback", Playback}, {"Milliwatt", Milliwatt}, {nullptr, nullptr},
};

}  // namespace sfa::harness
