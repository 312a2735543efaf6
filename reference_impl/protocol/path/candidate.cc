#include "protocol/path/candidate.h"

#include <algorithm>
#include <vector>

namespace sfa::path {
namespace {

constexpr uint32_t kComponent = 1;

}  // namespace

const char* ToString(CandidateKind kind) {
  switch (kind) {
    case CandidateKind::kRelayed:
      return "relayed";
    case CandidateKind::kServerReflexive:
      return "server-reflexive";
    case CandidateKind::kPeerReflexive:
      return "peer-reflexive";
    case CandidateKind::kHost:
      return "host";
  }
  return "unknown";
}

uint32_t CandidatePriority(CandidateKind kind, uint16_t local_preference) {
  return static_cast<uint32_t>(kind) << 24 | static_cast<uint32_t>(local_preference) << 8 |
         (256 - kComponent);
}

uint64_t PairPriority(uint32_t controlling, uint32_t controlled) {
  const uint64_t lesser = std::min(controlling, controlled);
  const uint64_t greater = std::max(controlling, controlled);
  return (lesser << 32) + 2 * greater + (controlling > controlled ? 1 : 0);
}

bool IsUsable(const Endpoint& endpoint, bool loopback_allowed) {
  const uint32_t first = endpoint.address.value >> 24;
  // 0/8 is "this host", 224/4 multicast, 240/4 reserved with the broadcast address in it.
  if (endpoint.port == 0 || first == 0 || first >= 224) return false;
  return loopback_allowed || !endpoint.address.is_loopback();
}

bool IsPrivate(Ipv4Address address) {
  const uint32_t value = address.value;
  return value >> 24 == 10 || value >> 20 == 0xAC1 || value >> 16 == 0xC0A8 ||  // RFC 1918
         value >> 22 == 0x6440 >> 6 ||                                          // RFC 6598
         value >> 16 == 0xA9FE ||                                               // RFC 3927
         address.is_loopback();
}

std::string RandomIceText(Random& random, size_t size) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<uint8_t> bytes(size);
  random.Fill(bytes);
  std::string text;
  for (const uint8_t byte : bytes) text += kAlphabet[byte & 63];
  return text;
}

}  // namespace sfa::path
