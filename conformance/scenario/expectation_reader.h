// What a scenario expects: one entry of `expect`.
#ifndef CONFORMANCE_SCENARIO_EXPECTATION_READER_H_
#define CONFORMANCE_SCENARIO_EXPECTATION_READER_H_

#include <yaml-cpp/yaml.h>

#include <functional>
#include <string>
#include <vector>

#include "conformance/scenario/account_reader.h"
#include "conformance/scenario/scenario.h"
#include "conformance/scenario/teller.h"

namespace sfa::conformance {

class ExpectationReader {
 public:
  // Accounts and steps of `scenario` are known. `requirement` reads the name of one. All outlive
  // it.
  ExpectationReader(Teller& teller, AccountReader& accounts, const Scenario& scenario,
                    std::function<std::string(const YAML::Node&)> requirement)
      : teller_(teller),
        accounts_(accounts),
        scenario_(scenario),
        requirement_(std::move(requirement)) {}

  // Without its place.
  Expectation Read(const YAML::Node& node);

 private:
  void ReadSubject(const YAML::Node& key, const YAML::Node& value, Expectation& expectation);
  AudioExpectation ReadAudio(const YAML::Node& node);
  AudioGapExpectation ReadAudioGap(const YAML::Node& node);
  AtEnd ReadAtEnd(const YAML::Node& node);
  Sighting ReadSighting(const YAML::Node& actor, const YAML::Node& node);
  // What is asked about besides must be something that such a sight has.
  void CheckDetails(const std::string& kind, const std::vector<YAML::Node>& keys);
  // A console output or a file is only seen when a step has asked for it.
  void CheckIsAsked(const std::string& actor, const std::string& verb, const YAML::Node& what);
  void RequireListed(const YAML::Node& node);
  Duration DurationBound(const YAML::Node& node);

  Teller& teller_;
  AccountReader& accounts_;
  const Scenario& scenario_;
  const std::function<std::string(const YAML::Node&)> requirement_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_SCENARIO_EXPECTATION_READER_H_
