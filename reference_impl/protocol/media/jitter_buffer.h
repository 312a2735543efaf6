// Orders frames by time stamp, waits for late ones as long as the network's jitter demands, and
// says every 20 ms what to play.
//
// Invariants:
//  1. One answer per tick; ticks are 20 ms apart on an absolute grid.
//  2. Frames are played in order of their time stamps, each at most once.
//  3. Memory is fixed: kSlots frames.
//  4. The delay stays between the two bounds below, but for a single frame's step.
// The delay follows the jitter by leaving out or stretching single frames, and so follows a sender
// whose clock runs faster or slower as well.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_JITTER_BUFFER_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_JITTER_BUFFER_H_

#include <array>
#include <cstdint>
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

  struct Step {
    enum class Kind {
      kFrame,    // play `frame`
      kMissing,  // its packet is lost or late: conceal
      kStretch,  // conceal too, but nothing is lost: the delay grows by a frame
      kSkip,     // play `frame`, leaving out `skipped`: the delay shrinks by a frame
    };
    Kind kind = Kind::kMissing;
    const uint8_t* frame = nullptr;  // kFrameSamples each, valid until the next Insert()
    const uint8_t* skipped = nullptr;
  };

  // The first packet starts the clock: its frame is due kInitialDelay later. `jitter` is the
  // present estimate by RFC 3550.
  void Insert(uint16_t sequence, uint32_t timestamp, FrameView frame, MonotonicTime arrival,
              Duration jitter);

  bool started() const { return started_; }
  MonotonicTime next_tick() const { return next_tick_; }
  // What to play at next_tick(), which moves on by 20 ms. Only when started.
  Step Tick();
  // The process was not run for a while: the grid goes on from `now` instead of catching up.
  void SkipTicksUntil(MonotonicTime now);

  // Frames that came after their turn.
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
  void Start(uint16_t sequence, uint32_t timestamp, MonotonicTime arrival);
  bool ConfirmsRestart(uint16_t sequence);
  void OnLate(Duration lateness);
  void UpdateTarget(Duration jitter);

  bool started_ = false;
  std::array<Slot, kSlots> slots_;
  int64_t last_position_ = 0;  // of the newest packet, in samples since the first
  uint32_t last_timestamp_ = 0;
  int64_t next_ = 0;  // the frame due at next_tick_
  MonotonicTime next_tick_{};

  Duration margin_{};       // playing less arrival, smoothed
  Duration last_margin_{};  // of the newest packet
  Duration target_ = kInitialDelay;
  Duration peak_{};   // the delay that recent late packets would have needed
  int late_run_ = 0;  // late packets in a row
  int stretch_ = 0;   // frames by which the delay must grow as long as nothing comes in time
  int ticks_since_step_ = 0;
  int32_t restart_at_ = -1;
  uint64_t late_ = 0;
};

}  // namespace sfa::media

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_JITTER_BUFFER_H_
