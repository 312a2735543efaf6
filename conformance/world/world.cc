#include "conformance/world/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include "conformance/scenario/values.h"
#include "conformance/world/accidents.h"
#include "conformance/world/asterisk.h"
#include "conformance/world/community.h"
#include "conformance/world/person.h"
#include "conformance/world/simulated_site.h"
#include "conformance/world/telephone_user.h"

namespace sfa::conformance {
namespace {

constexpr Duration kLongestStart = std::chrono::seconds(90);
// Generous: a stop asks the engine to end, which has 3 s.
constexpr Duration kLongestStop = std::chrono::seconds(30);
constexpr Duration kLongestAnswer = std::chrono::seconds(5);
// Real time only; the least that is worth telling. Judges know what it spoils.
constexpr Duration kLatenessTold = std::chrono::milliseconds(50);
constexpr size_t kLongestLog = 4 << 20;
constexpr char kFarAsterisk[] = "far_asterisk";

class World {
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
    // People and PBX speak of what they see until they are gone, telephones as long as the
    // community's gateway is there.
    people_.clear();
    asterisks_.clear();
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
        } else if (AllReady()) {
          resident_->Live({simulation_, asterisks_.front()->site(),
                           [this](const Step& step) { return Do(step); }});
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
      Tell(process, std::string(text));
    };
    auto community = Community::Make(scenario_.community, scenario_.accounts, network_, log);
    if (!community.ok()) return community.error();
    community_ = std::move(*community);
    accidents_ = std::make_unique<Accidents>(network_, *community_, people_);
    AddActors(log);
    Status built = AddAsterisk("asterisk", scenario_.asterisk, factory_);
    if (built.ok() && scenario_.far_asterisk) {
      built = AddAsterisk(kFarAsterisk, *scenario_.far_asterisk, *far_factory_);
    }
    if (!built.ok()) return built;
    if (make_guest_) guest_ = make_guest_({simulation_, network_, *community_, people_});
    for (const auto& asterisk : asterisks_) {
      asterisk->Start([this](const std::string& error) {
        if (!error.empty()) return Broken("the PBX did not start: " + error);
        if (!AllReady()) return;
        // Before this there was nothing to be late for.
        simulation_.ForgetLateness();
        See(Observer::kWorld, "world", "ready", {});
      });
    }
    return {};
  }

  void AddActors(const Computer::LogSink& log) {
    for (const AccountSpec& account : scenario_.accounts) {
      if (!account.acts()) continue;
      const uint64_t voice_seed = simulation_.SeedFor("voice of " + account.name);
      if (account.kind == AccountKind::kTelephone) {
        telephones_.push_back(std::make_unique<TelephoneUser>(account, *community_->gateway(),
                                                              voice_seed, run_.trace));
        actors_.push_back(telephones_.back().get());
        continue;
      }
      auto computer = std::make_unique<Computer>(network_.AddHost(account.site, account.name), log);
      people_.push_back(std::make_unique<Person>(account, std::move(computer),
                                                 community_->network(), voice_seed, run_.trace));
      actors_.push_back(people_.back().get());
      if (account.online) online_.push_back(people_.back().get());
    }
  }

  Status AddAsterisk(const char* name, const AsteriskSpec& spec, const PbxFactory& factory) {
    asterisks_.push_back(std::make_unique<Asterisk>(
        name, spec, simulation_, run_.trace,
        [this](const std::string& process, const std::string& text) { Tell(process, text); }));
    return asterisks_.back()->Build(factory, network_);
  }

  bool AllReady() const {
    return std::all_of(asterisks_.begin(), asterisks_.end(),
                       [](const auto& asterisk) { return asterisk->ready(); });
  }

  // The scenario's time 0. A real Asterisk takes some seconds to start, as many as the machine
  // needs: they are none of the scenario's.
  void Begin() {
    if (factory_.clock() == sim::ClockKind::kReal) {
      simulation_.RunUntilOrTimeout([this] { return AllReady() || broken_; },
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
    for (Actor* const actor : actors_) {
      if (actor->name() == step.actor) return actor->Do(step);
    }
    return (step.actor == kFarAsterisk ? asterisks_.back() : asterisks_.front())->Do(step);
  }

  // What an administrator finds after the scenario's end.
  void LookAround() {
    if (guest_) guest_->LookAround();
    Fields calls;
    for (const Actor* const actor : actors_) {
      if (actor->in_call()) calls.emplace_back(actor->name(), "in a call");
    }
    See(Observer::kWorld, "world", "calls left", std::move(calls));
    See(Observer::kWorld, "world", "relays left",
        {{"allocations", std::to_string(community_->relays_now())}});
    LookAtCredit();
    for (const auto& asterisk : asterisks_) asterisk->LookAround();
    simulation_.RunUntilOrTimeout(
        [this] {
          return std::all_of(asterisks_.begin(), asterisks_.end(),
                             [](const auto& asterisk) { return asterisk->questions() == 0; });
        },
        simulation_.Now() + kLongestAnswer);
  }

  void LookAtCredit() {
    Fields credit;
    for (const AccountSpec& account : scenario_.accounts) {
      if (!account.credit_micros) continue;
      if (const auto left = community_->CreditOf(account.name)) {
        credit.emplace_back(account.name, FormatMoney(*left));
      }
    }
    if (!credit.empty()) See(Observer::kWorld, "world", "credit left", std::move(credit));
  }

  void Stop() {
    for (Actor* const actor : actors_) actor->Stop();
    for (const auto& asterisk : asterisks_) asterisk->Stop();
    const MonotonicTime deadline = simulation_.Now() + kLongestStop;
    simulation_.RunUntilOrTimeout([this] { return AllStopped(); }, deadline);
    for (const auto& asterisk : asterisks_) asterisk->LookAtProcesses();
    // Clients say good-bye, and what they have recorded is kept.
    simulation_.RunUntil(simulation_.Now() + std::chrono::seconds(1));
    if (!AllStopped()) Broken("the PBX did not stop");
    if (!AllReady() && !broken_) Broken("the PBX was never ready");
    TellLateness();
    See(Observer::kWorld, "world", "stopped", {});
  }

  bool AllStopped() const {
    return std::all_of(asterisks_.begin(), asterisks_.end(),
                       [](const auto& asterisk) { return asterisk->stopped(); });
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

  void Tell(const std::string& process, const std::string& text) {
    if (run_.log.size() > kLongestLog) return;
    run_.log += fmt::format("{} {}: {}\n", FormatSeconds(simulation_.Now() - zero_), process, text);
  }

  const Scenario& scenario_;
  const PbxFactory& factory_;
  WorldRun run_;
  MonotonicTime zero_{};  // when the scenario's time began
  bool broken_ = false;
  sim::Simulation simulation_;
  sim::Network network_;
  std::unique_ptr<Community> community_;
  // The scenario's first, then a far one. That one is always simulated: it is not under test.
  std::vector<std::unique_ptr<Asterisk>> asterisks_;
  const std::unique_ptr<PbxFactory> far_factory_ =
      NewSimulatedPbxFactory(skype_reference_driver(), kFarAsterisk);
  std::vector<std::unique_ptr<Person>> people_;
  std::vector<std::unique_ptr<TelephoneUser>> telephones_;
  std::vector<Actor*> actors_;   // both, in the scenario's order
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
