// What happens to a world's network and community while it runs: steps of "network" and
// "community".
#ifndef CONFORMANCE_WORLD_ACCIDENTS_H_
#define CONFORMANCE_WORLD_ACCIDENTS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "conformance/scenario/scenario.h"
#include "conformance/world/community.h"
#include "conformance/world/person.h"
#include "network_sim/site.h"

namespace sfa::conformance {

class Accidents {
 public:
  // All outlive it.
  Accidents(sim::Network& network, Community& community,
            const std::vector<std::unique_ptr<Person>>& people)
      : network_(network), community_(community), people_(people) {}

  struct Outcome {
    std::string problem;  // "" when it happened, else why it could not
    std::string what;     // the machine that was found, the new address; "" when there is none
  };
  Outcome Happen(const Step& step);

 private:
  Outcome OfNetwork(const Step& step);
  Outcome OfCommunity(const Step& step);
  // The machine that `argument` means now; "" when there is none.
  std::string Resolve(const std::string& argument);
  std::string RelayOf(const std::string& user) const;

  sim::Network& network_;
  Community& community_;
  const std::vector<std::unique_ptr<Person>>& people_;
  std::map<std::string, std::string> resolved_;  // at the latest accident, by what it is called
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_ACCIDENTS_H_
