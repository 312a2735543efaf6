// An allocation at a server that knows the password but not the rules, or does as it should; over
// UDP and TCP.
#include <deque>

#include "fuzz/target.h"
#include "protocol/stream/test_world.h"
#include "protocol/stun/digest.h"
#include "protocol/turn/allocation.h"
#include "protocol/turn/channel_data.h"
#include "protocol/turn/tcp_transport.h"

namespace sfa::fuzz {
namespace {

using std::chrono::milliseconds;
using stun::AttributeType;
using stun::MessageClass;

constexpr Endpoint kServer{Ipv4Address::Of(198, 51, 100, 1), 33033};
constexpr Ipv4Address kPeers = Ipv4Address::Of(198, 51, 100, 9);
constexpr char kName[] = "1300000000:anna";
constexpr char kPassword[] = "d2hhdCBpcyB0aGlz";
constexpr size_t kMostAsked = 8;  // requests that the server remembers

// What the client says, which has to be in order; and what may be said to it.
class Server final : private AcceptHandler, private StreamHandler {
 public:
  explicit Server(stream::TestWorld& world) : runtime_(world, kServer.address, 2) {
    listener_ = runtime_.ListenTcp(kServer, *this).value();
  }
  void Hear(std::span<const uint8_t> bytes, bool padded);
  void WriteToStream(std::span<const uint8_t> bytes) {
    if (stream_) static_cast<void>(stream_->Write(bytes));
  }
  ByteStream* stream() { return stream_.get(); }

  // Empty when nothing has been asked.
  Bytes AnswerAsTold(Input& input) const;
  Bytes AnswerWell(Input& input) const;
  Bytes Relay(Input& input) const;

  uint64_t messages = 0;

 private:
  struct Asked {
    uint16_t method = 0;
    stun::TransactionId id{};
    bool has_credentials = false;
    std::string realm;
  };
  void OnAccept(std::unique_ptr<ByteStream> stream) override {
    stream->SetHandler(this);
    stream_ = std::move(stream);
    reader_ = turn::FrameReader(&turn::TurnFrameSize);
  }
  void OnData(std::span<const uint8_t> bytes) override {
    const bool sound = reader_.Read(bytes, [this](std::span<const uint8_t> frame) {
      Hear(frame, true);
      return true;
    });
    SFA_FUZZ_CHECK(sound);
  }
  void OnEndOfStream() override {}
  void OnError(const Error&) override {}

