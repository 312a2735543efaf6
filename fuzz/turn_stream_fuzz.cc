// TURN over TCP at a supernode: any bytes after the door, good requests among them, clients that do
// not read. However TCP cuts a stream, what comes of it is the same.
#include "fake_skype_network/turn_stream.h"

#include "fake_skype_network/tcp_door.h"
#include "fuzz/relay_requests.h"
#include "fuzz/target.h"
#include "protocol/stream/test_world.h"
#include "protocol/turn/frames.h"

namespace sfa::fuzz {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using stun::AttributeType;

constexpr Endpoint kNode{Ipv4Address::Of(198, 51, 100, 1), 33033};
constexpr size_t kMostClients = 6;

class Client final : private StreamHandler {
 public:
  Client(Runtime& runtime, const Endpoint& to) : stream_(runtime.ConnectTcp({}, to, *this)) {}
  ByteStream& stream() { return *stream_; }
  void BeginSignalling() { signalling_ = true; }

  std::string nonce;
  Endpoint relayed;
  Bytes heard;
  bool over = false;

 private:
  void OnData(std::span<const uint8_t> bytes) override {
    heard.insert(heard.end(), bytes.begin(), bytes.end());
    if (signalling_) return;
    const bool sound = reader_.Read(bytes, [this](std::span<const uint8_t> frame) {
      OnFrame(frame);
      return true;
    });
    SFA_FUZZ_CHECK(sound);
  }
  void OnFrame(std::span<const uint8_t> frame) {
    if (frame[0] >= 0x40) return;  // ChannelData
    const auto parsed = stun::Message::Parse(frame);
    SFA_FUZZ_CHECK(parsed.has_value());
    if (const auto value = parsed->FindText(AttributeType::kNonce)) nonce = *value;
    if (const auto value = parsed->XorAddress(AttributeType::kXorRelayedAddress)) relayed = *value;
  }
  void OnEndOfStream() override { over = true; }
  void OnError(const Error&) override { over = true; }

  bool signalling_ = false;
  turn::FrameReader reader_{&turn::TurnFrameSize};
  std::unique_ptr<ByteStream> stream_;
};

// Keeps signalling streams, and what is said on them.
class Signalling final : public AcceptHandler, private StreamHandler {
 public:
  void OnAccept(std::unique_ptr<ByteStream> stream) override {
    stream->SetHandler(this);
    streams_.push_back(std::move(stream));
  }
  Bytes heard;

 private:
  void OnData(std::span<const uint8_t> bytes) override {
    heard.insert(heard.end(), bytes.begin(), bytes.end());
  }
  void OnEndOfStream() override {}
  void OnError(const Error&) override {}
  std::vector<std::unique_ptr<ByteStream>> streams_;
};

class Peer final : public UdpReceiver {
 public:
  void OnDatagram(const Endpoint&, std::span<const uint8_t> bytes) override {
    heard.insert(heard.end(), bytes.begin(), bytes.end());
  }
  Bytes heard;
};

class Bench {
 public:
  explicit Bench(std::function<size_t(size_t)> piece, size_t window) {
    world_.piece = std::move(piece);
    world_.window = window;
    relay_.Learn(kRelaySecret);
    SFA_FUZZ_CHECK(door_.Listen(kNode).ok());
    socket_ = peer_runtime_.OpenUdp(kRelayPeer, peer_).value();
  }
  void Step(Input& input);
  // Everything that anybody has heard.
  Bytes End();

 private:
  static community::RelaySettings Settings() {
    community::RelaySettings settings;
    settings.address = kNode.address;
    settings.max_allocations = 4;
    return settings;
  }
  void Write(Client& client, std::span<const uint8_t> bytes) {
    static_cast<void>(client.stream().Write(bytes));
  }
  void Leave(Input& input, Client& client);

