// Whether what people say in calls can be read between the machines (manual L123, reading 46).
#ifndef CONFORMANCE_CHECKS_CLEAR_SPEECH_H_
#define CONFORMANCE_CHECKS_CLEAR_SPEECH_H_

#include <string>
#include <utility>
#include <vector>

#include "conformance/checks/judge.h"

namespace sfa::conformance {

// Looks in captures of what left the machines, each with its name, for what was said, encoded with
// either law of G.711. Nothing when nobody has spoken, or nothing was captured.
std::vector<CheckResult> CheckClearSpeech(
    const Trace& trace, const std::vector<std::pair<std::string, std::string>>& captures);

inline constexpr char kClearSpeechRequirement[] = "SFA-1-11";

}  // namespace sfa::conformance

#endif  // CONFORMANCE_CHECKS_CLEAR_SPEECH_H_
