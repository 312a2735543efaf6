// The networks that the matrix puts each end of a call into, and what is known of each of them
// beforehand: from RFC 4787's words, not from a run.
#ifndef CONFORMANCE_MATRIX_KIND_H_
#define CONFORMANCE_MATRIX_KIND_H_

#include <string>
#include <vector>

namespace sfa::conformance {

// RFC 4787 section 4.1, as far as the rule needs it.
enum class KindMapping {
  kSame,        // the same external endpoint for everybody, or no NAT at all
  kForetold,    // another port for each destination, in steps
  kUnforetold,  // another port for each destination
};
// RFC 4787 section 5: who may send in, once the inside has sent out.
enum class KindFiltering { kAnybody, kKnownAddress, kKnownAddressAndPort };
// To which TCP ports the inside may connect.
enum class KindTcp { kAnyPort, kWebPorts, kNoPort };

struct NetworkKind {
  std::string name;
  std::string summary;
  bool udp = true;
  KindMapping mapping = KindMapping::kSame;
  KindFiltering filtering = KindFiltering::kKnownAddressAndPort;
  KindTcp tcp_out = KindTcp::kAnyPort;
  bool tcp_in = false;   // strangers may connect to its hosts
  std::string site;      // how a scenario describes it: "nat: full-cone"
  std::string upstream;  // of the site that it stands behind; "" for the Internet itself
  bool shared = false;   // both ends are behind one and the same: only a pair with itself

  // Whether anything gets out at all.
  bool connected() const { return udp || tcp_out != KindTcp::kNoPort; }
};

// In the order in which they are shown.
const std::vector<NetworkKind>& NetworkKinds();
// Null for an unknown name.
const NetworkKind* FindNetworkKind(const std::string& name);
std::vector<std::string> NetworkKindNames();

}  // namespace sfa::conformance

#endif  // CONFORMANCE_MATRIX_KIND_H_
