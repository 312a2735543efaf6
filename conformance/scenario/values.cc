#include "conformance/scenario/values.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>

namespace sfa::conformance {
namespace {

constexpr size_t kMoneyPlaces = 6;

struct Quantity {
  double value;
  std::string_view unit;
};

std::optional<Quantity> Split(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value) || value < 0) return std::nullopt;
  return Quantity{value, text.substr(end - text.data())};
}

}  // namespace

std::optional<Duration> ParseDuration(std::string_view text) {
  const auto quantity = Split(text);
  if (!quantity) return std::nullopt;
  double nanoseconds;
  if (quantity->unit == "us") {
    nanoseconds = 1e3;
  } else if (quantity->unit == "ms") {
    nanoseconds = 1e6;
  } else if (quantity->unit == "s") {
    nanoseconds = 1e9;
  } else if (quantity->unit == "min") {
    nanoseconds = 60e9;
  } else if (quantity->unit == "h") {
    nanoseconds = 3600e9;
  } else {
    return std::nullopt;
  }
  const double total = quantity->value * nanoseconds;
  if (total > 1000 * 3600e9) return std::nullopt;
  return Duration(std::llround(total));
}

std::optional<uint64_t> ParseRate(std::string_view text) {
  const auto quantity = Split(text);
  if (!quantity) return std::nullopt;
  double factor;
  if (quantity->unit == "bps") {
    factor = 1;
  } else if (quantity->unit == "kbps") {
    factor = 1e3;
  } else if (quantity->unit == "Mbps") {
    factor = 1e6;
  } else if (quantity->unit == "Gbps") {
    factor = 1e9;
  } else {
    return std::nullopt;
  }
  const double total = quantity->value * factor;
  if (total < 1 || total > 1e12) return std::nullopt;
  return static_cast<uint64_t>(std::llround(total));
}

std::optional<double> ParsePercentage(std::string_view text) {
  const auto quantity = Split(text);
  if (!quantity || quantity->unit != "%" || quantity->value > 100) return std::nullopt;
  return quantity->value / 100;
}

std::optional<int64_t> ParseMoney(std::string_view text) {
  const size_t point = text.find('.');
  const std::string_view units = text.substr(0, point);
  std::string places;
  if (point != std::string_view::npos) {
    places = text.substr(point + 1);
    if (places.empty() || places.size() > kMoneyPlaces) return std::nullopt;
  }
  places.resize(kMoneyPlaces, '0');
  if (units.empty() || units.size() > 9) return std::nullopt;
  int64_t micros = 0;
  for (const char digit : std::string(units) + places) {
    if (digit < '0' || digit > '9') return std::nullopt;
    micros = micros * 10 + (digit - '0');
  }
  return micros;
}

std::string FormatMoney(int64_t micros) {
  const uint64_t size = micros < 0 ? -static_cast<uint64_t>(micros) : static_cast<uint64_t>(micros);
  std::string text =
      fmt::format("{}{}.{:06}", micros < 0 ? "-" : "", size / 1'000'000, size % 1'000'000);
  for (size_t places = kMoneyPlaces; places > 2 && text.back() == '0'; --places) text.pop_back();
  return text;
}

std::optional<WallTime> ParseDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int year = 0, month = 0, day = 0;
  const char* at = text.data();
  if (std::from_chars(at, at + 4, year).ptr != at + 4) return std::nullopt;
  if (std::from_chars(at + 5, at + 7, month).ptr != at + 7) return std::nullopt;
  if (std::from_chars(at + 8, at + 10, day).ptr != at + 10) return std::nullopt;
  // A wall time in nanoseconds ends in the year 2262.
  if (year < 1970 || year > 2199 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return WallTime(std::chrono::sys_days(date).time_since_epoch());
}

std::string FormatSeconds(Duration duration) {
  return fmt::format("{:.3f} s", std::chrono::duration<double>(duration).count());
}

}  // namespace sfa::conformance
