// CPU time of a packet: ns-3's stock stack over one bare link, and our hosts through links and the
// Internet, in turns so that both see the same machine.
#include <benchmark/benchmark.h>

#include "network_sim/bench/raw_ns3.h"

namespace sfa::sim {
namespace {

void PacketCost(benchmark::State& state) {
  constexpr int kPackets = 20'000;
  double raw = 0, ours = 0;
  for (auto _ : state) {
    raw += RawNs3CpuNanosecondsPerPacket(kPackets);
    ours += OurCpuNanosecondsPerPacket(kPackets);
  }
  const auto rounds = static_cast<double>(state.iterations());
  state.counters["raw_ns3_ns"] = raw / rounds;
  state.counters["ours_ns"] = ours / rounds;
  state.counters["ratio"] = ours / raw;
}
BENCHMARK(PacketCost)->Unit(benchmark::kMillisecond)->MinTime(2);

}  // namespace
}  // namespace sfa::sim

BENCHMARK_MAIN();
