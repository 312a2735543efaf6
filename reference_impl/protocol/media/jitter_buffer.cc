#include "protocol/media/jitter_buffer.h"

#include <algorithm>

#include "protocol/media/rtp.h"

namespace sfa::media {
namespace {

using std::chrono::milliseconds;

constexpr Duration kFrame = kFrameDuration;
constexpr int64_t kSamplesPerFrame = kFrameSamples;

// With a uniform jitter of width w the estimate of RFC 3550 is w/3; the tick adds a frame.
constexpr int kJitterFactor = 3;
// Inside these bands around the target the delay is left alone.
constexpr milliseconds kTooLong{30};
constexpr milliseconds kTooShort{15};
// Steps are heard: five a second at most, unless the delay is far too long.
constexpr int kTicksBetweenSteps = 10;
constexpr int kTicksBetweenHastySteps = 2;
constexpr milliseconds kFarTooLong{200};
constexpr int kMarginSmoothing = 32;  // packets
constexpr int kPeakDecay = 1024;      // packets: about 20 s
// Late packets in a row that mean a longer path rather than stragglers.
constexpr int kLateRun = 2;
// Later than this is not late but from another time.
constexpr int64_t kOldestFrames = 50;

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

void JitterBuffer::Start(uint16_t sequence, uint32_t timestamp, MonotonicTime arrival) {
  // Far above every index used before, so that nothing from before a restart is taken for new.
  next_ = started_ ? next_ + 2 * kSlots : kSlots;
  last_position_ = next_ * kSamplesPerFrame;
  last_timestamp_ = timestamp;
  // A restart keeps the grid of ticks and puts the new first frame on it.
  if (!started_) next_tick_ = arrival + kInitialDelay;
  started_ = true;
  next_ -= FloorDivide((arrival + kInitialDelay - next_tick_).count(), kFrame.count());
  margin_ = last_margin_ = kInitialDelay;
  target_ = std::max<Duration>(target_, kInitialDelay);
  late_run_ = stretch_ = ticks_since_step_ = 0;
  restart_at_ = -1;
  static_cast<void>(sequence);
}

bool JitterBuffer::ConfirmsRestart(uint16_t sequence) {
  const bool confirmed = sequence == restart_at_;
  restart_at_ = static_cast<uint16_t>(sequence + 1);
  return confirmed;
}

void JitterBuffer::Insert(uint16_t sequence, uint32_t timestamp, FrameView frame,
                          MonotonicTime arrival, Duration jitter) {
  if (!started_) Start(sequence, timestamp, arrival);
  int64_t position = last_position_ + Distance(last_timestamp_, timestamp);
  int64_t index = FloorDivide(position + kSamplesPerFrame / 2, kSamplesPerFrame);
  if (index < next_ - kOldestFrames || index >= next_ + kSlots) {
    if (!ConfirmsRestart(sequence)) return;
    Start(sequence, timestamp, arrival);
    position = last_position_;
    index = FloorDivide(position, kSamplesPerFrame);
  } else {
    restart_at_ = -1;
    if (position > last_position_) {
      last_position_ = position;
      last_timestamp_ = timestamp;
    }
  }

  last_margin_ = next_tick_ + (index - next_) * kFrame - arrival;
  margin_ += (last_margin_ - margin_) / kMarginSmoothing;
  if (index < next_) {
    ++late_;
    OnLate(-last_margin_);
  } else {
    late_run_ = 0;
    Slot& slot = SlotOf(index);
    if (slot.index != index) {
      slot.index = index;
      std::copy(frame.begin(), frame.end(), slot.frame.begin());
    }
  }
  UpdateTarget(jitter);
}

void JitterBuffer::OnLate(Duration lateness) {
  const Duration needed = margin_ + std::max(lateness, Duration::zero());
  peak_ = std::max(peak_, std::min(needed, target_ + kFrame));
  if (++late_run_ >= kLateRun) {
    const int64_t frames = lateness / kFrame + 1;
    const int64_t room = (kLongestDelay - target_) / kFrame + 1;
    stretch_ = static_cast<int>(std::clamp<int64_t>(frames, 0, std::max<int64_t>(room, 0)));
  }
}

void JitterBuffer::UpdateTarget(Duration jitter) {
  peak_ -= peak_ / kPeakDecay;
  target_ = std::clamp<Duration>(std::max(kJitterFactor * jitter + kFrame, peak_), kShortestDelay,
                                 kLongestDelay);
}

JitterBuffer::Step JitterBuffer::Tick() {
  next_tick_ += kFrame;
  ++ticks_since_step_;
  const Duration excess = margin_ - target_;
  const int pause = excess > kFarTooLong ? kTicksBetweenHastySteps : kTicksBetweenSteps;
  const bool may_step = ticks_since_step_ >= pause;
  Step step;
  if (!Has(next_)) {
    if (stretch_ > 0) {
      // Everything comes late: wait for it, there is nothing to lose.
      --stretch_;
      last_margin_ += kFrame;
      margin_ = last_margin_;
      step.kind = Step::Kind::kStretch;
      return step;
    }
    if (!(may_step && excess > kTooLong && Has(next_ + 1))) {
      ++next_;
      step.kind = Step::Kind::kMissing;
      return step;
    }
    // Too long anyhow: leave the hole out.
    ++next_;
    margin_ -= kFrame;
    ticks_since_step_ = 0;
  } else if (may_step && excess < -kTooShort) {
    stretch_ = 0;
    margin_ += kFrame;
    ticks_since_step_ = 0;
    step.kind = Step::Kind::kStretch;
    return step;
  } else if (may_step && excess > kTooLong && Has(next_ + 1)) {
    step.skipped = SlotOf(next_).frame.data();
    ++next_;
    margin_ -= kFrame;
    ticks_since_step_ = 0;
  }
  stretch_ = 0;
  step.kind = step.skipped != nullptr ? Step::Kind::kSkip : Step::Kind::kFrame;
  step.frame = SlotOf(next_).frame.data();
  ++next_;
  return step;
}

void JitterBuffer::SkipTicksUntil(MonotonicTime now) {
  if (next_tick_ > now) return;
  const int64_t ticks = (now - next_tick_) / kFrame + 1;
  next_tick_ += ticks * kFrame;
  next_ += ticks;
}

}  // namespace sfa::media
