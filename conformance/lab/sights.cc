#include "conformance/lab/sights.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "conformance/checks/audio.h"

namespace sfa::conformance {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSampleRate = 8000;
// Judging more would make the world late.
constexpr Duration kListenedTo = std::chrono::seconds(5);

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// To so many digits behind the point.
double Rounded(double value, int digits) {
  const double unit = std::pow(10, digits);
  return std::round(value * unit) / unit;
}

Json Beginning(MonotonicTime at, const std::string& as, const std::string& what) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch());
  return {{"at", static_cast<double>(since.count()) / 1000}, {"as", as}, {"what", what}};
}

void AddField(Json& line, const std::string& name, const std::string& value) {
  if (!line.contains(name)) {
    line[name] = value;
  } else if (line[name].is_array()) {
    line[name].push_back(value);
  } else {
    line[name] = Json::array({line[name], value});
  }
}

// Each kind of observer names what it saw in its own way.
std::pair<const char*, const char*> WhatAndName(const Observation& seen) {
  switch (seen.observer) {
    case Observer::kStep:
      if (seen.kind == "did not happen") break;
      return {"step", "verb"};
    case Observer::kAmi:
      return {"event", nullptr};
    case Observer::kResponse:
      return {"response", "action"};
    case Observer::kConsole:
      return {"console", "command"};
    case Observer::kLog:
      return {"log", "level"};
    case Observer::kProcess:
      return {"process", "name"};
    default:
      break;
  }
  return {seen.kind.c_str(), nullptr};
}

std::optional<Heard> HeardIn(const Recording& speaker, const Recording& listener) {
  Trace both;
  both.AddRecording(speaker.sent_start, speaker);
  if (speaker.actor != listener.actor) both.AddRecording(listener.heard_start, listener);
  const std::optional<Heard> heard = Hear(
      speaker.actor, listener.actor, {speaker.sent_start, speaker.sent_start + kListenedTo}, both);
  return heard && heard->found ? heard : std::nullopt;
}

// What is listened to, with room for the delay that is looked for at most.
std::vector<int16_t> BeginningOf(const std::vector<int16_t>& samples) {
  constexpr auto kLongest = static_cast<std::ptrdiff_t>(
      kSampleRate * std::chrono::duration_cast<std::chrono::seconds>(kListenedTo * 2).count());
  const auto length = std::min(kLongest, static_cast<std::ptrdiff_t>(samples.size()));
  return {samples.begin(), samples.begin() + length};
}

}  // namespace

std::string ToLine(const Observation& seen) {
  const auto [what, name] = WhatAndName(seen);
  Json line = Beginning(seen.at, seen.subject, what);
  if (name != nullptr) AddField(line, name, seen.kind);
  for (const auto& [key, value] : seen.fields) {
    const bool taken = key == "at" || key == "as" || key == "what";
    AddField(line, taken ? key + "_" : key, value);
  }
  return Dump(line);
}

std::vector<Listening::Line> Listening::OnRecording(MonotonicTime at, const Recording& recording) {
  std::vector<Line> lines;
  Json heard = Beginning(at, recording.actor, "heard");
  heard["seconds"] = Rounded(static_cast<double>(recording.heard.size()) / kSampleRate, 2);
  heard["packets_received"] = recording.packets_received;
  heard["packets_lost"] = recording.packets_lost;
  lines.push_back({recording.actor, Dump(heard)});

  std::erase_if(latest_, [&](const Recording& each) { return each.actor == recording.actor; });
  latest_.push_back({recording.actor, recording.sent_start, recording.heard_start,
                     BeginningOf(recording.sent), BeginningOf(recording.heard),
                     recording.packets_received, recording.packets_lost});

  const auto tell = [&](const Recording& speaker, const Recording& listener) {
    const std::optional<Heard> found = HeardIn(speaker, listener);
    if (!found) return;
    Json voice = Beginning(at, listener.actor, "voice");
    voice["of"] = speaker.actor;
    voice["correlation"] = Rounded(found->correlation, 3);
    voice["delay_ms"] = Rounded(std::chrono::duration<double, std::milli>(found->delay).count(), 1);
    voice["mos"] = Rounded(found->mos, 2);
    lines.push_back({listener.actor, Dump(voice)});
  };
  const Recording& latest = latest_.back();
  for (const Recording& other : latest_) {
    tell(other, latest);
    if (&other != &latest) tell(latest, other);
  }
  return lines;
}

}  // namespace sfa::conformance
