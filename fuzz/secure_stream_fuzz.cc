// The secure stream's handshake and records: a server and a client that are told anything, and a
// pair between which somebody changes bytes.
#include <map>

#include "fuzz/target.h"
#include "protocol/stream/secure_stream.h"
#include "protocol/stream/test_world.h"

namespace sfa::fuzz {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using stream::SecureStream;

constexpr stream::Key kSeed = {7};
const Endpoint kServer{Ipv4Address::Of(198, 51, 100, 1), 33033};

// One end: what it got, and what it sends once it may.
class End final : public stream::SecureStreamHandler {
 public:
  void OnSecured() override {
    SFA_FUZZ_CHECK(!secured && !closed);
    secured = true;
    for (const std::string& frame : to_send) {
      stream->Send({reinterpret_cast<const uint8_t*>(frame.data()), frame.size()});
    }
  }
  void OnFrame(std::span<const uint8_t> content) override {
    SFA_FUZZ_CHECK(secured && !closed);
    frames.emplace_back(TextOf(content));
  }
  void OnClosed(const Error&) override {
    SFA_FUZZ_CHECK(!closed);
    closed = true;
  }
  bool secured = false, closed = false;
  std::vector<std::string> to_send, frames;
  std::unique_ptr<SecureStream> stream;
};

// What arrives is a beginning of what was sent.
void CheckBeginning(const std::vector<std::string>& got, const std::vector<std::string>& sent) {
  SFA_FUZZ_CHECK(got.size() <= sent.size());
  SFA_FUZZ_CHECK(std::equal(got.begin(), got.end(), sent.begin()));
}

class Acceptor final : public AcceptHandler {
 public:
  void OnAccept(std::unique_ptr<ByteStream> stream) override { accepted = std::move(stream); }
  std::unique_ptr<ByteStream> accepted;
};

// Sends raw bytes, reads nothing.
class Stranger final : public StreamHandler {
 public:
  void OnConnected() override {}
  void OnData(std::span<const uint8_t>) override {}
  void OnWritable() override {}
  void OnEndOfStream() override {}
  void OnError(const Error&) override {}
};

struct Bench {
  stream::TestWorld world;
  stream::TestRuntime client_runtime{world, Ipv4Address::Of(192, 0, 2, 1), 1};
  stream::TestRuntime server_runtime{world, kServer.address, 2};
  const stream::Key root = stream::SigningKeyOf(kSeed).public_key;
  const stream::NodeIdentity identity =
      stream::NewNodeIdentity(server_runtime.random(), kSeed, "node", wire::NODE_SUPERNODE);
  Acceptor acceptor;
  std::unique_ptr<TcpListener> listener = server_runtime.ListenTcp(kServer, acceptor).value();
  Stranger stranger;
  End client, server;
};

void ToServer(Bench& bench, Input& input) {
  const auto raw = bench.client_runtime.ConnectTcp({}, kServer, bench.stranger);
  bench.world.RunFor(milliseconds(50));
  bench.server.stream = std::make_unique<SecureStream>(
      bench.server_runtime, std::move(bench.acceptor.accepted), bench.identity, bench.server);
  while (!input.empty()) {
    raw->Write(input.Block());
    bench.world.RunFor(milliseconds(20));
  }
  bench.world.RunFor(seconds(15));
  SFA_FUZZ_CHECK(!bench.server.secured && bench.server.closed);
}

void ToClient(Bench& bench, Input& input) {
  bench.client.stream = std::make_unique<SecureStream>(bench.client_runtime, kServer, bench.root,
                                                       wire::NODE_SUPERNODE, bench.client);
  bench.world.RunFor(milliseconds(50));
  bench.acceptor.accepted->SetHandler(&bench.stranger);
  while (!input.empty()) {
    bench.acceptor.accepted->Write(input.Block());
    bench.world.RunFor(milliseconds(20));
  }
  bench.world.RunFor(seconds(15));
  SFA_FUZZ_CHECK(!bench.client.secured && bench.client.closed);
}

struct Change {
  uint8_t what = 0;
  size_t at = 0;
  uint8_t bits = 0;
};

void Between(Bench& bench, Input& input) {
  for (size_t i = input.Below(4); i > 0; --i) {
    bench.client.to_send.emplace_back(TextOf(input.Take(input.Byte())));
    bench.server.to_send.push_back(std::string(i * 300, static_cast<char>('a' + i)));
  }
  const size_t piece = 8 + input.U16() % 2048u;
  bench.world.piece = [piece](size_t) { return piece; };
  std::map<size_t, Change> changes;  // by number of the piece
  while (!input.empty()) {
    const size_t number = input.Byte();
    changes[number] = {input.Byte(), input.U16(), input.Byte()};
  }
  size_t number = 0;
  bool changed = false;
  bench.world.on_the_way = [&](bool, Bytes& bytes) {
    const auto found = changes.find(number++);
    if (found == changes.end() || bytes.empty()) return;
    const Change& change = found->second;
    const Bytes before = bytes;
    switch (change.what % 4) {
      case 0:
        bytes[change.at % bytes.size()] ^= change.bits;
        break;
      case 1:
        bytes.resize(change.at % bytes.size());
        break;
      case 2:
        bytes.insert(bytes.end(), before.begin(), before.end());
        break;
      default:
        bytes.insert(bytes.begin() + static_cast<long>(change.at % bytes.size()), change.bits);
    }
    if (bytes != before) changed = true;
  };
  bench.client.stream = std::make_unique<SecureStream>(bench.client_runtime, kServer, bench.root,
                                                       wire::NODE_SUPERNODE, bench.client);
  bench.world.RunFor(milliseconds(15));
  bench.server.stream = std::make_unique<SecureStream>(
      bench.server_runtime, std::move(bench.acceptor.accepted), bench.identity, bench.server);
  bench.world.RunFor(seconds(15));
  CheckBeginning(bench.server.frames, bench.client.to_send);
  CheckBeginning(bench.client.frames, bench.server.to_send);
  if (!changed) {
    SFA_FUZZ_CHECK(bench.server.frames == bench.client.to_send);
    SFA_FUZZ_CHECK(bench.client.frames == bench.server.to_send);
  }
}

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  Bench bench;
  switch (input.Below(3)) {
    case 0:
      return ToServer(bench, input);
    case 1:
      return ToClient(bench, input);
    default:
      return Between(bench, input);
  }
}

Seeds MakeSeeds() {
  Bytes hello(35, 9);
  hello[0] = 0;
  hello[1] = 33;
  hello[2] = 1;
  Bench bench;
  const std::string certificate = bench.identity.certificate.SerializeAsString();
  Script server_hello;
  server_hello.U16(static_cast<uint16_t>(32 + certificate.size())).Put(Bytes(32, 9));
  server_hello.Put(certificate);
  return {
      {"to-server", Script().Byte(0).Block(hello).Block(Bytes(18, 0)).bytes()},
      {"to-client", Script().Byte(1).Block(server_hello.bytes()).Block(Bytes(18, 0)).bytes()},
      {"whole", Script().Byte(2).Byte(2).Byte(3).Put("one").Byte(3).Put("two").U16(999).bytes()},
      {"changed", Script()
                      .Byte(2)
                      .Byte(2)
                      .Byte(3)
                      .Put("one")
                      .Byte(3)
                      .Put("two")
                      .U16(20)
                      .Byte(9)
                      .Byte(0)
                      .U16(3)
                      .Byte(1)
                      .bytes()},
  };
}

}  // namespace

const Target kSecureStream = {"secure_stream", Run, MakeSeeds};

}  // namespace sfa::fuzz
