// The runtime's contract, kept by processes on simulated hosts.
#include "runtime/contract/runtime_contract.h"

#include "network_sim/test_support.h"
#include "runtime/contract/echo_server.h"

namespace sfa::contract {
namespace {

class SimulatedTestBed final : public TestBed {
 public:
  SimulatedTestBed()
      : simulation_({.start = WallTime(std::chrono::hours(24) * 14761)}),  // 2010-06-01
        network_(simulation_, ""),
        host_a_(Host("a")),
        host_b_(Host("b")) {
    a_ = machine_.Start(host_a_, "a");
    b_ = machine_.Start(host_b_, "b");
  }

  Runtime& a() override { return *a_; }
  Runtime& b() override { return *b_; }
  Ipv4Address address_a() override { return host_a_.address(); }
  Ipv4Address address_b() override { return host_b_.address(); }
  bool RunUntil(const std::function<bool()>& predicate, Duration at_most) override {
    return simulation_.RunUntilOrTimeout(predicate, simulation_.Now() + at_most);
  }
  Endpoint black_hole() override { return {Ipv4Address::Of(192, 0, 2, 99), 80}; }
  Endpoint StartEchoProcess() override {
    echo_process_ = machine_.Start(host_b_, "echo");
    echo_ = std::make_unique<EchoServer>(*echo_process_, Endpoint{host_b_.address(), 0});
    return echo_->local();
  }
  void KillEchoProcess() override {
    // What dies has no time to close anything: the process goes before what it held.
    echo_process_.reset();
    echo_.reset();
  }

 private:
  sim::Host& Host(const std::string& name) {
    network_.AddSite({.name = name});
    return network_.AddHost(name, "host");
  }

  sim::Simulation simulation_;
  sim::Network network_;
  sim::Machine machine_;
  sim::Host& host_a_;
  sim::Host& host_b_;
  std::unique_ptr<Runtime> a_, b_, echo_process_;
  std::unique_ptr<EchoServer> echo_;
};

std::unique_ptr<TestBed> NewSimulatedTestBed() { return std::make_unique<SimulatedTestBed>(); }

}  // namespace

INSTANTIATE_TEST_SUITE_P(Simulated, RuntimeContract,
                         testing::Values(TestBedFactory(&NewSimulatedTestBed)));

}  // namespace sfa::contract
