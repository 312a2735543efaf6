#include "network_sim/nat_kinds.h"

namespace sfa::sim {
namespace {

NatSettings Rfc4787(NatMapping mapping, NatFiltering filtering,
                    NatPortAssignment ports = NatPortAssignment::kPreservation) {
  NatSettings settings;
  settings.mapping = mapping;
  settings.filtering = filtering;
  settings.ports = ports;
  return settings;
}

NatSettings Linux(bool random) {
  NatSettings settings;
  settings.linux_masquerade = true;
  settings.linux_random = random;
  return settings;
}

struct Kind {
  const char* name;
  NatSettings settings;
};

std::vector<Kind> Kinds() {
  constexpr auto kEim = NatMapping::kEndpointIndependent;
  constexpr auto kApdm = NatMapping::kAddressAndPortDependent;
  constexpr auto kApdf = NatFiltering::kAddressAndPortDependent;
  return {{"full-cone", Rfc4787(kEim, NatFiltering::kEndpointIndependent)},
          {"address-restricted", Rfc4787(kEim, NatFiltering::kAddressDependent)},
          {"port-restricted", Rfc4787(kEim, kApdf)},
          {"symmetric", Rfc4787(kApdm, kApdf, NatPortAssignment::kRandom)},
          {"symmetric-sequential", Rfc4787(kApdm, kApdf, NatPortAssignment::kSequential)},
          {"linux-masquerade", Linux(false)},
          {"linux-masquerade-random", Linux(true)}};
}

}  // namespace

std::optional<NatSettings> NatByName(std::string_view name) {
  for (const Kind& kind : Kinds()) {
    if (kind.name == name) return kind.settings;
  }
  return std::nullopt;
}

std::vector<std::string> NatNames() {
  std::vector<std::string> names;
  for (const Kind& kind : Kinds()) names.emplace_back(kind.name);
  return names;
}

}  // namespace sfa::sim
