#include "network_sim/capture.h"

#include <gtest/gtest.h>
#include <pcap/pcap.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

namespace sfa::sim {
namespace {

class CaptureTest : public testing::TestWithParam<ClockKind> {
 protected:
  CaptureTest()
      : path_(testing::TempDir() + "capture_test." + std::to_string(static_cast<int>(GetParam())) +
              ".pcap") {}
  ~CaptureTest() override { std::remove(path_.c_str()); }

  const std::string path_;
};

TEST_P(CaptureTest, HoldsEveryPacketOnceFlushed) {
  constexpr int kPackets = 3000;  // several of the stream's buffers
  Simulation simulation({.clock = GetParam()});
  const auto capture = Capture::Open(simulation, path_);
  ASSERT_TRUE(capture.ok()) << capture.error().message;
  const ns3::Ptr<ns3::Packet> packet = ns3::Create<ns3::Packet>(500);
  for (int i = 0; i < kPackets; ++i) (*capture)->Record(*packet);
  ASSERT_TRUE((*capture)->Flush().ok());

  char problem[PCAP_ERRBUF_SIZE];
  pcap_t* const file = pcap_open_offline(path_.c_str(), problem);
  ASSERT_NE(file, nullptr) << problem;
  int found = 0;
  pcap_pkthdr* header;
  const u_char* bytes;
  while (pcap_next_ex(file, &header, &bytes) == 1) found += header->caplen == 500;
  pcap_close(file);
  EXPECT_EQ(found, kPackets);
}

TEST_P(CaptureTest, SaysThatTheDiskIsFull) {
  Simulation simulation({.clock = GetParam()});
  const auto capture = Capture::Open(simulation, "/dev/full");
  ASSERT_TRUE(capture.ok()) << capture.error().message;
  (*capture)->Record(*ns3::Create<ns3::Packet>(500));
  const Status flushed = (*capture)->Flush();
  ASSERT_FALSE(flushed.ok());
  EXPECT_NE(flushed.error().message.find("No space left on device"), std::string::npos)
      << flushed.error().message;
}

INSTANTIATE_TEST_SUITE_P(Clocks, CaptureTest,
                         testing::Values(ClockKind::kVirtual, ClockKind::kReal));

// A pipe that nobody reads is a disk that never answers.
TEST(CaptureWriterTest, RefusesWhatIsTooMuchForItsMemory) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  auto writer = std::make_unique<CaptureWriter>(fdopen(ends[1], "wb"));
  const std::string part(1 << 20, 'x');
  size_t taken = 0;
  while (taken <= CaptureWriter::kMaxWaiting &&
         std::fwrite(part.data(), 1, part.size(), writer->stream()) == part.size()) {
    taken += part.size();
  }
  EXPECT_LE(taken, CaptureWriter::kMaxWaiting);
  EXPECT_GE(taken, CaptureWriter::kMaxWaiting / 2);
  // Now the disk answers; that something was refused is not forgotten.
  size_t found = 0;
  std::thread disk([&] {
    std::string bytes(1 << 20, '\0');
    for (ssize_t size; (size = read(ends[0], bytes.data(), bytes.size())) > 0;) {
      found += static_cast<size_t>(size);
    }
  });
  EXPECT_EQ(writer->Drain(), ENOBUFS);
  std::fclose(writer->stream());
  writer.reset();
  disk.join();
  close(ends[0]);
  EXPECT_GE(found, taken);
  EXPECT_LE(found, CaptureWriter::kMaxWaiting);
}

}  // namespace
}  // namespace sfa::sim
