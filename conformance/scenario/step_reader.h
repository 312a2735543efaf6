// What a scenario says of what happens: one step.
#ifndef CONFORMANCE_SCENARIO_STEP_READER_H_
#define CONFORMANCE_SCENARIO_STEP_READER_H_

#include <yaml-cpp/yaml.h>

#include <string>

#include "conformance/scenario/account_reader.h"
#include "conformance/scenario/network_reader.h"
#include "conformance/scenario/scenario.h"
#include "conformance/scenario/teller.h"

namespace sfa::conformance {

inline constexpr char kAsterisk[] = "asterisk";
inline constexpr char kFarAsterisk[] = "far_asterisk";

// The pairs of a mapping of texts and lists of texts; a list has a pair for each.
Fields FieldsOf(const YAML::Node& map);

// A manager user that `asterisk` has; "" when it has none of that name, which has been told.
std::string ManagerNamed(const YAML::Node& name, const AsteriskSpec& asterisk, Teller& teller);

class StepReader {
 public:
  // Accounts, sites and Asterisks of `scenario` are known. All outlive it.
  StepReader(Teller& teller, NetworkReader& network, AccountReader& accounts,
             const Scenario& scenario)
      : teller_(teller), network_(network), accounts_(accounts), scenario_(scenario) {}

  // Without its place.
  Step Read(const YAML::Node& node);

 private:
  void ReadAction(const YAML::Node& actor, const YAML::Node& action, Step& step);
  void ReadOfPerson(const YAML::Node& verb, const YAML::Node& value, Step& step);
  void ReadOfAsterisk(const YAML::Node& actor, const YAML::Node& action, Step& step);
  void CheckTelephoneCan(const YAML::Node& verb, const YAML::Node& value);

  Teller& teller_;
  NetworkReader& network_;
  AccountReader& accounts_;
  const Scenario& scenario_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_SCENARIO_STEP_READER_H_
