// Whole sessions over bad networks: digits and statistics.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "protocol/media/media_session.h"
#include "protocol/media/test_network.h"
#include "protocol/media/test_runtime.h"

namespace sfa::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::NetworkWeather;
using testing::TestNetwork;
using Bytes = std::vector<uint8_t>;

class Listener final : public MediaObserver {
 public:
  void SendPacket(std::span<const uint8_t>) override {}
  void OnAudio(std::span<const uint8_t>) override { ++frames; }
  void OnDigit(char digit, bool ended, Duration duration) override {
    digits += {digit, ended ? ')' : '('};
    if (ended) durations.push_back(duration);
  }
  std::string digits;
  std::vector<Duration> durations;
  int frames = 0;
};

// One who speaks and dials, a network in between, and one who listens.
class OneWay final : private MediaObserver {
 public:
  OneWay(uint64_t seed, const NetworkWeather& weather) : runtime(seed), network(seed + 1, weather) {
    SrtpKeys keys;
    keys.send.fill(1);
    keys.receive.fill(1);
    speaker = NewMediaSession(runtime, {Codec::kPcmu, 1, 2, keys, true}, *this);
    ears = NewMediaSession(runtime, {Codec::kPcmu, 2, 1, keys, true}, listener);
    voice_ = runtime.NewTimer([this] { Speak(); });
    voice_->Start(Duration());
  }

  void Press(char digit, Duration sounds, Duration pause) {
    speaker->BeginDigit(digit);
    runtime.RunFor(sounds);
    speaker->EndDigit(sounds);
    runtime.RunFor(pause);
  }

  testing::TestRuntime runtime;
  TestNetwork network;
  Listener listener;
  std::unique_ptr<MediaSession> speaker, ears;
  bool cut = false;
  uint64_t carried = 0;  // packets of which one copy at least has got on its way

 private:
  void Speak() {
    speaker->SendAudio(Bytes(kFrameSamples, 0x30));
    voice_->Start(kFrameDuration);
  }
  void SendPacket(std::span<const uint8_t> packet) override {
    if (cut) return;
    const auto arrivals = network.Carry(runtime.Now());
    if (!arrivals.empty()) ++carried;
    for (const MonotonicTime when : arrivals) {
      runtime.At(when,
                 [this, copy = Bytes(packet.begin(), packet.end())] { ears->OnPacket(copy); });
    }
  }
  void OnAudio(std::span<const uint8_t>) override {}
  void OnDigit(char, bool, Duration) override {}

  std::unique_ptr<Timer> voice_;
};

std::string Heard(const std::string& dialled) {
  std::string heard;
  for (const char digit : dialled) heard += {digit, '(', digit, ')'};
  return heard;
}

// ---- Digits ---------------------------------------------------------------------------------

// Up to 10 % of independent losses, doubled packets, and packets that overtake others by up to the
// distance of two digits. A digit is lost with all of its twelve packets: 10^-12.
RC_GTEST_PROP(BadNetworkDigits, EachIsToldOnceInOrder, ()) {
  const Duration sounds = milliseconds(*rc::gen::inRange(20, 300));
  const Duration pause = milliseconds(*rc::gen::inRange(40, 300));
  NetworkWeather weather;
  weather.loss = *rc::gen::inRange(0, 101) / 1000.0;
  weather.duplicates = *rc::gen::inRange(0, 300) / 1000.0;
  const auto distance = static_cast<int>((sounds + pause) / milliseconds(1));
  weather.jitter = milliseconds(*rc::gen::inRange(0, distance));
  const auto dialled = *rc::gen::nonEmpty(
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("0123456789*#ABCD1115"))));
  OneWay call(*rc::gen::arbitrary<uint64_t>(), weather);
  for (const char digit : dialled) call.Press(digit, sounds, pause);
  call.runtime.RunFor(seconds(4));
  RC_ASSERT(call.listener.digits == Heard(dialled));
}

TEST(BadNetworkDigits, ThousandsOfThemAtTenPercentLoss) {
  std::string dialled;
  for (int i = 0; i < 3000; ++i) dialled += "11223*#99"[i % 9];
  OneWay call(3, {.loss = 0.1, .jitter = milliseconds(40), .duplicates = 0.05});
  for (const char digit : dialled) call.Press(digit, milliseconds(60), milliseconds(60));
  call.runtime.RunFor(seconds(4));
  EXPECT_EQ(call.listener.digits, Heard(dialled));
  int exact = 0;
  for (const Duration duration : call.listener.durations) {
    if (duration == Duration(milliseconds(60))) ++exact;
  }
  EXPECT_EQ(exact, 3000) << "any of the ends tells the duration";
}

