#include "network_sim/nat_tcp.h"

#include <algorithm>

namespace sfa::sim {
namespace {

using std::chrono::seconds;

constexpr uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kAck = 0x10;  // RFC 9293 section 3.1
constexpr uint8_t kMaxRetransmissions = 3;  // nf_conntrack_tcp_max_retrans

enum Event : uint8_t { kEventSyn, kEventSynAck, kEventFin, kEventAck, kEventRst, kEventNone };

// What an event does to a state: a new state, nothing at all, or it cannot be.
enum Step : uint8_t { NO, SS, SR, ES, FW, CW, LA, TW, CL, S2, kIgnore, kInvalid };
constexpr Step IG = kIgnore, IV = kInvalid;

// Rows are events, columns the states in the order of TcpState.
constexpr Step kOutbound[5][kTcpStates] = {
    // none, syn-sent, syn-received, established, fin-wait, close-wait, last-ack, time-wait, close,
    // syn-sent-2
    {SS, SS, IG, IG, IG, IG, IG, SS, SS, S2},  // SYN
    {IV, IV, SR, IG, IG, IG, IG, IG, IG, SR},  // SYN+ACK
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

Event Classify(uint8_t flags) {
  if ((flags & kRst) != 0) return kEventRst;
  if ((flags & kSyn) != 0) return (flags & kAck) != 0 ? kEventSynAck : kEventSyn;
  if ((flags & kFin) != 0) return kEventFin;
  return (flags & kAck) != 0 ? kEventAck : kEventNone;
}

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

TcpTracker::Verdict TcpTracker::Track(bool outbound, const TcpSegment& segment) {
  const Event event = Classify(segment.flags);
  if (event == kEventNone) return Verdict::kInvalid;
  const Step step = (outbound ? kOutbound : kInbound)[event][static_cast<size_t>(state_)];
  if (step == kInvalid) return Verdict::kInvalid;
  const bool over = state_ == TcpState::kTimeWait || state_ == TcpState::kClose;
  if (step == SS && over) {
    // Only the inside opens connections anew.
    return outbound ? Verdict::kReopen : Verdict::kInvalid;
  }
  answered_ = answered_ || !outbound;
  if (step != kIgnore) state_ = static_cast<TcpState>(step);
  CountRetransmission(outbound, segment);
  return Verdict::kPass;
}

bool TcpTracker::Accept(const TcpSegment& segment) {
  if (Classify(segment.flags) != kEventSynAck) return false;
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
    last_outbound_ = outbound;
    last_ = segment;
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
