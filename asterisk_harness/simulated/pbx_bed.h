// For the tests of this folder: a simulated host with a PBX on it.
#ifndef ASTERISK_HARNESS_SIMULATED_PBX_BED_H_
#define ASTERISK_HARNESS_SIMULATED_PBX_BED_H_

#include <memory>
#include <string>
#include <vector>

#include "asterisk_harness/operating_system/machine.h"
#include "asterisk_harness/simulated/pbx_process.h"
#include "asterisk_harness/simulated/played_driver.h"
#include "network_sim/simulation.h"
#include "network_sim/site.h"

namespace sfa::harness {

// chan_skype.conf with james_bond, and an extensions.conf of one context.
ConfigurationFiles With(const std::string& demo);

class PbxBed : public PbxObserver {
 public:
  explicit PbxBed(ConfigurationFiles files);
  ~PbxBed();

  void Run(Duration length);
  // Without ActionID; the answer when it comes within a minute.
  std::vector<AmiMessage> Act(const Headers& headers);
  std::string Command(const std::string& command);

  // Names of the events since the last look; of one channel when it is named.
  std::vector<std::string> TakeEvents(const std::string& channel = "");
  const AmiMessage* FindEvent(const std::string& name) const;
  // The events of a channel, each variable that was set by its own name.
  std::vector<std::string> WordsOf(const std::string& channel) const;
  bool Logged(const std::string& text) const;
  // The value that the dialplan told with NoOp(name=value), "" when it did not.
  std::vector<std::string> Told() const;

  sim::Simulation simulation;
  sim::Network network;
  sim::Host& host;
  std::unique_ptr<Machine> machine;
  std::unique_ptr<Runtime> runtime;
  PlayedDriver driver;
  std::vector<AmiMessage> events;
  std::vector<std::string> log;
  std::unique_ptr<PbxProcess> pbx;
  std::string start_error = "never started";

 private:
  void OnAmiEvent(const AmiMessage& event) override { events.push_back(event); }
  void OnLog(const std::string& level, const std::string& text) override {
    log.push_back(level + ": " + text);
  }
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_PBX_BED_H_
