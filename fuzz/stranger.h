// For targets that are reached from the Internet: somebody there.
#ifndef FUZZ_STRANGER_H_
#define FUZZ_STRANGER_H_

#include <array>
#include <memory>
#include <vector>

#include "fuzz/input.h"
#include "protocol/stream/test_world.h"

namespace sfa::fuzz {

inline constexpr Endpoint kStranger{Ipv4Address::Of(198, 51, 100, 9), 7000};

// Sends from any of its ports, connects and is connected to.
class Stranger final : private UdpReceiver, private AcceptHandler {
 public:
  static constexpr size_t kMostStreams = 6;  // the oldest goes

  explicit Stranger(stream::TestWorld& world) : runtime_(world, kStranger.address, 9) {
    for (auto& socket : sockets_) {
      socket = runtime_.OpenUdp({kStranger.address, port_++}, *this).value();
    }
    listener_ = runtime_.ListenTcp(kStranger, *this).value();
  }
  void Send(size_t from, const Endpoint& to, std::span<const uint8_t> bytes) {
    static_cast<void>(sockets_[from % sockets_.size()]->Send(to, bytes));
  }
  void Connect(const Endpoint& to) {
    auto end = std::make_unique<End>();
    end->owner = this;
    end->stream = runtime_.ConnectTcp({}, to, *end);
    Keep(std::move(end));
  }
  // Null when there is none.
  ByteStream* stream(size_t number) {
    return ends_.empty() ? nullptr : ends_[number % ends_.size()]->stream.get();
  }
  void Drop(size_t number) {
    if (!ends_.empty()) ends_.erase(ends_.begin() + static_cast<long>(number % ends_.size()));
  }
  Bytes heard;  // the last datagram, or piece of a stream
  uint64_t datagrams = 0;

 private:
  struct End final : StreamHandler {
    void OnData(std::span<const uint8_t> bytes) override {
      // Without the length before it.
      if (bytes.size() > 2) owner->heard.assign(bytes.begin() + 2, bytes.end());
    }
    void OnEndOfStream() override {}
    void OnError(const Error&) override {}
    Stranger* owner = nullptr;
    std::unique_ptr<ByteStream> stream;
  };

  void OnDatagram(const Endpoint&, std::span<const uint8_t> bytes) override {
    heard.assign(bytes.begin(), bytes.end());
    ++datagrams;
  }
  void OnAccept(std::unique_ptr<ByteStream> stream) override {
    auto end = std::make_unique<End>();
    end->owner = this;
    stream->SetHandler(end.get());
    end->stream = std::move(stream);
    Keep(std::move(end));
  }
  void Keep(std::unique_ptr<End> end) {
    if (ends_.size() >= kMostStreams) ends_.erase(ends_.begin());
    ends_.push_back(std::move(end));
  }

  stream::TestRuntime runtime_;
  uint16_t port_ = kStranger.port;
  std::array<std::unique_ptr<UdpSocket>, 3> sockets_;
  std::unique_ptr<TcpListener> listener_;
  std::vector<std::unique_ptr<End>> ends_;
};

}  // namespace sfa::fuzz

#endif  // FUZZ_STRANGER_H_
