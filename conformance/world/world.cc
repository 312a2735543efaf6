#include "conformance/world/world.h"

#include <fmt/format.h>

#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include "conformance/scenario/values.h"
#include "conformance/world/accidents.h"
#include "conformance/world/community.h"
#include "conformance/world/person.h"

namespace sfa::conformance {
namespace {

constexpr Duration kLongestStart = std::chrono::seconds(90);
// Generous: a stop asks the engine to end, which has 3 s.
constexpr Duration kLongestStop = std::chrono::seconds(30);
constexpr Duration kLongestAnswer = std::chrono::seconds(5);
// Real time only; the least that is worth telling. Judges know what it spoils.
constexpr Duration kLatenessTold = std::chrono::milliseconds(50);
constexpr size_t kLongestLog = 4 << 20;
constexpr char kAsterisk[] = "asterisk";

class World final : private PbxSiteObserver {
 public:
  World(const Scenario& scenario, const PbxFactory& factory, const WorldSettings& settings)
      : scenario_(scenario),
        factory_(factory),
        simulation_({settings.seed, factory.clock(), factory.DateFor(scenario.date)}),
        network_(simulation_, settings.capture_directory),
        make_guest_(settings.guest),
        resident_(settings.resident) {
    if (settings.listener != nullptr) run_.trace.TellInsteadOfKeeping(*settings.listener);
  }

  ~World() {
    guest_.reset();
    // People and PBX speak of what they see until they are gone.
    people_.clear();
    pbx_.reset();
    community_.reset();
  }

  WorldRun Run() {
    try {
      const Status built = Build();
      if (built.ok()) {
        Begin();
        if (resident_ == nullptr) {
          RunSteps();
          LookAround();
        } else if (pbx_ready_) {
          resident_->Live({simulation_, *pbx_, [this](const Step& step) { return Do(step); }});
        }
        Stop();
      } else if (built.error().code == ErrorCode::kPermissionDenied ||
                 built.error().code == ErrorCode::kNotFound) {
        See(Observer::kWorld, "world", "unsupported", {{"reason", built.error().message}});
      } else {
        Broken(built.error().message);
      }
    } catch (const std::exception& problem) {
      Broken(problem.what());
    }
    if (const Status written = network_.FlushCaptures(); !written.ok()) {
      Broken(written.error().message);
    }
    run_.packets_delivered = network_.ledger().packets_delivered;
    return std::move(run_);
  }

 private:
  // kPermissionDenied and kNotFound: this target cannot run it.
  Status Build() {
    for (const auto& [target, reason] : scenario_.unsupported_on) {
      if (target == factory_.target()) return Error{ErrorCode::kNotFound, reason};
    }
    for (const sim::SiteSettings& site : scenario_.sites) network_.AddSite(site);
    const Computer::LogSink log = [this](const std::string& process, std::string_view text) {
      OnDiagnostic(process, std::string(text));
    };
    auto community = Community::Make(scenario_.community, scenario_.accounts, network_, log);
    if (!community.ok()) return community.error();
    community_ = std::move(*community);
    accidents_ = std::make_unique<Accidents>(network_, *community_, people_);
    for (const AccountSpec& account : scenario_.accounts) {
      if (account.site.empty()) continue;
      auto computer = std::make_unique<Computer>(network_.AddHost(account.site, account.name), log);
      people_.push_back(
          std::make_unique<Person>(account, std::move(computer), community_->network(),
                                   simulation_.SeedFor("voice of " + account.name), run_.trace));
      if (account.online) online_.push_back(people_.back().get());
    }
    auto pbx = factory_.Make(scenario_.asterisk, simulation_, network_, *this);
    if (!pbx.ok()) return pbx.error();
    pbx_ = std::move(*pbx);
    if (make_guest_) guest_ = make_guest_({simulation_, network_, *community_, people_});
    pbx_->pbx().Start([this](const std::string& error) {
      if (!error.empty()) return Broken("the PBX did not start: " + error);
      pbx_ready_ = true;
      // Before this there was nothing to be late for.
      simulation_.ForgetLateness();
      See(Observer::kWorld, "world", "ready", {});
    });
    return {};
  }

