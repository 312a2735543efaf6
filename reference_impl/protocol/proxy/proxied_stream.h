// A TCP connection by way of a proxy: established once the proxy has made the connection.
#ifndef REFERENCE_IMPL_PROTOCOL_PROXY_PROXIED_STREAM_H_
#define REFERENCE_IMPL_PROTOCOL_PROXY_PROXIED_STREAM_H_

#include <memory>
#include <vector>

#include "protocol/proxy/handshake.h"
#include "runtime/runtime.h"

namespace sfa::proxy {

// The contract of ByteStream, but for one thing: who destroys it before it is established drops
// what it has written. An error of the proxy or of the way to it is named as such.
class ProxiedStream final : public ByteStream, private StreamHandler {
 public:
  // A proxy that has not made the connection by then never will; Linux gives up one that is not
  // answered after about two minutes, which is longer than anybody here waits.
  static constexpr Duration kPatience = std::chrono::seconds(20);
  // So much may be written before the connection is established.
  static constexpr size_t kMaxEarlyBytes = 65536;

  ProxiedStream(Runtime& runtime, const Proxy& proxy, const Endpoint& local, const Endpoint& remote,
                StreamHandler& handler);
  ~ProxiedStream() override;

  void SetHandler(StreamHandler* handler) override { handler_ = handler; }
  size_t Write(std::span<const uint8_t> bytes) override;
  size_t unsent() const override { return stream_->unsent() + owed_.size() + early_.size(); }
  void ShutdownWrite() override;
  void Abort() override;
  void PauseReading() override;
  void ResumeReading() override;
  Endpoint local() const override { return stream_->local(); }
  Endpoint remote() const override { return remote_; }

 private:
  enum class State { kHandshake, kOpen, kDead };

  void OnConnected() override;
  void OnData(std::span<const uint8_t> bytes) override;
  void OnWritable() override;
  void OnEndOfStream() override;
  void OnError(const Error& error) override;

  // Gives the proxy what is owed to it, as far as there is room.
  void Pay();
  // Whether the caller may go on: what this calls may destroy the stream.
  bool Open();
  void Fail(const Error& error);

  const Proxy proxy_;
  const Endpoint remote_;
  StreamHandler* handler_;
  State state_ = State::kHandshake;
  std::unique_ptr<Handshake> handshake_;
  std::vector<uint8_t> owed_;   // to the proxy, before anything that is written now
  std::vector<uint8_t> early_;  // written during the handshake
  std::vector<uint8_t> held_;   // came with the proxy's last word, while paused
  bool writer_waits_ = false;   // has been told that OnWritable() will follow
  bool write_ended_ = false;
  bool paused_ = false;
  bool* destroyed_ = nullptr;
  std::unique_ptr<Timer> patience_;
  std::unique_ptr<Timer> deliver_held_;
  std::unique_ptr<ByteStream> stream_;  // to the proxy
};

}  // namespace sfa::proxy

#endif  // REFERENCE_IMPL_PROTOCOL_PROXY_PROXIED_STREAM_H_
