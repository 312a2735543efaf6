// For tests: a jitter buffer that is fed with frames as a network would bring them.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_TEST_PLAYER_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_TEST_PLAYER_H_

#include <array>
#include <map>
#include <vector>

#include "protocol/media/jitter_buffer.h"
#include "protocol/media/rtp.h"

namespace sfa::testing {

// A frame that carries its number.
inline std::array<uint8_t, media::kFrameSamples> Frame(uint32_t number) {
  std::array<uint8_t, media::kFrameSamples> frame{};
  media::WriteU32(number, frame.data());
  return frame;
}

// Frames with arrival times go in, what is played comes out.
class Player {
 public:
  explicit Player(uint32_t first_timestamp = 0xFFFFF000) : first_timestamp_(first_timestamp) {}

  void Arrives(uint32_t number, Duration when) { arrivals_.emplace(when, number); }

  // Runs everything up to `end`.
  void Play(Duration end) {
    const auto limit = MonotonicTime(end);
    while (true) {
      const bool packet_next =
          !arrivals_.empty() &&
          (!buffer.started() || MonotonicTime(arrivals_.begin()->first) < buffer.next_tick());
      const MonotonicTime when =
          packet_next ? MonotonicTime(arrivals_.begin()->first)
                      : (buffer.started() ? buffer.next_tick() : MonotonicTime::max());
      if (when > limit) return;
      if (packet_next) {
        Insert(arrivals_.begin()->second, when);
        arrivals_.erase(arrivals_.begin());
      } else {
        ticks.push_back(when);
        const media::JitterBuffer::Step step = buffer.Tick();
        kinds.push_back(step.kind);
        ++counts[step.kind];
        if (step.skipped != nullptr) skipped.push_back(media::ReadU32(step.skipped));
        if (step.frame != nullptr) {
          played.push_back(media::ReadU32(step.frame));
          played_at[played.back()] = when;
        }
      }
    }
  }

  media::JitterBuffer buffer;
  std::vector<uint32_t> played, skipped;
  std::map<uint32_t, MonotonicTime> played_at;
  std::vector<MonotonicTime> ticks;
  std::vector<media::JitterBuffer::Step::Kind> kinds;
  std::map<media::JitterBuffer::Step::Kind, int> counts;

 private:
  void Insert(uint32_t number, MonotonicTime now) {
    const uint32_t timestamp = first_timestamp_ + number * media::kFrameSamples;
    buffer.Insert(static_cast<uint16_t>(number), timestamp, Frame(number), now);
  }

  const uint32_t first_timestamp_;
  std::multimap<Duration, uint32_t> arrivals_;
};

}  // namespace sfa::testing

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_TEST_PLAYER_H_
