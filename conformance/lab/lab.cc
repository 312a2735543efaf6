#include "conformance/lab/lab.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "conformance/lab/configuration.h"
#include "conformance/lab/verb_line.h"
#include "protocol/peer/peer.h"

namespace sfa::conformance {
namespace {

using Json = nlohmann::ordered_json;
using Kind = ControlRequest::Kind;

constexpr int kNotDone = 1;  // exit codes of the client
constexpr int kBadInput = 2;
// How often the PBX is looked at.
constexpr Duration kGlance = std::chrono::seconds(1);
// Who is no person, but does things in scenarios.
constexpr char kNetwork[] = "network";
constexpr char kCommunity[] = "community";

}  // namespace

Lab::Lab(const Scenario& scenario, const Schema& schema,
         std::function<Status(const LabDoors&)> usable)
    : scenario_(scenario), schema_(schema), usable_(std::move(usable)) {
  for (const AccountSpec& account : scenario_.accounts) {
    if (!account.site.empty()) people_[account.name];
  }
}

Lab::~Lab() = default;

void Lab::Live(const House& house) {
  began_ = house.simulation.Now().time_since_epoch();
  post_ = sim::PostQueue::New(house.simulation.inbox());
  const Result<LabDoors> doors = Open(house);
  const Status wanted = doors.ok() ? usable_(*doors) : Status(doors.error());
  if (!wanted.ok()) problem_ = wanted.error().message;
  ending_ = ending_ || !wanted.ok();
  while (!ending_) {
    house.simulation.RunUntilOrTimeout([this] { return !requests_.empty(); },
                                       house.simulation.Now() + kGlance);
    while (!requests_.empty()) {
      const ControlRequest request = std::move(requests_.front());
      requests_.pop_front();
      Handle(request, house);
    }
    if (!ending_ && house.pbx.has_ended()) {
      problem_ = "Asterisk has ended";
      ending_ = true;
    }
  }
  post_->Close();
}

Result<LabDoors> Lab::Open(const House& house) {
  Result<PbxDoors> pbx = house.pbx.OpenDoors();
  if (!pbx.ok()) return pbx.error();
  LabDoors doors;
  doors.pbx = std::move(*pbx);
  doors.community = peer::BuiltInNetwork().bootstrap_nodes.front();
  doors.token = NewSecret(runtime_.random());
  port_ =
      std::make_unique<ControlPort>(runtime_, doors.token, [this](const ControlRequest& request) {
        post_->Post([this, request] { requests_.push_back(request); });
      });
  if (const Status listens = port_->Listen(); !listens.ok()) return listens.error();
  doors.control = port_->local();
  thread_ = std::make_unique<posix::RuntimeThread>(
      runtime_, [] {}, [this] { port_.reset(); });
  return doors;
}

void Lab::Handle(const ControlRequest& request, const House& house) {
  switch (request.kind) {
    case Kind::kAttach:
      return Attach(request, house);
    case Kind::kDo:
      return Do(request, house);
    case Kind::kStatus:
      return Send(request.visitor, StatusLine(house));
    case Kind::kDown:
      ending_ = true;
      return Send(request.visitor, GoodAnswer());
    case Kind::kLeft:
      visitors_.erase(request.visitor);
      return;
  }
}

// Whether a step of the scenario's file could be that one's.
bool Lab::DoesThings(const std::string& name) const {
  if (people_.contains(name) || name == kNetwork || name == kCommunity) return true;
  return LoadStep(name, "hangup", "", scenario_, schema_).step ||
         LoadStep(name, "cli", "core show version", scenario_, schema_).step;
}

void Lab::Attach(const ControlRequest& request, const House& house) {
  if (!DoesThings(request.text)) {
    std::vector<std::string> known;
    for (const auto& [name, now] : people_) known.push_back(name);
    known.insert(known.end(), {"asterisk", kNetwork, kCommunity});
    return Send(request.visitor,
                BadAnswer(kBadInput, "no account '" + request.text.substr(0, 80) +
                                         "' with a desktop client (key 'at'); there is " +
                                         AllowedWords(request.text, known)));
  }
  visitors_[request.visitor] = request.text;
  Send(request.visitor, GoodAnswer());
  Fields now;
  if (const auto person = people_.find(request.text); person != people_.end()) {
    now = {{"logged_in", person->second.logged_in ? "yes" : "no"},
           {"in_call", person->second.in_call ? "yes" : "no"}};
  }
  now_ = std::max(now_, house.simulation.Now() - began_);
  Send(request.visitor, ToLine({now_, Observer::kClient, request.text, "attached", now}));
}

void Lab::Do(const ControlRequest& request, const House& house) {
  const auto visitor = visitors_.find(request.visitor);
  if (visitor == visitors_.end()) return;
  const std::optional<VerbLine> line = SplitVerbLine(request.text);
  if (!line) return Send(request.visitor, GoodAnswer());
  const LoadedStep loaded =
      LoadStep(visitor->second, line->verb, line->argument, scenario_, schema_);
  if (!loaded.step) return Send(request.visitor, BadAnswer(kBadInput, Reason(loaded)));
  const std::string problem = house.do_step(*loaded.step);
  if (!problem.empty()) return Send(request.visitor, BadAnswer(kNotDone, problem));
  if (loaded.step->line) {
    for (sim::SiteSettings& site : scenario_.sites) {
      if (site.name != loaded.step->argument) continue;
      site.up = loaded.step->line->up;
      site.down = loaded.step->line->down;
    }
  }
  Send(request.visitor, GoodAnswer());
}

std::string Lab::StatusLine(const House& house) const {
  Json people = Json::array();
  for (const auto& [name, now] : people_) {
    people.push_back({{"name", name}, {"logged_in", now.logged_in}, {"in_call", now.in_call}});
  }
  const auto up = std::chrono::duration_cast<std::chrono::seconds>(
                      house.simulation.Now().time_since_epoch() - began_)
                      .count();
  return Json{{"answer", {{"ok", true}, {"up_for_seconds", up}, {"people", people}}}}.dump();
}

void Lab::OnObservation(const Observation& seen) {
  now_ = seen.at;
  if (seen.observer == Observer::kWorld) {
    const bool unsupported = seen.kind == "unsupported";
    if (!unsupported && seen.kind != "broken") return;
    if (problem_.empty()) problem_ = seen.Get("reason");
    unsupported_ = unsupported;
    ending_ = true;
    return;
  }
  if (const auto person = people_.find(seen.subject);
      person != people_.end() && seen.observer == Observer::kClient) {
    if (seen.kind == "login") person->second.logged_in = seen.Get("state") == "Logged In";
    if (seen.kind == "incoming" || seen.kind == "ringing" || seen.kind == "answered") {
      person->second.in_call = true;
    }
    if (seen.kind == "ended") person->second.in_call = false;
  }
  // Told by OnRecording().
  if (seen.observer == Observer::kAudio) return;
  SendTo(seen.subject, ToLine(seen));
}

void Lab::OnRecording(const Recording& recording) {
  for (const Listening::Line& line : listening_.OnRecording(now_, recording)) {
    SendTo(line.as, line.text);
  }
}

void Lab::SendTo(const std::string& as, const std::string& line) {
  for (const auto& [visitor, name] : visitors_) {
    if (name == as) Send(visitor, line);
  }
}

void Lab::Send(uint64_t visitor, const std::string& line) {
  runtime_.Post([this, visitor, line] {
    if (port_) port_->Send(visitor, line);
  });
}

}  // namespace sfa::conformance
