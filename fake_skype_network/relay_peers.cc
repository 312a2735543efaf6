#include "fake_skype_network/relay_peers.h"

namespace sfa::community {
namespace {

struct Block {
  Ipv4Address first;
  int prefix;
  bool contains(Ipv4Address address) const {
    return (address.value ^ first.value) >> (32 - prefix) == 0;
  }
};

// RFC 6890 section 2.2.2; nobody is there on any network.
constexpr Block kNobody[] = {
    {Ipv4Address::Of(0, 0, 0, 0), 8},    // this network
    {Ipv4Address::Of(224, 0, 0, 0), 4},  // multicast
    {Ipv4Address::Of(240, 0, 0, 0), 4},  // reserved, broadcast
};
constexpr Block kPrivate[] = {
    {Ipv4Address::Of(10, 0, 0, 0), 8},    {Ipv4Address::Of(100, 64, 0, 0), 10},
    {Ipv4Address::Of(127, 0, 0, 0), 8},   {Ipv4Address::Of(169, 254, 0, 0), 16},
    {Ipv4Address::Of(172, 16, 0, 0), 12}, {Ipv4Address::Of(192, 168, 0, 0), 16},
};

}  // namespace

bool RelayPeers::MayPermit(Ipv4Address peer) const {
  if (peer == ports_.address()) return true;
  for (const Block& block : kNobody) {
    if (block.contains(peer)) return false;
  }
  if (private_too_) return true;
  for (const Block& block : kPrivate) {
    if (block.contains(peer)) return false;
  }
  return true;
}

}  // namespace sfa::community
