// Every capture of every scenario before an independent reader.
#include <gtest/gtest.h>

#include "conformance/host/children.h"
#include "conformance/host/files.h"
#include "conformance/judges/packet_judge.h"
#include "conformance/runner/library.h"
#include "conformance/world/simulated_site.h"
#include "conformance/world/world.h"

namespace sfa::conformance {
namespace {

class CapturesTest : public testing::Test {
 protected:
  CapturesTest() : library_(Library::Open(SFA_SOURCE_ROOT, errors_)) {}

  void Run(const std::string& file, const std::string& directory) {
    const std::optional<Scenario> scenario = library_->LoadFile(file, errors_);
    ASSERT_TRUE(scenario);
    ASSERT_TRUE(MakeDirectory(directory).ok());
    RunWorld(*scenario, *NewSimulatedPbxFactory(), {1, directory});
  }

  // All captures of a run in one file: a start of tshark takes longer than the reading.
  static std::string Merge(const std::string& directory) {
    std::string merged = directory + "/all.pcap";
    std::vector<std::string> command = {"mergecap", "-F", "pcap", "-w", merged};
    const std::vector<std::string> names = *ListFiles(directory, ".pcap");
    for (const std::string& name : names) command.push_back(directory + "/" + name);
    EXPECT_EQ(RunChild(command).exit_code, 0) << "mergecap comes with tshark";
    return merged;
  }

  std::vector<InputError> errors_;
  std::optional<Library> library_;
  TemporaryDirectory temporary_;
};

TEST_F(CapturesTest, AreWellFormedInEveryScenario) {
  std::map<std::string, int> protocols;
  int scenarios = 0;
  for (const std::string& file : library_->ScenarioFilesFor("sim")) {
    const std::string directory = temporary_.path() + "/" + std::to_string(scenarios);
    Run(file, directory);
    const std::string all = Merge(directory);
    const Result<PacketJudgement> judgement = JudgePackets(all);
    ASSERT_TRUE(judgement.ok()) << judgement.error().message;
    for (const std::string& complaint : judgement->complaints) {
      ADD_FAILURE() << file << ": " << complaint;
    }
    for (const auto& [protocol, packets] : judgement->protocols) protocols[protocol] += packets;
    ++scenarios;
    ASSERT_TRUE(RemoveDirectoryTree(directory).ok());
  }
  EXPECT_GT(scenarios, 0);
  EXPECT_GT(protocols["stun"], 0);
  EXPECT_GT(protocols["rtp"], 0);
  EXPECT_GT(protocols["tcp"], 0);
}

TEST_F(CapturesTest, ADamagedOneIsSeen) {
  const std::string directory = temporary_.path() + "/damaged";
  Run(SFA_SOURCE_ROOT "/scenarios/incoming-call-public.yaml", directory);
  const std::vector<std::string> names = *ListFiles(directory, ".pcap");
  ASSERT_FALSE(names.empty());
  for (const std::string& name : names) {
    const std::string path = directory + "/" + name;
    std::string bytes = *ReadFile(path);
    // pcap: 24 bytes of file header, 16 of the first record's. Flip a bit in the first packet.
    constexpr size_t kSomewhereInside = 24 + 16 + 22;
    if (bytes.size() <= kSomewhereInside) continue;
    bytes[kSomewhereInside] = static_cast<char>(bytes[kSomewhereInside] ^ 0x10);
    ASSERT_TRUE(WriteFile(path, bytes).ok());
    const Result<PacketJudgement> judgement = JudgePackets(path);
    ASSERT_TRUE(judgement.ok());
    EXPECT_FALSE(judgement->complaints.empty()) << name;
  }
}

TEST_F(CapturesTest, WhatIsNoCaptureIsAnError) {
  const std::string path = temporary_.path() + "/text.pcap";
  ASSERT_TRUE(WriteFile(path, "no capture").ok());
  EXPECT_FALSE(JudgePackets(path).ok());
}

}  // namespace
}  // namespace sfa::conformance