  stream::TestWorld world_;
  stream::TestRuntime node_runtime_{world_, kNode.address, 1};
  stream::TestRuntime client_runtime_{world_, Ipv4Address::Of(203, 0, 113, 9), 2};
  stream::TestRuntime peer_runtime_{world_, kRelayPeer.address, 3};
  Peer peer_;
  std::unique_ptr<UdpSocket> socket_;
  const wire::RelayCredential credential_ = community::IssueRelayCredential(
      kRelaySecret, "james_bond", node_runtime_.WallNow() + std::chrono::hours(72));
  community::RelayServer relay_{node_runtime_, Settings()};
  Signalling signalling_;
  community::TcpDoor door_{node_runtime_, 100, relay_, signalling_};
  std::vector<std::unique_ptr<Client>> clients_;
};

void Bench::Leave(Input& input, Client& client) {
  switch (input.Below(4)) {
    case 0:
      client.stream().PauseReading();
      break;
    case 1:
      client.stream().ResumeReading();
      break;
    case 2:
      client.stream().ShutdownWrite();
      break;
    default:
      client.stream().Abort();
  }
}

void Bench::Step(Input& input) {
  const size_t what = input.Below(8);
  if (what == 0 || clients_.empty()) {
    constexpr uint16_t kPorts[] = {kNode.port, 80, 443};
    if (clients_.size() == kMostClients) clients_.erase(clients_.begin());
    clients_.push_back(std::make_unique<Client>(
        client_runtime_, Endpoint{kNode.address, kPorts[input.Below(std::size(kPorts))]}));
    world_.RunFor(milliseconds(50));
    return;
  }
  Client& client = *clients_[input.Below(clients_.size())];
  switch (what) {
    case 1:
      Write(client, input.Block());
      break;
    case 2:
    case 3:
      Write(client, RelayRequest(input, client.nonce, credential_));
      break;
    case 4: {
      // ChannelData, padded; many times over.
      Script frame;
      frame.U16(static_cast<uint16_t>(0x4000 + input.Byte()));
      frame.Block(input.Take(input.Byte()));
      while (frame.bytes().size() % 4 != 0) frame.Byte(0);
      for (size_t times = 1 + input.Below(8); times > 0; --times) Write(client, frame.bytes());
      break;
    }
    case 5: {
      const Bytes bytes(4 * size_t{input.Byte()}, 0x55);
      for (size_t times = 1 + input.Byte(); times > 0; --times) {
        static_cast<void>(socket_->Send(client.relayed, bytes));
      }
      break;
    }
    case 6:
      Leave(input, client);
      break;
    default:
      if (input.Flag()) {
        client.BeginSignalling();
        Write(client, Bytes{0, 0x21});
      }
      world_.RunFor(milliseconds(250 * input.Byte()));
  }
  world_.RunFor(milliseconds(50));
  SFA_FUZZ_CHECK(relay_.allocations() <= Settings().max_allocations);
  SFA_FUZZ_CHECK(door_.turn_streams() <= kMostClients);
}

Bytes Bench::End() {
  Bytes heard = peer_.heard;
  const auto add = [&heard](const Bytes& bytes) {
    heard.insert(heard.end(), bytes.begin(), bytes.end());
    heard.push_back('|');
  };
  add(signalling_.heard);
  for (const auto& client : clients_) {
    add(client->heard);
    heard.push_back(client->over ? 'x' : '-');
  }
  clients_.clear();
  world_.RunFor(seconds(70));
  // They have gone, and nothing of theirs is left.
  SFA_FUZZ_CHECK(door_.turn_streams() == 0 && relay_.allocations() == 0);
  return heard;
}

Bytes Play(Input input, const std::function<size_t(size_t)>& piece, size_t window) {
  Bench bench(piece, window);
  while (!input.empty()) bench.Step(input);
  return bench.End();
}

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  const size_t longest = 1 + input.Below(32);
  const size_t window = input.Flag() ? 2000 : 64 * 1024;
  size_t next = 0;
  const Bytes whole = Play(
      input, [](size_t available) { return available; }, window);
  const Bytes cut = Play(
      input, [&](size_t) { return 1 + next++ % longest; }, window);
  SFA_FUZZ_CHECK(whole == cut);
}

Seeds MakeSeeds() {
  Script whole;
  whole.Byte(4).Byte(0).Byte(0).Byte(0);
  whole.Byte(2).Byte(0).Byte(0).Byte(1).Byte(1).Byte(0).Byte(1).Byte(1);  // 401 with a nonce
  whole.Byte(2).Byte(0).Byte(0).Byte(2).Byte(1).Byte(0).Byte(1).Byte(1);  // an allocation
  Script busy = whole;
  whole.Byte(2).Byte(0).Byte(2).Byte(3).Byte(1).Byte(2).Byte(1);                  // permission
  whole.Byte(2).Byte(0).Byte(3).Byte(4).Byte(2).Byte(4).Byte(0).Byte(2).Byte(1);  // channel
  whole.Byte(4).Byte(0).Byte(0).Byte(3).Put("abc").Byte(2);
  whole.Byte(5).Byte(0).Byte(20).Byte(3).Byte(7).Byte(0).Byte(0).Byte(10);
  whole.Byte(1).Byte(0).Block(Bytes{0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4});
  whole.Byte(1).Byte(0).Block(Bytes{5, 6, 7, 8, 9, 10, 11, 12, 0x80, 0, 0, 0});  // the end
  busy.Byte(2).Byte(0).Byte(2).Byte(3).Byte(1).Byte(2).Byte(1);
  busy.Byte(6).Byte(0).Byte(0).Byte(5).Byte(0).Byte(250).Byte(200);  // does not read
  busy.Byte(6).Byte(0).Byte(1).Byte(7).Byte(0).Byte(0).Byte(20);
  Script doors;
  doors.Byte(0).Byte(0).Byte(0).Byte(1).Byte(7).Byte(0).Byte(1).Byte(1);
  doors.Byte(1).Byte(0).Block(std::string_view("hello"));
  doors.Byte(0).Byte(2).Byte(1).Byte(1).Block(std::string_view("GET / HTTP/1.1\r\n"));
  doors.Byte(0).Byte(0).Byte(7).Byte(2).Byte(0).Byte(50);
  return {{"whole", whole.bytes()}, {"busy", busy.bytes()}, {"doors", doors.bytes()}};
}

}  // namespace

const Target kTurnStream = {"turn_stream", Run, MakeSeeds};

}  // namespace sfa::fuzz
