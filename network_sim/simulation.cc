#include "network_sim/simulation.h"

#include <ns3/boolean.h>
#include <ns3/default-simulator-impl.h>
#include <ns3/global-value.h>
#include <ns3/object-factory.h>
#include <ns3/pointer.h>
#include <ns3/simulator.h>
#include <sodium.h>

#include <cassert>

#include "network_sim/event_heap.h"
#include "network_sim/ipv4.h"
#include "network_sim/timer_queue.h"

namespace sfa::sim {
namespace {

struct EndOfRun : ns3::EventImpl {
  void Notify() override { ns3::Simulator::Stop(); }
};

}  // namespace

struct Simulation::Core {
  ns3::Ptr<RunControl> control = ns3::CreateObject<RunControl>();
  ns3::Ptr<EndOfRun> end_of_run = ns3::Create<EndOfRun>();
  std::unique_ptr<TimerQueue> timers;
};

Simulation::Simulation(const SimulationSettings& settings)
    : settings_(settings), core_(std::make_unique<Core>()) {
  // An earlier user of ns-3 in this process may have left a simulator behind.
  ns3::Simulator::Destroy();
  ns3::GlobalValue::Bind("ChecksumEnabled", ns3::BooleanValue(true));
  // Both clocks: ns-3's real-time implementation counts real time from 0 in every Run(), so it
  // cannot go on where it stopped. Waiting is the heap's part instead.
  ns3::Simulator::SetImplementation(ns3::CreateObject<ns3::DefaultSimulatorImpl>());
  core_->control->paced = settings.clock == ClockKind::kReal;
  core_->control->inbox = std::make_shared<Inbox>();
  core_->control->end_of_run = ns3::PeekPointer(core_->end_of_run);
  ns3::ObjectFactory scheduler("sfa::sim::EventHeap");
  scheduler.Set("Control", ns3::PointerValue(core_->control));
  ns3::Simulator::SetScheduler(scheduler);
  core_->timers = std::make_unique<TimerQueue>();
}

Simulation::~Simulation() {
  assert(core_->timers->size() == 0 && "a timer outlives its world");
  core_->timers.reset();
  core_->control->inbox->Close();
  ns3::Simulator::Destroy();
}

MonotonicTime Simulation::Now() const { return SimulatedNow(); }

WallTime Simulation::WallNow() const {
  return settings_.start + std::chrono::duration_cast<WallTime::duration>(Now().time_since_epoch());
}

uint64_t Simulation::SeedFor(std::string_view name) const {
  uint8_t key[crypto_generichash_KEYBYTES] = {};
  WriteU32(key, static_cast<uint32_t>(settings_.seed >> 32));
  WriteU32(key + 4, static_cast<uint32_t>(settings_.seed));
  uint8_t hash[crypto_generichash_BYTES_MIN];
  crypto_generichash(hash, sizeof(hash), reinterpret_cast<const uint8_t*>(name.data()), name.size(),
                     key, sizeof(key));
  return static_cast<uint64_t>(ReadU32(hash)) << 32 | ReadU32(hash + 4);
}

void Simulation::RunUntil(MonotonicTime when) {
  if (when < Now()) return;
  ns3::Simulator::Schedule(ns3::NanoSeconds((when - Now()).count()),
                           ns3::Ptr<ns3::EventImpl>(core_->end_of_run));
  Run();
}

bool Simulation::RunUntilOrTimeout(const std::function<bool()>& predicate, MonotonicTime deadline) {
  core_->control->predicate = &predicate;
  RunUntil(deadline);
  core_->control->predicate = nullptr;
  return predicate();
}

void Simulation::Run() {
  // Between two runs the world stands still.
  if (core_->control->paced) {
    core_->control->origin = Inbox::Clock::now() - Now().time_since_epoch();
    core_->control->punctuality.RunBegins();
  }
  core_->control->running = true;
  ns3::Simulator::Run();
  core_->control->running = false;
}

std::shared_ptr<Inbox> Simulation::inbox() { return core_->control->inbox; }

const Lateness& Simulation::worst_lateness() const { return core_->control->punctuality.worst(); }

void Simulation::ForgetLateness() { core_->control->punctuality.Forget(); }

TimerQueue& Simulation::timers() { return *core_->timers; }

}  // namespace sfa::sim
