#include "conformance/matrix/traffic.h"

#include <gtest/gtest.h>

#include "conformance/host/files.h"
#include "network_sim/ipv4.h"

namespace sfa::conformance {
namespace {

constexpr Ipv4Address kHost = Ipv4Address::Of(192, 168, 0, 10);
constexpr Ipv4Address kPeer = Ipv4Address::Of(203, 0, 113, 9);
constexpr Ipv4Address kNode = Ipv4Address::Of(198, 51, 100, 1);
constexpr WallTime kStart{std::chrono::seconds(1'275'350'400)};

void Append32(std::string& out, uint32_t value) {
  for (int i = 0; i < 4; ++i) out += static_cast<char>(value >> (8 * i));
}

// A capture by hand, so that reading it is not judged by what writes ours.
class CaptureFile {
 public:
  CaptureFile() {
    Append32(bytes_, 0xA1B23C4D);  // pcap with nanoseconds
    Append32(bytes_, 4 << 16 | 2);
    for (const uint32_t word : {0u, 0u, 65535u, 101u}) Append32(bytes_, word);  // 101: LINKTYPE_RAW
  }

  void Add(Duration at, Ipv4Address from, Ipv4Address to, uint8_t protocol, uint32_t size) {
    std::vector<uint8_t> packet(size);
    sim::WriteIpv4Header(packet.data(), from, to, protocol, size - sim::kIpv4HeaderBytes);
    const auto date =
        std::chrono::duration_cast<std::chrono::nanoseconds>(kStart.time_since_epoch() + at)
            .count();
    Append32(bytes_, static_cast<uint32_t>(date / 1'000'000'000));
    Append32(bytes_, static_cast<uint32_t>(date % 1'000'000'000));
    Append32(bytes_, size);
    Append32(bytes_, size);
    bytes_.append(packet.begin(), packet.end());
  }

  Result<std::vector<TrafficPacket>> Read(size_t bytes = std::string::npos) const {
    const TemporaryDirectory directory;
    const std::string path = directory.path() + "/lan.pcap";
    EXPECT_TRUE(WriteFile(path, bytes_.substr(0, bytes)).ok());
    return ReadTraffic(path, kStart);
  }
  size_t size() const { return bytes_.size(); }

 private:
  std::string bytes_;
};

TEST(Traffic, IsOfTheHostThatSpokeFirst) {
  CaptureFile file;
  file.Add(std::chrono::milliseconds(1500), kHost, kNode, sim::kProtocolUdp, 100);
  file.Add(std::chrono::milliseconds(1600), kNode, kHost, sim::kProtocolUdp, 200);
  file.Add(std::chrono::milliseconds(1700), kPeer, kNode, sim::kProtocolUdp, 300);
  const auto packets = file.Read();
  ASSERT_TRUE(packets.ok());
  ASSERT_EQ(packets->size(), 2u);
  EXPECT_EQ((*packets)[0].at, std::chrono::milliseconds(1500));
  EXPECT_EQ((*packets)[1].remote, kNode);
  EXPECT_EQ((*packets)[1].bytes, 200u);
}

TEST(Traffic, CountsWithinATime) {
  CaptureFile file;
  for (int second = 0; second < 10; ++second) {
    file.Add(std::chrono::seconds(second), kHost, kPeer, sim::kProtocolUdp, 100);
  }
  const auto packets = file.Read();
  ASSERT_TRUE(packets.ok());
  EXPECT_EQ(BytesBetween(*packets, std::chrono::seconds(2), std::chrono::seconds(5)), 300u);
}

TEST(Traffic, FindsTheBusiestConversation) {
  CaptureFile file;
  file.Add(std::chrono::seconds(1), kHost, kNode, sim::kProtocolTcp, 400);
  file.Add(std::chrono::seconds(2), kHost, kPeer, sim::kProtocolUdp, 300);
  file.Add(std::chrono::seconds(2), kPeer, kHost, sim::kProtocolUdp, 300);
  const auto packets = file.Read();
  ASSERT_TRUE(packets.ok());
  const Conversation all = BusiestBetween(*packets, Duration(0), std::chrono::seconds(9));
  EXPECT_EQ(all.remote, kPeer);
  EXPECT_EQ(all.protocol, sim::kProtocolUdp);
  EXPECT_EQ(all.bytes, 600u);
  EXPECT_EQ(BusiestBetween(*packets, std::chrono::seconds(5), std::chrono::seconds(9)).bytes, 0u);
}

TEST(Traffic, ADamagedCaptureIsAnErrorAndNoCrash) {
  CaptureFile file;
  file.Add(std::chrono::seconds(1), kHost, kNode, sim::kProtocolTcp, 400);
  for (size_t bytes = 0; bytes < file.size(); ++bytes) {
    const auto packets = file.Read(bytes);
    // Cut between two packets it is a shorter capture.
    EXPECT_EQ(packets.ok(), bytes == 24) << bytes;
  }
  EXPECT_FALSE(ReadTraffic("/nowhere/lan.pcap", kStart).ok());
}

}  // namespace
}  // namespace sfa::conformance
