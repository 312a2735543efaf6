// One world from a scenario: network, community, people, PBX. Runs the scenario's steps and writes
// down what is seen.
#ifndef CONFORMANCE_WORLD_WORLD_H_
#define CONFORMANCE_WORLD_WORLD_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "conformance/scenario/scenario.h"
#include "conformance/trace/trace.h"
#include "conformance/world/pbx_site.h"

namespace sfa::conformance {

class Community;
class Person;

struct WorldParts {
  sim::Simulation& simulation;
  sim::Network& network;
  Community& community;
  const std::vector<std::unique_ptr<Person>>& people;
};

// Somebody in the world of whom its scenario says nothing: a judge's own host, that does harm. Made
// when all is built and nothing has happened; destroyed when all is over, before what it uses.
class WorldGuest {
 public:
  virtual ~WorldGuest() = default;
  // The scenario's time is over, nothing has been stopped yet.
  virtual void LookAround() = 0;
};
using GuestMaker = std::function<std::unique_ptr<WorldGuest>(const WorldParts& parts)>;

// Whoever takes the timeline's place: the world runs as long as it lives there.
class WorldResident {
 public:
  virtual ~WorldResident() = default;
  struct House {
    sim::Simulation& simulation;
    PbxSite& pbx;
    // Between two runs of the simulation. "" when it was done, else why it could not be.
    std::function<std::string(const Step& step)> do_step;
  };
  // The PBX is ready, the people log in. When it returns, everything is stopped.
  virtual void Live(const House& house) = 0;
};

struct WorldSettings {
  uint64_t seed = 1;
  std::string capture_directory;  // exists; "" for no captures
  GuestMaker guest;               // none: nobody
  // Both outlive the run.
  WorldResident* resident = nullptr;  // none: the scenario's steps happen
  TraceListener* listener = nullptr;  // is told what is seen, and the trace stays empty
};

struct WorldRun {
  Trace trace;
  std::string log;  // diagnostics of all processes, for people
  uint64_t packets_delivered = 0;
};

// Builds, runs to the scenario's end, stops, destroys. Nothing escapes: what goes wrong on the
// platform's side is an observation "broken".
WorldRun RunWorld(const Scenario& scenario, const PbxFactory& factory,
                  const WorldSettings& settings);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_WORLD_H_
