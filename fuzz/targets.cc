#include "fuzz/targets.h"

namespace sfa::fuzz {

const std::vector<Target>& AllTargets() {
  static const std::vector<Target> targets = {
      kAmi,     kConfiguration, kControlStream, kCredentials,  kDatabase,     kDescription,
      kDigits,  kEngine,        kEthernetDoor,  kExpression,   kIpv4,         kJitterBuffer,
      kLicense, kLoginServer,   kMediaPort,     kMediaSession, kNat,          kPeer,
      kProxy,   kRelay,         kRtp,           kScenario,     kSecureStream, kSrtp,
      kStun,    kSupernode,     kTcpWays,       kTurnClient,   kTurnStream,
  };
  return targets;
}

}  // namespace sfa::fuzz
