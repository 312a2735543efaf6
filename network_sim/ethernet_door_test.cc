// What a hostile machine behind the TAP may send: none of it hurts the world, and all that is
// dropped is counted.
#include "network_sim/ethernet_door.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tuple>

#include "network_sim/sim_host.h"
#include "network_sim/tcp_gate.h"
#include "network_sim/test_support.h"
#include "runtime/contract/echo_server.h"

namespace sfa::sim {
namespace {

using Bytes = std::vector<uint8_t>;
using std::chrono::milliseconds;

constexpr Ipv4Address kMachine = Ipv4Address::Of(192, 168, 1, 2);
constexpr Ipv4Address kServer = Ipv4Address::Of(198, 51, 100, 7);
constexpr size_t kIpAt = 14, kTcpAt = kIpAt + kIpv4HeaderBytes;
constexpr uint8_t kPsh = 0x08;

// A datagram in a frame of the machine's; checksums as they must be.
void Mend(Bytes& frame, bool transport) {
  if (frame.size() < kTcpAt) return;
  WriteU16(&frame[kIpAt + 10], 0);
  const size_t header = std::min<size_t>((frame[kIpAt] & 0x0F) * 4u, frame.size() - kIpAt);
  WriteU16(&frame[kIpAt + 10], InternetChecksum({&frame[kIpAt], header}));
  if (!transport || frame.size() < kIpAt + header + kTcpHeaderBytes) return;
  const std::span<uint8_t> segment(&frame[kIpAt + header], frame.size() - kIpAt - header);
  WriteU16(&segment[16], 0);
  WriteU16(&segment[16], TransportChecksum({ReadU32(&frame[kIpAt + 12])},
                                           {ReadU32(&frame[kIpAt + 16])}, kProtocolTcp, segment));
}

Bytes TcpFrame(uint16_t from, uint32_t sequence, uint32_t acknowledgment, uint8_t flags,
               const Bytes& options = {}, std::string_view data = "") {
  const size_t header = kTcpHeaderBytes + options.size();
  Bytes frame(kTcpAt + header + data.size());
  frame[0] = frame[6] = 2;
  WriteU16(&frame[12], 0x0800);
  WriteIpv4Header(&frame[kIpAt], kMachine, kServer, kProtocolTcp, header + data.size());
  WriteU16(&frame[kTcpAt], from);
  WriteU16(&frame[kTcpAt + 2], 7);
  WriteU32(&frame[kTcpAt + 4], sequence);
  WriteU32(&frame[kTcpAt + 8], acknowledgment);
  frame[kTcpAt + 12] = static_cast<uint8_t>(header / 4 << 4);
  frame[kTcpAt + 13] = flags;
  WriteU16(&frame[kTcpAt + 14], 0xFFFF);
  std::copy(options.begin(), options.end(), frame.begin() + kTcpAt + kTcpHeaderBytes);
  std::copy(data.begin(), data.end(), frame.begin() + static_cast<std::ptrdiff_t>(kTcpAt + header));
  Mend(frame, true);
  return frame;
}

// A simulated echo server right behind the door; the machine is a pair of sockets.
class HostileMachineTest : public testing::Test {
 protected:
  HostileMachineTest()
      : ends_(MakeEnds()),
        host_(world_, "server", kServer, &to_door_, nullptr),
        door_("door", world_, kMachine, ends_[1], &host_),
        process_(disk_.Start(host_, "echo")),
        echo_(*process_, {Ipv4Address::Any(), 7}) {
    to_door_.door = &door_;
  }
  ~HostileMachineTest() override {
    for (const int end : ends_) close(end);
  }

  void Send(const Bytes& frame) {
    door_.Enter(frame);
    simulation_.RunUntil(simulation_.Now() + milliseconds(1));
  }
  uint64_t DroppedBy(const Bytes& frame) {
    const uint64_t before = world_.ledger.packets_dropped;
    Send(frame);
    return world_.ledger.packets_dropped - before;
  }
  // The frames that have reached the machine since the last time.
  std::vector<Bytes> Answers() {
    std::vector<Bytes> frames;
    Bytes frame(2048);
    for (ssize_t size; (size = recv(ends_[0], frame.data(), frame.size(), MSG_DONTWAIT)) > 0;) {
      frames.emplace_back(frame.begin(), frame.begin() + size);
    }
    return frames;
  }
  // Connects from `port`; the acknowledgment number for what follows, nothing when nobody answers.
  std::optional<uint32_t> Connect(uint16_t port) {
    Answers();
    Send(TcpFrame(port, 1000, 0, kTcpSyn));
    for (const Bytes& answer : Answers()) {
      if (answer.size() < kTcpAt + kTcpHeaderBytes || ReadU16(&answer[kTcpAt + 2]) != port ||
          (answer[kTcpAt + 13] & (kTcpSyn | kTcpAck)) != (kTcpSyn | kTcpAck)) {
        continue;
      }
      const uint32_t next = ReadU32(&answer[kTcpAt + 4]) + 1;
      Send(TcpFrame(port, 1001, next, kTcpAck));
      return next;
    }
    return std::nullopt;
  }
  // The server is as it was: somebody new connects and hears himself.
  bool ServerLives(uint16_t port) {
    const auto next = Connect(port);
    if (!next) return false;
    Answers();
    Send(TcpFrame(port, 1001, *next, kTcpAck | kPsh, {}, "still there"));
    simulation_.RunUntil(simulation_.Now() + milliseconds(300));
    for (const Bytes& answer : Answers()) {
      if (std::string(answer.begin(), answer.end()).find("still there") != std::string::npos) {
        return true;
      }
    }
    return false;
  }