  stream::TestRuntime runtime_;
  std::unique_ptr<TcpListener> listener_;
  std::unique_ptr<ByteStream> stream_;
  turn::FrameReader reader_{&turn::TurnFrameSize};
  std::deque<Asked> asked_;
};

void Server::Hear(std::span<const uint8_t> bytes, bool padded) {
  ++messages;
  if (const auto data = turn::ParseChannelData(bytes)) {
    const size_t size = padded ? turn::PaddedToFour(data->data.size()) : data->data.size();
    SFA_FUZZ_CHECK(bytes.size() == turn::kChannelHeaderBytes + size);
    return;
  }
  const auto message = stun::Message::Parse(bytes);
  SFA_FUZZ_CHECK(message.has_value());
  if (message->message_class() == MessageClass::kIndication) return;
  SFA_FUZZ_CHECK(message->message_class() == MessageClass::kRequest && message->CheckFingerprint());
  Asked asked{message->method(), message->id(), false, "sfa"};
  if (const auto realm = message->FindText(AttributeType::kRealm)) {
    asked.has_credentials = true;
    asked.realm = *realm;
    SFA_FUZZ_CHECK(message->FindText(AttributeType::kUsername) == kName);
    SFA_FUZZ_CHECK(message->CheckIntegrity(stun::LongTermKey(kName, asked.realm, kPassword)));
  }
  asked_.push_back(std::move(asked));
  if (asked_.size() > kMostAsked) asked_.pop_front();
}

Endpoint PeerFrom(Input& input) {
  return {{kPeers.value + static_cast<uint32_t>(input.Below(80))}, 7000};
}

Bytes Server::AnswerAsTold(Input& input) const {
  if (asked_.empty()) return {};
  const Asked& asked = asked_[input.Below(asked_.size())];
  const auto message_class = input.Flag() ? MessageClass::kError : MessageClass::kSuccess;
  const uint8_t choices = input.Byte();
  const uint16_t method = (choices & 1) != 0 ? input.U16() % 16 : asked.method;
  stun::Builder builder(message_class, method, asked.id);
  for (size_t attributes = input.Below(6); attributes > 0; --attributes) {
    switch (input.Below(6)) {
      case 0: {
        constexpr int kCodes[] = {stun::kErrorUnauthenticated, stun::kErrorStaleNonce,
                                  stun::kErrorAllocationMismatch, stun::kErrorForbidden};
        builder.AddErrorCode(kCodes[input.Below(std::size(kCodes))], "x");
        break;
      }
      case 1:
        builder.AddText(AttributeType::kRealm, TextOf(input.Take(input.Byte())));
        break;
      case 2:
        builder.AddText(AttributeType::kNonce, TextOf(input.Take(input.Byte())));
        break;
      case 3:
        builder.AddXorAddress(AttributeType::kXorRelayedAddress, {{input.U32()}, input.U16()});
        break;
      case 4:
        builder.Add32(AttributeType::kLifetime, input.U32());
        break;
      default: {
        const auto type = static_cast<AttributeType>(input.U16());
        builder.Add(type, input.Take(input.Below(64)));
      }
    }
  }
  if ((choices & 2) == 0) {
    builder.AddIntegrity(stun::LongTermKey(kName, asked.realm, kPassword));
  }
  if ((choices & 4) == 0) builder.AddFingerprint();
  return Bytes(builder.bytes().begin(), builder.bytes().end());
}

Bytes Server::AnswerWell(Input& input) const {
  if (asked_.empty()) return {};
  const Asked& asked = asked_[asked_.size() - 1 - input.Below(asked_.size())];
  if (!asked.has_credentials) {
    stun::Builder builder(MessageClass::kError, asked.method, asked.id);
    builder.AddErrorCode(stun::kErrorUnauthenticated, "who?")
        .AddText(AttributeType::kRealm, "sfa")
        .AddText(AttributeType::kNonce, "n")
        .AddFingerprint();
    return Bytes(builder.bytes().begin(), builder.bytes().end());
  }
  stun::Builder builder(MessageClass::kSuccess, asked.method, asked.id);
  if (asked.method == stun::kAllocate) {
    builder.AddXorAddress(AttributeType::kXorRelayedAddress, {kServer.address, 50000});
  }
  builder.Add32(AttributeType::kLifetime, 600)
      .AddIntegrity(stun::LongTermKey(kName, asked.realm, kPassword))
      .AddFingerprint();
  return Bytes(builder.bytes().begin(), builder.bytes().end());
}

// As if a peer had sent something.
Bytes Server::Relay(Input& input) const {
  if (input.Flag()) {
    stun::Builder builder(MessageClass::kIndication, stun::kData, {input.Byte()});
    builder.AddXorAddress(AttributeType::kXorPeerAddress, PeerFrom(input));
    builder.Add(AttributeType::kData, input.Take(input.Byte()));
    return Bytes(builder.bytes().begin(), builder.bytes().end());
  }
  Script script;
  script.U16(static_cast<uint16_t>(turn::kFirstChannel + input.Below(4)));
  script.Block(input.Take(input.Byte()));
  while (script.bytes().size() % 4 != 0) script.Byte(0);
  return script.bytes();
}

// Over UDP, with nothing between.
class Direct final : public turn::Transport {
 public:
  explicit Direct(Server& server) : server_(server) {}
  void Send(std::span<const uint8_t> header, std::span<const uint8_t> payload, bool) override {
    Bytes message(header.begin(), header.end());
    message.insert(message.end(), payload.begin(), payload.end());
    server_.Hear(message, false);
  }
  bool reliable() const override { return false; }

