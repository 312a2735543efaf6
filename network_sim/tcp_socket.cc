#include "network_sim/tcp_socket.h"

#include <ns3/inet-socket-address.h>
#include <ns3/ipv4-end-point.h>
#include <ns3/packet.h>
#include <ns3/rtt-estimator.h>
#include <ns3/simulator.h>
#include <ns3/tcp-cubic.h>
#include <ns3/tcp-header.h>
#include <ns3/tcp-prr-recovery.h>
#include <ns3/tcp-rx-buffer.h>
#include <ns3/tcp-tx-buffer.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace sfa::sim {
namespace {

constexpr uint32_t kSegmentBytes = 1400;  // an Ethernet frame with room for tunnels on the way
constexpr uint32_t kBufferBytes = 128 * 1024;
// As Linux has it; RFC 6298 would have a second.
const ns3::Time kMinimumRto = ns3::MilliSeconds(200);
// RFC 9293 section 3.8.6.3 asks for less than 500 ms; less than the RTO of Linux, as Linux itself.
const ns3::Time kDelayedAck = ns3::MilliSeconds(40);
// RFC 6298 section 2: 1 s, then doubled: 31 s until a silent peer counts as gone.
const ns3::Time kConnectTimeout = ns3::Seconds(1);
constexpr uint32_t kConnectTries = 5;
constexpr uint32_t kDataTries = 10;  // RFC 9293 section 3.8.3: at least 100 s
const ns3::Time kFirstPersist = ns3::MilliSeconds(200);
// How long an unanswered FIN is repeated; what Linux gives an orphaned connection.
const ns3::Time kFinTimeout = ns3::Seconds(60);
constexpr double kSegmentLifetimeSeconds = 30;  // TIME_WAIT of 60 s, as on Linux

ns3::InetSocketAddress ToNs3(const Endpoint& endpoint) {
  return {ns3::Ipv4Address(endpoint.address.value), endpoint.port};
}

// Whether `a` comes before `b` in sequence space (RFC 9293 section 3.4).
bool Before(uint32_t a, uint32_t b) { return static_cast<int32_t>(a - b) < 0; }

}  // namespace

NS_OBJECT_ENSURE_REGISTERED(SimTcpSocket);

ns3::TypeId SimTcpSocket::GetTypeId() {
  static const ns3::TypeId kId =
      ns3::TypeId("sfa::sim::SimTcpSocket").SetParent<ns3::TcpSocketBase>();
  return kId;
}

SimTcpSocket::SimTcpSocket() = default;

void SimTcpSocket::SetUp(ns3::Ptr<ns3::Node> node, ns3::Ptr<ns3::TcpL4Protocol> tcp,
                         TcpSocketOwner* owner) {
  owner_ = owner;
  SetNode(node);
  SetTcp(tcp);
  SetRtt(ns3::CreateObject<ns3::RttMeanDeviation>());
  SetSegSize(kSegmentBytes);
  SetSndBufSize(kBufferBytes);
  SetRcvBufSize(kBufferBytes);
  SetInitialCwnd(10);  // RFC 6928
  SetConnTimeout(kConnectTimeout);
  SetSynRetries(kConnectTries);
  SetDataRetries(kDataTries);
  SetDelAckTimeout(kDelayedAck);
  SetDelAckMaxCount(2);
  SetPersistTimeout(kFirstPersist);
  SetTcpNoDelay(true);
  SetMinRto(kMinimumRto);
  m_msl = kSegmentLifetimeSeconds;
  // Resets of real hosts carry no timestamp, and ns-3 would then ignore them.
  m_timestampEnabled = false;
  SetCongestionControlAlgorithm(ns3::CreateObject<ns3::TcpCubic>());
  SetRecoveryAlgorithm(ns3::CreateObject<ns3::TcpPrrRecovery>());
  const auto on_activity = [this](ns3::Ptr<ns3::Socket>) { Notify(); };
  const auto on_room = [this](ns3::Ptr<ns3::Socket>, uint32_t) { Notify(); };
  SetConnectCallback(ns3::Callback<void, ns3::Ptr<ns3::Socket>>(on_activity),
                     ns3::Callback<void, ns3::Ptr<ns3::Socket>>([this](ns3::Ptr<ns3::Socket>) {
                       Fail(ErrorCode::kTimedOut, "did not answer");
                     }));
  SetAcceptCallback(ns3::Callback<bool, ns3::Ptr<ns3::Socket>, const ns3::Address&>(
                        [](ns3::Ptr<ns3::Socket>, const ns3::Address&) { return true; }),
                    ns3::Callback<void, ns3::Ptr<ns3::Socket>, const ns3::Address&>(
                        [this](ns3::Ptr<ns3::Socket>, const ns3::Address&) { Notify(); }));
  SetCloseCallbacks(ns3::Callback<void, ns3::Ptr<ns3::Socket>>(on_activity),
                    ns3::Callback<void, ns3::Ptr<ns3::Socket>>([this](ns3::Ptr<ns3::Socket>) {
                      Fail(ErrorCode::kTimedOut, "answers no more");
                    }));
  SetRecvCallback(ns3::Callback<void, ns3::Ptr<ns3::Socket>>(on_activity));
  SetSendCallback(ns3::Callback<void, ns3::Ptr<ns3::Socket>, uint32_t>(on_room));
}

