#include "network_sim/punctuality.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace sfa::sim {
namespace {

std::string NameOf(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? name.get() : type.name();
}

std::string Seconds(Duration duration) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f s", std::chrono::duration<double>(duration).count());
  return text;
}

}  // namespace

std::string Lateness::ToString() const {
  std::string text = "by " + Seconds(by) + " at " + Seconds(at.time_since_epoch()) +
                     "; the loop was woken " + Seconds(woken_late) + " late";
  if (events == 0) return text;
  return text + ", the longest of " + std::to_string(events) + " events since took " +
         Seconds(longest) + ", of it " + Seconds(longest_computing) +
         " with a processor: " + longest_event;
}

void Punctuality::RunBegins() {
  woken_late_ = {};
  longest_ = {};
  events_ = 0;
  current_ = {};
}

void Punctuality::Waited(Duration due, Duration now) {
  // What was before the wait has made nothing late: there was time to wait.
  woken_late_ = std::max(now - due, Duration{});
  longest_ = {};
  events_ = 0;
  current_ = {};
}

void Punctuality::EventBegins(const std::type_info& kind, MonotonicTime at, Duration due,
                              Duration ended, const ClockReading& now) {
  if (current_.kind != nullptr) Account(ended, now.cpu);
  current_.kind = &kind;
  began_ = now;
  const Duration late = now.time - due;
  if (late <= worst_.by) return;
  worst_ = {late, at, woken_late_, longest_.took, longest_.computing, {}, events_};
  if (longest_.kind != nullptr) worst_.longest_event = NameOf(*longest_.kind);
}

void Punctuality::Account(Duration ended, Duration cpu) {
  ++events_;
  current_.took = ended - began_.time;
  current_.computing = cpu - began_.cpu;
  if (longest_.kind == nullptr || current_.took > longest_.took) longest_ = current_;
}

void Punctuality::Forget() { worst_ = {}; }

}  // namespace sfa::sim
