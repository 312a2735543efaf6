// What a person reads in a terminal after a run.
#ifndef CONFORMANCE_COMMAND_LINE_PRINT_H_
#define CONFORMANCE_COMMAND_LINE_PRINT_H_

#include <string>

#include "conformance/results/results.h"

namespace sfa::conformance {

// The word, at least `width` wide; coloured when the standard output is a terminal.
std::string Word(Verdict verdict, int width = 0);

// Two lines for each judgement: what was looked for, what was seen.
enum class Which { kAll, kNotPassed };
void PrintChecks(const CaseResult& result, Which which);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_COMMAND_LINE_PRINT_H_
