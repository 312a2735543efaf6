// Processor time for each media packet that is delivered in a call of a minute through two NATs,
// everything included: building the world, logging in, encryption, jitter buffers, dialplan.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "conformance/command_line/options.h"
#include "conformance/host/files.h"
#include "conformance/world/world.h"

namespace sfa::conformance {
namespace {

constexpr char kScenario[] = "/conformance/bench/two-nats-60s.yaml";

void RunCall(benchmark::State& state, const Scenario& scenario, const PbxFactory& factory,
             bool captures) {
  uint64_t packets = 0;
  for (auto _ : state) {
    const TemporaryDirectory directory;
    packets += RunWorld(scenario, factory, {1, captures ? directory.path() : ""}).packets_delivered;
  }
  state.SetItemsProcessed(static_cast<int64_t>(packets));
}

}  // namespace

ExitCode Bench(const CommonOptions& common, const std::vector<std::string>& extra) {
  const std::optional<Library> library = OpenLibrary(common.source_root);
  if (!library) return kExitBadInput;
  std::vector<InputError> errors;
  const std::optional<Scenario> scenario =
      library->LoadFile(common.source_root + kScenario, errors);
  if (!scenario) return TellInputErrors(errors);
  const std::unique_ptr<PbxFactory> factory = NewPbxFactory("sim", common.source_root);
  for (const bool captures : {false, true}) {
    benchmark::RegisterBenchmark(
        captures ? "call, captures on" : "call, captures off",
        [&, captures](benchmark::State& state) { RunCall(state, *scenario, *factory, captures); });
  }
  static_cast<void>(extra);
  benchmark::RunSpecifiedBenchmarks();
  return kExitPass;
}

}  // namespace sfa::conformance