bool SimTcpSocket::Open(const Endpoint& local, const Endpoint& remote) {
  remote_ = remote;
  m_endPoint = m_tcp->Allocate(nullptr, ns3::Ipv4Address(local.address.value), local.port,
                               ns3::Ipv4Address(remote.address.value), remote.port);
  if (!m_endPoint) return false;
  SetupCallback();
  m_tcp->AddSocket(this);
  return Connect(ToNs3(remote)) == 0;
}

void SimTcpSocket::Accept(const Endpoint& local, const Endpoint& remote,
                          const TcpSegment& segment) {
  remote_ = remote;
  m_state = LISTEN;
  const auto packet =
      ns3::Create<ns3::Packet>(segment.bytes.data(), static_cast<uint32_t>(segment.header_bytes));
  DoForwardUp(packet, ToNs3(remote), ToNs3(local));
}

void SimTcpSocket::CompleteFork(ns3::Ptr<ns3::Packet> packet, const ns3::TcpHeader& header,
                                const ns3::Address& from, const ns3::Address& to) {
  if (m_state != LISTEN) return;  // reset in the meantime
  TcpSocketBase::CompleteFork(packet, header, from, to);
}

bool SimTcpSocket::AcknowledgesTooMuch(const TcpSegment& segment) const {
  // One more than the data for our FIN.
  const uint32_t most = m_tcb->m_highTxMark.Get().GetValue() + (fin_may_be_sent_ ? 1 : 0);
  return Before(most, segment.acknowledgment);
}

void SimTcpSocket::Deliver(const Endpoint& local, const Endpoint& remote,
                           const TcpSegment& segment) {
  if (closed() || m_state == LISTEN) return;
  const ns3::Ptr<SimTcpSocket> alive(this);
  if (segment.flags & kTcpRst) return DeliverReset(segment);
  const auto data = segment.bytes.subspan(segment.header_bytes);
  const uint8_t flags = segment.flags & (kTcpSyn | kTcpFin | kTcpAck);

  if (m_state == SYN_SENT) {
    const uint32_t expected = m_tcb->m_nextTxSequence.Get().GetValue() + 1;
    if (!(flags & kTcpSyn)) return;
    if ((flags & kTcpAck) && segment.acknowledgment != expected) return;
    return Pass(local, remote, segment, flags, segment.sequence, {});
  }
  uint32_t sequence = segment.sequence;
  const uint32_t next = m_tcb->m_rxBuffer->NextRxSequence().GetValue();
  if (m_state == SYN_RCVD) {
    if (flags == kTcpSyn) return Pass(local, remote, segment, flags, sequence, {});
    if (segment.acknowledgment != m_tcb->m_nextTxSequence.Get().GetValue() + 1) return;
    // Both sides opened at once (RFC 9293 figure 8): the peer's SYN is known already.
    if (flags & kTcpSyn) return Pass(local, remote, segment, kTcpAck, sequence + 1, {});
    if (sequence != next) return;
    Pass(local, remote, segment, kTcpAck, sequence, {});
    if (m_state != ESTABLISHED || (data.empty() && !(flags & kTcpFin))) return;
  }
  // RFC 5961 section 4: a SYN inside a connection is answered and otherwise ignored.
  if (flags & kTcpSyn) return SendEmptyPacket(ns3::TcpHeader::ACK);
  if (AcknowledgesTooMuch(segment)) return SendEmptyPacket(ns3::TcpHeader::ACK);
  const uint32_t end = sequence + static_cast<uint32_t>(data.size());
  if (m_tcb->m_rxBuffer->Finished()) {
    // Nothing can follow the peer's end, but our answer to it may have been lost.
    if (!data.empty() || (flags & kTcpFin)) return SendEmptyPacket(ns3::TcpHeader::ACK);
    if (m_state == TIME_WAIT) return;
    return PassAfterTheEnd(local, remote, segment, next);
  }
  // RFC 9293 section 3.10.7.4: what lies before the window is answered; so are probes.
  if (data.empty() && !(flags & kTcpFin) && Before(sequence, next)) {
    Pass(local, remote, segment, kTcpAck, sequence, {});
    if (!closed() && next - sequence == 1) SendEmptyPacket(ns3::TcpHeader::ACK);
    return;
  }
  // Data and end come one after the other, and the end only when nothing before it is missing:
  // the peer repeats it otherwise.
  if (!data.empty() || !(flags & kTcpFin)) {
    Pass(local, remote, segment, kTcpAck, sequence, data);
  }
  if (closed() || !(flags & kTcpFin)) return;
  if (m_tcb->m_rxBuffer->NextRxSequence().GetValue() != end) return;
  Pass(local, remote, segment, kTcpFin | kTcpAck, end, {});
}

