// Same seed, same bytes: in this process before and after many other worlds.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "network_sim/test_support.h"
#include "runtime/contract/echo_server.h"

namespace sfa::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Worlds : public testing::Test {
 protected:
  Worlds() {
    std::string pattern = testing::TempDir() + "worldsXXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~Worlds() override { std::filesystem::remove_all(directory_); }

  // Both kinds of traffic over lossy, jittery links; the bytes of both captures.
  std::string Run(uint64_t seed) {
    Simulation simulation(
        {.seed = seed, .start = WallTime(std::chrono::hours(24) * 14761)});  // 2010-06-01
    Network network(simulation, directory_);
    LinkSettings rough{.delay = milliseconds(15), .jitter = milliseconds(9), .loss = 0.03};
    rough.bits_per_second = 2'000'000;
    network.AddSite({.name = "east", .up = rough, .down = rough});
    network.AddSite({.name = "west", .up = rough, .down = rough});
    Machine machine;
    Host& east = network.AddHost("east", "pbx");
    Host& west = network.AddHost("west", "pbx");
    const auto a = machine.Start(east, "a");
    const auto b = machine.Start(west, "b");

    UdpLog sent, heard;
    const auto udp_b = std::move(*b->OpenUdp({Ipv4Address::Any(), 4000}, heard));
    heard.echo = udp_b.get();
    const auto udp_a = std::move(*a->OpenUdp({}, sent));
    int left = 200;
    std::unique_ptr<Timer> media;
    media = a->NewTimer([&] {
      auto noise = a->random().Bytes<172>();
      noise[0] = 0;  // so that no dissector takes noise for a broken packet of its protocol
      EXPECT_TRUE(udp_a->Send({west.address(), 4000}, noise).ok());
      if (--left > 0) media->Start(milliseconds(20));
    });
    media->Start(milliseconds(1));

    const contract::EchoServer echo(*b, {Ipv4Address::Any(), 7});
    struct Client final : StreamHandler {
      void OnData(std::span<const uint8_t> bytes) override { received += bytes.size(); }
      void OnEndOfStream() override { ended = true; }
      void OnError(const Error& error) override { ADD_FAILURE() << error.message; }
      size_t received = 0;
      bool ended = false;
    } client;
    const auto stream = a->ConnectTcp({}, {west.address(), 7}, client);
    const std::string text(60'000, 't');
    EXPECT_EQ(stream->Write(BytesOf(text)), text.size());
    stream->ShutdownWrite();
    EXPECT_TRUE(
        simulation.RunUntilOrTimeout([&] { return client.ended && left == 0; }, At(seconds(120))));
    EXPECT_EQ(client.received, text.size());
    EXPECT_GT(heard.datagrams.size(), 150u);
    EXPECT_LT(heard.datagrams.size(), 200u);
    EXPECT_TRUE(network.FlushCaptures().ok());
    return Read("east.pcap") + Read("west.pcap");
  }

  std::string Read(const std::string& name) const {
    std::ifstream file(directory_ + "/" + name, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
  }

  // What tshark says, with every checksum checked, of the packets that match `filter`.
  std::string Judge(const std::string& name, const std::string& filter) const {
    const std::string command = "tshark -n -r " + directory_ + "/" + name +
                                " -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE"
                                " -o tcp.check_checksum:TRUE -Y '" +
                                filter + "' 2>&1 | grep -v 'Running as user'";
    FILE* const pipe = popen(command.c_str(), "r");
    std::string said;
    char line[512];
    while (fgets(line, sizeof(line), pipe)) said += line;
    pclose(pipe);
    return said;
  }

  std::string directory_;
};

TEST_F(Worlds, SameSeedSameBytesAlsoAfterFiftyOtherWorlds) {
  const std::string first = Run(1);
  ASSERT_GT(first.size(), 100'000u);
  for (uint64_t seed = 2; seed < 52; ++seed) Run(seed);
  EXPECT_TRUE(Run(1) == first);
}

TEST_F(Worlds, AnotherSeedDiffers) { EXPECT_FALSE(Run(1) == Run(2)); }

TEST_F(Worlds, TsharkFindsNothingWrongInTheCaptures) {
  if (std::system("command -v tshark >/dev/null") != 0) GTEST_SKIP() << "tshark is not installed";
  Run(1);
  const std::string wrong =
      "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 ||"
      " tcp.checksum.status == 0";
  EXPECT_EQ(Judge("east.pcap", wrong), "");
  EXPECT_EQ(Judge("west-lan.pcap", wrong), "");
  EXPECT_NE(Judge("east.pcap", "udp"), "");
  EXPECT_NE(Judge("east.pcap", "tcp.flags.fin == 1"), "");

  // The judge can say no: a flipped byte of a payload is a bad checksum.
  std::fstream file(directory_ + "/east.pcap", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(24 + 16 + 28 + 50);
  file.put('\x5A');
  file.close();
  EXPECT_NE(Judge("east.pcap", wrong), "");
}

}  // namespace
}  // namespace sfa::sim
