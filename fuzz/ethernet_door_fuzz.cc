// What a hostile machine behind the TAP sends into the world: frames of any bytes, and segments
// into a living TCP connection.
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz/packets.h"
#include "fuzz/target.h"
#include "network_sim/ethernet_door.h"
#include "network_sim/sim_host.h"
#include "network_sim/tcp_gate.h"
#include "network_sim/test_support.h"
#include "runtime/contract/echo_server.h"

namespace sfa::fuzz {
namespace {

using std::chrono::milliseconds;

const Endpoint kServer{Ipv4Address::Of(198, 51, 100, 7), 7};
constexpr Ipv4Address kMachine = Ipv4Address::Of(192, 168, 1, 2);

// A simulated echo server right behind the door; the machine is a pair of sockets.
class Bench {
 public:
  Bench()
      : ends_(MakeEnds()),
        host_(world_, "server", kServer.address, &to_door_, nullptr),
        door_("door", world_, kMachine, ends_[1], &host_),
        process_(disk_.Start(host_, "echo")),
        echo_(*process_, {Ipv4Address::Any(), kServer.port}) {
    to_door_.door = &door_;
  }
  ~Bench() {
    for (const int end : ends_) close(end);
  }

  void Send(std::span<const uint8_t> frame) {
    door_.Enter(frame);
    Run(milliseconds(1));
  }
  void SendIp(const Bytes& packet) {
    Bytes frame = {2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 8, 0};
    frame.insert(frame.end(), packet.begin(), packet.end());
    Send(frame);
  }
  void Run(Duration duration) { simulation_.RunUntil(simulation_.Now() + duration); }
  // The sequence number after the server's SYN, 0 when none has come.
  uint32_t Expected() {
    Bytes frame(2048);
    uint32_t expected = 0;
    for (ssize_t size; (size = recv(ends_[0], frame.data(), frame.size(), MSG_DONTWAIT)) > 0;) {
      if (size >= 54 && (frame[47] & sim::kTcpSyn)) expected = sim::ReadU32(&frame[38]) + 1;
    }
    return expected;
  }

 private:
  static std::array<int, 2> MakeEnds() {
    std::array<int, 2> ends{-1, -1};
    SFA_FUZZ_CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) == 0);
    return ends;
  }
  struct ToDoor final : sim::PacketSink {
    void Receive(ns3::Ptr<ns3::Packet> packet) override { door->Receive(std::move(packet)); }
    const std::string& name() const override { return label; }
    sim::EthernetDoor* door = nullptr;
    std::string label = "to-door";
  };

  sim::Simulation simulation_{{}};
  sim::World world_{simulation_};
  std::array<int, 2> ends_;
  ToDoor to_door_;
  sim::SimHost host_;
  sim::EthernetDoor door_;
  sim::Machine disk_;
  std::unique_ptr<Runtime> process_;
  contract::EchoServer echo_;
};

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  Bench bench;
  const Endpoint own{kMachine, 5000};
  uint32_t sequence = 1000, acknowledged = 0;
  if (input.Flag()) {
    bench.SendIp(TcpPacket(own, kServer, sim::kTcpSyn, sequence++, 0, {2, 4, 5, 0xB4}, {}));
    bench.Run(milliseconds(20));
    acknowledged = bench.Expected();
    SFA_FUZZ_CHECK(acknowledged != 0);
    bench.SendIp(TcpPacket(own, kServer, sim::kTcpAck, sequence, acknowledged, {}, {}));
  }
  while (!input.empty()) {
    switch (input.Below(5)) {
      case 0:
        bench.Send(input.Block());
        break;
      case 1: {
        const auto raw = input.Block();
        bench.SendIp(Bytes(raw.begin(), raw.end()));
        break;
      }
      case 2: {
        const uint8_t flags = input.Byte();
        const auto offset = static_cast<int8_t>(input.Byte());
        const uint32_t acknowledgment = input.Flag() ? acknowledged : input.U32();
        const auto options = input.Take(input.Below(40));
        bench.SendIp(TcpPacket(own, kServer, flags, sequence + static_cast<uint32_t>(offset),
                               acknowledgment, Bytes(options.begin(), options.end()),
                               input.Take(input.Byte())));
        break;
      }
      case 3: {
        const auto data = input.Take(input.Byte());
        bench.SendIp(TcpPacket(own, kServer, sim::kTcpAck | 8, sequence, acknowledged, {}, data));
        sequence += static_cast<uint32_t>(data.size());
        break;
      }
      default:
        bench.Run(milliseconds(10 * input.Byte()));
    }
  }
  bench.Run(milliseconds(100));
}

Seeds MakeSeeds() {
  const Bytes arp = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 0,   1,   8, 6,
                     0,    1,    8,    0,    6,    4,    0, 1, 2, 0, 0,   0,   0, 1,
                     192,  168,  1,    2,    0,    0,    0, 0, 0, 0, 192, 168, 1, 1};
  Script frames;
  frames.Byte(0).Byte(0).Block(arp);
  frames.Byte(1).Block(UdpPacket({kMachine, 5000}, kServer, Bytes{1, 2, 3}));
  frames.Byte(1).Block(IcmpPacket(kMachine, kServer.address, 8, 0, Bytes{0, 7, 0, 1, 'p'}));
  Script connection;
  connection.Byte(1).Byte(3).Byte(5).Put("hello").Byte(4).Byte(10);
  connection.Byte(2).Byte(0x10).Byte(5).Byte(1).Byte(4).Put(Bytes{2, 4, 0, 1}).Byte(2).Put("xy");
  connection.Byte(2).Byte(0x11).Byte(0).Byte(1).Byte(0).Byte(0).Byte(4).Byte(200);
  connection.Byte(2).Byte(0x04).Byte(0).Byte(0).U32(7).Byte(0).Byte(0);
  return {{"frames", frames.bytes()}, {"connection", connection.bytes()}};
}

}  // namespace

const Target kEthernetDoor = {"ethernet_door", Run, MakeSeeds};

}  // namespace sfa::fuzz
