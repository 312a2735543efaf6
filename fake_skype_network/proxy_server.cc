#include "fake_skype_network/proxy_server.h"

#include <utility>
#include <vector>

#include "fake_skype_network/proxy_greeting.h"

namespace sfa::community {

// A client's connection and the one that was made for it.
class ProxyServer::Tunnel final {
 public:
  Tunnel(ProxyServer& server, uint64_t number, std::unique_ptr<ByteStream> client)
      : server_(server),
        number_(number),
        greeting_(NewProxyGreeting(server.settings_.kind, server.settings_.user,
                                   server.settings_.password)),
        patience_(server.runtime_.NewTimer([this] { Refuse({}); })),
        near_(*this, far_),
        far_(*this, near_) {
    near_.stream = std::move(client);
    near_.stream->SetHandler(&near_);
    patience_->Start(kPatience);
  }

 private:
  // One of the two streams; what it brings goes to the other.
  struct End final : StreamHandler {
    End(Tunnel& tunnel, End& other) : tunnel(tunnel), other(other) {}

    void OnConnected() override { tunnel.OnMade(); }
    void OnData(std::span<const uint8_t> bytes) override {
      if (tunnel.greeting_ && this == &tunnel.near_) return tunnel.Greet(bytes);
      other.Take(bytes);
    }
    void OnWritable() override { Flush(); }
    void OnEndOfStream() override {
      ended = true;
      if (tunnel.greeting_) return tunnel.Remove();
      other.Flush();
    }
    void OnError(const Error& error) override {
      if (tunnel.greeting_ && this == &tunnel.far_) return tunnel.OnNotMade(error);
      if (other.stream) other.stream->Abort();
      tunnel.Remove();
    }

    // Writes what came from the other end, or makes that end wait.
    void Take(std::span<const uint8_t> bytes) {
      waiting.insert(waiting.end(), bytes.begin(), bytes.end());
      Flush();
    }
    void Flush() {
      const size_t taken = stream->Write(waiting);
      waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(taken));
      if (!waiting.empty()) {
        if (!std::exchange(other.paused, true)) other.stream->PauseReading();
        return;
      }
      if (std::exchange(other.paused, false)) other.stream->ResumeReading();
      if (other.ended && !std::exchange(shut, true)) stream->ShutdownWrite();
      if (ended && other.ended && shut && other.shut) tunnel.Remove();
    }

    Tunnel& tunnel;
    End& other;
    std::unique_ptr<ByteStream> stream;
    std::vector<uint8_t> waiting;  // to be written here
    bool paused = false;           // its reading
    bool ended = false;            // it brings no more
    bool shut = false;             // nothing more is written here
  };

  void Greet(std::span<const uint8_t> bytes) {
    const Greeted greeted = greeting_->Take(bytes);
    if (greeted.refused) return Refuse(greeted.answer);
    near_.stream->Write(greeted.answer);
    if (!greeted.target) return;
    // Until the connection is made the client has to wait.
    near_.paused = true;
    near_.stream->PauseReading();
    far_.waiting.assign(bytes.begin(), bytes.end());
    far_.stream = server_.runtime_.ConnectTcp({}, *greeted.target, far_);
  }

  void OnMade() {
    ++server_.made_;
    patience_->Cancel();
    near_.stream->Write(greeting_->Made());
    greeting_.reset();
    far_.Flush();  // lets the client go on
  }

  void OnNotMade(const Error& error) { Refuse(greeting_->Failed(error.code)); }

  void Refuse(const std::vector<uint8_t>& answer) {
    ++server_.refused_;
    near_.stream->Write(answer);
    Remove();
  }

  // Destroys this.
  void Remove() { server_.tunnels_.erase(number_); }

  ProxyServer& server_;
  const uint64_t number_;
  std::unique_ptr<ProxyGreeting> greeting_;  // until the connection is made
  std::unique_ptr<Timer> patience_;
  End near_, far_;
};

ProxyServer::ProxyServer(Runtime& runtime, const proxy::Proxy& settings)
    : runtime_(runtime), settings_(settings) {}

ProxyServer::~ProxyServer() = default;

Result<std::unique_ptr<ProxyServer>> ProxyServer::Start(Runtime& runtime,
                                                        const proxy::Proxy& settings) {
  std::unique_ptr<ProxyServer> server(new ProxyServer(runtime, settings));
  auto listener = runtime.ListenTcp(settings.server, *server);
  if (!listener) return listener.error();
  server->listener_ = std::move(*listener);
  return server;
}

void ProxyServer::OnAccept(std::unique_ptr<ByteStream> stream) {
  if (tunnels_.size() >= kMaxConnections) {
    ++refused_;
    stream->Abort();
    return;
  }
  const uint64_t number = next_++;
  tunnels_.emplace(number, std::make_unique<Tunnel>(*this, number, std::move(stream)));
}

}  // namespace sfa::community
