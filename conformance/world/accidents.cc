#include "conformance/world/accidents.h"

#include <string_view>

namespace sfa::conformance {
namespace {

constexpr std::string_view kHomeOf = "home of ";
constexpr std::string_view kRelayOf = "relay of ";

}  // namespace

Accidents::Outcome Accidents::Happen(const Step& step) {
  return step.actor == "network" ? OfNetwork(step) : OfCommunity(step);
}

Accidents::Outcome Accidents::OfNetwork(const Step& step) {
  const std::string& site = step.argument;
  if (step.verb == "reboot-nat") {
    network_.RebootNat(site);
  } else if (step.verb == "change-address") {
    return {"", network_.ChangeAddress(site).ToString()};
  } else if (step.verb == "cut" || step.verb == "restore") {
    network_.SetCut(site, step.verb == "cut");
  } else if (step.firewall) {
    network_.SetFirewall(site, *step.firewall);
  } else if (step.line) {
    network_.SetLine(site, *step.line);
  } else {
    return {"nothing of that kind happens to a network", ""};
  }
  return {};
}

Accidents::Outcome Accidents::OfCommunity(const Step& step) {
  // What ends an accident is about the machine that had it, wherever the user is now.
  const bool ends = step.verb == "revive" || step.verb == "restore";
  const auto before = resolved_.find(step.argument);
  const std::string machine =
      ends && before != resolved_.end() ? before->second : Resolve(step.argument);
  if (machine.empty()) return {"there is no " + step.argument, ""};
  const std::string found = machine == step.argument ? "" : machine;
  if (step.verb == "kill") return {community_.Kill(machine), found};
  if (step.verb == "revive") return {community_.Revive(machine), found};
  network_.SetCut(machine, step.verb == "cut");
  return {"", found};
}

std::string Accidents::Resolve(const std::string& argument) {
  std::string machine = argument;
  const std::string_view words = argument;
  if (words.starts_with(kHomeOf)) {
    machine = community_.HomeOf(std::string(words.substr(kHomeOf.size())));
  } else if (words.starts_with(kRelayOf)) {
    machine = RelayOf(std::string(words.substr(kRelayOf.size())));
  } else {
    return machine;
  }
  if (!machine.empty()) resolved_[argument] = machine;
  return machine;
}

std::string Accidents::RelayOf(const std::string& user) const {
  for (const auto& person : people_) {
    if (person->name() != user) continue;
    for (const Endpoint& end : person->relayed_ends()) {
      std::string node = community_.SupernodeAt(end.address);
      if (!node.empty()) return node;
    }
  }
  return "";
}

}  // namespace sfa::conformance
