// ns-3's TCP socket with its edges rounded off: it sees only segments that its state allows for,
// knows resets, and never notifies anybody from inside the stack.
#ifndef NETWORK_SIM_TCP_SOCKET_H_
#define NETWORK_SIM_TCP_SOCKET_H_

#include <ns3/tcp-l4-protocol.h>
#include <ns3/tcp-socket-base.h>

#include <cstdint>
#include <optional>
#include <span>

#include "network_sim/tcp_gate.h"
#include "runtime/address.h"
#include "runtime/result.h"

namespace sfa::sim {

class TcpSocketOwner {
 public:
  // Something may have changed. Called from inside the stack: only take note.
  virtual void OnSocketActivity() = 0;

 protected:
  ~TcpSocketOwner() = default;
};

class SimTcpSocket final : public ns3::TcpSocketBase {
 public:
  static ns3::TypeId GetTypeId();
  SimTcpSocket();

  void SetUp(ns3::Ptr<ns3::Node> node, ns3::Ptr<ns3::TcpL4Protocol> tcp, TcpSocketOwner* owner);
  void Disown() { owner_ = nullptr; }

  // Sends a SYN; false when the pair of endpoints is in use.
  bool Open(const Endpoint& local, const Endpoint& remote);
  // Answers the SYN in `segment`, soon.
  void Accept(const Endpoint& local, const Endpoint& remote, const TcpSegment& segment);
  // A segment of this connection.
  void Deliver(const Endpoint& local, const Endpoint& remote, const TcpSegment& segment);
  // The network says that the peer cannot be reached; ends a connection not yet established.
  void DeliverUnreachable(uint32_t sequence, uint8_t code);

  bool established() const;  // has been, at some time
  bool connecting() const { return m_state == SYN_SENT || m_state == SYN_RCVD; }
  bool closed() const { return m_state == CLOSED || m_endPoint == nullptr; }
  bool waiting_for_old_segments() const { return m_state == TIME_WAIT; }
  bool all_acknowledged() const;
  uint32_t bytes_unacknowledged() const;
  uint32_t bytes_unsent() const;
  bool peer_has_ended() const;
  const std::optional<Error>& error() const { return error_; }

  size_t Write(std::span<const uint8_t> bytes);
  size_t readable() const;
  ns3::Ptr<ns3::Packet> Read(size_t at_most);
  // Ends our direction after all that was written.
  void EndWriting();
  // Sends a reset when the peer knows of us, and is closed then.
  void Reset();

 protected:
  ns3::Ptr<ns3::TcpSocketBase> Fork() override { return this; }
  void CompleteFork(ns3::Ptr<ns3::Packet> packet, const ns3::TcpHeader& header,
                    const ns3::Address& from, const ns3::Address& to) override;
  void PersistTimeout() override;
  void SendEmptyPacket(uint8_t flags) override;

 private:
  void DeliverReset(const TcpSegment& segment);
  void Pass(const Endpoint& local, const Endpoint& remote, const TcpSegment& segment, uint8_t flags,
            uint32_t sequence, std::span<const uint8_t> data);
  // Once the peer has ended its direction.
  void PassAfterTheEnd(const Endpoint& local, const Endpoint& remote, const TcpSegment& segment,
                       uint32_t sequence);
  bool AcknowledgesTooMuch(const TcpSegment& segment) const;
  void Fail(ErrorCode code, const std::string& what);
  void Notify() {
    if (owner_) owner_->OnSocketActivity();
  }

  TcpSocketOwner* owner_ = nullptr;
  Endpoint remote_;
  std::optional<Error> error_;
  bool was_established_ = false;
  bool window_was_closed_ = false;
  bool end_requested_ = false;
  bool fin_may_be_sent_ = false;
  std::optional<ns3::Time> first_lone_fin_;  // a FIN that nothing else waits for
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_TCP_SOCKET_H_
