// What an implementation of the runtime provides so that the contract suite can be run against it.
//
// How to run the suite against an implementation: in one test file, write a TestBed, include
// "runtime/contract/runtime_contract.h" and say
//
//   INSTANTIATE_TEST_SUITE_P(Simulated, RuntimeContract,
//                            testing::Values(TestBedFactory(&NewSimulatedTestBed)));
//
// within namespace sfa::contract. A new bed is made for each case. The cases know only this
// interface, so they hold under a virtual and under a real clock: a deadline is a guard against
// hanging, never a measurement.
#ifndef REFERENCE_IMPL_RUNTIME_CONTRACT_TEST_BED_H_
#define REFERENCE_IMPL_RUNTIME_CONTRACT_TEST_BED_H_

#include <functional>
#include <memory>

#include "runtime/runtime.h"

namespace sfa::contract {

// Two processes, A and B, on two hosts that reach each other without a NAT and without loss.
//
//     A  ──────  B, and on B's host the echo process
//     │
//     └── a black hole
class TestBed {
 public:
  virtual ~TestBed() = default;

  virtual Runtime& a() = 0;
  virtual Runtime& b() = 0;
  // Addresses of the two hosts; they differ.
  virtual Ipv4Address address_a() = 0;
  virtual Ipv4Address address_b() = 0;
  // An address that neither host has.
  virtual Ipv4Address foreign_address() { return Ipv4Address::Of(192, 0, 2, 77); }

  // Runs both processes (and the echo process) until `predicate` holds, looked at often, or
  // `at_most` has passed on A's clock. Returns whether it holds.
  virtual bool RunUntil(const std::function<bool()>& predicate, Duration at_most) = 0;

  // A TCP endpoint, reached from A, from which nothing ever comes back. The implementation's time
  // limit for connecting must be shorter than five minutes; with a real clock, set it short.
  virtual Endpoint black_hole() = 0;

  // Starts a process of its own on B's host that holds an EchoServer (echo_server.h); returns where
  // it listens.
  virtual Endpoint StartEchoProcess() = 0;
  // Ends that process as SIGKILL does: its streams are reset or ended, its port is closed.
  // Returns when it is gone, though A may not have heard of it yet.
  virtual void KillEchoProcess() = 0;
};

using TestBedFactory = std::function<std::unique_ptr<TestBed>()>;

}  // namespace sfa::contract

#endif  // REFERENCE_IMPL_RUNTIME_CONTRACT_TEST_BED_H_
