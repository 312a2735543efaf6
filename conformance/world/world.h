// One world from a scenario: network, community, people, PBX. Runs the scenario's steps and writes
// down what is seen.
#ifndef CONFORMANCE_WORLD_WORLD_H_
#define CONFORMANCE_WORLD_WORLD_H_

#include <cstdint>
#include <string>

#include "conformance/scenario/scenario.h"
#include "conformance/trace/trace.h"
#include "conformance/world/pbx_site.h"

namespace sfa::conformance {

struct WorldSettings {
  uint64_t seed = 1;
  std::string capture_directory;  // exists; "" for no captures
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
