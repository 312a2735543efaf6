// What a NAT knows of a TCP connection from the flags that pass: the states of Linux's connection
// tracking, and how long each may last without a packet.
#ifndef NETWORK_SIM_NAT_TCP_H_
#define NETWORK_SIM_NAT_TCP_H_

#include <array>
#include <cstdint>

#include "runtime/time.h"

namespace sfa::sim {

enum class TcpState : uint8_t {
  kNone,
  kSynSent,
  kSynReceived,
  kEstablished,
  kFinWait,
  kCloseWait,
  kLastAck,
  kTimeWait,
  kClose,
  kSynSent2,  // simultaneous open
};
inline constexpr size_t kTcpStates = 10;

struct TcpTimers {
  std::array<Duration, kTcpStates> of_state;
  Duration retransmitting;  // established, but the same segment comes again and again
  Duration unanswered;      // picked up in the middle, nothing has come back yet
};
// facts of a default Debian kernel: net.netfilter.nf_conntrack_tcp_timeout_*.
const TcpTimers& LinuxTcpTimers();
// RFC 5382 REQ-5: established 2 h 4 min, everything else 4 min.
const TcpTimers& Rfc5382TcpTimers();

// The fields of a segment that matter here.
struct TcpSegment {
  uint8_t flags = 0;
  uint32_t sequence = 0;
  uint32_t acknowledgement = 0;
  uint32_t payload_bytes = 0;
};

class TcpTracker {
 public:
  enum class Verdict {
    kPass,
    kInvalid,  // cannot belong to this connection: not to be translated
    kReopen,   // a SYN after the end: a new connection of the same tuple
  };
  Verdict Track(bool outbound, const TcpSegment& segment);

  // The inside answers the SYN of a stranger that had been let in. False when it does not.
  bool Accept(const TcpSegment& segment);

  TcpState state() const { return state_; }
  // Until the state is given up, counted from the last segment.
  Duration Timeout(const TcpTimers& timers) const;

 private:
  void CountRetransmission(bool outbound, const TcpSegment& segment);

  TcpState state_ = TcpState::kNone;
  bool answered_ = false;
  bool last_outbound_ = false;
  uint8_t retransmissions_ = 0;
  TcpSegment last_;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_NAT_TCP_H_
