#include "protocol/peer/network.h"

namespace sfa::peer {

NetworkSettings BuiltInNetwork() {
  // Seven, as in Skype's own client (Baset and Schulzrinne 2006), in TEST-NET-2 (RFC 5737).
  NetworkSettings settings;
  for (uint8_t node = 1; node <= 7; ++node) {
    settings.bootstrap_nodes.push_back({Ipv4Address::Of(198, 51, 100, node), 33033});
  }
  // Belongs to kTestNetworkSeed, which is public: whoever runs a network of their own takes a seed
  // of their own and names its key in the settings.
  settings.root_key = {0x67, 0xd3, 0x84, 0x14, 0x7a, 0x59, 0x67, 0xc8, 0xe0, 0x4d, 0x5d,
                       0xc9, 0x0f, 0xf0, 0x09, 0x27, 0x86, 0x1f, 0xc6, 0xa9, 0x57, 0xcd,
                       0xf1, 0x64, 0xa6, 0x1e, 0xe8, 0x8c, 0x58, 0x78, 0xc5, 0x02};
  return settings;
}

wire::NodeAddress ToWire(const Endpoint& endpoint) {
  wire::NodeAddress address;
  address.set_address(endpoint.address.value);
  address.set_port(endpoint.port);
  return address;
}

Endpoint FromWire(const wire::NodeAddress& address) {
  const uint32_t first = address.address() >> 24;
  // 0/8 is "this network", 224/4 and above multicast and reserved (RFC 6890).
  if (first == 0 || first >= 224 || address.port() == 0 || address.port() > 0xFFFF) return {};
  return {{address.address()}, static_cast<uint16_t>(address.port())};
}

wire::EndReason ToWire(EndReason reason) {
  switch (reason) {
    case EndReason::kNormal:
      return wire::END_NORMAL;
    case EndReason::kBusy:
      return wire::END_BUSY;
    case EndReason::kRejected:
      return wire::END_REJECTED;
    case EndReason::kNoAnswer:
      return wire::END_NO_ANSWER;
    case EndReason::kUnknownUser:
      return wire::END_UNKNOWN_USER;
    case EndReason::kOffline:
      return wire::END_OFFLINE;
    case EndReason::kNoLicense:
      return wire::END_NO_LICENSE;
    case EndReason::kNoCommonCodec:
      return wire::END_NO_COMMON_CODEC;
    case EndReason::kNoPath:
      return wire::END_NO_PATH;
    case EndReason::kMediaLost:
      return wire::END_MEDIA_LOST;
    case EndReason::kCancelled:
      return wire::END_CANCELLED;
    case EndReason::kAnsweredElsewhere:
      return wire::END_ANSWERED_ELSEWHERE;
    case EndReason::kNetwork:
      return wire::END_NETWORK;
    case EndReason::kNoCredit:
      return wire::END_NO_CREDIT;
    case EndReason::kEmergency:
      return wire::END_EMERGENCY;
    case EndReason::kInvalidNumber:
      return wire::END_INVALID_NUMBER;
    case EndReason::kBlocked:
      return wire::END_BLOCKED;
  }
  return wire::END_NORMAL;
}

EndReason FromWire(wire::EndReason reason) {
  switch (reason) {
    case wire::END_BUSY:
      return EndReason::kBusy;
    case wire::END_REJECTED:
      return EndReason::kRejected;
    case wire::END_NO_ANSWER:
      return EndReason::kNoAnswer;
    case wire::END_UNKNOWN_USER:
      return EndReason::kUnknownUser;
    case wire::END_OFFLINE:
      return EndReason::kOffline;
    case wire::END_NO_LICENSE:
      return EndReason::kNoLicense;
    case wire::END_NO_COMMON_CODEC:
      return EndReason::kNoCommonCodec;
    case wire::END_NO_PATH:
      return EndReason::kNoPath;
    case wire::END_MEDIA_LOST:
      return EndReason::kMediaLost;
    case wire::END_CANCELLED:
      return EndReason::kCancelled;
    case wire::END_ANSWERED_ELSEWHERE:
      return EndReason::kAnsweredElsewhere;
    case wire::END_NETWORK:
      return EndReason::kNetwork;
    case wire::END_NO_CREDIT:
      return EndReason::kNoCredit;
    case wire::END_EMERGENCY:
      return EndReason::kEmergency;
    case wire::END_INVALID_NUMBER:
      return EndReason::kInvalidNumber;
    case wire::END_BLOCKED:
      return EndReason::kBlocked;
    default:
      return EndReason::kNormal;
  }
}

// The product's own words for why it was logged out, where it has them.
const char* ToText(wire::RefusalReason reason) {
  switch (reason) {
    case wire::REFUSAL_NO_SUCH_IDENTITY:
      return "no such identity";
    case wire::REFUSAL_INCORRECT_PASSWORD:
      return "incorrect password";
    case wire::REFUSAL_NOT_A_BUSINESS_ACCOUNT:
      return "not a business account";
    case wire::REFUSAL_OVERLOADED:
      return "server overloaded";
    case wire::REFUSAL_BAD_CREDENTIAL:
      return "credential not accepted";
    case wire::REFUSAL_UNSUPPORTED_VERSION:
      return "unsupported version";
    // Manual 3, Important Notes.
    case wire::REFUSAL_INVITED_ACCOUNT:
      return "this account was invited into the Business Control Panel: only business accounts "
             "that "
             "were created there can be used";
    case wire::REFUSAL_ADMINISTRATOR_ACCOUNT:
      return "this account is the administrator of the Business Control Panel: only business "
             "accounts that were created there can be used";
    case wire::REFUSAL_TOO_MANY_ATTEMPTS:
      return "too many login attempts";
    default:
      return "refused by the network";
  }
}

}  // namespace sfa::peer
