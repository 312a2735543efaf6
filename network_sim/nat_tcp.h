// What a NAT knows of a TCP connection from the segments that pass: the states of Linux's
// connection tracking, and how long each may last without a packet. Windows are not looked at.
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
    kPassAside,  // passes, but is no sign of life: the two ends may know better than this box
    kInvalid,    // cannot belong to this connection: not to be translated
    kReopen,     // a SYN after the end: a new connection of the same tuple
  };
  Verdict Track(bool outbound, const TcpSegment& segment);

  // The inside answers the SYN of a stranger that had been let in. False when it does not.
  bool Accept(const TcpSegment& segment);

  TcpState state() const { return state_; }
  // Until the state is given up, counted from the last segment.
  Duration Timeout(const TcpTimers& timers) const;

 private:
  // What the flags of a segment say.
  enum class Event : uint8_t { kSyn, kSynAck, kFin, kAck, kRst, kNone };
  // Whether a RST is one that its receiver will believe.
  enum class Reset { kBelieved, kDoubtful, kInvalid };

  static Event Classify(uint8_t flags);
  static uint32_t EndOf(const TcpSegment& segment);
  bool MayReopen(bool outbound) const;
  bool AnswersLetThrough(Event event, bool outbound, const TcpSegment& segment) const;
  Reset Examine(bool outbound, const TcpSegment& segment) const;
  Verdict PassAside(Event event, bool outbound, const TcpSegment& segment);
  void CatchUp();
  void Advance(TcpState next, Event event, bool outbound, const TcpSegment& segment);
  void CountRetransmission(bool outbound, const TcpSegment& segment);
  void Remember(Event event, bool outbound, const TcpSegment& segment);

  // What one direction has acknowledged.
  struct Acknowledged {
    bool any = false;
    uint32_t furthest = 0;
  };

  TcpState state_ = TcpState::kNone;
  bool answered_ = false;
  bool assured_ = false;             // both ends have agreed to be connected
  bool close_begun_ = false;         // by a FIN
  bool simultaneous_ = false;        // both ends have sent a SYN
  bool challenge_expected_ = false;  // a SYN has been let through while the last FIN was unanswered
  uint8_t retransmissions_ = 0;
  Acknowledged acknowledged_[2];  // inbound, outbound
  Event last_event_ = Event::kNone;
  bool last_outbound_ = false;
  TcpSegment last_;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_NAT_TCP_H_
