#include "reports/store.h"

#include <sqlite3.h>

#include <cstring>
#include <memory>

#include "conformance/results/json.h"

namespace sfa::reports {
namespace {

using conformance::CaseResult;
using conformance::CheckResult;
using conformance::Conduct;
using conformance::MissingScenario;
using conformance::RequirementResult;
using conformance::SuiteResult;

constexpr char kTables[] =
    "CREATE TABLE run (target TEXT, seed INTEGER, verdict TEXT, json TEXT);"
    "CREATE TABLE requirement (id TEXT PRIMARY KEY, kind TEXT, verdict TEXT, statement TEXT);"
    "CREATE TABLE without_scenario (id TEXT PRIMARY KEY, kind TEXT, statement TEXT);"
    "CREATE TABLE scenario (name TEXT PRIMARY KEY, verdict TEXT, seed INTEGER, trace_hash TEXT,"
    " reproduce TEXT);"
    "CREATE TABLE finding (scenario TEXT, requirement TEXT, looked_for TEXT, verdict TEXT,"
    " seen TEXT, at_ns INTEGER);"
    "CREATE TABLE conduct (scenario TEXT, subject TEXT, position INTEGER, line TEXT);";

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

Database OpenInMemory() {
  sqlite3* database = nullptr;
  sqlite3_open(":memory:", &database);
  return Database(database);
}

// One INSERT; values are bound in order.
class Row {
 public:
  Row(sqlite3* database, const char* statement) {
    sqlite3_stmt* prepared = nullptr;
    sqlite3_prepare_v2(database, statement, -1, &prepared, nullptr);
    statement_.reset(prepared);
  }
  Row& Text(const std::string& value) {
    sqlite3_bind_text(statement_.get(), ++column_, value.data(), static_cast<int>(value.size()),
                      SQLITE_TRANSIENT);
    return *this;
  }
  Row& Number(int64_t value) {
    sqlite3_bind_int64(statement_.get(), ++column_, value);
    return *this;
  }
  Row& Nothing() {
    sqlite3_bind_null(statement_.get(), ++column_);
    return *this;
  }
  bool Insert() { return sqlite3_step(statement_.get()) == SQLITE_DONE; }

 private:
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement_;
  int column_ = 0;
};

bool InsertFinding(sqlite3* database, const CaseResult& result, const CheckResult& check) {
  Row row(database, "INSERT INTO finding VALUES (?,?,?,?,?,?)");
  row.Text(result.name)
      .Text(check.requirement)
      .Text(check.check)
      .Text(ToString(check.verdict))
      .Text(check.reason);
  if (check.at) {
    row.Number(check.at->count());
  } else {
    row.Nothing();
  }
  return row.Insert();
}

bool InsertAll(sqlite3* database, const SuiteResult& suite) {
  bool ok = Row(database, "INSERT INTO run VALUES (?,?,?,?)")
                .Text(suite.target)
                .Number(static_cast<int64_t>(suite.seed))
                .Text(ToString(suite.verdict()))
                .Text(conformance::Dump(conformance::ToJson(suite)))
                .Insert();
  for (const RequirementResult& each : suite.requirements) {
    ok = ok && Row(database, "INSERT INTO requirement VALUES (?,?,?,?)")
                   .Text(each.id)
                   .Text(each.kind)
                   .Text(ToString(each.verdict))
                   .Text(each.statement)
                   .Insert();
  }
  for (const MissingScenario& each : suite.without_scenario) {
    ok = ok && Row(database, "INSERT INTO without_scenario VALUES (?,?,?)")
                   .Text(each.id)
                   .Text(each.kind)
                   .Text(each.statement)
                   .Insert();
  }
  for (const CaseResult& result : suite.cases) {
    ok = ok && Row(database, "INSERT INTO scenario VALUES (?,?,?,?,?)")
                   .Text(result.name)
                   .Text(ToString(result.verdict()))
                   .Number(static_cast<int64_t>(result.seed))
                   .Text(result.trace_hash)
                   .Text(result.reproduce)
                   .Insert();
    for (const CheckResult& check : result.checks) {
      ok = ok && InsertFinding(database, result, check);
    }
    for (const Conduct& conduct : result.conduct) {
      int64_t position = 0;
      for (const std::string& line : conduct.lines) {
        ok = ok && Row(database, "INSERT INTO conduct VALUES (?,?,?,?)")
                       .Text(result.name)
                       .Text(conduct.subject)
                       .Number(++position)
                       .Text(line)
                       .Insert();
      }
    }
  }
  return ok;
}

}  // namespace

Result<std::string> StoreRun(const SuiteResult& suite) {
  const Database database = OpenInMemory();
  if (sqlite3_exec(database.get(), kTables, nullptr, nullptr, nullptr) != SQLITE_OK ||
      sqlite3_exec(database.get(), "BEGIN", nullptr, nullptr, nullptr) != SQLITE_OK ||
      !InsertAll(database.get(), suite) ||
      sqlite3_exec(database.get(), "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK) {
    return Error{ErrorCode::kOther,
                 std::string("the results could not be stored: ") + sqlite3_errmsg(database.get())};
  }
  sqlite3_int64 size = 0;
  unsigned char* bytes = sqlite3_serialize(database.get(), "main", &size, 0);
  if (bytes == nullptr) return Error{ErrorCode::kNoSpace, "no memory for the result store"};
  std::string text(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  sqlite3_free(bytes);
  return text;
}

Result<SuiteResult> LoadRun(const std::string& bytes) {
  const Error not_ours{ErrorCode::kInvalid, "the file is not a result store (results.sqlite)"};
  const Database database = OpenInMemory();
  auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(bytes.size() + 1));
  if (copy == nullptr) return Error{ErrorCode::kNoSpace, "no memory for the result store"};
  std::memcpy(copy, bytes.data(), bytes.size());
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  if (sqlite3_deserialize(database.get(), "main", copy, size, size,
                          SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY) !=
      SQLITE_OK) {
    return not_ours;
  }
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(database.get(), "SELECT json FROM run", -1, &prepared, nullptr) !=
      SQLITE_OK) {
    return not_ours;
  }
  const std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement(prepared);
  if (sqlite3_step(prepared) != SQLITE_ROW) return not_ours;
  const unsigned char* json = sqlite3_column_text(prepared, 0);
  if (json == nullptr) return not_ours;
  return conformance::SuiteResultFromJson(reinterpret_cast<const char*>(json));
}

}  // namespace sfa::reports
