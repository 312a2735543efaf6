#include "network_sim/nat_tcp.h"

#include <algorithm>

namespace sfa::sim {
namespace {

using std::chrono::seconds;

constexpr uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kAck = 0x10;  // RFC 9293 section 3.1
constexpr uint8_t kMaxRetransmissions = 3;  // nf_conntrack_tcp_max_retrans

// What an event does to a state: a new state, nothing at all, or it cannot be.
enum Step : uint8_t { NO, SS, SR, ES, FW, CW, LA, TW, CL, S2, kIgnore, kInvalid };
constexpr Step IG = kIgnore, IV = kInvalid;

// Rows are events in the order of TcpTracker::Event, columns the states in the order of TcpState.
constexpr Step kOutbound[5][kTcpStates] = {
    // none, syn-sent, syn-received, established, fin-wait, close-wait, last-ack, time-wait, close,
    // syn-sent-2
    {SS, SS, IG, IG, IG, IG, IG, SS, SS, S2},  // SYN
    {IV, IV, SR, IV, IV, IV, IV, IV, IV, SR},  // SYN+ACK
    {IV, IV, FW, FW, LA, LA, LA, TW, CL, IV},  // FIN
    {ES, IV, ES, ES, CW, CW, TW, TW, CL, IV},  // ACK
    {IV, CL, CL, CL, CL, CL, CL, CL, CL, CL},  // RST
};
constexpr Step kInbound[5][kTcpStates] = {
    {IV, S2, IV, IV, IV, IV, IV, SS, IV, S2},  // SYN
    {IV, SR, IG, IG, IG, IG, IG, IG, IG, SR},  // SYN+ACK
    {IV, IV, FW, FW, LA, LA, LA, TW, CL, IV},  // FIN
    {IV, IG, SR, ES, CW, CW, TW, TW, CL, IG},  // ACK
    {IV, CL, CL, CL, CL, CL, CL, CL, CL, CL},  // RST
};

// Sequence numbers wrap around.
bool IsBefore(uint32_t a, uint32_t b) { return static_cast<int32_t>(a - b) < 0; }

}  // namespace

const TcpTimers& LinuxTcpTimers() {
  static const TcpTimers timers = {
      {seconds(10), seconds(120), seconds(60), seconds(432000), seconds(120), seconds(60),
       seconds(30), seconds(120), seconds(10), seconds(120)},
      seconds(300),
      seconds(300)};
  return timers;
}

const TcpTimers& Rfc5382TcpTimers() {
  static const TcpTimers timers = [] {
    TcpTimers result;
    result.of_state.fill(seconds(240));
    result.of_state[static_cast<size_t>(TcpState::kEstablished)] = seconds(7440);
    result.retransmitting = seconds(7440);
    result.unanswered = seconds(240);
    return result;
  }();
  return timers;
}

TcpTracker::Event TcpTracker::Classify(uint8_t flags) {
  if ((flags & kRst) != 0) return Event::kRst;
  if ((flags & kSyn) != 0) return (flags & kAck) != 0 ? Event::kSynAck : Event::kSyn;
  if ((flags & kFin) != 0) return Event::kFin;
  return (flags & kAck) != 0 ? Event::kAck : Event::kNone;
}

uint32_t TcpTracker::EndOf(const TcpSegment& segment) {
  const uint32_t controls = ((segment.flags & kSyn) != 0 ? 1 : 0) + (segment.flags & kFin);
  return segment.sequence + segment.payload_bytes + controls;
}

TcpTracker::Verdict TcpTracker::Track(bool outbound, const TcpSegment& segment) {
  const Event event = Classify(segment.flags);
  if (event == Event::kNone) return Verdict::kInvalid;
  Step step =
      (outbound ? kOutbound : kInbound)[static_cast<size_t>(event)][static_cast<size_t>(state_)];
  if (step == kInvalid) return Verdict::kInvalid;
  const bool over = state_ == TcpState::kTimeWait || state_ == TcpState::kClose;
  if (step == SS && over) {
    if (MayReopen(outbound)) return Verdict::kReopen;
    step = kIgnore;
  }
  if (step == kIgnore) {
    if (!AnswersLetThrough(event, outbound, segment)) return PassAside(event, outbound, segment);
    CatchUp();
    step = SR;
  }
  if (state_ == TcpState::kLastAck && step == TW && challenge_expected_ &&
      last_event_ == Event::kSyn && last_outbound_ != outbound) {
    // RFC 5961 section 4: it answers the SYN, not the FIN.
    challenge_expected_ = false;
    return Verdict::kPassAside;
  }
  if (step == CL && event == Event::kRst) {
    const Reset reset = Examine(outbound, segment);
    if (reset == Reset::kInvalid) return Verdict::kInvalid;
    if (reset == Reset::kDoubtful) step = static_cast<Step>(state_);
  }
  if (step == S2) simultaneous_ = true;
  if (step == SR && simultaneous_ && !outbound && event == Event::kAck) step = ES;
  // A SYN sent again and again must not keep the flow for ever.
  const bool asks_again = event == Event::kSyn && state_ == TcpState::kSynSent && !answered_;
  Advance(static_cast<TcpState>(step), event, outbound, segment);
  return asks_again ? Verdict::kPassAside : Verdict::kPass;
}

// After a proper end, or by the one who has just aborted.
bool TcpTracker::MayReopen(bool outbound) const {
  return close_begun_ || (last_event_ == Event::kRst && last_outbound_ == outbound);
}

// The other end agrees to the SYN that was let through aside: the two are ahead of this box.
bool TcpTracker::AnswersLetThrough(Event event, bool outbound, const TcpSegment& segment) const {
  return event == Event::kSynAck && last_event_ == Event::kSyn && last_outbound_ != outbound &&
         segment.acknowledgement == EndOf(last_);
}

TcpTracker::Verdict TcpTracker::PassAside(Event event, bool outbound, const TcpSegment& segment) {
  answered_ = answered_ || !outbound;
  if (outbound && event == Event::kSyn && state_ == TcpState::kLastAck) challenge_expected_ = true;
  Remember(event, outbound, segment);
  return Verdict::kPassAside;
}

void TcpTracker::CatchUp() {
  close_begun_ = false;
  simultaneous_ = false;
  acknowledged_[0] = acknowledged_[1] = {};
}

// RFC 5961 section 3.2: an established connection ends by a RST with exactly the next sequence
// number; another one is answered by a challenge, and the connection may go on.
TcpTracker::Reset TcpTracker::Examine(bool outbound, const TcpSegment& segment) const {
  // What is ending anyway may end.
  if (state_ >= TcpState::kFinWait && state_ <= TcpState::kClose) return Reset::kBelieved;
  const Acknowledged& by_other = acknowledged_[outbound ? 0 : 1];
  if (!by_other.any || last_event_ == Event::kSyn) return Reset::kBelieved;
  const bool established = state_ == TcpState::kEstablished && assured_;
  if (segment.sequence == 0 && !established) return Reset::kBelieved;
  if (IsBefore(segment.sequence, by_other.furthest)) return Reset::kInvalid;
  if (!established || segment.sequence == by_other.furthest) return Reset::kBelieved;
  const bool follows_own_data =
      last_event_ == Event::kAck && last_outbound_ == outbound && segment.sequence == EndOf(last_);
  return follows_own_data ? Reset::kBelieved : Reset::kDoubtful;
}

void TcpTracker::Advance(TcpState next, Event event, bool outbound, const TcpSegment& segment) {
  const bool opening = state_ == TcpState::kSynReceived || state_ == TcpState::kEstablished;
  assured_ = assured_ || (answered_ && opening && next == TcpState::kEstablished);
  close_begun_ = close_begun_ || (next == TcpState::kFinWait && state_ != next);
  answered_ = answered_ || !outbound;
  state_ = next;
  if ((segment.flags & kAck) != 0) {
    Acknowledged& acknowledged = acknowledged_[outbound ? 1 : 0];
    if (!acknowledged.any || IsBefore(acknowledged.furthest, segment.acknowledgement)) {
      acknowledged = {true, segment.acknowledgement};
    }
  }
  CountRetransmission(outbound, segment);
  Remember(event, outbound, segment);
}

void TcpTracker::Remember(Event event, bool outbound, const TcpSegment& segment) {
  last_event_ = event;
  last_outbound_ = outbound;
  last_ = segment;
}

bool TcpTracker::Accept(const TcpSegment& segment) {
  if (Classify(segment.flags) != Event::kSynAck) return false;
  state_ = TcpState::kSynReceived;
  answered_ = true;
  return true;
}

void TcpTracker::CountRetransmission(bool outbound, const TcpSegment& segment) {
  const bool again = outbound == last_outbound_ && segment.sequence == last_.sequence &&
                     segment.acknowledgement == last_.acknowledgement &&
                     segment.payload_bytes == last_.payload_bytes;
  if (!again) {
    retransmissions_ = 0;
  } else if (retransmissions_ < kMaxRetransmissions) {
    ++retransmissions_;
  }
}

Duration TcpTracker::Timeout(const TcpTimers& timers) const {
  const Duration usual = timers.of_state[static_cast<size_t>(state_)];
  if (retransmissions_ >= kMaxRetransmissions) return std::min(usual, timers.retransmitting);
  if (state_ == TcpState::kEstablished && !answered_) return std::min(usual, timers.unanswered);
  return usual;
}

}  // namespace sfa::sim
