#include "conformance/results/matrix.h"

#include <algorithm>

#include "conformance/results/json.h"

namespace sfa::conformance {
namespace {

using Json = nlohmann::ordered_json;

template <typename Value>
void Put(Json& json, const char* name, const std::optional<Value>& value) {
  if (value) json[name] = *value;
}

void PutTime(Json& json, const char* name, const std::optional<Duration>& value) {
  if (value) json[name] = value->count();
}

std::optional<double> Number(const Json& json, const char* name) {
  if (!json.contains(name)) return std::nullopt;
  return json.at(name).get<double>();
}

std::optional<Duration> Time(const Json& json, const char* name) {
  if (!json.contains(name)) return std::nullopt;
  return Duration(json.at(name).get<int64_t>());
}

template <typename Value>
Result<Value> Parse(const std::string& text, Value (*read)(const Json&)) {
  try {
    return read(Json::parse(text));
  } catch (const nlohmann::json::exception& problem) {
    return Error{ErrorCode::kInvalid, std::string("no result of a matrix: ") + problem.what()};
  }
}

MatrixCell ReadCell(const Json& json) {
  MatrixCell cell;
  cell.from = json.at("from");
  cell.to = json.at("to");
  cell.expected = json.at("expected");
  cell.path = json.at("path");
  cell.verdict = ParseVerdict(json.at("verdict")).value_or(Verdict::kInconclusive);
  cell.reason = json.at("reason");
  cell.set_up = Time(json, "set_up_ns");
  cell.set_up_bytes = json.at("set_up_bytes");
  cell.call_bytes = json.at("call_bytes");
  cell.correlation = Number(json, "correlation");
  cell.mos = Number(json, "mos");
  cell.folder = json.at("folder");
  cell.reproduce = json.at("reproduce");
  return cell;
}

MatrixLogin ReadLogin(const Json& json) {
  MatrixLogin login;
  login.kind = json.at("kind");
  login.expected = json.at("expected");
  login.time = Time(json, "time_ns");
  login.bytes = json.at("bytes");
  login.verdict = ParseVerdict(json.at("verdict")).value_or(Verdict::kInconclusive);
  login.reason = json.at("reason");
  login.published = json.at("published");
  return login;
}

}  // namespace

Verdict MatrixResult::verdict() const {
  std::vector<Verdict> verdicts;
  for (const MatrixCell& cell : cells) verdicts.push_back(cell.verdict);
  for (const MatrixLogin& login : logins) verdicts.push_back(login.verdict);
  return Compose(verdicts);
}

const MatrixCell* MatrixResult::Find(const std::string& from, const std::string& to) const {
  const auto found = std::find_if(cells.begin(), cells.end(), [&](const MatrixCell& cell) {
    return cell.from == from && cell.to == to;
  });
  return found == cells.end() ? nullptr : &*found;
}

Json ToJson(const MatrixCell& cell) {
  Json json;
  json["from"] = cell.from;
  json["to"] = cell.to;
  json["expected"] = cell.expected;
  json["path"] = cell.path;
  json["verdict"] = ToString(cell.verdict);
  json["reason"] = cell.reason;
  PutTime(json, "set_up_ns", cell.set_up);
  json["set_up_bytes"] = cell.set_up_bytes;
  json["call_bytes"] = cell.call_bytes;
  Put(json, "correlation", cell.correlation);
  Put(json, "mos", cell.mos);
  json["folder"] = cell.folder;
  json["reproduce"] = cell.reproduce;
  return json;
}

Json ToJson(const MatrixLogin& login) {
  Json json;
  json["kind"] = login.kind;
  json["expected"] = login.expected;
  PutTime(json, "time_ns", login.time);
  json["bytes"] = login.bytes;
  json["verdict"] = ToString(login.verdict);
  json["reason"] = login.reason;
  json["published"] = login.published;
  return json;
}

Json ToJson(const MatrixResult& matrix) {
  Json json;
  json["target"] = matrix.target;
  json["seed"] = matrix.seed;
  json["verdict"] = ToString(matrix.verdict());
  json["kinds"] = Json::array();
  for (const MatrixKind& kind : matrix.kinds) {
    json["kinds"].push_back(
        {{"name", kind.name}, {"summary", kind.summary}, {"shared", kind.shared}});
  }
  json["cells"] = Json::array();
  for (const MatrixCell& cell : matrix.cells) json["cells"].push_back(ToJson(cell));
  json["logins"] = Json::array();
  for (const MatrixLogin& login : matrix.logins) json["logins"].push_back(ToJson(login));
  return json;
}

Result<MatrixCell> MatrixCellFromJson(const std::string& text) { return Parse(text, ReadCell); }

Result<MatrixLogin> MatrixLoginFromJson(const std::string& text) { return Parse(text, ReadLogin); }

}  // namespace sfa::conformance
