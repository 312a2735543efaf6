// Orders frames by time stamp, waits for late ones as long as the network's jitter demands, and
// says every 20 ms what to play.
//
// Invariants:
//  1. One answer per tick; ticks are 20 ms apart on an absolute grid.
//  2. Frames are played in order of their time stamps, each at most once.
//  3. Memory is fixed: kSlots frames.
//  4. The delay stays between the two bounds below, but for a single frame's step.
//  5. Nothing older than kLongestDelay against the playing is played: what a queue lets go after
//  the
//     path stood still is left out. A path that has become longer for good is followed.
//  6. After a hole of kHole the delay is the target at once, whatever the path is like now.
// The delay follows the jitter by leaving out or stretching single frames, quiet ones if there are
// any, and so follows a sender whose clock runs faster or slower as well.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_JITTER_BUFFER_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_JITTER_BUFFER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "protocol/media/codec.h"
#include "protocol/media/concealment.h"
#include "runtime/time.h"

namespace sfa::media {

class JitterBuffer {
 public:
  static constexpr std::chrono::milliseconds kInitialDelay{60};
  static constexpr std::chrono::milliseconds kShortestDelay{40};
  static constexpr std::chrono::milliseconds kLongestDelay{400};
  // Without anything to play for so long the concealment has long been silent.
  static constexpr std::chrono::milliseconds kHole{200};

  explicit JitterBuffer(Codec codec = Codec::kPcmu) : codec_(codec) {}

  struct Step {
    enum class Kind {
      kFrame,    // play `frame`
      kMissing,  // its packet is lost or late: conceal
      kStretch,  // conceal too, but nothing is lost: the delay grows by a frame
      kSkip,     // play `frame`, leaving out `skipped`: the delay shrinks by a frame
    };
    Kind kind = Kind::kMissing;
    const uint8_t* frame = nullptr;  // FrameBytes() each, valid until the next Insert()
    const uint8_t* skipped = nullptr;
  };

  // The first packet starts the clock: its frame is due kInitialDelay later.
  // `frame` has FrameBytes() of the codec.
  void Insert(uint16_t sequence, uint32_t timestamp, std::span<const uint8_t> frame,
              MonotonicTime arrival);

  // The source has restarted: its next packet does as the first one did.
  void Restart() { restart_ = true; }

  bool started() const { return started_; }
  MonotonicTime next_tick() const { return next_tick_; }
  // What to play at next_tick(), which moves on by 20 ms. Only when started.
  Step Tick();
  // The process was not run for a while: the grid goes on from `now` instead of catching up.
  void SkipTicksUntil(MonotonicTime now);

  // Frames that came but were not played: after their turn, or of no known time.
  uint64_t late() const { return late_; }
  // From arrival to playing, on average.
  Duration delay() const { return margin_; }
  Duration target() const { return target_; }

 private:
  static constexpr int kSlots = 64;  // 1.28 s

  struct Slot {
    int64_t index = -1;
    std::array<uint8_t, kFrameSamples> frame;
  };

  Slot& SlotOf(int64_t index) { return slots_[static_cast<size_t>(index) % kSlots]; }
  bool Has(int64_t index) { return SlotOf(index).index == index; }
  bool IsQuiet(int64_t index);
  void Start(uint16_t sequence, uint32_t timestamp, MonotonicTime arrival);
  bool ConfirmsRestart(uint16_t sequence, uint32_t timestamp);
  Duration MarginOf(int64_t index, MonotonicTime arrival) const;
  void PlaceAfterHole(int64_t index, MonotonicTime arrival);
  void OnLate(Duration lateness);
  bool PathIsLonger(Duration lateness, MonotonicTime arrival);
  void UpdateJitter(int64_t position, MonotonicTime arrival);
  void UpdateTarget();
  Step Nothing(Step::Kind kind);

  const Codec codec_;
  bool started_ = false;
  bool restart_ = false;
  std::array<Slot, kSlots> slots_;
  int64_t last_position_ = 0;  // of the newest packet, in samples since the first
  uint32_t last_timestamp_ = 0;
  uint16_t last_sequence_ = 0;
  int64_t next_ = 0;     // the frame due at next_tick_
  int64_t floor_ = 0;    // nothing before is played any more
  int empty_ticks_ = 0;  // in a row
  MonotonicTime next_tick_{};

  Duration margin_{};       // playing less arrival, smoothed
  Duration last_margin_{};  // of the newest packet
  Duration target_ = kInitialDelay;
  std::optional<Duration> transit_;  // of the newest packet, up to a constant
  Duration jitter_{};
  Duration jitter_peak_{};  // follows the jitter upwards at once, downwards slowly
  Duration peak_{};         // the delay that recent late packets would have needed
  int late_run_ = 0;        // late packets in a row
  int stretch_ = 0;         // frames by which the delay must grow as long as nothing comes in time
  int ticks_since_step_ = 0;
  int hasty_ticks_ = 0;  // so many more ticks there is no patience
  // A packet that a restart would explain; another one that follows it confirms.
  bool restart_suspected_ = false;
  uint16_t suspect_sequence_ = 0;
  uint32_t suspect_timestamp_ = 0;
  // While all that comes is too old to be played.
  bool stale_ = false;
  MonotonicTime stale_from_{}, stale_window_{};
  Duration stale_lateness_{};
  uint64_t late_ = 0;
};

}  // namespace sfa::media

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_JITTER_BUFFER_H_
