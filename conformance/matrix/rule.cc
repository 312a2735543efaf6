#include "conformance/matrix/rule.h"

namespace sfa::conformance {
namespace {

// Whether `sender`'s packets reach `receiver` where it has said to be, `receiver` having sent to
// where `sender` has said to be.
bool Reaches(const NetworkKind& sender, const NetworkKind& receiver) {
  if (receiver.mapping != KindMapping::kSame) return false;
  switch (receiver.filtering) {
    case KindFiltering::kAnybody:
    case KindFiltering::kKnownAddress:  // a NAT's external address is the same for everybody
      return true;
    case KindFiltering::kKnownAddressAndPort:
      return sender.mapping != KindMapping::kUnforetold;
  }
  return false;
}

bool CanConnect(const NetworkKind& from, const NetworkKind& to) {
  // Whoever listens does so on 80 and 443 as well.
  return to.tcp_in && from.tcp_out != KindTcp::kNoPort;
}

// Both behind the same box: the hosts of one LAN meet there; two NATs behind a provider's meet only
// if that one turns packets back.
CallPath SharedPath(const NetworkKind& kind) {
  const bool one_lan = kind.upstream.empty();
  const bool hairpin = kind.upstream.find("hairpin: yes") != std::string::npos;
  return one_lan || hairpin ? CallPath::kDirect : CallPath::kRelay;
}

}  // namespace

const char* ToString(CallPath path) {
  switch (path) {
    case CallPath::kDirect:
      return "direct";
    case CallPath::kTcp:
      return "tcp";
    case CallPath::kRelay:
      return "relay";
    case CallPath::kNone:
      return "none";
  }
  return "";
}

bool CanPunch(const NetworkKind& a, const NetworkKind& b) {
  return a.udp && b.udp && (Reaches(a, b) || Reaches(b, a));
}

CallPath ExpectedPath(const NetworkKind& a, const NetworkKind& b) {
  if (!a.connected() || !b.connected()) return CallPath::kNone;
  if (a.shared) return SharedPath(a);
  if (CanPunch(a, b)) return CallPath::kDirect;
  if (CanConnect(a, b) || CanConnect(b, a)) return CallPath::kTcp;
  return CallPath::kRelay;
}

}  // namespace sfa::conformance
