// The fixture of the contract suite, and the handlers with which its cases look on.
#ifndef REFERENCE_IMPL_RUNTIME_CONTRACT_CONTRACT_FIXTURE_H_
#define REFERENCE_IMPL_RUNTIME_CONTRACT_CONTRACT_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/contract/test_bed.h"

namespace sfa::contract {

inline std::span<const uint8_t> AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string AsText(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Bytes in which a shift, a loss or a repetition of any block shows.
inline std::string Pattern(size_t size, uint32_t seed) {
  std::string bytes(size, '\0');
  uint32_t state = seed * 2654435761u + 1;
  for (char& byte : bytes) {
    state = state * 1664525u + 1013904223u;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

// Notes what a stream tells. `on_...` hooks run after the note was taken.
class StreamNotes final : public StreamHandler {
 public:
  void OnConnected() override {
    ++connected;
    if (on_connected) on_connected();
  }
  void OnData(std::span<const uint8_t> bytes) override {
    EXPECT_FALSE(ended) << "data after the end of the stream";
    EXPECT_FALSE(error) << "data after an error";
    EXPECT_FALSE(bytes.empty());
    received += AsText(bytes);
    if (on_data) on_data();
  }
  void OnWritable() override {
    ++writable;
    if (on_writable) on_writable();
  }
  void OnEndOfStream() override {
    EXPECT_FALSE(ended) << "the stream ended twice";
    ended = true;
    if (on_end) on_end();
  }
  void OnError(const Error& what) override {
    EXPECT_FALSE(error) << "two errors: " << what.message;
    EXPECT_FALSE(what.message.empty());
    error = what;
    if (on_error) on_error();
  }

  bool failed_with(ErrorCode code) const { return error && error->code == code; }

  int connected = 0;
  int writable = 0;
  bool ended = false;
  std::string received;
  std::optional<Error> error;
  std::function<void()> on_connected, on_data, on_writable, on_end, on_error;
};

// Writes `bytes` as room allows, then ends the direction if told so.
class Pump {
 public:
  Pump(ByteStream& stream, StreamNotes& notes, std::string bytes, bool shutdown)
      : stream_(stream), bytes_(std::move(bytes)), shutdown_(shutdown) {
    notes.on_writable = [this] { Push(); };
  }
  void Push() {
    if (sent_ < bytes_.size()) {
      sent_ += stream_.Write(AsBytes(bytes_).subspan(sent_));
    }
    if (sent_ == bytes_.size() && std::exchange(shutdown_, false)) stream_.ShutdownWrite();
  }
  bool done() const { return sent_ == bytes_.size(); }

 private:
  ByteStream& stream_;
  std::string bytes_;
  size_t sent_ = 0;
  bool shutdown_;
};

class Accepted final : public AcceptHandler {
 public:
  // The handler that the next accepted streams get.
  explicit Accepted(StreamHandler& handler) : handler_(handler) {}
  void OnAccept(std::unique_ptr<ByteStream> stream) override {
    stream->SetHandler(&handler_);
    streams.push_back(std::move(stream));
  }
  std::vector<std::unique_ptr<ByteStream>> streams;

 private:
  StreamHandler& handler_;
};

class UdpNotes final : public UdpReceiver {
 public:
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
    datagrams.emplace_back(from, AsText(bytes));
    if (on_datagram) on_datagram();
  }
  void OnUnreachable(const Endpoint& to) override { unreachable.push_back(to); }

  std::vector<std::pair<Endpoint, std::string>> datagrams;
  std::vector<Endpoint> unreachable;
  std::function<void()> on_datagram;
};

class RuntimeContract : public testing::TestWithParam<TestBedFactory> {
 protected:
  // A guard against hanging. Much longer than any case takes; virtual time costs nothing.
  static constexpr Duration kGuard = std::chrono::seconds(20);

  bool RunUntil(const std::function<bool()>& predicate, Duration at_most = kGuard) {
    return bed_->RunUntil(predicate, at_most);
  }
  // Lets everything happen that is already on its way: two hosts exchange `rounds` datagrams.
  void Settle(int rounds = 3) {
    UdpNotes at_a, at_b;
    auto a_socket = std::move(*a().OpenUdp({bed_->address_a(), 0}, at_a));
    auto b_socket = std::move(*b().OpenUdp({bed_->address_b(), 0}, at_b));
    for (int round = 0; round < rounds; ++round) {
      at_a.datagrams.clear();
      at_b.datagrams.clear();
      ASSERT_TRUE(a_socket->Send(b_socket->local(), AsBytes("settle")).ok());
      ASSERT_TRUE(RunUntil([&] { return !at_b.datagrams.empty(); }));
      ASSERT_TRUE(b_socket->Send(a_socket->local(), AsBytes("settle")).ok());
      ASSERT_TRUE(RunUntil([&] { return !at_a.datagrams.empty(); }));
    }
  }
  Runtime& a() { return bed_->a(); }
  Runtime& b() { return bed_->b(); }

  std::unique_ptr<TestBed> bed_ = GetParam()();
};

// A connection from A (the client) to B (the server), established on both sides. Its notes outlive
// its streams.
class Connection {
 public:
  Connection(TestBed& bed, Duration guard) : accepted_(server) {
    auto listener = bed.b().ListenTcp({bed.address_b(), 0}, accepted_);
    EXPECT_TRUE(listener.ok());
    if (!listener.ok()) return;
    listener_ = std::move(*listener);
    client_stream = bed.a().ConnectTcp({}, listener_->local(), client);
    EXPECT_TRUE(bed.RunUntil(
        [&] { return (client.connected == 1 && !accepted_.streams.empty()) || client.error; },
        guard));
    if (accepted_.streams.empty()) return;
    server_stream = std::move(accepted_.streams.front());
  }
  bool established() const { return client.connected == 1 && server_stream != nullptr; }
  TcpListener& listener() { return *listener_; }

  StreamNotes client, server;
  std::unique_ptr<ByteStream> client_stream, server_stream;

 private:
  Accepted accepted_;
  std::unique_ptr<TcpListener> listener_;
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RuntimeContract);

}  // namespace sfa::contract

#endif  // REFERENCE_IMPL_RUNTIME_CONTRACT_CONTRACT_FIXTURE_H_
