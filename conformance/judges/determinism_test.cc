// The same scenario, seed and build give the same bytes: trace and captures, in a fresh process,
// from another directory, after a hundred other worlds; another seed gives others.
#include <gtest/gtest.h>

#include <map>

#include "conformance/host/children.h"
#include "conformance/host/files.h"
#include "conformance/results/json.h"
#include "conformance/runner/library.h"
#include "conformance/world/simulated_site.h"
#include "conformance/world/world.h"

namespace sfa::conformance {
namespace {

Library Open() {
  std::vector<InputError> errors;
  return *Library::Open(SFA_SOURCE_ROOT, errors);
}

// A hash over the trace's own and the bytes of every capture.
std::string Fingerprint(std::string trace_hash, const std::string& captures) {
  const std::vector<std::string> listed = *ListFiles(captures, ".pcap");
  for (const std::string& name : listed)
    trace_hash += name + "\n" + *ReadFile(captures + "/" + name);
  return HashBytes(trace_hash.data(), trace_hash.size());
}

std::string RunHere(const Library& library, const std::string& file, uint64_t seed) {
  std::vector<InputError> errors;
  const std::optional<Scenario> scenario = library.LoadFile(file, errors);
  if (!scenario) return "cannot load " + file;
  const TemporaryDirectory captures;
  const WorldRun run = RunWorld(*scenario, *NewSimulatedPbxFactory(), {seed, captures.path()});
  return Fingerprint(run.trace.Hash(), captures.path());
}

// Each scenario by the program that people run, in a process that inherits nothing.
std::map<std::string, std::string> RunInFreshProcesses(const Library& library,
                                                       const std::string& directory) {
  const std::vector<std::string> files = library.ScenarioFilesFor("sim");
  const TemporaryDirectory out;
  std::vector<std::vector<std::string>> commands;
  commands.reserve(files.size());
  for (const std::string& file : files) {
    commands.push_back({"env", "-C", directory, "-i", "PATH=/usr/bin:/bin", SFA_PROGRAM,
                        "--source-root", SFA_SOURCE_ROOT, "worker", file, "--on", "sim", "--seed",
                        "1", "--out", out.path()});
  }
  std::map<std::string, std::string> fingerprints;
  RunChildren(commands, 2, [&](size_t job, const ChildResult& child) {
    const Result<CaseResult> result = CaseResultFromJson(child.output);
    fingerprints[files[job]] =
        result.ok() ? Fingerprint(result->trace_hash, out.path() + "/captures/" + result->name)
                    : "no answer: " + child.output;
  });
  return fingerprints;
}

TEST(DeterminismTest, SameBytesInFreshProcessesAndAfterAHundredWorlds) {
  const Library library = Open();
  const std::vector<std::string> files = library.ScenarioFilesFor("sim");
  ASSERT_FALSE(files.empty());
  const auto fresh = RunInFreshProcesses(library, "/");
  const auto elsewhere = RunInFreshProcesses(library, "/usr");
  for (const std::string& file : files) {
    EXPECT_EQ(fresh.at(file).size(), 64u) << fresh.at(file);
    EXPECT_EQ(fresh.at(file), elsewhere.at(file)) << file << " depends on the directory";
  }
  for (int world = 0; world < 100; ++world) {
    RunHere(library, files[world % files.size()], 1000 + world);
  }
  for (const std::string& file : files) {
    EXPECT_EQ(RunHere(library, file, 1), fresh.at(file)) << file << " depends on what ran before";
  }
}

TEST(DeterminismTest, AnotherSeedGivesOtherBytes) {
  const Library library = Open();
  for (const std::string& file : library.ScenarioFilesFor("sim")) {
    EXPECT_NE(RunHere(library, file, 1), RunHere(library, file, 2)) << file;
  }
}

}  // namespace
}  // namespace sfa::conformance
