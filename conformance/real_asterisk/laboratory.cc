#include "conformance/real_asterisk/laboratory.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "conformance/host/clock.h"
#include "conformance/world/license_files.h"

namespace sfa::conformance {
namespace {

constexpr Duration kLongestStart = std::chrono::seconds(60);
constexpr Duration kLongestAnswer = std::chrono::seconds(10);
constexpr Duration kLongestStop = std::chrono::seconds(30);

sim::SiteSettings Site(const std::string& name, bool linux_masquerade) {
  sim::SiteSettings site;
  site.name = name;
  site.nat = sim::NatSettings();
  site.nat->linux_masquerade = linux_masquerade;
  return site;
}

bool Has(const harness::AmiMessage& event, const Fields& headers) {
  return std::all_of(headers.begin(), headers.end(),
                     [&](const auto& header) { return event.Get(header.first) == header.second; });
}

}  // namespace

Laboratory::Laboratory(const std::string& version, const std::string& source_root,
                       const AsteriskSpec& asterisk, const std::vector<AccountSpec>& accounts)
    : simulation_({1, sim::ClockKind::kReal, HostDate()}),
      network_(simulation_, ""),
      post_(sim::PostQueue::New(simulation_.inbox())) {
  trace_.TellInsteadOfKeeping(*this);
  network_.AddSite(Site("office", true));
  network_.AddSite(Site("home", false));
  const Computer::LogSink log = [this](const std::string& process, std::string_view text) {
    log_ += process + ": " + std::string(text) + '\n';
  };
  auto community = Community::Make(CommunitySpec(), accounts, network_, log);
  if (!community.ok()) {
    problem_ = community.error().message;
    return;
  }
  community_ = std::move(*community);
  for (const AccountSpec& account : accounts) {
    if (account.site.empty()) continue;
    auto computer = std::make_unique<Computer>(network_.AddHost(account.site, account.name), log);
    people_.push_back(std::make_unique<Person>(account, std::move(computer), community_->network(),
                                               simulation_.SeedFor(account.name), trace_));
    people_.back()->LogIn();
  }
  Start(version, source_root, asterisk);
}

void Laboratory::Start(const std::string& version, const std::string& source_root,
                       const AsteriskSpec& asterisk) {
  harness::RealAsteriskSettings settings;
  settings.version = version;
  settings.source_root = source_root;
  settings.work_directory = work_.path();
  settings.files = asterisk.files;
  auto opened = harness::RealAsterisk::Open(
      settings, *this, [post = post_](std::function<void()> task) { post->Post(std::move(task)); });
  if (!opened.ok()) {
    const ErrorCode code = opened.error().code;
    const bool cannot = code == ErrorCode::kPermissionDenied || code == ErrorCode::kNotFound;
    (cannot ? unsupported_ : problem_) = opened.error().message;
    return;
  }
  asterisk_ = std::move(*opened);
  const auto place = network_.AddRealHost("office", "asterisk", asterisk_->tap_descriptor());
  asterisk_->SetAddress(place.address, place.prefix_length, place.gateway);
  LicenseDesk desk(place.address);
  if (const Status licensed = LicenseRealAsterisk(asterisk, place.address, desk, *asterisk_);
      !licensed.ok()) {
    problem_ = licensed.error().message;
    return;
  }
  AskForRealTimePriority();
  bool ready = false;
  asterisk_->Start([&](const std::string& error) {
    ready = true;
    problem_ = error;
  });
  if (!RunUntil([&] { return ready; }, kLongestStart)) problem_ = "Asterisk was never ready";
}

Laboratory::~Laboratory() {
  if (asterisk_) {
    bool stopped = false;
    asterisk_->Stop([&] { stopped = true; });
    RunUntil([&] { return stopped; }, kLongestStop);
  }
  post_->Close();
  people_.clear();
  asterisk_.reset();
  community_.reset();
}

bool Laboratory::RunUntil(const std::function<bool()>& predicate, Duration at_most) {
  return simulation_.RunUntilOrTimeout(predicate, simulation_.Now() + at_most);
}

// What is answered later still, when nobody waits any more, goes nowhere.
template <typename Answer, typename Ask>
Answer Laboratory::AwaitAnswer(const Ask& ask) {
  const auto answer = std::make_shared<std::optional<Answer>>();
  ask([answer](const Answer& given) { *answer = given; });
  RunUntil([&] { return answer->has_value(); }, kLongestAnswer);
  return answer->value_or(Answer());
}

void Laboratory::RunFor(Duration time) { simulation_.RunUntil(simulation_.Now() + time); }

std::string Laboratory::Console(const std::string& command) {
  return AwaitAnswer<std::string>([&](auto answer) { asterisk_->RunCommand(command, answer); });
}

harness::AmiMessage Laboratory::Action(const Fields& headers) {
  return AwaitAnswer<harness::AmiMessage>([&](auto answer) {
    asterisk_->SendAction({headers}, [answer](const std::vector<harness::AmiMessage>& messages) {
      answer(messages.front());
    });
  });
}

size_t Laboratory::Count(const Fields& headers) const {
  return static_cast<size_t>(
      std::count_if(events_.begin(), events_.end(),
                    [&](const harness::AmiMessage& event) { return Has(event, headers); }));
}

bool Laboratory::WaitFor(const Fields& headers, size_t count, Duration at_most) {
  return RunUntil([&] { return Count(headers) >= count; }, at_most);
}

std::string Laboratory::Story() const {
  std::string story = log_;
  for (const harness::AmiMessage& event : events_) {
    story += event.Get("Event") + ' ' + event.Get("Channel") + ' ' + event.Get("Status") + ' ' +
             event.Get("Cause-txt") + '\n';
  }
  return story;
}

void Laboratory::Forget() {
  events_.clear();
  log_.clear();
}

Person& Laboratory::person(const std::string& name) {
  return **std::find_if(people_.begin(), people_.end(),
                        [&](const auto& person) { return person->name() == name; });
}

bool Laboratory::IsMapped(const std::string& file) const {
  const auto maps = ReadFile("/proc/" + std::to_string(asterisk_->pid()) + "/maps");
  return maps.ok() && maps->find(file) != std::string::npos;
}

void Laboratory::OnLog(const std::string& level, const std::string& text) {
  log_ += level + ": " + text + '\n';
}

void Laboratory::OnObservation(const Observation& seen) {
  log_ += seen.subject + ' ' + seen.kind;
  for (const auto& [name, value] : seen.fields) log_ += ' ' + name + '=' + value;
  log_ += '\n';
}

}  // namespace sfa::conformance
