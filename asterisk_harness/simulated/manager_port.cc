#include "asterisk_harness/simulated/manager_port.h"

#include <span>
#include <utility>

namespace sfa::harness {

class ManagerPort::Connection final : private StreamHandler {
 public:
  Connection(ManagerPort& port, std::unique_ptr<ByteStream> stream)
      : port_(port), stream_(std::move(stream)) {
    stream_->SetHandler(this);
    session_ =
        port_.new_session_([this](std::string_view text) { Write(text); }, [this] { End(); });
  }

 private:
  void Write(std::string_view text) {
    const std::span bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    // Who does not read is not waited for.
    if (!ended_ && stream_->Write(bytes) < bytes.size()) {
      stream_->Abort();
      End();
    }
  }
  void End() {
    if (!std::exchange(ended_, true)) port_.connections_.Remove(this);
  }

  void OnData(std::span<const uint8_t> bytes) override {
    if (!ended_) session_->Feed({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  void OnEndOfStream() override { End(); }
  void OnError(const Error&) override { End(); }

  ManagerPort& port_;
  std::unique_ptr<ByteStream> stream_;
  std::unique_ptr<AmiSession> session_;
  bool ended_ = false;
};

ManagerPort::ManagerPort(Runtime& runtime, NewSession new_session)
    : runtime_(runtime), new_session_(std::move(new_session)), connections_(runtime) {}

ManagerPort::~ManagerPort() = default;

Status ManagerPort::Listen(const Endpoint& local) {
  Result<std::unique_ptr<TcpListener>> listener = runtime_.ListenTcp(local, *this);
  if (!listener.ok()) return listener.error();
  listener_ = std::move(listener).value();
  return {};
}

void ManagerPort::OnAccept(std::unique_ptr<ByteStream> stream) {
  if (connections_.size() == kMaxConnections) {
    stream->Abort();
    return;
  }
  connections_.Add(std::make_unique<Connection>(*this, std::move(stream)));
}

}  // namespace sfa::harness
