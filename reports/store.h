// The result store: one run as an SQLite database, to be queried and compared later.
//
// Tables: run (target, seed, verdict, json), requirement (id, kind, verdict, statement),
// without_scenario (id, kind, statement), scenario (name, verdict, seed, trace_hash, reproduce),
// finding (scenario, requirement, looked_for, verdict, seen, at_ns), conduct (scenario, subject,
// position, line). `json` holds the whole run.
#ifndef REPORTS_STORE_H_
#define REPORTS_STORE_H_

#include <string>

#include "conformance/results/results.h"
#include "runtime/result.h"

namespace sfa::reports {

// The bytes of the database file.
Result<std::string> StoreRun(const conformance::SuiteResult& suite);

// The run that StoreRun() has stored in these bytes.
Result<conformance::SuiteResult> LoadRun(const std::string& database);

}  // namespace sfa::reports

#endif  // REPORTS_STORE_H_