void SimTcpSocket::PassAfterTheEnd(const Endpoint& local, const Endpoint& remote,
                                   const TcpSegment& segment, uint32_t sequence) {
  const bool acknowledges_fin = segment.acknowledgment == m_tcb->m_highTxMark.Get().GetValue() + 1;
  if ((m_state != LAST_ACK && m_state != CLOSING) || acknowledges_fin) {
    return Pass(local, remote, segment, kTcpAck, sequence, {});
  }
  // In these states ns-3 takes any ACK for that of the FIN and forgets what is still unsent. As
  // long as it is not, the segment means what it means before the FIN.
  const auto state = m_state.Get();
  m_state = CLOSE_WAIT;
  Pass(local, remote, segment, kTcpAck, sequence, {});
  if (closed()) return;
  m_state = state;
  if (m_txBuffer->Size() == 0 && m_retxEvent.IsExpired()) {
    m_retxEvent = ns3::Simulator::Schedule(m_rto.Get(), &SimTcpSocket::SendEmptyPacket, this,
                                           static_cast<uint8_t>(ns3::TcpHeader::FIN));
  }
}

void SimTcpSocket::Pass(const Endpoint& local, const Endpoint& remote, const TcpSegment& segment,
                        uint8_t flags, uint32_t sequence, std::span<const uint8_t> data) {
  std::array<uint8_t, 60> header;
  std::memcpy(header.data(), segment.bytes.data(), segment.header_bytes);
  WriteU32(&header[4], sequence);
  header[13] = flags;
  const auto packet = ns3::Create<ns3::Packet>(data.data(), static_cast<uint32_t>(data.size()));
  ns3::TcpHeader parsed;
  const auto raw =
      ns3::Create<ns3::Packet>(header.data(), static_cast<uint32_t>(segment.header_bytes));
  raw->RemoveHeader(parsed);
  packet->AddHeader(parsed);
  if (IsValidTcpSegment(ns3::SequenceNumber32(sequence),
                        static_cast<uint32_t>(segment.header_bytes),
                        static_cast<uint32_t>(data.size()))) {
    DoForwardUp(packet, ToNs3(remote), ToNs3(local));
  }
  if (m_state == FIN_WAIT_2) m_retxEvent.Cancel();  // the FIN has arrived
  if (m_state == ESTABLISHED && !was_established_) {
    was_established_ = true;
    if (end_requested_) EndWriting();
  }
  // ns-3 sends the FIN with the last data only; what had been sent before EndWriting() is
  // repeated without it.
  if (m_closeOnEmpty && m_txBuffer->Size() == 0 &&
      (m_state == ESTABLISHED || m_state == CLOSE_WAIT)) {
    DoClose();
  }
  Notify();
}

void SimTcpSocket::DeliverReset(const TcpSegment& segment) {
  // RFC 1337: both directions have ended well; nothing is left to reset.
  if (m_state == TIME_WAIT) return;
  if (m_state == SYN_SENT) {
    // RFC 9293 section 3.10.7.3: acceptable when it acknowledges the SYN.
    const uint32_t expected = m_tcb->m_nextTxSequence.Get().GetValue() + 1;
    if (!(segment.flags & kTcpAck) || segment.acknowledgment != expected) return;
    return Fail(ErrorCode::kRefused, "refused the connection");
  }
  const uint32_t next = m_tcb->m_rxBuffer->NextRxSequence().GetValue();
  // RFC 5961 section 3.2, without the challenge: inside the window; ns-3's own resets of a
  // connection that has ended carry the number before.
  if (segment.sequence - next + 1 > kBufferBytes) return;
  Fail(ErrorCode::kReset, "reset the connection");
}

void SimTcpSocket::DeliverUnreachable(uint32_t sequence, uint8_t code) {
  // RFC 5927 section 4.1: only what quotes a number that is under way; and RFC 1122 section
  // 4.2.3.9: an established connection rides it out.
  if (m_state != SYN_SENT || sequence != m_tcb->m_nextTxSequence.Get().GetValue()) return;
  if (code == kIcmpPortUnreachable || code == kIcmpProtocolUnreachable) {
    return Fail(ErrorCode::kRefused, "refused the connection");
  }
  Fail(ErrorCode::kUnreachable, "cannot be reached");
}

