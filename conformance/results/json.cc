#include "conformance/results/json.h"

namespace sfa::conformance {
namespace {

using Json = nlohmann::ordered_json;

CheckResult CheckFromJson(const Json& json) {
  CheckResult check;
  check.requirement = json.at("requirement");
  check.check = json.at("check");
  check.verdict = ParseVerdict(json.at("verdict")).value_or(Verdict::kInconclusive);
  check.reason = json.at("reason");
  if (json.contains("at_ns")) check.at = Duration(json.at("at_ns").get<int64_t>());
  return check;
}

CaseResult CaseFromJson(const Json& json) {
  CaseResult result;
  result.name = json.at("name");
  result.file = json.at("file");
  result.summary = json.at("summary");
  result.target = json.at("target");
  result.seed = json.at("seed");
  result.trace_hash = json.at("trace_hash");
  result.folder = json.at("folder");
  result.reproduce = json.at("reproduce");
  result.cpu_seconds = json.at("cpu_seconds");
  for (const Json& check : json.at("checks")) result.checks.push_back(CheckFromJson(check));
  result.lanes = json.at("lanes").get<std::vector<std::string>>();
  result.captures = json.at("captures").get<std::vector<std::string>>();
  for (const Json& each : json.value("conduct", Json::array())) {
    result.conduct.push_back(
        {each.at("subject"), each.at("lines").get<std::vector<std::string>>()});
  }
  for (const Json& rung : json.at("ladder")) {
    result.ladder.push_back({Duration(rung.at("at_ns").get<int64_t>()), rung.at("from"),
                             rung.at("to"), rung.at("label")});
  }
  return result;
}

}  // namespace

Json ToJson(const CaseResult& result) {
  Json checks = Json::array();
  for (const CheckResult& check : result.checks) {
    Json entry = {{"requirement", check.requirement},
                  {"check", check.check},
                  {"verdict", ToString(check.verdict)},
                  {"reason", check.reason}};
    if (check.at) entry["at_ns"] = check.at->count();
    checks.push_back(std::move(entry));
  }
  Json ladder = Json::array();
  for (const LadderRung& rung : result.ladder) {
    ladder.push_back(
        {{"at_ns", rung.at.count()}, {"from", rung.from}, {"to", rung.to}, {"label", rung.label}});
  }
  Json conduct = Json::array();
  for (const Conduct& each : result.conduct) {
    conduct.push_back({{"subject", each.subject}, {"lines", each.lines}});
  }
  return {{"name", result.name},
          {"file", result.file},
          {"summary", result.summary},
          {"target", result.target},
          {"seed", result.seed},
          {"verdict", ToString(result.verdict())},
          {"checks", std::move(checks)},
          {"trace_hash", result.trace_hash},
          {"lanes", result.lanes},
          {"ladder", std::move(ladder)},
          {"conduct", std::move(conduct)},
          {"captures", result.captures},
          {"folder", result.folder},
          {"reproduce", result.reproduce},
          {"cpu_seconds", result.cpu_seconds}};
}

Json ToJson(const SuiteResult& suite) {
  Json requirements = Json::array();
  for (const RequirementResult& requirement : suite.requirements) {
    requirements.push_back({{"id", requirement.id},
                            {"kind", requirement.kind},
                            {"statement", requirement.statement},
                            {"verdict", ToString(requirement.verdict)},
                            {"cases", requirement.cases}});
  }
  Json without_scenario = Json::array();
  for (const MissingScenario& each : suite.without_scenario) {
    without_scenario.push_back(
        {{"id", each.id}, {"kind", each.kind}, {"statement", each.statement}});
  }
  Json cases = Json::array();
  for (const CaseResult& result : suite.cases) cases.push_back(ToJson(result));
  return {{"target", suite.target},
          {"seed", suite.seed},
          {"verdict", ToString(suite.verdict())},
          {"catalogued", suite.catalogued},
          {"requirements", std::move(requirements)},
          {"without_scenario", std::move(without_scenario)},
          {"cases", std::move(cases)}};
}

Result<CaseResult> CaseResultFromJson(const std::string& text) {
  try {
    return CaseFromJson(Json::parse(text));
  } catch (const Json::exception& problem) {
    return Error{ErrorCode::kInvalid, std::string("not a case result: ") + problem.what()};
  }
}

Result<SuiteResult> SuiteResultFromJson(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    SuiteResult suite;
    suite.target = json.at("target");
    suite.seed = json.at("seed");
    suite.catalogued = json.value("catalogued", size_t{0});
    for (const Json& entry : json.at("cases")) suite.cases.push_back(CaseFromJson(entry));
    for (const Json& entry : json.at("requirements")) {
      suite.requirements.push_back(
          {entry.at("id"), entry.at("kind"), entry.at("statement"),
           ParseVerdict(entry.at("verdict")).value_or(Verdict::kInconclusive),
           entry.at("cases").get<std::vector<std::string>>()});
    }
    for (const Json& entry : json.value("without_scenario", Json::array())) {
      suite.without_scenario.push_back({entry.at("id"), entry.at("kind"), entry.at("statement")});
    }
    return suite;
  } catch (const Json::exception& problem) {
    return Error{ErrorCode::kInvalid, std::string("not a suite result: ") + problem.what()};
  }
}

std::string Dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sfa::conformance
