// One TCP connection of a host, and the stream through which a process holds it.
#ifndef NETWORK_SIM_TCP_CONNECTION_H_
#define NETWORK_SIM_TCP_CONNECTION_H_

#include <ns3/ptr.h>

#include <memory>
#include <optional>

#include "network_sim/alarm.h"
#include "network_sim/process_resource.h"
#include "network_sim/tcp_socket.h"
#include "network_sim/timer_queue.h"
#include "runtime/stream.h"

namespace sfa::sim {

class TcpConnection;
class TcpStack;

struct TcpTuple {
  Endpoint local, remote;
  friend bool operator==(const TcpTuple&, const TcpTuple&) = default;
};

// The process's end. Destroying it closes the connection in the background.
class SimTcpStream final : public ByteStream, public ProcessResource {
 public:
  SimTcpStream(const TcpTuple& tuple, TcpConnection* connection);
  ~SimTcpStream() override;

  void SetHandler(StreamHandler* handler) override;
  size_t Write(std::span<const uint8_t> bytes) override;
  size_t unsent() const override;
  void ShutdownWrite() override;
  void Abort() override;
  void PauseReading() override;
  void ResumeReading() override;
  Endpoint local() const override { return tuple_.local; }
  Endpoint remote() const override { return tuple_.remote; }

 private:
  friend class TcpConnection;
  void OnProcessEnd() override { Abort(); }

  const TcpTuple tuple_;
  TcpConnection* connection_;  // null after Abort() and after the process
};

// Contract:
//  1. Handlers are called from Pump() only, an event of its own: never from inside a call of the
//     stream, never from inside ns-3's stack.
//  2. It is destroyed by its stack only, at the end of Pump(), so a handler may do what it likes.
class TcpConnection final : public TcpSocketOwner {
 public:
  TcpConnection(TcpStack& stack, TimerQueue& timers, const TcpTuple& tuple);
  ~TcpConnection();

  // An outgoing connection; an error is reported to the handler.
  std::unique_ptr<SimTcpStream> Connect(StreamHandler& handler, std::optional<Error> error);
  // An incoming one, told to the listener at its local address once it is established.
  void Accept(const TcpSegment& syn);

  const TcpTuple& tuple() const { return tuple_; }
  SimTcpSocket& socket() { return *socket_; }
  bool embryonic() const { return incoming_ && !told_established_; }

 private:
  friend class SimTcpStream;
  class Linger final : public QueuedTimer {
   public:
    Linger(TimerQueue& queue, TcpConnection& connection)
        : QueuedTimer(queue), connection_(connection) {}

   private:
    void OnDue() override { connection_.OnLinger(); }
    TcpConnection& connection_;
  };

  void OnSocketActivity() override { SchedulePump(); }
  void SchedulePump();
  void Pump();
  void PumpStream();
  void PumpOrphan();
  void TellEstablished();
  void TellData();
  void TellError();
  void OnLinger();

  // From the stream.
  void Release();
  void Abort();

  TcpStack& stack_;
  const TcpTuple tuple_;
  ns3::Ptr<SimTcpSocket> socket_;
  Alarm<TcpConnection, &TcpConnection::Pump> alarm_;
  Linger linger_;
  SimTcpStream* stream_ = nullptr;
  StreamHandler* handler_ = nullptr;
  std::optional<Error> early_error_;
  uint32_t unacknowledged_at_linger_ = 0;
  bool incoming_ = false;
  bool pump_scheduled_ = false;
  bool told_established_ = false;
  bool told_end_ = false;
  bool told_error_ = false;
  bool paused_ = false;
  bool wants_room_ = false;
  bool aborted_ = false;
};

}  // namespace sfa::sim

template <>
struct std::hash<sfa::sim::TcpTuple> {
  size_t operator()(const sfa::sim::TcpTuple& tuple) const noexcept {
    return std::hash<sfa::Endpoint>()(tuple.local) * 31 + std::hash<sfa::Endpoint>()(tuple.remote);
  }
};

#endif  // NETWORK_SIM_TCP_CONNECTION_H_
