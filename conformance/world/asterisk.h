// One of the world's Asterisks: does what steps say, and what is seen of it goes into the trace
// under its name.
#ifndef CONFORMANCE_WORLD_ASTERISK_H_
#define CONFORMANCE_WORLD_ASTERISK_H_

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "conformance/scenario/scenario.h"
#include "conformance/trace/trace.h"
#include "conformance/world/pbx_site.h"

namespace sfa::conformance {

class Asterisk final : private PbxSiteObserver {
 public:
  // `tell` takes what is for the log of a failing case. Spec, simulation and trace outlive it.
  using Tell = std::function<void(const std::string& process, const std::string& text)>;
  Asterisk(std::string name, const AsteriskSpec& spec, sim::Simulation& simulation, Trace& trace,
           Tell tell);

  // What the factory's Make() says.
  Status Build(const PbxFactory& factory, sim::Network& network);
  // `started` gets "" or why it did not start.
  void Start(std::function<void(const std::string& error)> started);
  // It has been.
  bool ready() const { return ready_; }
  // "" when it was done, else why it could not be.
  std::string Do(const Step& step);
  // What an administrator finds after the scenario's end; then asks the console what is in use.
  void LookAround();
  // Console commands that are not answered yet.
  int questions() const { return questions_; }
  void Stop();
  // It does not run.
  bool stopped() const { return state_ == State::kDown; }
  void LookAtProcesses();
  PbxSite& site() { return *site_; }

 private:
  enum class State { kDown, kStarting, kUp, kStopping };
  using Started = std::function<void(const std::string& error)>;

  // What is done to a process: whether or not it runs.
  std::optional<std::string> DoToProcess(const Step& step);
  // A PBX that does not come back is for the scenario to judge.
  void StartAgain();
  void Stop(StopKind kind, std::function<void()> done);
  void WentDown();
  void Ask(const std::string& command);
  // The files of its machine whose path is like `pattern`.
  void Read(const std::string& pattern);
  // The harness's own session, or another user's.
  void Act(const harness::AmiMessage& action, const std::string& user);
  // Opens the sessions of the scenario's manager users, one after the other.
  void OpenSessions(size_t first, Started opened);
  void NoteEngineDirectory(const std::string& chan_skype_conf);
  void See(Observer observer, std::string kind, Fields fields);

  // PbxSiteObserver
  void OnAmiEvent(const harness::AmiMessage& event) override;
  void OnLog(const std::string& level, const std::string& text) override;
  void OnProcess(const std::string& name, const std::string& event) override;
  void OnDiagnostic(const std::string& process, const std::string& text) override;

  const std::string name_;
  const AsteriskSpec& spec_;
  sim::Simulation& simulation_;
  Trace& trace_;
  const Tell tell_;
  bool ready_ = false;
  State state_ = State::kDown;
  uint64_t life_ = 0;  // how often it has been started; what belongs to an earlier one is over
  std::set<std::string> engine_directories_;  // that its configuration has named
  int questions_ = 0;
  std::unique_ptr<PbxSite> site_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_ASTERISK_H_
