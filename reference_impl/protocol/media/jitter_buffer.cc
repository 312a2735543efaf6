#include "protocol/media/jitter_buffer.h"

#include <algorithm>
#include <cstdlib>

#include "protocol/media/rtp.h"

namespace sfa::media {
namespace {

using std::chrono::milliseconds;

constexpr Duration kFrame = kFrameDuration;
constexpr int64_t kSamplesPerFrame = kFrameSamples;

constexpr int kJitterSmoothing = 16;  // packets: RFC 3550 section 6.4.1
constexpr int kCalmSmoothing = 256;   // packets: the estimate itself is as rough as it is fast
constexpr milliseconds kGreatestDifference{200};  // more is another path, not jitter
// Inside these bands around the target the delay is left alone.
constexpr milliseconds kTooLong{30};
constexpr milliseconds kTooShort{15};
// Steps are heard: five a second at most, unless the delay is far off or nothing is being said.
constexpr int kTicksBetweenSteps = 10;
constexpr int kTicksBetweenHastySteps = 2;
constexpr milliseconds kFarTooLong{200};
// After a hole the path may still empty a queue: what that leaves of delay goes soon, too.
constexpr int kHastyTicks = 150;
constexpr milliseconds kFarTooShort{60};
constexpr int kMarginSmoothing = 32;  // packets
constexpr int kHastySmoothing = 8;
constexpr int kPeakDecay = 1024;  // packets: about 20 s
// Late packets in a row that mean a longer path rather than stragglers.
constexpr int kLateRun = 2;
constexpr int kHoleTicks = static_cast<int>(milliseconds(JitterBuffer::kHole) / kFrameDuration);
// A restart is confirmed by a packet this close to its first: losses and digits lie between.
constexpr int kRestartSequences = 8;
// Late audio that comes at its own pace for so long is a longer path. A queue that empties itself
// comes faster, but not for ever.
constexpr milliseconds kStaleWindow{200};
constexpr milliseconds kStaleWindowGain{50};
constexpr milliseconds kStaleLimit{4000};
// About -45 dB below full scale on average, as the codecs' magnitudes.
constexpr uint32_t kQuietMuLaw = 20;
constexpr uint32_t kQuietALaw = 12;

// With a uniform jitter of width w the estimate of RFC 3550 is w/3, and the latest packets are w/2
// later than the average: half as much again as the estimate; the tick adds a frame. What has
// longer tails tells by late packets.
Duration NeededFor(Duration jitter) { return jitter * 3 / 2 + kFrame; }

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

bool JitterBuffer::IsQuiet(int64_t index) {
  if (!IsG711(codec_)) return false;  // only a decoder could tell
  // ITU-T G.711: mu-law inverts every bit, A-law every other one; the low seven are the magnitude.
  const uint8_t inverted = codec_ == Codec::kPcmu ? 0xFF : 0x55;
  uint32_t sum = 0;
  for (const uint8_t sample : SlotOf(index).frame) {
    sum += static_cast<uint32_t>((sample ^ inverted) & 0x7F);
  }
  return sum < (codec_ == Codec::kPcmu ? kQuietMuLaw : kQuietALaw) * kFrameSamples;
}

void JitterBuffer::Start(uint16_t sequence, uint32_t timestamp, MonotonicTime arrival) {
  // Far above every index used before, so that nothing from before a restart is taken for new.
  next_ = started_ ? next_ + 2 * kSlots : kSlots;
  last_position_ = next_ * kSamplesPerFrame;
  last_timestamp_ = timestamp;
  last_sequence_ = sequence;
  // A restart keeps the grid of ticks and puts the new first frame on it.
  if (!started_) next_tick_ = arrival + kInitialDelay;
  started_ = true;
  next_ -= FloorDivide((arrival + kInitialDelay - next_tick_).count(), kFrame.count());
  floor_ = next_;
  margin_ = last_margin_ = kInitialDelay;
  target_ = std::max<Duration>(target_, kInitialDelay);
  late_run_ = stretch_ = ticks_since_step_ = empty_ticks_ = 0;
  transit_.reset();
  restart_ = restart_suspected_ = stale_ = false;
}

bool JitterBuffer::ConfirmsRestart(uint16_t sequence, uint32_t timestamp) {
  const int step = Distance(suspect_sequence_, sequence);
  const bool confirmed = restart_suspected_ && step > 0 && step <= kRestartSequences &&
                         std::abs(Distance(suspect_timestamp_, timestamp)) <
                             static_cast<int32_t>(kSlots * kSamplesPerFrame);
  restart_suspected_ = true;
  suspect_sequence_ = sequence;
  suspect_timestamp_ = timestamp;
  return confirmed;
}

// As RFC 3550 estimates it, but that what lies between two paths does not count.
void JitterBuffer::UpdateJitter(int64_t position, MonotonicTime arrival) {
  const Duration transit =
      arrival.time_since_epoch() - Duration(position * (kFrame.count() / kSamplesPerFrame));
  if (transit_) {
    const Duration difference = std::chrono::abs(transit - *transit_);
    if (difference <= kGreatestDifference && empty_ticks_ < kHoleTicks) {
      jitter_ += (difference - jitter_) / kJitterSmoothing;
    }
  }
  transit_ = transit;
}

Duration JitterBuffer::MarginOf(int64_t index, MonotonicTime arrival) const {
  return next_tick_ + (index - next_) * kFrame - arrival;
}

void JitterBuffer::Insert(uint16_t sequence, uint32_t timestamp, std::span<const uint8_t> frame,
                          MonotonicTime arrival) {
  if (!started_ || restart_) Start(sequence, timestamp, arrival);
  int64_t position = last_position_ + Distance(last_timestamp_, timestamp);
  int64_t index = FloorDivide(position + kSamplesPerFrame / 2, kSamplesPerFrame);
  // Time stamps that go back while sequence numbers go on, and those from the future, belong to a
  // source that has restarted.
  const bool newer = Distance(last_sequence_, sequence) > 0;
  if (index >= next_ + kSlots || (newer && position < last_position_)) {
    if (!ConfirmsRestart(sequence, timestamp)) {
      ++late_;
      return;
    }
    Start(sequence, timestamp, arrival);
  } else {
    restart_suspected_ = false;
    if (position > last_position_) {
      last_position_ = position;
      last_timestamp_ = timestamp;
      last_sequence_ = sequence;
    }
    const Duration lateness = -MarginOf(index, arrival);
    if (lateness > kLongestDelay) {
      // Stragglers say nothing about the path as it is now.
      if (position < last_position_ || !PathIsLonger(lateness, arrival)) {
        ++late_;
        return;
      }
      Start(sequence, timestamp, arrival);
    } else {
      stale_ = false;
      UpdateJitter(position, arrival);
      if (empty_ticks_ >= kHoleTicks) PlaceAfterHole(index, arrival);
    }
  }
  index = FloorDivide(last_position_ + Distance(last_timestamp_, timestamp) + kSamplesPerFrame / 2,
                      kSamplesPerFrame);

  last_margin_ = MarginOf(index, arrival);
  margin_ += (last_margin_ - margin_) / (hasty_ticks_ > 0 ? kHastySmoothing : kMarginSmoothing);
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
  UpdateTarget();
}

// Nothing has been played for a while, so nothing is lost by moving the playing to where this
// frame comes just in time. Called for each until the first is played: the newest decides, so that
// of what comes in a burst the old part is left out.
void JitterBuffer::PlaceAfterHole(int64_t index, MonotonicTime arrival) {
  const Duration excess = MarginOf(index, arrival) - target_;
  if (excess <= kTooLong && excess >= -kTooShort) return;
  const int64_t ticks = FloorDivide((arrival + target_ - next_tick_).count(), kFrame.count());
  next_ = std::max(floor_, index - std::max<int64_t>(ticks, 0));
  margin_ = MarginOf(index, arrival);
  hasty_ticks_ = kHastyTicks;
  late_run_ = stretch_ = ticks_since_step_ = 0;
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

// Whether what is too old to be played comes as a path would bring it that has become longer.
bool JitterBuffer::PathIsLonger(Duration lateness, MonotonicTime arrival) {
  if (!stale_) {
    stale_ = true;
    stale_from_ = stale_window_ = arrival;
    stale_lateness_ = lateness;
    return false;
  }
  if (arrival - stale_window_ < kStaleWindow) return false;
  const bool catches_up = stale_lateness_ - lateness >= kStaleWindowGain;
  stale_window_ = arrival;
  stale_lateness_ = lateness;
  return !catches_up || arrival - stale_from_ >= kStaleLimit;
}

void JitterBuffer::UpdateTarget() {
  peak_ -= peak_ / kPeakDecay;
  jitter_peak_ = std::max(jitter_, jitter_peak_ - (jitter_peak_ - jitter_) / kCalmSmoothing);
  target_ =
      std::clamp<Duration>(std::max(NeededFor(jitter_peak_), peak_), kShortestDelay, kLongestDelay);
}

JitterBuffer::Step JitterBuffer::Nothing(Step::Kind kind) {
  ++empty_ticks_;
  Step step;
  step.kind = kind;
  return step;
}

JitterBuffer::Step JitterBuffer::Tick() {
  next_tick_ += kFrame;
  ++ticks_since_step_;
  const Duration excess = margin_ - target_;
  const bool too_long = excess > kTooLong && Has(next_ + 1);
  const bool impatient = hasty_ticks_ > 0;
  if (impatient) --hasty_ticks_;
  const bool hasty = impatient || excess > kFarTooLong || excess < -kFarTooShort ||
                     (too_long && Has(next_) && IsQuiet(next_));
  const bool may_step = ticks_since_step_ >= (hasty ? kTicksBetweenHastySteps : kTicksBetweenSteps);
  Step step;
  if (!Has(next_)) {
    if (stretch_ > 0) {
      // Everything comes late: wait for it, there is nothing to lose.
      --stretch_;
      last_margin_ += kFrame;
      margin_ = last_margin_;
      return Nothing(Step::Kind::kStretch);
    }
    if (!may_step || !too_long) {
      ++next_;
      return Nothing(Step::Kind::kMissing);
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
  } else if (may_step && too_long) {
    step.skipped = SlotOf(next_).frame.data();
    ++next_;
    margin_ -= kFrame;
    ticks_since_step_ = 0;
  }
  stretch_ = empty_ticks_ = 0;
  step.kind = step.skipped != nullptr ? Step::Kind::kSkip : Step::Kind::kFrame;
  step.frame = SlotOf(next_).frame.data();
  ++next_;
  floor_ = next_;
  return step;
}

void JitterBuffer::SkipTicksUntil(MonotonicTime now) {
  if (next_tick_ > now) return;
  const int64_t ticks = (now - next_tick_) / kFrame + 1;
  next_tick_ += ticks * kFrame;
  next_ += ticks;
}

}  // namespace sfa::media
