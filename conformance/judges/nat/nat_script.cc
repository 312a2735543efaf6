#include "conformance/judges/nat/nat_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include "network_sim/ipv4.h"

namespace sfa::conformance {
namespace {

const char* ProtocolName(uint8_t protocol) {
  switch (protocol) {
    case sim::kProtocolTcp:
      return "tcp";
    case sim::kProtocolIcmp:
      return "echo";
    default:
      return "udp";
  }
}

std::string FlagNames(const NatStep& step) {
  if (step.protocol != sim::kProtocolTcp) return "";
  std::string names = " ";
  constexpr std::array<char, 5> kLetters = {'F', 'S', 'R', 'P', 'A'};
  for (size_t bit = 0; bit < kLetters.size(); ++bit) {
    if ((step.flags >> bit & 1) != 0) names += kLetters[bit];
  }
  return step.payload == 0 ? names : names + fmt::format("+{}", step.payload);
}

}  // namespace

std::string ToString(const NatStep& step) {
  std::string head = fmt::format("#{:<2} {:>3}s  {}{}", step.id,
                                 std::chrono::duration_cast<std::chrono::seconds>(step.at).count(),
                                 ProtocolName(step.protocol), FlagNames(step));
  const std::string remote = step.protocol == sim::kProtocolIcmp
                                 ? fmt::format("remote{}", step.remote)
                                 : fmt::format("remote{}:{}", step.remote, step.remote_port);
  const std::string target =
      step.about == kNoStep ? fmt::format("{}", step.port) : fmt::format("of #{}", step.about);
  switch (step.verb) {
    case NatVerb::kSend:
      return fmt::format("{} host{}:{} -> {}", head, step.host, step.port, remote);
    case NatVerb::kSendToRouter:
      return fmt::format("{} host{}:{} -> router:{}", head, step.host, step.port, target);
    case NatVerb::kCome:
      return fmt::format("{} {} -> router:{}{}", head, remote, target,
                         step.echo_request ? " (request)" : "");
    case NatVerb::kErrorIn:
      return fmt::format("{} error from outside about #{}", head, step.about);
    case NatVerb::kErrorOut:
      return fmt::format("{} error from inside about #{}", head, step.about);
  }
  return head;
}

std::string NatScript::ToString() const {
  std::string text;
  for (const NatStep& step : steps) text += "  " + conformance::ToString(step) + "\n";
  return text;
}

namespace {

// The script without the steps that refer to what is not there.
NatScript WithoutDangling(const NatScript& script) {
  NatScript kept;
  std::set<int> there;
  for (const NatStep& step : script.steps) {
    if (step.about != kNoStep && !there.contains(step.about)) continue;
    there.insert(step.id);
    kept.steps.push_back(step);
  }
  return kept;
}

bool TakeStepsAway(NatScript& script, const std::function<bool(const NatScript&)>& differs) {
  bool smaller = false;
  for (size_t chunk = std::max<size_t>(script.steps.size() / 2, 1); chunk > 0; chunk /= 2) {
    for (size_t from = 0; from < script.steps.size();) {
      NatScript tried = script;
      const auto first = tried.steps.begin() + static_cast<ptrdiff_t>(from);
      tried.steps.erase(
          first, first + static_cast<ptrdiff_t>(std::min(chunk, script.steps.size() - from)));
      tried = WithoutDangling(tried);
      if (differs(tried)) {
        script = std::move(tried);
        smaller = true;
      } else {
        from += chunk;
      }
    }
  }
  return smaller;
}

// Lower numbers are simpler; a change that keeps the difference is kept.
bool SimplifySteps(NatScript& script, const std::function<bool(const NatScript&)>& differs) {
  bool simpler = false;
  const auto attempt = [&](size_t i, const std::function<bool(NatStep&)>& change) {
    NatScript tried = script;
    if (!change(tried.steps[i]) || !differs(tried)) return;
    script = std::move(tried);
    simpler = true;
  };
  const auto set = [](auto& field, auto value) {
    const bool changes = field != value;
    field = value;
    return changes;
  };
  for (size_t i = 0; i < script.steps.size(); ++i) {
    attempt(i, [&](NatStep& step) { return set(step.payload, uint16_t{0}); });
    attempt(i, [&](NatStep& step) { return set(step.host, 0); });
    attempt(i, [&](NatStep& step) { return set(step.remote, 0); });
    attempt(i, [&](NatStep& step) {
      return step.port != 0 && step.about == kNoStep && set(step.port, uint16_t{5000});
    });
    attempt(i, [&](NatStep& step) {
      return step.remote_port != 0 && set(step.remote_port, uint16_t{33033});
    });
    attempt(i, [&](NatStep& step) {
      const Duration before = i == 0 ? Duration{} : script.steps[i - 1].at;
      return set(step.at, before);
    });
  }
  return simpler;
}

}  // namespace

NatScript Without(const NatScript& script, const NatStep& step) {
  NatScript rest = script;
  std::erase_if(rest.steps, [&](const NatStep& candidate) { return candidate.id == step.id; });
  return WithoutDangling(rest);
}

NatScript Shrink(const NatScript& script, const std::function<bool(const NatScript&)>& differs) {
  NatScript smallest = script;
  // Each round makes the script smaller or simpler, so that there is a last one.
  for (bool again = true; again;) {
    again = TakeStepsAway(smallest, differs);
    again = SimplifySteps(smallest, differs) || again;
  }
  return smallest;
}

}  // namespace sfa::conformance