void SimTcpSocket::Fail(ErrorCode code, const std::string& what) {
  if (!error_) error_ = Error{code, "TCP: " + remote_.ToString() + " " + what};
  m_state = CLOSED;
  DeallocateEndPoint();
  CancelAllTimers();
  Notify();
}

bool SimTcpSocket::established() const { return was_established_; }

bool SimTcpSocket::all_acknowledged() const { return m_txBuffer->Size() == 0; }

uint32_t SimTcpSocket::bytes_unacknowledged() const { return m_txBuffer->Size(); }

uint32_t SimTcpSocket::bytes_unsent() const {
  return m_txBuffer->SizeFromSequence(m_tcb->m_nextTxSequence);
}

bool SimTcpSocket::peer_has_ended() const { return m_tcb->m_rxBuffer->Finished(); }

size_t SimTcpSocket::Write(std::span<const uint8_t> bytes) {
  if (closed() || end_requested_) return 0;
  const size_t taken = std::min<size_t>(bytes.size(), GetTxAvailable());
  // One packet per segment, so that the buffer need not cut and join.
  for (size_t at = 0; at < taken; at += kSegmentBytes) {
    const size_t size = std::min<size_t>(kSegmentBytes, taken - at);
    if (Send(ns3::Create<ns3::Packet>(bytes.data() + at, static_cast<uint32_t>(size)), 0) < 0) {
      return at;
    }
  }
  return taken;
}

size_t SimTcpSocket::readable() const { return m_tcb->m_rxBuffer->Available(); }

ns3::Ptr<ns3::Packet> SimTcpSocket::Read(size_t at_most) {
  const auto window = [this] {
    return m_tcb->m_rxBuffer->MaxRxSequence() - m_tcb->m_rxBuffer->NextRxSequence();
  };
  if (window() < static_cast<int32_t>(2 * kSegmentBytes)) window_was_closed_ = true;
  auto packet = m_tcb->m_rxBuffer->Extract(static_cast<uint32_t>(at_most));
  // ns-3 does not say when the window opens again (RFC 9293 section 3.8.6.2.2).
  if (window_was_closed_ && window() >= static_cast<int32_t>(kBufferBytes / 2) && !closed()) {
    window_was_closed_ = false;
    SendEmptyPacket(ns3::TcpHeader::ACK);
  }
  return packet;
}

void SimTcpSocket::EndWriting() {
  end_requested_ = true;
  fin_may_be_sent_ = true;
  if (m_state != ESTABLISHED && m_state != CLOSE_WAIT) return;  // when established, see Pass()
  if (m_txBuffer->SizeFromSequence(m_tcb->m_nextTxSequence) > 0) {
    m_closeOnEmpty = true;
    return;
  }
  DoClose();
}

void SimTcpSocket::Reset() {
  owner_ = nullptr;
  if (closed()) {
    m_state = CLOSED;
    return;
  }
  if (m_state != SYN_SENT && m_state != LISTEN && m_state != TIME_WAIT) {
    SendEmptyPacket(ns3::TcpHeader::RST | ns3::TcpHeader::ACK);
  }
  m_state = CLOSED;
  DeallocateEndPoint();
  CancelAllTimers();
}

void SimTcpSocket::PersistTimeout() {
  // ns-3 would probe with a byte that may not exist, in a segment without ACK. As Linux does: an
  // old sequence number, which the peer has to answer with its window.
  if (closed()) return;
  m_persistTimeout = std::min(ns3::Seconds(60), ns3::Time(2 * m_persistTimeout));
  m_persistEvent = ns3::Simulator::Schedule(m_persistTimeout, &SimTcpSocket::PersistTimeout, this);
  if (m_txBuffer->Size() == 0 && fin_may_be_sent_) return SendEmptyPacket(ns3::TcpHeader::FIN);
  const ns3::SequenceNumber32 next = m_tcb->m_nextTxSequence;
  m_tcb->m_nextTxSequence = m_txBuffer->HeadSequence() - 1;
  SendEmptyPacket(ns3::TcpHeader::ACK);
  m_tcb->m_nextTxSequence = next;
}

void SimTcpSocket::SendEmptyPacket(uint8_t flags) {
  if ((flags & ns3::TcpHeader::FIN) && m_txBuffer->Size() == 0) {
    if (!first_lone_fin_) first_lone_fin_ = ns3::Simulator::Now();
    // ns-3 repeats a FIN for ever.
    if (ns3::Simulator::Now() - *first_lone_fin_ > kFinTimeout) {
      return Fail(ErrorCode::kTimedOut, "answers no more");
    }
  }
  TcpSocketBase::SendEmptyPacket(flags);
}

}  // namespace sfa::sim