TEST(BadNetworkDigits, LongOnesAreOneDigit) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    OneWay call(seed, {.loss = 0.1, .jitter = milliseconds(60), .duplicates = 0.05});
    call.Press('7', seconds(20), milliseconds(100));
    call.Press('7', seconds(9), milliseconds(100));
    call.runtime.RunFor(seconds(4));
    EXPECT_EQ(call.listener.digits, "7(7)7(7)") << seed;
  }
}

TEST(BadNetworkDigits, OneThatIsPressedWhileThePathChangesArrivesWithTheNewPath) {
  for (const int gap : {500, 1500, 2500}) {
    OneWay call(1, {});
    call.runtime.RunFor(seconds(1));
    call.cut = true;
    call.Press('4', milliseconds(100), milliseconds(gap - 100));
    EXPECT_EQ(call.listener.digits, "");
    call.cut = false;
    call.runtime.RunFor(seconds(3));
    call.Press('4', milliseconds(100), milliseconds(100));
    call.runtime.RunFor(seconds(1));
    EXPECT_EQ(call.listener.digits, "4(4)4(4)") << gap;
  }
}

TEST(BadNetworkDigits, OneThatSoundsWhileThePathChangesIsHeardOnce) {
  OneWay call(1, {});
  call.runtime.RunFor(seconds(1));
  call.speaker->BeginDigit('8');
  call.runtime.RunFor(milliseconds(200));
  call.cut = true;
  call.runtime.RunFor(seconds(1));
  EXPECT_EQ(call.listener.digits, "8(8)");
  call.cut = false;
  call.runtime.RunFor(milliseconds(300));
  call.speaker->EndDigit(milliseconds(1500));
  call.runtime.RunFor(seconds(4));
  EXPECT_EQ(call.listener.digits, "8(8)");
}

// ---- Statistics -----------------------------------------------------------------------------

RC_GTEST_PROP(BadNetworkStatistics, CountWhatHappened, ()) {
  NetworkWeather weather;
  weather.loss = *rc::gen::inRange(0, 200) / 1000.0;
  weather.mean_burst = *rc::gen::inRange(1, 5);
  weather.jitter = milliseconds(*rc::gen::inRange(0, 100));
  weather.duplicates = *rc::gen::inRange(0, 300) / 1000.0;
  OneWay call(*rc::gen::arbitrary<uint64_t>(), weather);
  call.runtime.RunFor(seconds(20));
  call.cut = true;
  call.runtime.RunFor(milliseconds(400));  // everything has arrived
  const MediaCounters heard = call.ears->counters();
  const uint64_t sent = call.speaker->counters().packets_sent;
  RC_ASSERT(heard.packets_received == call.carried);
  // Losses at the very beginning and end cannot be known. What came too late counts as lost too.
  RC_ASSERT(heard.packets_received + heard.packets_lost >= call.carried);
  RC_ASSERT(heard.packets_lost + 12 >= sent - 20 - call.carried);
  RC_ASSERT(heard.packets_lost <= sent - call.carried + 20);
  // Every tick of the playing gives a frame.
  const auto ticks = static_cast<int>(call.runtime.Now().time_since_epoch() / kFrameDuration);
  RC_ASSERT(call.listener.frames >= ticks - 40);
  RC_ASSERT(call.listener.frames <= ticks);
}

TEST(BadNetworkStatistics, AGapIsCountedAndThePlayingGoesOnAtOnce) {
  for (const int gap : {500, 1000, 3000}) {
    OneWay call(1, {});
    call.runtime.RunFor(seconds(5));
    call.cut = true;
    call.runtime.RunFor(milliseconds(gap));
    call.cut = false;
    call.network.weather.delay = milliseconds(250);  // of the new path
    call.runtime.RunFor(milliseconds(400));
    const MediaCounters heard = call.ears->counters();
    EXPECT_EQ(heard.packets_lost, static_cast<uint64_t>(gap / 20));
    EXPECT_LE(heard.playout_delay, Duration(milliseconds(80)));
    const uint64_t concealed = heard.frames_concealed;
    call.runtime.RunFor(seconds(2));
    EXPECT_EQ(call.ears->counters().frames_concealed, concealed) << gap;
    EXPECT_EQ(call.ears->counters().packets_lost, static_cast<uint64_t>(gap / 20));
  }
}

}  // namespace
}  // namespace sfa::media