  static std::array<int, 2> MakeEnds() {
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
    return ends;
  }
  struct ToDoor final : PacketSink {
    void Receive(ns3::Ptr<ns3::Packet> packet) override { door->Receive(std::move(packet)); }
    const std::string& name() const override { return label; }
    EthernetDoor* door = nullptr;
    std::string label = "to-door";
  };

  Simulation simulation_{{}};
  World world_{simulation_};
  std::array<int, 2> ends_;
  ToDoor to_door_;
  SimHost host_;
  EthernetDoor door_;
  Machine disk_;
  std::unique_ptr<Runtime> process_;
  contract::EchoServer echo_;
};

TEST_F(HostileMachineTest, AGoodMachineIsServed) {
  EXPECT_TRUE(ServerLives(5000));
  EXPECT_EQ(world_.ledger.packets_dropped, 0u);
}

TEST_F(HostileMachineTest, EveryTruncationIsDroppedAndCounted) {
  const Bytes whole = TcpFrame(5000, 1, 0, kTcpSyn, {2, 4, 5, 0xB4});
  for (size_t size = 0; size < whole.size(); ++size) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(DroppedBy(part), 1u) << size;
    // The IP header now tells the truth: TCP itself is short.
    if (size < kTcpAt) continue;
    Bytes honest = part;
    WriteU16(&honest[kIpAt + 2], static_cast<uint16_t>(size - kIpAt));
    Mend(honest, true);
    EXPECT_EQ(DroppedBy(honest), 1u) << size;
  }
  EXPECT_TRUE(Answers().empty());
  EXPECT_TRUE(ServerLives(5001));
}

TEST_F(HostileMachineTest, OptionsThatAreLethalForNs3AreDropped) {
  const auto next = Connect(5000);
  ASSERT_TRUE(next);
  for (const Bytes& options : std::vector<Bytes>{{200, 0, 1, 1},
                                                 {200, 1, 1, 1},
                                                 {2, 0, 5, 0xB4},
                                                 {2, 3, 5, 1},
                                                 {2, 2, 1, 1},
                                                 {3, 0, 7, 1},
                                                 {8, 0, 0, 0},
                                                 {5, 0, 0, 0},
                                                 {5, 3, 0, 0},
                                                 {1, 1, 1, 200},
                                                 {200, 5, 1, 1}}) {
    EXPECT_EQ(DroppedBy(TcpFrame(5001, 1, 0, kTcpSyn, options)), 1u);
    EXPECT_EQ(DroppedBy(TcpFrame(5000, 1001, *next, kTcpAck, options, "x")), 1u);
  }
  EXPECT_TRUE(ServerLives(5002));
}

TEST_F(HostileMachineTest, WhatIsNoHonestDatagramIsDroppedAndCounted) {
  const Bytes good = TcpFrame(5000, 1, 0, kTcpSyn);
  const auto dropped_with = [&](size_t at, uint8_t value, bool mend) {
    Bytes frame = good;
    frame[at] = value;
    if (mend) Mend(frame, true);
    return DroppedBy(frame);
  };
  EXPECT_EQ(dropped_with(kIpAt + 10, good[kIpAt + 10] ^ 1, false), 1u) << "IP checksum";
  EXPECT_EQ(dropped_with(kTcpAt + 16, good[kTcpAt + 16] ^ 1, false), 1u) << "TCP checksum";
  EXPECT_EQ(dropped_with(kIpAt, 0x65, true), 1u) << "version 6";
  EXPECT_EQ(dropped_with(kIpAt, 0x44, true), 1u) << "header of 16 bytes";
  EXPECT_EQ(dropped_with(kIpAt, 0x4F, true), 1u) << "header longer than the datagram";
  EXPECT_EQ(dropped_with(kIpAt + 8, 0, true), 1u) << "no time to live";
  EXPECT_EQ(dropped_with(kIpAt + 6, 0x20, true), 1u) << "first fragment";
  EXPECT_EQ(dropped_with(kIpAt + 7, 5, true), 1u) << "later fragment";
  EXPECT_EQ(dropped_with(kIpAt + 15, 9, true), 1u) << "somebody else's source address";
  EXPECT_EQ(dropped_with(kIpAt + 12, 127, true), 1u) << "loopback as source";
  EXPECT_EQ(dropped_with(kIpAt + 16, 224, true), 1u) << "multicast";
  EXPECT_EQ(dropped_with(kIpAt + 16, 255, true), 1u) << "broadcast";
  EXPECT_EQ(dropped_with(6, 3, false), 1u) << "a group as Ethernet source";
  Bytes jumbo = TcpFrame(5000, 1, 0, kTcpAck, {}, std::string(1600, 'x'));
  EXPECT_LE(DroppedBy(jumbo), 1u);
  Bytes options = TcpFrame(5000, 1, 0, kTcpSyn);
  options.insert(options.begin() + static_cast<std::ptrdiff_t>(kTcpAt), {7, 0, 0, 0});
  options[kIpAt] = 0x46;
  WriteU16(&options[kIpAt + 2], static_cast<uint16_t>(options.size() - kIpAt));
  Mend(options, true);
  Send(options);
  EXPECT_TRUE(ServerLives(5001));
}

TEST_F(HostileMachineTest, AFloodOfArpIsAnsweredAndLeavesNothing) {
  Bytes arp(42);
  arp[6] = 2;
  WriteU16(&arp[12], 0x0806);
  const uint8_t request[] = {0, 1, 8, 0, 6, 4, 0, 1};
  std::copy(std::begin(request), std::end(request), arp.begin() + kIpAt);
  for (uint32_t i = 0; i < 5000; ++i) {
    WriteU32(&arp[kIpAt + 24], 0x0A000000 + i);
    door_.Enter(arp);
    if (i % 16 == 0) Answers();
  }
  for (size_t size = kIpAt; size < arp.size(); ++size) {
    EXPECT_EQ(DroppedBy(Bytes(arp.begin(), arp.begin() + static_cast<std::ptrdiff_t>(size))), 1u);
  }
  Answers();
  EXPECT_TRUE(ServerLives(5001));
}

TEST_F(HostileMachineTest, AFloodOfSynsIsBounded) {
  for (uint32_t port = 1024; port < 6024; ++port) {
    door_.Enter(TcpFrame(static_cast<uint16_t>(port), 1000, 0, kTcpSyn));
    if (port % 16 == 0) Answers();
  }
  EXPECT_GE(world_.ledger.packets_dropped, 5000u - 1024u);
  // Half-open connections are given up in the end.
  simulation_.RunUntil(simulation_.Now() + std::chrono::minutes(10));
  Answers();
  EXPECT_TRUE(ServerLives(7000));
}

// What the reader takes from the device, with a world that does not look meanwhile.
TEST_F(HostileMachineTest, FramesThatNobodyTakesAreBounded) {
  const Bytes noise(60, 0xFF);
  const Bytes jumbo(4000, 0xFF);
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(send(ends_[0], noise.data(), noise.size(), 0), 60);
    ASSERT_EQ(send(ends_[0], jumbo.data(), jumbo.size(), 0), 4000);
  }
  // The world ends with frames in its inbox; a leak would be seen.
}

