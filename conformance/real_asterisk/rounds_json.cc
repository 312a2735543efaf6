#include "conformance/real_asterisk/rounds_json.h"

#include <utility>

namespace sfa::conformance {
namespace {

using Json = nlohmann::ordered_json;

Json FootprintJson(const Footprint& footprint) {
  return {{"threads", footprint.threads},
          {"descriptors", footprint.descriptors},
          {"channels", footprint.channels},
          {"private_dirty_kib", footprint.private_dirty_kib},
          {"uses", footprint.uses}};
}

Footprint ReadFootprint(const Json& json) {
  Footprint footprint;
  json.at("threads").get_to(footprint.threads);
  json.at("descriptors").get_to(footprint.descriptors);
  json.at("channels").get_to(footprint.channels);
  json.at("private_dirty_kib").get_to(footprint.private_dirty_kib);
  json.at("uses").get_to(footprint.uses);
  return footprint;
}

Json RoundJson(const Round& round) {
  return {{"number", round.number},
          {"incoming", round.calls.incoming},
          {"outgoing", round.calls.outgoing},
          {"refused", round.calls.refused},
          {"cancelled", round.calls.cancelled},
          {"plain", round.calls.plain},
          {"uses", round.uses},
          {"left", round.left},
          {"after", FootprintJson(round.after)}};
}

Round ReadRound(const Json& json) {
  Round round;
  json.at("number").get_to(round.number);
  json.at("incoming").get_to(round.calls.incoming);
  json.at("outgoing").get_to(round.calls.outgoing);
  json.at("refused").get_to(round.calls.refused);
  json.at("cancelled").get_to(round.calls.cancelled);
  json.at("plain").get_to(round.calls.plain);
  json.at("uses").get_to(round.uses);
  json.at("left").get_to(round.left);
  round.after = ReadFootprint(json.at("after"));
  return round;
}

}  // namespace

Json ToJson(const RoundsRun& run) {
  Json rounds = Json::array();
  for (const Round& round : run.rounds) rounds.push_back(RoundJson(round));
  return {{"unsupported", run.unsupported},
          {"problem", run.problem},
          {"story", run.story},
          {"before", FootprintJson(run.before)},
          {"rounds", std::move(rounds)}};
}

Result<RoundsRun> RoundsRunFromJson(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    RoundsRun run;
    json.at("unsupported").get_to(run.unsupported);
    json.at("problem").get_to(run.problem);
    json.at("story").get_to(run.story);
    run.before = ReadFootprint(json.at("before"));
    for (const Json& round : json.at("rounds")) run.rounds.push_back(ReadRound(round));
    return run;
  } catch (const Json::exception& problem) {
    return Error{ErrorCode::kInvalid, problem.what()};
  }
}

}  // namespace sfa::conformance