  // The scenario's time 0. A real Asterisk takes some seconds to start, as many as the machine
  // needs: they are none of the scenario's.
  void Begin() {
    if (factory_.clock() == sim::ClockKind::kReal) {
      simulation_.RunUntilOrTimeout([this] { return pbx_ready_ || broken_; },
                                    MonotonicTime(kLongestStart));
    }
    zero_ = simulation_.Now();
    run_.trace.BeginAt(zero_);
    for (Person* person : online_) person->LogIn();
  }

  void RunSteps() {
    for (const Step& step : scenario_.steps) {
      simulation_.RunUntilOrTimeout([this] { return broken_; }, zero_ + step.at);
      if (broken_) return;
      simulation_.RunUntil(zero_ + step.at);
      Do(step);
    }
    simulation_.RunUntil(zero_ + scenario_.lasts);
  }

  // Returns "" when it was done, else why it could not be.
  std::string Do(const Step& step) {
    Fields fields = step.headers;
    if (!step.argument.empty()) fields.emplace_back("argument", step.argument);
    std::string problem;
    if (step.actor == "network" || step.actor == "community") {
      // What it turned out to mean belongs to the step.
      const Accidents::Outcome outcome = accidents_->Happen(step);
      if (!outcome.what.empty()) fields.emplace_back("found", outcome.what);
      problem = outcome.problem;
      See(Observer::kStep, step.actor, step.verb, fields);
    } else {
      See(Observer::kStep, step.actor, step.verb, fields);
      problem = DoOf(step);
    }
    if (!problem.empty()) {
      See(Observer::kStep, step.actor, "did not happen",
          {{"step", step.verb}, {"reason", problem}});
    }
    return problem;
  }

  std::string DoOf(const Step& step) {
    std::string problem;
    if (step.actor == kAsterisk) {
      problem = pbx_ready_ ? DoAtAsterisk(step) : "Asterisk is not ready";
    } else {
      for (const auto& person : people_) {
        if (person->name() == step.actor) problem = person->Do(step);
      }
    }
    return problem;
  }

  std::string DoAtAsterisk(const Step& step) {
    if (step.verb == "cli") {
      Ask(step.argument);
      return "";
    }
    harness::AmiMessage action;
    if (step.verb == "originate") {
      action.headers = {{"Action", "Originate"}, {"Async", "true"}};
    }
    action.headers.insert(action.headers.end(), step.headers.begin(), step.headers.end());
    const std::string name = action.Get("Action");
    pbx_->pbx().SendAction(action, [this, name](const std::vector<harness::AmiMessage>& messages) {
      for (const harness::AmiMessage& message : messages) {
        See(Observer::kResponse, kAsterisk, name, message.headers);
      }
    });
    return "";
  }

  void Ask(const std::string& command) {
    ++questions_;
    pbx_->pbx().RunCommand(command, [this, command](const std::string& output) {
      --questions_;
      See(Observer::kConsole, kAsterisk, command, {{"output", output}});
    });
  }

  // What an administrator finds after the scenario's end.
  void LookAround() {
    if (guest_) guest_->LookAround();
    Fields calls;
    for (const auto& person : people_) {
      if (person->in_call()) calls.emplace_back(person->name(), "in a call");
    }
    See(Observer::kWorld, "world", "calls left", std::move(calls));
    See(Observer::kWorld, "world", "relays left",
        {{"allocations", std::to_string(community_->relays_now())}});
    if (!pbx_ready_) return;
    pbx_->LookAtProcesses();
    Fields files;
    for (const std::string& path : pbx_->EngineFiles(EngineDirectory())) {
      files.emplace_back("executable", path);
    }
    See(Observer::kFiles, kAsterisk, EngineDirectory(), std::move(files));
    Ask("core show channels");
    Ask("skype show licenses");
    simulation_.RunUntilOrTimeout([this] { return questions_ == 0; },
                                  simulation_.Now() + kLongestAnswer);
  }