// Through the gate come only segments that ns-3's TCP survives, whatever their numbers and flags.
RC_GTEST_FIXTURE_PROP(HostileMachineTest, ALiveConnectionSurvivesMutations, ()) {
  const auto next = Connect(5000);
  RC_ASSERT(next.has_value());
  using Change = std::tuple<uint8_t, uint8_t>;
  const auto frames = *rc::gen::container<
      std::vector<std::tuple<uint8_t, uint16_t, uint16_t, std::vector<Change>>>>(
      rc::gen::tuple(rc::gen::inRange<uint8_t>(0, 64), rc::gen::arbitrary<uint16_t>(),
                     rc::gen::arbitrary<uint16_t>(), rc::gen::arbitrary<std::vector<Change>>()));
  for (const auto& [flags, sequence, acknowledgment, changes] : frames) {
    Bytes frame = TcpFrame(5000, 1001 + sequence - 100, *next + acknowledgment - 100, flags,
                           {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2}, "some data");
    // Everything behind the addresses, which the door checks by itself.
    for (const auto& [where, value] : changes) {
      frame[kTcpAt + 4 + where % (frame.size() - kTcpAt - 4)] = value;
    }
    Mend(frame, true);
    Send(frame);
    simulation_.RunUntil(simulation_.Now() + milliseconds(50));
    Answers();
  }
  simulation_.RunUntil(simulation_.Now() + std::chrono::seconds(30));
  RC_ASSERT(ServerLives(5001));
}

}  // namespace
}  // namespace sfa::sim
