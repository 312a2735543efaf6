#include "protocol/stream/secure_stream.h"

#include <gtest/gtest.h>
// After GoogleTest, which it builds on.
#include <rapidcheck/gtest.h>
#include <sodium.h>

#include <optional>

#include "protocol/stream/message_stream.h"
#include "protocol/stream/test_world.h"

namespace sfa::stream {
namespace {

using std::chrono::seconds;

const Endpoint kServer = {Ipv4Address::Of(198, 51, 100, 1), 33033};
const Key kSeed = {7};

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

struct Side final : SecureStreamHandler {
  void OnSecured() override { secured = true; }
  void OnFrame(std::span<const uint8_t> content) override {
    frames.emplace_back(content.begin(), content.end());
  }
  void OnClosed(const Error& error) override { closed = error; }

  bool secured = false;
  std::vector<std::string> frames;
  std::optional<Error> closed;
  std::unique_ptr<SecureStream> stream;
};

// A server and a client that have not met yet.
struct Pair final : AcceptHandler {
  Pair() {
    identity = NewNodeIdentity(server_runtime.random(), kSeed, "node1", wire::NODE_SUPERNODE);
    listener = std::move(server_runtime.ListenTcp(kServer, *this).value());
  }
  void OnAccept(std::unique_ptr<ByteStream> stream) override {
    server.stream =
        std::make_unique<SecureStream>(server_runtime, std::move(stream), identity, server);
  }
  void Connect(const Key& root = SigningKeyOf(kSeed).public_key) {
    client.stream =
        std::make_unique<SecureStream>(client_runtime, kServer, root, wire::NODE_SUPERNODE, client);
  }

