// How processes end: by themselves, and killed.
#include <gtest/gtest.h>

#include "network_sim/test_support.h"
#include "runtime/severable.h"

namespace sfa::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Peer final : public StreamHandler, public AcceptHandler {
 public:
  void OnAccept(std::unique_ptr<ByteStream> accepted) override {
    stream = std::move(accepted);
    stream->SetHandler(this);
  }
  void OnConnected() override { connected = true; }
  void OnData(std::span<const uint8_t> bytes) override {
    heard.append(bytes.begin(), bytes.end());
    if (on_data) on_data();
  }
  void OnEndOfStream() override { ended = true; }
  void OnError(const Error& what) override { error = what.code; }

  std::unique_ptr<ByteStream> stream;
  std::string heard;
  bool connected = false;
  bool ended = false;
  std::optional<ErrorCode> error;
  std::function<void()> on_data;
};

class SimProcessTest : public testing::Test {
 protected:
  SimProcessTest() {
    network.AddSite({.name = "east"});
    network.AddSite({.name = "west", .up = {.loss = 0.2}, .down = {.loss = 0.2}});
    east = &network.AddHost("east", "host");
    west = &network.AddHost("west", "host");
    process = machine.Start(*east, "mortal");
    other = machine.Start(*west, "other");
    listener = std::move(*other->ListenTcp({Ipv4Address::Any(), 80}, there));
    here.stream = process->ConnectTcp({}, {west->address(), 80}, here);
    Run(seconds(10));
  }
  void Run(Duration how_long) { simulation.RunUntil(simulation.Now() + how_long); }
  void Sever() {
    auto* const severable = dynamic_cast<Severable*>(process.get());
    ASSERT_NE(severable, nullptr);
    severable->Sever();
  }

  Simulation simulation{SimulationSettings{}};
  Network network{simulation, ""};
  Machine machine;
  Host* east;
  Host* west;
  std::unique_ptr<Runtime> process, other;
  Peer here, there;
  std::unique_ptr<TcpListener> listener;
};

TEST_F(SimProcessTest, GoodbyeArrivesAfterTheProcessHasExited) {
  ASSERT_TRUE(here.connected);
  ASSERT_TRUE(there.stream);
  const std::string goodbye(100 * 1024, 'g');
  ASSERT_EQ(here.stream->Write(BytesOf(goodbye)), goodbye.size());
  // As the machine ends a program: what it held first, then its runtime, at one moment.
  here.stream.reset();
  process.reset();
  simulation.RunUntilOrTimeout([this] { return there.ended; }, simulation.Now() + seconds(300));
  EXPECT_EQ(there.heard, goodbye);
  EXPECT_TRUE(there.ended);
  EXPECT_FALSE(there.error);
  EXPECT_EQ(there.stream->Write(BytesOf("too late")), 8u);
  Run(seconds(300));
  EXPECT_EQ(there.error, ErrorCode::kReset) << "nobody is there to read it";
}

TEST_F(SimProcessTest, AKilledProcessIsSilent) {
  UdpLog mine, theirs;
  const auto socket = std::move(*process->OpenUdp({Ipv4Address::Any(), 5060}, mine));
  const auto far = std::move(*other->OpenUdp({Ipv4Address::Any(), 5060}, theirs));
  Peer inbox;
  const auto port = std::move(*process->ListenTcp({Ipv4Address::Any(), 81}, inbox));
  int ran = 0;
  const auto timer = process->NewTimer([&ran] { ++ran; });
  timer->Start(seconds(1));
  process->Post([&ran] { ++ran; });
  const std::string unsent(100 * 1024, 'u');
  here.stream->Write(BytesOf(unsent));
  Sever();
  Sever();

  // What it held can still be called; nothing comes of it.
  EXPECT_EQ(here.stream->Write(BytesOf("last word")), 0u);
  here.stream->ShutdownWrite();
  EXPECT_FALSE(socket->Send({west->address(), 5060}, BytesOf("last word")).ok());
  timer->Start(milliseconds(1));
  process->Post([&ran] { ++ran; });
  // And what it makes now is stillborn.
  const auto late = process->NewTimer([&ran] { ++ran; });
  late->Start(milliseconds(1));
  Peer again;
  again.stream = process->ConnectTcp({}, {west->address(), 80}, again);
  ASSERT_NE(again.stream, nullptr);
  EXPECT_EQ(again.stream->Write(BytesOf("last word")), 0u);
  EXPECT_FALSE(process->OpenUdp({}, mine).ok());
  EXPECT_FALSE(process->ListenTcp({Ipv4Address::Any(), 82}, inbox).ok());
  ASSERT_TRUE(far->Send({east->address(), 5060}, BytesOf("are you there?")).ok());
  Run(seconds(300));

  EXPECT_EQ(ran, 0);
  EXPECT_TRUE(mine.datagrams.empty());
  EXPECT_TRUE(theirs.datagrams.empty());
  EXPECT_FALSE(again.connected);
  EXPECT_FALSE(again.error);
  EXPECT_FALSE(here.error) << "nobody is left to be told";
  EXPECT_FALSE(there.ended);
  // Its ports are free for others, while what is left of it still exists.
  const auto heir = machine.Start(*east, "heir");
  EXPECT_TRUE(heir->OpenUdp({Ipv4Address::Any(), 5060}, mine).ok());
  EXPECT_TRUE(heir->ListenTcp({Ipv4Address::Any(), 81}, inbox).ok());
}

TEST_F(SimProcessTest, PeersOfAKilledProcessAreReset) {
  Sever();
  Run(seconds(5));
  // A reset that is lost is repeated when something is sent.
  if (!there.error) there.stream->Write(BytesOf("are you there?"));
  Run(seconds(300));
  EXPECT_EQ(there.error, ErrorCode::kReset);
  EXPECT_FALSE(there.ended);
}

TEST_F(SimProcessTest, KilledFromInsideItsOwnCallback) {
  int ran = 0;
  process->Post([this] { Sever(); });
  process->Post([&ran] { ++ran; });
  const auto timer = process->NewTimer([&ran] { ++ran; });
  timer->Start(Duration::zero());
  here.on_data = [&ran] { ++ran; };
  there.stream->Write(BytesOf("hello"));
  Run(seconds(300));
  EXPECT_EQ(ran, 0);
  EXPECT_EQ(there.error, ErrorCode::kReset);
}

TEST_F(SimProcessTest, KilledWhileItReads) {
  int heard = 0;
  here.on_data = [this, &heard] {
    ++heard;
    Sever();
    here.stream.reset();
  };
  const std::string much(64 * 1024, 'm');
  there.stream->Write(BytesOf(much));
  Run(seconds(300));
  EXPECT_EQ(heard, 1);
  EXPECT_EQ(there.error, ErrorCode::kReset);
}

}  // namespace
}  // namespace sfa::sim
