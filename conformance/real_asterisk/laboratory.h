// A real Asterisk in a world under the real clock, for tests that ask it questions directly.
#ifndef CONFORMANCE_REAL_ASTERISK_LABORATORY_H_
#define CONFORMANCE_REAL_ASTERISK_LABORATORY_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "asterisk_harness/real/real_asterisk.h"
#include "conformance/host/files.h"
#include "conformance/scenario/scenario.h"
#include "conformance/trace/trace.h"
#include "conformance/world/community.h"
#include "conformance/world/person.h"
#include "network_sim/post_queue.h"
#include "network_sim/simulation.h"
#include "network_sim/site.h"

namespace sfa::conformance {

// The office with the Asterisk and a home with people, each behind a NAT; accounts as given.
class Laboratory final : private harness::PbxObserver, private TraceListener {
 public:
  // `version` is "22" or "16", `source_root` the repository.
  Laboratory(const std::string& version, const std::string& source_root,
             const AsteriskSpec& asterisk, const std::vector<AccountSpec>& accounts);
  ~Laboratory();

  // Why this machine cannot run it at all; "" when it can.
  const std::string& unsupported() const { return unsupported_; }
  // What went wrong; "" when nothing has.
  const std::string& problem() const { return problem_; }

  // Runs the world until the predicate holds, at most so long.
  bool RunUntil(const std::function<bool()>& predicate, Duration at_most);
  void RunFor(Duration time);

  // The console's answer; "" when none came within 10 s.
  std::string Console(const std::string& command);
  // An AMI action; its response.
  harness::AmiMessage Action(const Fields& headers);
  // All AMI events since the beginning, or since Forget().
  const std::vector<harness::AmiMessage>& events() const { return events_; }
  // How many events have these headers.
  size_t Count(const Fields& headers) const;
  // Waits until `count` events have these headers.
  bool WaitFor(const Fields& headers, size_t count, Duration at_most);

  // The events, log lines and sights of the same time, for whoever has to understand a failure.
  std::string Story() const;
  // A world that runs for long has no room for all of them.
  void Forget();

  Person& person(const std::string& name);
  harness::RealAsterisk& asterisk() { return *asterisk_; }
  // Of the running Asterisk, as the machine numbers it.
  int pid() const { return asterisk_->pid(); }
  // Whether a file of that name is mapped into the Asterisk's memory.
  bool IsMapped(const std::string& file) const;

 private:
  // `ask` gets a function to be called with the answer; an empty one when there was none in time.
  template <typename Answer, typename Ask>
  Answer AwaitAnswer(const Ask& ask);
  void OnAmiEvent(const harness::AmiMessage& event) override { events_.push_back(event); }
  void OnLog(const std::string& level, const std::string& text) override;
  void OnObservation(const Observation& seen) override;
  void OnRecording(const Recording&) override {}
  void Start(const std::string& version, const std::string& source_root,
             const AsteriskSpec& asterisk);

  std::string unsupported_, problem_, log_;
  Trace trace_;
  sim::Simulation simulation_;
  sim::Network network_;
  std::unique_ptr<Community> community_;
  std::vector<std::unique_ptr<Person>> people_;
  TemporaryDirectory work_;
  std::shared_ptr<sim::PostQueue> post_;
  std::unique_ptr<harness::RealAsterisk> asterisk_;
  std::vector<harness::AmiMessage> events_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_REAL_ASTERISK_LABORATORY_H_
