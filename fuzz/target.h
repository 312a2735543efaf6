// A fuzz target: one decoder or state machine, given any bytes.
#ifndef FUZZ_TARGET_H_
#define FUZZ_TARGET_H_

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/input.h"

namespace sfa::fuzz {

using Seeds = std::vector<std::pair<std::string, Bytes>>;  // by file name

struct Target {
  const char* name;
  // Keeps no state between runs; the same bytes do the same. Ends the process on a broken promise.
  void (*run)(std::span<const uint8_t> bytes);
  // Real messages for the corpus to start from.
  Seeds (*seeds)();
};

// Defined beside each target.
extern const Target kAmi;
extern const Target kConfiguration;
extern const Target kControlStream;
extern const Target kCredentials;
extern const Target kDatabase;
extern const Target kDescription;
extern const Target kDigits;
extern const Target kEngine;
extern const Target kEthernetDoor;
extern const Target kExpression;
extern const Target kIpv4;
extern const Target kJitterBuffer;
extern const Target kLicense;
extern const Target kLoginServer;
extern const Target kMediaPort;
extern const Target kMediaSession;
extern const Target kNat;
extern const Target kPeer;
extern const Target kProxy;
extern const Target kRelay;
extern const Target kRtp;
extern const Target kScenario;
extern const Target kSecureStream;
extern const Target kSrtp;
extern const Target kStun;
extern const Target kSupernode;
extern const Target kTcpWays;
extern const Target kTurnClient;
extern const Target kTurnStream;

}  // namespace sfa::fuzz

#endif  // FUZZ_TARGET_H_
