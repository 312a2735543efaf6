// The same scenario, seed and build give the same bytes: trace and captures, in a fresh process,
// from another directory, after a hundred other worlds; another seed gives others.
//
// Fresh processes are this program again, with the scenario named in its environment.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>

#include "conformance/host/children.h"
#include "conformance/host/files.h"
#include "conformance/runner/library.h"
#include "conformance/world/simulated_site.h"
#include "conformance/world/world.h"

namespace sfa::conformance {
namespace {

Library Open() {
  std::vector<InputError> errors;
  return *Library::Open(SFA_SOURCE_ROOT, errors);
}

// A hash over the trace and the bytes of every capture.
std::string Fingerprint(const Library& library, const std::string& file, uint64_t seed) {
  std::vector<InputError> errors;
  const std::optional<Scenario> scenario = library.LoadFile(file, errors);
  if (!scenario) return "cannot load " + file;
  const TemporaryDirectory captures;
  const WorldRun run = RunWorld(*scenario, *NewSimulatedPbxFactory(), {seed, captures.path()});
  std::string all = run.trace.ToJsonLines();
  const std::vector<std::string> listed = *ListFiles(captures.path(), ".pcap");
  for (const std::string& name : listed) {
    all += name + "\n" + *ReadFile(captures.path() + "/" + name);
  }
  return HashBytes(all.data(), all.size());
}

std::map<std::string, std::string> FreshFingerprints(const Library& library,
                                                     const std::string& directory) {
  const std::vector<std::string> files = library.ScenarioFiles();
  std::vector<std::vector<std::string>> commands;
  commands.reserve(files.size());
  for (const std::string& file : files) {
    commands.push_back(
        {"env", "-C", directory, "-i", "PATH=/usr/bin:/bin", "SFA_FINGERPRINT_OF=" + file,
         OwnPath(), "--gtest_filter=DISABLED_FreshProcess.*", "--gtest_also_run_disabled_tests"});
  }
  std::map<std::string, std::string> fingerprints;
  RunChildren(commands, 2, [&](size_t job, const ChildResult& result) {
    const size_t at = result.output.find("fingerprint=");
    fingerprints[files[job]] =
        at == std::string::npos ? "no answer: " + result.output : result.output.substr(at + 12, 64);
  });
  return fingerprints;
}

// Run by FreshFingerprints() only.
TEST(DISABLED_FreshProcess, PrintsAFingerprint) {
  const char* file = getenv("SFA_FINGERPRINT_OF");
  if (file == nullptr) GTEST_SKIP() << "no scenario named";
  std::printf("fingerprint=%s\n", Fingerprint(Open(), file, 1).c_str());
}

TEST(DeterminismTest, SameBytesInFreshProcessesAndAfterAHundredWorlds) {
  const Library library = Open();
  const std::vector<std::string> files = library.ScenarioFiles();
  ASSERT_FALSE(files.empty());
  const auto fresh = FreshFingerprints(library, "/");
  const auto elsewhere = FreshFingerprints(library, "/usr");
  for (const std::string& file : files) {
    EXPECT_EQ(fresh.at(file).size(), 64u) << fresh.at(file);
    EXPECT_EQ(fresh.at(file), elsewhere.at(file)) << file << " depends on the directory";
  }
  for (int world = 0; world < 100; ++world) {
    Fingerprint(library, files[world % files.size()], 1000 + world);
  }
  for (const std::string& file : files) {
    EXPECT_EQ(Fingerprint(library, file, 1), fresh.at(file))
        << file << " depends on what ran before";
  }
}

TEST(DeterminismTest, AnotherSeedGivesOtherBytes) {
  const Library library = Open();
  for (const std::string& file : library.ScenarioFiles()) {
    EXPECT_NE(Fingerprint(library, file, 1), Fingerprint(library, file, 2)) << file;
  }
}

}  // namespace
}  // namespace sfa::conformance
