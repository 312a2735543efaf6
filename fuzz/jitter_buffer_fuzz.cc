// The jitter buffer as a state machine: packets of any order, number and time.
#include "fuzz/target.h"
#include "protocol/media/jitter_buffer.h"

namespace sfa::fuzz {
namespace {

using media::JitterBuffer;
using Kind = JitterBuffer::Step::Kind;
using std::chrono::milliseconds;

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  JitterBuffer buffer(input.Flag() ? media::Codec::kPcma : media::Codec::kPcmu);
  MonotonicTime now(std::chrono::hours(1));
  uint16_t sequence = input.U16();
  uint32_t timestamp = input.U32();
  std::array<uint8_t, media::kFrameSamples> frame;
  uint64_t inserted = 0, played = 0;
  const auto tick = [&] {
    const MonotonicTime before = buffer.next_tick();
    const JitterBuffer::Step step = buffer.Tick();
    SFA_FUZZ_CHECK(buffer.next_tick() == before + media::kFrameDuration);
    SFA_FUZZ_CHECK((step.frame != nullptr) ==
                   (step.kind == Kind::kFrame || step.kind == Kind::kSkip));
    SFA_FUZZ_CHECK((step.skipped != nullptr) == (step.kind == Kind::kSkip));
    played += (step.frame != nullptr) + (step.skipped != nullptr);
    if (step.frame != nullptr) frame[0] ^= step.frame[0];
    if (step.skipped != nullptr) frame[1] ^= step.skipped[1];
  };
  while (!input.empty()) {
    switch (input.Below(5)) {
      case 0:  // from nowhere
        sequence = input.U16();
        timestamp = input.U32();
        [[fallthrough]];
      case 1: {  // the next one, or one near it
        frame.fill(input.Byte());
        const int offset = static_cast<int8_t>(input.Byte());
        buffer.Insert(static_cast<uint16_t>(sequence + offset),
                      timestamp + static_cast<uint32_t>(offset * 160), frame, now);
        ++inserted;
        ++sequence;
        timestamp += media::kFrameSamples;
        break;
      }
      case 2:
        now += milliseconds(input.Byte());
        break;
      case 3:
        now += milliseconds(input.U16());
        if (buffer.started() && input.Flag()) {
          buffer.SkipTicksUntil(now);
          SFA_FUZZ_CHECK(buffer.next_tick() > now);
        }
        break;
      default:
        buffer.Restart();
    }
    // A catching up is bounded by whoever drives it; here by what an input can ask for.
    for (int i = 0; buffer.started() && buffer.next_tick() <= now && i < 4000; ++i) tick();
    SFA_FUZZ_CHECK(buffer.target() >= JitterBuffer::kShortestDelay);
    SFA_FUZZ_CHECK(buffer.target() <= JitterBuffer::kLongestDelay);
    SFA_FUZZ_CHECK(played + buffer.late() <= 2 * inserted);
  }
  for (int i = 0; buffer.started() && i < 100; ++i) tick();
  SFA_FUZZ_CHECK(played <= inserted);
}

Seeds MakeSeeds() {
  Script steady;
  steady.Byte(0).U16(1).U32(160);
  for (uint8_t i = 0; i < 30; ++i) {
    steady.Byte(1).Byte(i).Byte(0).Byte(2).Byte(20);
    if (i % 7 == 3) steady.Byte(2).Byte(60);
  }
  Script restarted;
  restarted.Byte(1).U16(65530).U32(0xFFFFFE00);
  for (uint8_t i = 0; i < 20; ++i) restarted.Byte(1).Byte(i).Byte(i % 3).Byte(2).Byte(20);
  restarted.Byte(3).U16(900).Byte(0);
  restarted.Byte(0).U16(5).U32(12345).Byte(1).Byte(0);
  for (uint8_t i = 0; i < 20; ++i) restarted.Byte(1).Byte(i).Byte(0).Byte(2).Byte(20);
  restarted.Byte(3).U16(5000).Byte(1).Byte(4);
  return {{"steady", steady.bytes()}, {"restarted", restarted.bytes()}};
}

}  // namespace

const Target kJitterBuffer = {"jitter_buffer", Run, MakeSeeds};

}  // namespace sfa::fuzz
