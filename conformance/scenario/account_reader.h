// What a scenario says of its accounts and telephones, and of what calls to telephones cost.
#ifndef CONFORMANCE_SCENARIO_ACCOUNT_READER_H_
#define CONFORMANCE_SCENARIO_ACCOUNT_READER_H_

#include <yaml-cpp/yaml.h>

#include <map>
#include <string>
#include <vector>

#include "conformance/scenario/network_reader.h"
#include "conformance/scenario/scenario.h"
#include "conformance/scenario/teller.h"

namespace sfa::conformance {

// Whether an account may be called so: words that stand beside an actor's name in a step or an
// expectation, and those of other actors, are reserved.
bool IsReserved(const std::string& name);

class AccountReader {
 public:
  // Fills the accounts of `scenario` and what its community has for telephones. All outlive it.
  AccountReader(Teller& teller, NetworkReader& network, Scenario& scenario)
      : teller_(teller), network_(network), scenario_(scenario) {}

  void ReadAccounts(const YAML::Node& accounts);
  // Of the community: rates and gateway.
  void ReadTelephony(const YAML::Node& community);

  // The name of an account that exists. `acts`: one that does what steps say.
  std::string Account(const YAML::Node& node, bool acts);
  // The same, or a telephone number.
  std::string Callable(const YAML::Node& node);
  std::vector<std::string> Names(bool acts) const;
  // Null when there is none.
  const AccountSpec* Find(const std::string& name) const;

 private:
  AccountSpec ReadAccount(const YAML::Node& name, const YAML::Node& node);
  void CheckName(const YAML::Node& name, const AccountSpec& account);
  void CheckKeys(const YAML::Node& node, const AccountSpec& account);
  void ReadProfile(const YAML::Node& profile, AccountSpec& account);
  void ReadCredit(const YAML::Node& credit, AccountSpec& account);
  void ReadForward(const YAML::Node& forward, AccountSpec& account);
  // Names of others, once all are known.
  void ReadOthers(const YAML::Node& node, AccountSpec& account);
  std::string Number(const YAML::Node& node);
  // An account of the network: no telephone, no further login, no name that nobody has.
  std::string Member(const YAML::Node& node);
  int64_t MoneyOf(const YAML::Node& node);

  Teller& teller_;
  NetworkReader& network_;
  Scenario& scenario_;
  std::map<std::string, std::string> owners_;  // of telephone numbers
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_SCENARIO_ACCOUNT_READER_H_
