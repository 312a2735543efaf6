// Processor time for each media packet that is delivered in a call of a minute through two NATs,
// everything included: building the world, logging in, encryption, jitter buffers, dialplan. As a
// ratio against the same packets over one bare link of ns-3's own stack, measured in between.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "conformance/command_line/options.h"
#include "conformance/host/children.h"
#include "conformance/host/files.h"
#include "conformance/results/json.h"
#include "conformance/world/world.h"
#include "network_sim/bench/raw_ns3.h"
#include "protocol/media/codec.h"

namespace sfa::conformance {
namespace {

constexpr char kScenario[] = "/conformance/bench/two-nats-60s.yaml";
constexpr char kRaw[] = "raw ns-3, one link";
constexpr char kCall[] = "call, captures off";
constexpr char kCapturedCall[] = "call, captures on";
// What a media packet may cost, as a multiple of raw ns-3's.
constexpr double kMostWithoutCaptures = 1.5;
constexpr double kMostWithCaptures = 2.5;
// As many packets as the call carries, several times over.
constexpr int kRawPackets = 30'000;

// Media packets that reached either end; the scenario loses none, so that what was sent has
// arrived.
uint64_t MediaPackets(const Trace& trace) {
  uint64_t packets = 0;
  for (const Recording& recording : trace.recordings()) {
    packets += recording.packets_received + recording.sent.size() / media::kFrameSamples;
  }
  return packets;
}

void RunCall(benchmark::State& state, const Scenario& scenario, const PbxFactory& factory,
             bool captures) {
  for (auto _ : state) {
    const TemporaryDirectory directory;
    const double start = CpuSeconds();
    const WorldRun run = RunWorld(scenario, factory, {1, captures ? directory.path() : ""});
    const double seconds = CpuSeconds() - start;
    const uint64_t packets = MediaPackets(run.trace);
    if (packets == 0) {
      state.SkipWithError("no call took place");
      return;
    }
    state.SetIterationTime(seconds / static_cast<double>(packets));
  }
}

void RunRaw(benchmark::State& state) {
  for (auto _ : state)
    state.SetIterationTime(sim::RawNs3CpuNanosecondsPerPacket(kRawPackets) / 1e9);
}

// Keeps every repetition's time for one packet.
class Collector final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      if (run.error_occurred) {
        failed_ = run.error_message;
      } else {
        const double iterations = static_cast<double>(run.iterations);
        seconds_[run.run_name.function_name].push_back(run.real_accumulated_time / iterations);
      }
    }
  }
  const std::string& failed() const { return failed_; }
  // Microseconds; the middle one of all repetitions.
  double Median(const std::string& name) const {
    std::vector<double> times = seconds_.at(name);
    std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
    return times[times.size() / 2] * 1e6;
  }

 private:
  std::map<std::string, std::vector<double>> seconds_;
  std::string failed_;
};

}  // namespace

ExitCode Bench(const CommonOptions& common) {
  const std::optional<Library> library = OpenLibrary(common.source_root);
  if (!library) return kExitBadInput;
  std::vector<InputError> errors;
  const std::optional<Scenario> scenario =
      library->LoadFile(common.source_root + kScenario, errors);
  if (!scenario) return TellInputErrors(errors);
  const std::unique_ptr<PbxFactory> factory = NewPbxFactory("sim", common.source_root);
  benchmark::RegisterBenchmark(kRaw, RunRaw)->UseManualTime()->Iterations(1)->Repetitions(7);
  for (const bool captures : {false, true}) {
    benchmark::RegisterBenchmark(
        captures ? kCapturedCall : kCall,
        [&, captures](benchmark::State& state) { RunCall(state, *scenario, *factory, captures); })
        ->UseManualTime()
        ->Iterations(1)
        ->Repetitions(7);
  }
  // Interleaved, so that a machine that grows slower or faster meanwhile does so for all.
  std::vector<std::string> words = {"sfalab", "--benchmark_enable_random_interleaving=true"};
  std::vector<char*> arguments;
  arguments.reserve(words.size());
  for (std::string& word : words) arguments.push_back(word.data());
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  Collector collector;
  benchmark::RunSpecifiedBenchmarks(&collector);
  if (!collector.failed().empty()) return TellError(collector.failed(), kExitCannotTell);

  const double raw = collector.Median(kRaw);
  nlohmann::ordered_json json = {{"raw_ns3_us_per_packet", raw}};
  if (!common.json) fmt::print("{:<24} {:6.2f} us a packet\n", kRaw, raw);
  ExitCode exit_code = kExitPass;
  for (const char* name : {kCall, kCapturedCall}) {
    const double call = collector.Median(name);
    const bool captures = name == kCapturedCall;
    const double most = captures ? kMostWithCaptures : kMostWithoutCaptures;
    if (call / raw > most) exit_code = kExitFail;
    json[captures ? "captures_on" : "captures_off"] = {
        {"us_per_media_packet", call}, {"ratio", call / raw}, {"at_most", most}};
    if (!common.json) {
      fmt::print("{:<24} {:6.2f} us a media packet, {:.2f} times raw ns-3 (at most {:.1f})\n", name,
                 call, call / raw, most);
    }
  }
  if (common.json) fmt::print("{}\n", Dump(json));
  return exit_code;
}

}  // namespace sfa::conformance