 private:
  Server& server_;
};

class Bench final : public turn::AllocationUser {
 public:
  explicit Bench(Input& input) : choices_(input.Byte()) {
    if ((choices_ & 1) != 0) {
      const size_t longest = 1 + (choices_ >> 4);
      world_.piece = [longest, next = size_t{0}](size_t) mutable { return 1 + next++ % longest; };
      world_.window = (choices_ & 8) != 0 ? 1000 : 64 * 1024;
    }
    Start();
  }
  void Step(Input& input);
  void End() {
    allocation_.reset();
    world_.RunFor(milliseconds(500));
  }

 private:
  bool tcp() const { return (choices_ & 1) != 0; }
  void OnAllocated() override {
    SFA_FUZZ_CHECK(allocation_ && !released_ && allocation_->relayed().has_value());
    if ((choices_ & 2) != 0) allocation_.reset();
  }
  void OnAllocationLost(int) override {
    SFA_FUZZ_CHECK(allocation_ && !released_);
    challenge_ = allocation_->challenge();
    allocation_.reset();
  }
  void OnRelayed(const Endpoint& peer, std::span<const uint8_t> data) override {
    SFA_FUZZ_CHECK(allocation_ && !released_ && allocation_->allocated());
    if ((choices_ & 4) != 0) allocation_->Send(peer, Bytes(data.begin(), data.end()), true);
  }
  void Start();
  void ToClient(const Bytes& message);
  void Use(Input& input);

