// Quantities with their units, as scenarios write them.
#ifndef CONFORMANCE_SCENARIO_VALUES_H_
#define CONFORMANCE_SCENARIO_VALUES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/time.h"

namespace sfa::conformance {

// "20ms", "0.5s", "2min"; nothing for anything else, and for more than 1000 h.
std::optional<Duration> ParseDuration(std::string_view text);
// "64kbps", "1Mbps": bits per second.
std::optional<uint64_t> ParseRate(std::string_view text);
// "0.5%": 0.005.
std::optional<double> ParsePercentage(std::string_view text);
// "45.00", "0.039": millionths. Nothing for more than six places and more than 1e9.
std::optional<int64_t> ParseMoney(std::string_view text);
// "44.30", "0.039": at least two places, as many as it needs.
std::string FormatMoney(int64_t micros);
// "2010-06-01": midnight UTC. Nothing when there is no such day.
std::optional<WallTime> ParseDate(std::string_view text);

// "12.345 s", for people.
std::string FormatSeconds(Duration duration);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_SCENARIO_VALUES_H_
