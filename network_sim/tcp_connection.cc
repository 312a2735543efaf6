#include "network_sim/tcp_connection.h"

#include <array>
#include <utility>

#include "network_sim/tcp_stack.h"

namespace sfa::sim {
namespace {

constexpr size_t kReadBytes = 16 * 1024;
// How long a closed connection may make no progress; Linux' tcp_fin_timeout.
constexpr Duration kLingerStep = std::chrono::seconds(60);

}  // namespace

SimTcpStream::SimTcpStream(const TcpTuple& tuple, TcpConnection* connection)
    : tuple_(tuple), connection_(connection) {}

SimTcpStream::~SimTcpStream() {
  if (connection_) connection_->Release();
}

void SimTcpStream::SetHandler(StreamHandler* handler) {
  if (!connection_) return;
  connection_->handler_ = handler;
  connection_->SchedulePump();
}

size_t SimTcpStream::Write(std::span<const uint8_t> bytes) {
  if (!connection_ || connection_->early_error_) return 0;
  const size_t taken = connection_->socket_->Write(bytes);
  if (taken < bytes.size()) connection_->wants_room_ = true;
  return taken;
}

size_t SimTcpStream::unsent() const {
  return connection_ ? connection_->socket_->bytes_unsent() : 0;
}

void SimTcpStream::ShutdownWrite() {
  if (connection_ && !connection_->early_error_) connection_->socket_->EndWriting();
}

void SimTcpStream::Abort() {
  if (TcpConnection* const connection = std::exchange(connection_, nullptr)) connection->Abort();
}

void SimTcpStream::PauseReading() {
  if (connection_) connection_->paused_ = true;
}

void SimTcpStream::ResumeReading() {
  if (!connection_) return;
  connection_->paused_ = false;
  connection_->SchedulePump();
}

TcpConnection::TcpConnection(TcpStack& stack, TimerQueue& timers, const TcpTuple& tuple)
    : stack_(stack),
      tuple_(tuple),
      socket_(stack.NewSocket(this)),
      alarm_(this),
      linger_(timers, *this) {}

TcpConnection::~TcpConnection() {
  if (stream_) stream_->connection_ = nullptr;
  socket_->Reset();
}

std::unique_ptr<SimTcpStream> TcpConnection::Connect(StreamHandler& handler,
                                                     std::optional<Error> error) {
  handler_ = &handler;
  auto stream = std::make_unique<SimTcpStream>(tuple_, this);
  stream_ = stream.get();
  early_error_ = std::move(error);
  if (!early_error_ && !socket_->Open(tuple_.local, tuple_.remote)) {
    early_error_ =
        Error{ErrorCode::kAddressInUse, "TCP: " + tuple_.local.ToString() + " is connected to " +
                                            tuple_.remote.ToString() + " already"};
  }
  if (early_error_) SchedulePump();
  return stream;
}

void TcpConnection::Accept(const TcpSegment& syn) {
  incoming_ = true;
  socket_->Accept(tuple_.local, tuple_.remote, syn);
}

void TcpConnection::SchedulePump() {
  if (std::exchange(pump_scheduled_, true)) return;
  alarm_.After(Duration::zero());
}

void TcpConnection::Pump() {
  pump_scheduled_ = false;
  if (!aborted_) {
    if (incoming_ && !told_established_) {
      TellEstablished();
    } else if (stream_) {
      PumpStream();
    }
  }
  if (stream_) return;
  if (!aborted_ && (!incoming_ || told_established_)) PumpOrphan();
  if (aborted_ || socket_->closed()) stack_.Erase(tuple_);
}

void TcpConnection::TellEstablished() {
  if (socket_->closed()) {
    aborted_ = true;  // never came to life; nobody knows of it
    return;
  }
  if (!socket_->established()) return;
  told_established_ = true;
  auto stream = std::make_unique<SimTcpStream>(tuple_, this);
  stream_ = stream.get();
  // The listener may be gone, or may let go of the stream at once.
  if (!stack_.Announce(tuple_, std::move(stream)) && !aborted_) Abort();
  SchedulePump();
}

void TcpConnection::PumpStream() {
  if (!handler_) return;
  if (early_error_) return TellError();
  if (!told_established_ && socket_->established()) {
    told_established_ = true;
    handler_->OnConnected();
  }
  TellData();
  if (!stream_ || !handler_) return;
  if (socket_->error()) return TellError();
  if (!paused_ && !told_end_ && socket_->peer_has_ended() && socket_->readable() == 0) {
    told_end_ = true;
    handler_->OnEndOfStream();
    if (!stream_ || !handler_) return;
  }
  if (wants_room_ && socket_->established() && !socket_->closed() &&
      socket_->GetTxAvailable() > 0) {
    wants_room_ = false;
    handler_->OnWritable();
  }
}

void TcpConnection::TellData() {
  std::array<uint8_t, kReadBytes> bytes;
  while (stream_ && handler_ && !paused_ && socket_->readable() > 0) {
    const ns3::Ptr<ns3::Packet> packet = socket_->Read(bytes.size());
    const uint32_t size = packet->CopyData(bytes.data(), bytes.size());
    handler_->OnData({bytes.data(), size});
  }
}

void TcpConnection::TellError() {
  if (std::exchange(told_error_, true)) return;
  // By value: the handler may destroy the stream.
  const Error error = early_error_ ? *early_error_ : *socket_->error();
  handler_->OnError(error);
}

void TcpConnection::Release() {
  stream_ = nullptr;
  handler_ = nullptr;
  const bool nothing_to_send = socket_->bytes_unacknowledged() == 0;
  if (early_error_ || socket_->error() || (socket_->connecting() && nothing_to_send)) {
    return Abort();
  }
  while (socket_->readable() > 0) socket_->Read(socket_->readable());
  socket_->EndWriting();
  unacknowledged_at_linger_ = socket_->bytes_unacknowledged();
  linger_.StartAt(SimulatedNow() + kLingerStep);
  SchedulePump();
}

void TcpConnection::Abort() {
  stream_ = nullptr;
  handler_ = nullptr;
  aborted_ = true;
  linger_.Cancel();
  socket_->Reset();
  SchedulePump();
}

void TcpConnection::PumpOrphan() {
  if (socket_->readable() == 0) return;
  // Who still sends to a process that has left is told so, once it has got everything from us.
  if (socket_->all_acknowledged()) return Abort();
  while (socket_->readable() > 0) socket_->Read(socket_->readable());
}

void TcpConnection::OnLinger() {
  const uint32_t unacknowledged = socket_->bytes_unacknowledged();
  if (unacknowledged > 0 && unacknowledged < unacknowledged_at_linger_) {
    unacknowledged_at_linger_ = unacknowledged;
    linger_.StartAt(SimulatedNow() + kLingerStep);
    return;
  }
  Abort();
}

}  // namespace sfa::sim
