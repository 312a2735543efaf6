#include <array>
#include <memory>

#include "network_sim/bench/cpu_time.h"
#include "network_sim/bench/raw_ns3.h"
#include "network_sim/test_support.h"

namespace sfa::sim {
namespace {

struct Counter final : UdpReceiver {
  void OnDatagram(const Endpoint&, std::span<const uint8_t>) override { ++received; }
  int received = 0;
};

}  // namespace

double OurCpuNanosecondsPerPacket(int packets) {
  Simulation simulation(SimulationSettings{});
  Network network(simulation, "");
  network.AddSite({.name = "east"});
  network.AddSite({.name = "west"});
  Machine machine;
  Host& east = network.AddHost("east", "host");
  Host& west = network.AddHost("west", "host");
  const auto a = machine.Start(east, "a");
  const auto b = machine.Start(west, "b");
  Counter unused, counter;
  const auto from = std::move(*a->OpenUdp({}, unused));
  const auto to = std::move(*b->OpenUdp({Ipv4Address::Any(), 4000}, counter));
  const Endpoint destination{west.address(), 4000};
  const std::array<uint8_t, 172> payload{};
  int left = packets;
  std::unique_ptr<Timer> timer;
  timer = a->NewTimer([&] {
    static_cast<void>(from->Send(destination, payload));
    if (--left > 0) timer->Start(std::chrono::milliseconds(20));
  });
  timer->Start(std::chrono::milliseconds(20));
  const double before = CpuNanoseconds();
  simulation.RunUntil(At(std::chrono::milliseconds(20) * (packets + 10)));
  return (CpuNanoseconds() - before) / counter.received;
}

}  // namespace sfa::sim
