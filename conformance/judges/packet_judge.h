// tshark, an independent reader of captures: does it find in our packets what we say is there, and
// nothing wrong?
#ifndef CONFORMANCE_JUDGES_PACKET_JUDGE_H_
#define CONFORMANCE_JUDGES_PACKET_JUDGE_H_

#include <map>
#include <string>
#include <vector>

#include "runtime/result.h"

namespace sfa::conformance {

struct PacketJudgement {
  std::map<std::string, int> protocols;  // packets by protocol: "stun", "rtp", "tcp" …
  std::vector<std::string> complaints;   // malformed packets and bad checksums, one line each
};

// Checks IP, UDP and TCP checksums and looks for RTP in all UDP. An error when tshark cannot be run
// or cannot read the file.
Result<PacketJudgement> JudgePackets(const std::string& capture);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_JUDGES_PACKET_JUDGE_H_