  const uint8_t choices_;
  stream::TestWorld world_;
  stream::TestRuntime runtime_{world_, Ipv4Address::Of(192, 0, 2, 1), 1};
  Server server_{world_};
  Direct direct_{server_};
  std::unique_ptr<turn::TcpTransport> stream_;
  std::optional<turn::Challenge> challenge_;
  std::unique_ptr<turn::Allocation> allocation_;
  bool released_ = false;
};

void Bench::Start() {
  if (tcp()) {
    stream_ = std::make_unique<turn::TcpTransport>(
        runtime_, Ipv4Address::Any(), kServer,
        [this](std::span<const uint8_t> message) {
          if (allocation_) allocation_->OnMessage(message);
        },
        [this] {
          allocation_.reset();
          stream_.reset();
        });
  }
  released_ = false;
  turn::Transport& transport = tcp() ? static_cast<turn::Transport&>(*stream_) : direct_;
  allocation_ =
      std::make_unique<turn::Allocation>(runtime_, transport, turn::Credential{kName, kPassword},
                                         challenge_, turn::kUsualPatience, *this);
}

void Bench::ToClient(const Bytes& message) {
  if (tcp()) return server_.WriteToStream(message);
  if (!allocation_) return;
  const uint64_t before = server_.messages;
  allocation_->OnMessage(message);
  // One for each packet that has waited for a permission, or a request once more.
  SFA_FUZZ_CHECK(server_.messages - before <= turn::Relaying::kMaxWaiting);
}

void Bench::Use(Input& input) {
  if (!allocation_) return Start();
  const Endpoint peer = PeerFrom(input);
  switch (input.Below(6)) {
    case 0:
    case 1:
    case 2: {
      const bool media = input.Flag();
      const Bytes data(input.U16() % 2000, 0x80);
      for (size_t times = 1 + input.Below(8); times > 0; --times) {
        allocation_->Send(peer, data, media);
      }
      break;
    }
    case 3:
      if (released_) break;
      allocation_->Check({milliseconds(150), milliseconds(600)},
                         [this](bool) { SFA_FUZZ_CHECK(allocation_ && !released_); });
      break;
    case 4:
      if (released_) break;
      released_ = true;
      allocation_->Release([this] { allocation_.reset(); });
      break;
    default:
      allocation_.reset();
  }
}

void Bench::Step(Input& input) {
  switch (input.Below(8)) {
    case 0: {
      const auto raw = input.Block();
      ToClient(Bytes(raw.begin(), raw.end()));
      break;
    }
    case 1:
      ToClient(server_.AnswerAsTold(input));
      break;
    case 2:
    case 3:
      ToClient(server_.AnswerWell(input));
      break;
    case 4:
      ToClient(server_.Relay(input));
      break;
    case 5:
      Use(input);
      break;
    case 6:
      world_.RunFor(milliseconds(250 * input.Byte()));
      break;
    default:
      if (server_.stream() == nullptr) break;
      switch (input.Below(3)) {
        case 0:
          server_.stream()->PauseReading();
          break;
        case 1:
          server_.stream()->ResumeReading();
          break;
        default:
          server_.stream()->Abort();
      }
  }
  world_.RunFor(milliseconds(30));
}

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  Bench bench(input);
  while (!input.empty()) bench.Step(input);
  bench.End();
}

// From the first 401 to media by a channel, then a long time.
Script Whole(uint8_t choices) {
  Script script;
  script.Byte(choices).Byte(6).Byte(0).Byte(2).Byte(0).Byte(3).Byte(0);     // an allocation
  script.Byte(5).Byte(1).Byte(0).Byte(1).U16(160).Byte(4).Byte(2).Byte(0);  // a permission
  script.Byte(5).Byte(1).Byte(0).Byte(1).U16(160).Byte(3).Byte(2).Byte(0);  // a channel
  script.Byte(5).Byte(1).Byte(0).Byte(1).U16(161).Byte(1);
  script.Byte(4).Byte(0).Byte(0).Byte(3).Put("abc").Byte(4).Byte(1).Byte(9).Byte(1).Byte(2).Put(
      "de");
  return script;
}

Seeds MakeSeeds() {
  Script whole = Whole(4);
  for (int i = 0; i < 24; ++i) whole.Byte(6).Byte(60).Byte(2).Byte(0);  // refreshed
  whole.Byte(5).Byte(1).Byte(0).Byte(1).U16(160).Byte(1).Byte(5).Byte(0).Byte(3).Byte(2).Byte(0);
  whole.Byte(5).Byte(0).Byte(4).Byte(2).Byte(0).Byte(5);
  Script stream = Whole(1 | 4 | 0x30);
  stream.Byte(7).Byte(0).Byte(5).Byte(1).Byte(0).Byte(0).U16(1500).Byte(7).Byte(7).Byte(1);
  stream.Byte(0).Block(Bytes{0x80, 0, 0, 0}).Byte(5).Byte(6).Byte(1);
  Script stale;
  stale.Byte(0).Byte(2).Byte(0);
  stale.Byte(1).Byte(0).Byte(1).Byte(2).Byte(3).Byte(0).Byte(1).Byte(1).Byte(1).Put("r");
  stale.Byte(2).Byte(1).Put("m").Byte(2).Byte(0);
  stale.Byte(1).Byte(0).Byte(1).Byte(0).Byte(1).Byte(0).Byte(2).Byte(6).Byte(20);  // 437
  Script mismatch;
  mismatch.Byte(0).Byte(2).Byte(0).Byte(1).Byte(1).Byte(1).Byte(0).Byte(1).Byte(0).Byte(2);
  mismatch.Byte(2).Byte(0).Byte(2).Byte(0).Byte(6).Byte(40).Byte(5).Byte(0).Byte(3);
  mismatch.Byte(6).Byte(9);
  return {{"whole", whole.bytes()},
          {"stream", stream.bytes()},
          {"stale", stale.bytes()},
          {"mismatch", mismatch.bytes()}};
}

}  // namespace

const Target kTurnClient = {"turn_client", Run, MakeSeeds};

}  // namespace sfa::fuzz