  // As chan_skype.conf says, /tmp unless it does (manual 3.1).
  std::string EngineDirectory() const {
    for (const auto& [name, text] : scenario_.asterisk.files) {
      if (name != "chan_skype.conf") continue;
      const size_t at = text.find("engine_directory=");
      if (at == std::string::npos) continue;
      const size_t start = at + std::string_view("engine_directory=").size();
      return text.substr(start, text.find_first_of("\r\n", start) - start);
    }
    return "/tmp";
  }

  void Stop() {
    for (const auto& person : people_) person->LogOut();
    pbx_stopped_ = !pbx_ready_;
    if (pbx_ready_) pbx_->pbx().Stop([this] { pbx_stopped_ = true; });
    const MonotonicTime deadline = simulation_.Now() + kLongestStop;
    simulation_.RunUntilOrTimeout([this] { return pbx_stopped_; }, deadline);
    if (pbx_ready_) pbx_->LookAtProcesses();
    // Clients say good-bye, and what they have recorded is kept.
    simulation_.RunUntil(simulation_.Now() + std::chrono::seconds(1));
    if (!pbx_stopped_) Broken("the PBX did not stop");
    if (!pbx_ready_ && !broken_) Broken("the PBX was never ready");
    TellLateness();
    See(Observer::kWorld, "world", "stopped", {});
  }

  void TellLateness() {
    sim::Lateness worst = simulation_.worst_lateness();
    if (worst.by <= kLatenessTold) return;
    worst.at -= zero_.time_since_epoch();
    const auto by = std::chrono::ceil<std::chrono::milliseconds>(worst.by);
    See(Observer::kWorld, "world", "late",
        {{"milliseconds", std::to_string(by.count())}, {"reason", worst.ToString()}});
  }

  void Broken(const std::string& reason) {
    broken_ = true;
    See(Observer::kWorld, "world", "broken", {{"reason", reason}});
  }

  void See(Observer observer, std::string subject, std::string kind, Fields fields) {
    run_.trace.Add(
        {simulation_.Now(), observer, std::move(subject), std::move(kind), std::move(fields)});
  }

  // PbxSiteObserver
  void OnAmiEvent(const harness::AmiMessage& event) override {
    See(Observer::kAmi, kAsterisk, event.Get("Event"), event.headers);
  }
  void OnLog(const std::string& level, const std::string& text) override {
    See(Observer::kLog, kAsterisk, level, {{"text", text}});
    OnDiagnostic("asterisk", level + ": " + text);
  }
  void OnProcess(const std::string& name, const std::string& event) override {
    See(Observer::kProcess, kAsterisk, name, {{"event", event}});
  }
  void OnDiagnostic(const std::string& process, const std::string& text) override {
    if (run_.log.size() > kLongestLog) return;
    run_.log += fmt::format("{} {}: {}\n", FormatSeconds(simulation_.Now() - zero_), process, text);
  }

  const Scenario& scenario_;
  const PbxFactory& factory_;
  WorldRun run_;
  MonotonicTime zero_{};  // when the scenario's time began
  bool pbx_ready_ = false;
  bool pbx_stopped_ = false;
  bool broken_ = false;
  int questions_ = 0;
  sim::Simulation simulation_;
  sim::Network network_;
  std::unique_ptr<Community> community_;
  std::unique_ptr<PbxSite> pbx_;
  std::vector<std::unique_ptr<Person>> people_;
  std::vector<Person*> online_;  // from the beginning
  std::unique_ptr<Accidents> accidents_;
  const GuestMaker make_guest_;
  std::unique_ptr<WorldGuest> guest_;
  WorldResident* const resident_;
};

}  // namespace

WorldRun RunWorld(const Scenario& scenario, const PbxFactory& factory,
                  const WorldSettings& settings) {
  World world(scenario, factory, settings);
  return world.Run();
}

}  // namespace sfa::conformance
