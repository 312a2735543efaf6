// Which path a call between two networks must take: written down before any run.
//
//   direct   UDP from end to end, when one direction exists in which the receiver's endpoint is
//            known beforehand and its filter admits the endpoint from which the sender really sends
//            (the published table of punchable pairs; a sequential NAT's next port can be foretold)
//   tcp      else a connection from end to end, when one end can be connected to and the other may
//            connect there
//   relay    else through a supernode
//   none     when one end gets nothing out
#ifndef CONFORMANCE_MATRIX_RULE_H_
#define CONFORMANCE_MATRIX_RULE_H_

#include "conformance/matrix/kind.h"

namespace sfa::conformance {

enum class CallPath { kDirect, kTcp, kRelay, kNone };
// "direct", "tcp", "relay", "none"
const char* ToString(CallPath path);

// Whether UDP can be punched between them.
bool CanPunch(const NetworkKind& a, const NetworkKind& b);
CallPath ExpectedPath(const NetworkKind& a, const NetworkKind& b);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_MATRIX_RULE_H_
