#include "protocol/media/reception_statistics.h"

#include <algorithm>

#include "protocol/media/codec.h"
#include "protocol/media/rtp.h"

namespace sfa::media {
namespace {

// RFC 3550 appendix A.1: about a minute of voice ahead, two seconds behind.
constexpr int kMaxDropout = 3000;
constexpr int kMaxMisorder = 100;
constexpr int kWindowPackets = 64;  // behind the highest, as many as `seen_` has bits

}  // namespace

void ReceptionStatistics::ChangeSource() {
  lost_before_restart_ = lost();
  received_before_restart_ = received_;
  started_ = has_time_ = false;
  jitter_scaled_ = 0;
  restart_at_ = -1;
}

void ReceptionStatistics::Restart(uint16_t sequence) {
  if (started_) ChangeSource();
  started_ = true;
  base_ = highest_ = sequence;
  seen_ = 1;
  ++received_;
  restart_at_ = -1;
}

ReceptionStatistics::Verdict ReceptionStatistics::OnPacket(uint16_t sequence) {
  if (!started_) {
    Restart(sequence);
    return Verdict::kFresh;
  }
  const int step = Distance(static_cast<uint16_t>(highest_), sequence);
  if (step > kMaxDropout || step < -kMaxMisorder) {
    if (sequence == restart_at_) {
      Restart(sequence);
      return Verdict::kRestarted;
    }
    restart_at_ = static_cast<uint16_t>(sequence + 1);
    return Verdict::kJump;
  }
  if (step > 0) {
    seen_ = step < kWindowPackets ? seen_ << step | 1 : 1;
    highest_ += step;
  } else {
    if (-step >= kWindowPackets) return Verdict::kDuplicate;
    const uint64_t bit = uint64_t{1} << -step;
    if (seen_ & bit) return Verdict::kDuplicate;
    seen_ |= bit;
    base_ = std::min(base_, highest_ + step);
  }
  restart_at_ = -1;
  ++received_;
  return Verdict::kFresh;
}

void ReceptionStatistics::OnAudioTime(uint32_t timestamp, MonotonicTime arrival) {
  if (has_time_) {
    const Duration sent = std::chrono::nanoseconds(
        static_cast<int64_t>(Distance(last_timestamp_, timestamp)) * (1000000000 / kSampleRate));
    const int64_t difference = ((arrival - last_arrival_) - sent).count();
    // A pause whose time stamps stood still is no jitter.
    if (difference < std::chrono::nanoseconds(std::chrono::seconds(2)).count() &&
        difference > -std::chrono::nanoseconds(std::chrono::seconds(2)).count()) {
      jitter_scaled_ += std::abs(difference) - ((jitter_scaled_ + 8) >> 4);
    }
  }
  has_time_ = true;
  last_timestamp_ = timestamp;
  last_arrival_ = arrival;
}

uint64_t ReceptionStatistics::lost() const {
  if (!started_) return lost_before_restart_;
  const uint64_t expected = static_cast<uint64_t>(highest_ - base_ + 1);
  const uint64_t came = received_ - received_before_restart_;
  return lost_before_restart_ + (expected > came ? expected - came : 0);
}

}  // namespace sfa::media
