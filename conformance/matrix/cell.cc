#include "conformance/matrix/cell.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "conformance/checks/audio.h"
#include "conformance/host/files.h"
#include "conformance/matrix/login_times.h"
#include "conformance/matrix/rule.h"
#include "conformance/matrix/traffic.h"
#include "conformance/runner/run_case.h"
#include "conformance/world/world.h"
#include "network_sim/ipv4.h"
#include "protocol/peer/peer.h"

namespace sfa::conformance {
namespace {

constexpr char kCaller[] = "austin_powers";
// After the answer: long enough for a better path to have replaced the first one.
constexpr Duration kSettled = std::chrono::seconds(5);

// A scenario that has been run, with what is measured of it.
struct Measured {
  CaseResult result;
  Trace trace;
  std::vector<TrafficPacket> traffic;  // of the caller
};

Result<Measured> Measure(const std::string& text, const std::string& name, const Library& library,
                         const PbxFactory& factory, const CellSettings& settings) {
  std::vector<InputError> errors;
  const std::optional<Scenario> scenario = library.LoadText(name, text, errors);
  if (!scenario) return Error{ErrorCode::kInvalid, ToString(errors.front())};
  std::optional<TemporaryDirectory> temporary;
  if (settings.out.empty()) temporary.emplace();
  const std::string out = temporary ? temporary->path() : settings.out;
  WorldRun run;
  auto result = RunCase(*scenario, factory, {settings.seed, out}, &run);
  if (!result.ok()) return result.error();
  const std::string captures = out + "/captures/" + scenario->name;
  auto traffic = ReadTraffic(captures + "/home-lan.pcap", factory.DateFor(scenario->date));
  if (!traffic.ok()) return traffic.error();
  if (const Status removed = RemoveDirectoryTree(captures); !removed.ok()) return removed.error();
  if (temporary) result->folder.clear();
  return Measured{std::move(*result), std::move(run.trace), std::move(*traffic)};
}

// Of the caller's client.
const Observation* First(const Trace& trace, const std::string& kind, const std::string& field = {},
                         const std::string& value = {}) {
  for (const Observation& seen : trace.observations()) {
    if (seen.observer != Observer::kClient || seen.subject != kCaller || seen.kind != kind)
      continue;
    if (field.empty() || seen.Get(field) == value) return &seen;
  }
  return nullptr;
}

std::optional<Duration> StepTime(const Trace& trace, const std::string& verb) {
  for (const Observation& seen : trace.observations()) {
    if (seen.observer == Observer::kStep && seen.kind == verb) return seen.at.time_since_epoch();
  }
  return std::nullopt;
}

// What the packets of that time show.
CallPath PathOf(const std::vector<TrafficPacket>& traffic, Duration from, Duration to) {
  const Conversation busiest = BusiestBetween(traffic, from, to);
  if (busiest.bytes == 0) return CallPath::kNone;
  for (const Endpoint& supernode : peer::BuiltInNetwork().bootstrap_nodes) {
    if (supernode.address == busiest.remote) return CallPath::kRelay;
  }
  return busiest.protocol == sim::kProtocolTcp ? CallPath::kTcp : CallPath::kDirect;
}

std::string WhyNot(const CaseResult& result) {
  for (const CheckResult& check : result.checks) {
    if (check.verdict == result.verdict() && check.verdict != Verdict::kPass) {
      return check.check + ": " + check.reason;
    }
  }
  return "";
}

std::string Command(const CellSettings& settings, const std::string& option,
                    const std::string& what) {
  return fmt::format("./sfalab matrix --{} {} --on {} --seed {}", option, what, settings.target,
                     settings.seed);
}

// The last word on the path is the packets': a client may say what it likes.
void JudgePath(MatrixCell& cell) {
  if (cell.verdict != Verdict::kPass || cell.path == cell.expected) return;
  cell.verdict = Verdict::kFail;
  cell.reason =
      fmt::format("the sound travelled by {}, which should be {}", cell.path, cell.expected);
}

}  // namespace

Result<MatrixCell> RunCell(const NetworkKind& from, const NetworkKind& to, const Library& library,
                           const PbxFactory& factory, const CellSettings& settings) {
  const std::string pair = from.name + "," + to.name;
  auto measured = Measure(CellScenario(from, to), pair, library, factory, settings);
  if (!measured.ok()) return measured.error();
  MatrixCell cell;
  cell.from = from.name;
  cell.to = to.name;
  cell.expected = ToString(ExpectedPath(from, to));
  cell.path = ToString(CallPath::kNone);
  cell.verdict = measured->result.verdict();
  cell.reason = WhyNot(measured->result);
  cell.folder = measured->result.folder;
  cell.reproduce = Command(settings, "pair", pair);
  const std::optional<Duration> called = StepTime(measured->trace, "call");
  const Observation* const answered = First(measured->trace, "answered");
  if (called && answered != nullptr) {
    const Duration talking = answered->at.time_since_epoch();
    const Duration hangup = StepTime(measured->trace, "hangup").value_or(talking);
    cell.set_up = talking - *called;
    cell.set_up_bytes = BytesBetween(measured->traffic, *called, talking);
    cell.call_bytes = BytesBetween(measured->traffic, *called, hangup);
    cell.path = ToString(PathOf(measured->traffic, talking + kSettled, hangup));
    if (const auto heard =
            Hear(kCaller, kCaller, {answered->at, MonotonicTime(hangup)}, measured->trace)) {
      cell.correlation = heard->correlation;
      cell.mos = heard->mos;
    }
  }
  JudgePath(cell);
  return cell;
}

Result<MatrixLogin> RunLogin(const NetworkKind& kind, const Library& library,
                             const PbxFactory& factory, const CellSettings& settings) {
  auto measured = Measure(LoginScenario(kind), "login of " + kind.name, library, factory, settings);
  if (!measured.ok()) return measured.error();
  MatrixLogin login;
  login.kind = kind.name;
  login.verdict = measured->result.verdict();
  login.reason = WhyNot(measured->result);
  const std::optional<Duration> began = StepTime(measured->trace, "login");
  const Observation* const done = First(measured->trace, "login", "state", "Logged In");
  if (began && done != nullptr) {
    const Duration end = done->at.time_since_epoch();
    login.time = end - *began;
    login.bytes = BytesBetween(measured->traffic, *began, end);
  }
  JudgeLogin(kind, login);
  return login;
}

}  // namespace sfa::conformance