  TestWorld world;
  TestRuntime server_runtime{world, kServer.address, 1};
  TestRuntime client_runtime{world, Ipv4Address::Of(192, 0, 2, 1), 2};
  NodeIdentity identity;
  std::unique_ptr<TcpListener> listener;
  Side server, client;
};

TEST(SecureStreamTest, BothEndsKnowTheStreamAndFramesCrossIt) {
  Pair pair;
  pair.Connect();
  pair.world.RunFor(seconds(1));
  ASSERT_TRUE(pair.client.secured && pair.server.secured);
  EXPECT_EQ(pair.client.stream->handshake_hash(), pair.server.stream->handshake_hash());
  EXPECT_EQ(pair.client.stream->server().node_name(), "node1");
  const std::string longest(kMaxFrameBytes, 'x');
  EXPECT_TRUE(pair.client.stream->Send(Bytes("one")));
  EXPECT_TRUE(pair.client.stream->Send({}));
  EXPECT_TRUE(pair.client.stream->Send(Bytes(longest)));
  EXPECT_TRUE(pair.server.stream->Send(Bytes("two")));
  EXPECT_FALSE(pair.client.stream->Send(Bytes(longest + "x")));
  pair.world.RunFor(seconds(1));
  EXPECT_EQ(pair.server.frames, (std::vector<std::string>{"one", "", longest}));
  EXPECT_EQ(pair.client.frames, (std::vector<std::string>{"two"}));
  EXPECT_FALSE(pair.client.closed || pair.server.closed);
}

TEST(SecureStreamTest, NothingReadableIsOnTheWire) {
  Pair pair;
  std::string wire;
  pair.world.on_the_way = [&](bool, std::vector<uint8_t>& bytes) {
    wire.append(bytes.begin(), bytes.end());
  };
  pair.Connect();
  pair.world.RunFor(seconds(1));
  pair.client.stream->Send(Bytes("shaken, not stirred"));
  pair.world.RunFor(seconds(1));
  ASSERT_EQ(pair.server.frames.size(), 1u);
  EXPECT_EQ(wire.find("shaken"), std::string::npos);
}

TEST(SecureStreamTest, SameSeedsSameBytesOtherSeedsOtherBytes) {
  const auto record = [](uint64_t seed) {
    Pair pair;
    TestRuntime client(pair.world, Ipv4Address::Of(192, 0, 2, 2), seed);
    std::string wire;
    pair.world.on_the_way = [&](bool, std::vector<uint8_t>& bytes) {
      wire.append(bytes.begin(), bytes.end());
    };
    pair.client.stream = std::make_unique<SecureStream>(
        client, kServer, SigningKeyOf(kSeed).public_key, wire::NODE_SUPERNODE, pair.client);
    pair.world.RunFor(seconds(1));
    pair.client.stream->Send(Bytes("hello"));
    pair.world.RunFor(seconds(1));
    pair.client.stream = nullptr;
    return wire;
  };
  EXPECT_EQ(record(5), record(5));
  EXPECT_NE(record(5), record(6));
}

TEST(SecureStreamTest, ServerOfAnotherNetworkIsRefused) {
  Pair pair;
  pair.Connect(SigningKeyOf(Key{8}).public_key);
  pair.world.RunFor(seconds(1));
  ASSERT_TRUE(pair.client.closed);
  EXPECT_EQ(pair.client.closed->code, ErrorCode::kPermissionDenied);
  EXPECT_FALSE(pair.client.secured || pair.server.secured);
}

// The certificate is genuine, its private key is not there.
TEST(SecureStreamTest, ServerWithAStolenCertificateIsRefused) {
  Pair pair;
  pair.identity.secret = NewExchangeKey(pair.client_runtime.random()).secret;
  pair.Connect();
  pair.world.RunFor(seconds(1));
  ASSERT_TRUE(pair.client.closed);
  EXPECT_EQ(pair.client.closed->code, ErrorCode::kInvalid);
  EXPECT_FALSE(pair.client.secured || pair.server.secured);
}

TEST(SecureStreamTest, SilentServerTimesOut) {
  Pair pair;
  pair.world.on_the_way = [](bool to_server, std::vector<uint8_t>& bytes) {
    if (to_server) bytes.clear();
  };
  pair.Connect();
  pair.world.RunFor(kHandshakeTimeout + seconds(1));
  ASSERT_TRUE(pair.client.closed && pair.server.closed);
  EXPECT_EQ(pair.client.closed->code, ErrorCode::kTimedOut);
}

TEST(SecureStreamTest, RefusedConnectionIsReported) {
  Pair pair;
  pair.listener = nullptr;
  pair.Connect();
  pair.world.RunFor(seconds(1));
  ASSERT_TRUE(pair.client.closed);
  EXPECT_EQ(pair.client.closed->code, ErrorCode::kRefused);
}

// Changes byte `position` of everything that one side sends in a session of handshake and one
// frame each way. Returns how many bytes that side sent.
size_t TamperAt(bool to_server, size_t position, uint8_t change, Pair& pair) {
  size_t seen = 0;
  pair.world.on_the_way = [&](bool to, std::vector<uint8_t>& bytes) {
    if (to != to_server) return;
    if (position >= seen && position < seen + bytes.size()) bytes[position - seen] ^= change;
    seen += bytes.size();
  };
  pair.Connect();
  pair.world.RunFor(seconds(1));
  pair.client.stream->Send(Bytes("to server"));
  if (pair.server.stream) pair.server.stream->Send(Bytes("to client"));
  // Longer than the handshake may take: a changed length can make the reader wait.
  pair.world.RunFor(kHandshakeTimeout + seconds(1));
  return seen;
}

void TamperEverywhere(bool to_server) {
  size_t length = 0;
  {
    Pair untouched;
    length = TamperAt(to_server, SIZE_MAX, 0, untouched);
    ASSERT_EQ(untouched.server.frames.size(), 1u);
    ASSERT_EQ(untouched.client.frames.size(), 1u);
  }
  ASSERT_GT(length, 60u);
  for (size_t position = 0; position < length; ++position) {
    for (const uint8_t change : {0x01, 0x80}) {
      Pair pair;
      TamperAt(to_server, position, change, pair);
      const Side& deceived = to_server ? pair.server : pair.client;
      ASSERT_TRUE(deceived.frames.empty()) << "byte " << position;
      // Only the length of the last frame, made longer, leaves the reader waiting for the rest.
      if (!deceived.closed) {
        ASSERT_GE(position, length - (2 + 9 + 16)) << "byte " << position;
        ASSERT_LT(position, length - (9 + 16)) << "byte " << position;
      }
    }
  }
}

TEST(SecureStreamTest, NoByteToTheServerCanBeChanged) { TamperEverywhere(true); }
TEST(SecureStreamTest, NoByteToTheClientCanBeChanged) { TamperEverywhere(false); }

TEST(SecureStreamTest, RepeatedFrameEndsTheStream) {
  Pair pair;
  pair.Connect();
  pair.world.RunFor(seconds(1));
  pair.world.on_the_way = [](bool, std::vector<uint8_t>& bytes) {
    const auto once = bytes;
    bytes.insert(bytes.end(), once.begin(), once.end());
  };
  pair.client.stream->Send(Bytes("pay"));
  pair.world.RunFor(seconds(1));
  EXPECT_EQ(pair.server.frames, (std::vector<std::string>{"pay"}));
  ASSERT_TRUE(pair.server.closed);
  EXPECT_EQ(pair.server.closed->code, ErrorCode::kInvalid);
}

TEST(SecureStreamTest, FrameLeftOutEndsTheStream) {
  Pair pair;
  pair.Connect();
  pair.world.RunFor(seconds(1));
  pair.world.on_the_way = [](bool, std::vector<uint8_t>& bytes) { bytes.clear(); };
  pair.client.stream->Send(Bytes("one"));
  pair.world.on_the_way = [](bool, std::vector<uint8_t>&) {};
  pair.client.stream->Send(Bytes("two"));
  pair.world.RunFor(seconds(1));
  EXPECT_TRUE(pair.server.frames.empty());
  EXPECT_TRUE(pair.server.closed);
}

TEST(SecureStreamTest, EndOfTheOtherEndIsReported) {
  Pair pair;
  pair.Connect();
  pair.world.RunFor(seconds(1));
  pair.client.stream->Send(Bytes("last words"));
  pair.client.stream = nullptr;
  pair.world.RunFor(seconds(1));
  EXPECT_EQ(pair.server.frames.size(), 1u);
  ASSERT_TRUE(pair.server.closed);
  EXPECT_EQ(pair.server.closed->code, ErrorCode::kClosed);
}

TEST(SecureStreamTest, SlowReaderGetsEverythingUpToTheLimit) {
  Pair pair;
  pair.world.window = 1000;
  pair.Connect();
  pair.world.RunFor(seconds(1));
  const std::string frame(10'000, 'x');
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(pair.client.stream->Send(Bytes(frame)));
  pair.world.RunFor(seconds(60));
  EXPECT_EQ(pair.server.frames.size(), 20u);
  EXPECT_FALSE(pair.client.closed);
}

TEST(SecureStreamTest, WhoTakesNothingIsCutOff) {
  Pair pair;
  pair.Connect();
  pair.world.RunFor(seconds(1));
  pair.world.window = 0;
  const std::string frame(10'000, 'x');
  int accepted = 0;
  while (accepted < 1000 && pair.client.stream->Send(Bytes(frame))) ++accepted;
  EXPECT_LT(accepted, static_cast<int>(kMaxQueuedBytes / frame.size()) + 1);
  EXPECT_FALSE(pair.client.closed) << "not from inside Send()";
  pair.world.RunFor(seconds(1));
  ASSERT_TRUE(pair.client.closed);
  EXPECT_EQ(pair.client.closed->code, ErrorCode::kNoSpace);
}

TEST(SecureStreamTest, HandlerMayDestroyTheStreamInAnyCall) {
  struct Destroyer final : SecureStreamHandler {
    void OnSecured() override {
      if (in == 0) stream = nullptr;
    }
    void OnFrame(std::span<const uint8_t>) override {
      if (in == 1) stream = nullptr;
    }
    void OnClosed(const Error&) override {
      if (in == 2) stream = nullptr;
    }
    int in = 0;
    std::unique_ptr<SecureStream> stream;
  };
  for (int in = 0; in < 3; ++in) {
    Pair pair;
    Destroyer destroyer;
    destroyer.in = in;
    destroyer.stream =
        std::make_unique<SecureStream>(pair.client_runtime, kServer, SigningKeyOf(kSeed).public_key,
                                       wire::NODE_SUPERNODE, destroyer);
    pair.world.RunFor(seconds(1));
    if (in > 0) {
      pair.server.stream->Send(Bytes("one"));
      pair.server.stream->Send(Bytes("two"));
    }
    pair.server.stream = nullptr;
    pair.world.RunFor(seconds(1));
    EXPECT_EQ(destroyer.stream, nullptr);
  }
}

RC_GTEST_PROP(SecureStreamProperty, FramesSurviveAnyFragmentation, ()) {
  const auto sent = *rc::gen::container<std::vector<std::string>>(rc::gen::string<std::string>());
  const auto pieces =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(1, 80)));
  Pair pair;
  size_t next = 0;
  pair.world.piece = [&](size_t) { return pieces[next++ % pieces.size()]; };
  pair.Connect();
  pair.world.RunFor(seconds(1));
  for (const std::string& frame : sent) RC_ASSERT(pair.client.stream->Send(Bytes(frame)));
  pair.world.RunFor(seconds(1));
  RC_ASSERT(pair.server.frames == sent);
}

RC_GTEST_PROP(SecureStreamProperty, NoiseEndsTheStreamWithoutHarm, ()) {
  const auto noise =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<uint8_t>>(rc::gen::arbitrary<uint8_t>()));
  Pair pair;
  Side nobody;
  struct Raw final : StreamHandler {
    void OnData(std::span<const uint8_t>) override {}
    void OnEndOfStream() override {}
    void OnError(const Error&) override {}
  } raw;
  const auto stream = pair.client_runtime.ConnectTcp({}, kServer, raw);
  pair.world.RunFor(seconds(1));
  stream->Write(noise);
  pair.world.RunFor(kHandshakeTimeout + seconds(1));
  RC_ASSERT(!pair.server.secured);
  RC_ASSERT(pair.server.closed.has_value());
}

TEST(MessageStreamTest, FrameThatIsNoMessageEndsTheStream) {
  struct Messages final : MessageHandler {
    void OnOpen(MessageStream&) override {}
    void OnMessage(MessageStream&, const wire::Message& message) override {
      requests.push_back(message.request());
    }
    void OnClosed(MessageStream&, const Error& error) override { closed = error; }
    std::vector<uint32_t> requests;
    std::optional<Error> closed;
  } messages;
  Pair pair;
  MessageStream stream(pair.client_runtime, kServer, SigningKeyOf(kSeed).public_key,
                       wire::NODE_SUPERNODE, messages);
  pair.world.RunFor(seconds(1));
  ASSERT_TRUE(stream.open());
  wire::Message message;
  message.set_request(42);
  pair.server.stream->Send(Bytes(message.SerializeAsString()));
  pair.server.stream->Send(Bytes("\xff\xff"));
  pair.server.stream->Send(Bytes(message.SerializeAsString()));
  pair.world.RunFor(seconds(1));
  EXPECT_EQ(messages.requests, (std::vector<uint32_t>{42}));
  ASSERT_TRUE(messages.closed);
  EXPECT_EQ(messages.closed->code, ErrorCode::kInvalid);
}

// libsodium's own generator ends the program when anything in these tests asks it.
const char* Name() { return "none"; }
uint32_t NoRandom() { std::abort(); }
uint32_t NoUniform(uint32_t) { std::abort(); }
void NoStir() { std::abort(); }
void NoBuffer(void*, size_t) { std::abort(); }
randombytes_implementation kNone = {Name, NoRandom, NoStir, NoUniform, NoBuffer, nullptr};
const int kInstalled = randombytes_set_implementation(&kNone);

TEST(RandomnessTest, LibsodiumsGeneratorIsNotThere) {
  EXPECT_EQ(kInstalled, 0);
  EXPECT_DEATH(randombytes_random(), "");
}

}  // namespace
}  // namespace sfa::stream
