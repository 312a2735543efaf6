// The kernel of this machine as a subject of packet scripts: a network namespace that is a router
// with nftables' `masquerade`, between two TUN interfaces.
//
//   script ⇄ TUN "inside" ⇄ forwarding, conntrack, masquerade ⇄ TUN "outside" ⇄ script
#ifndef CONFORMANCE_JUDGES_NAT_KERNEL_NAT_H_
#define CONFORMANCE_JUDGES_NAT_KERNEL_NAT_H_

#include <memory>

#include "conformance/judges/nat/nat_subject.h"
#include "conformance/judges/nat/network_namespace.h"

namespace sfa::conformance {

class KernelNat final : public NatSubject {
 public:
  // An error says why this machine cannot: rights, kernel, nftables.
  static Result<std::unique_ptr<KernelNat>> Make(const MasqueradeVariant& variant);
  ~KernelNat() override;

  // Waits for no time: a marker follows each packet through the router, untranslated, and what the
  // kernel did with the packet has come out before it.
  std::vector<NatEmission> Inject(NatSide side, const NatBytes& packet) override;
  Ipv4Address external() const override;
  // Whether conntrack looks at TCP's sequence numbers (net.netfilter.nf_conntrack_tcp_be_liberal
  // off), as it does from the beginning.
  void TrackWindows(bool on);
  // Whether a marker has been lost: nothing that came out since can be relied on.
  bool broken() const { return broken_; }

 private:
  explicit KernelNat(std::unique_ptr<NetworkNamespace> space) : space_(std::move(space)) {}
  void Write(NatSide side, const NatBytes& packet);
  bool IsMarker(const NatBytes& packet) const;
  // What has come out on a side, until its marker when that is awaited.
  void Collect(NatSide side, bool until_marker, std::vector<NatEmission>& emissions);

  int& descriptor(NatSide side) { return descriptors_[side == NatSide::kInside ? 0 : 1]; }

  std::unique_ptr<NetworkNamespace> space_;
  int descriptors_[2] = {-1, -1};
  uint32_t markers_ = 0;
  bool broken_ = false;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_JUDGES_NAT_KERNEL_NAT_H_
