// What a receiver knows of one RTP source: which packets came, which are missing, how much their
// timing varies (RFC 3550 appendix A).
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_RECEPTION_STATISTICS_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_RECEPTION_STATISTICS_H_

#include <cstdint>

#include "runtime/time.h"

namespace sfa::media {

class ReceptionStatistics {
 public:
  enum class Verdict {
    kFresh,
    kDuplicate,  // came before, or is older than the window of 64 packets
    kJump,       // far from all before; the next one decides whether the source has restarted
    kRestarted,  // fresh, and the source has restarted
  };
  Verdict OnPacket(uint16_t sequence);
  // What comes from here on is another source's; the sums go on.
  void ChangeSource();
  // For packets of audio only: digits keep the time stamp of their beginning.
  void OnAudioTime(uint32_t timestamp, MonotonicTime arrival);

  uint64_t received() const { return received_; }
  // Expected less received; never negative.
  uint64_t lost() const;
  Duration jitter() const { return Duration(jitter_scaled_ / 16); }

 private:
  void Restart(uint16_t sequence);

  bool started_ = false;
  int64_t base_ = 0;  // extended sequence numbers
  int64_t highest_ = 0;
  uint64_t seen_ = 0;  // bit n: highest_ - n has come
  uint64_t received_ = 0;
  uint64_t lost_before_restart_ = 0;
  uint64_t received_before_restart_ = 0;
  int32_t restart_at_ = -1;  // the sequence number that would confirm a restart

  bool has_time_ = false;
  uint32_t last_timestamp_ = 0;
  MonotonicTime last_arrival_{};
  int64_t jitter_scaled_ = 0;  // 16 times the jitter, in nanoseconds, as in appendix A.8
};

}  // namespace sfa::media

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_RECEPTION_STATISTICS_H_
