// Our Linux router as a subject of packet scripts.
#ifndef CONFORMANCE_JUDGES_NAT_MODEL_NAT_H_
#define CONFORMANCE_JUDGES_NAT_MODEL_NAT_H_

#include <memory>
#include <string>

#include "conformance/judges/nat/nat_subject.h"
#include "network_sim/nat.h"

namespace sfa::conformance {

class ModelNat final : public NatSubject {
 public:
  ModelNat(const MasqueradeVariant& variant, uint64_t seed);

  std::vector<NatEmission> Inject(NatSide side, const NatBytes& packet) override;
  Ipv4Address external() const override;
  // Time goes on to `at`, counted from the beginning.
  void WaitUntil(Duration at) { clock_.now = MonotonicTime(at); }

 private:
  class Clock final : public sim::NatClock {
   public:
    MonotonicTime Now() const override { return now; }
    MonotonicTime now{};
  };
  class Exit final : public sim::PacketSink {
   public:
    Exit(std::vector<NatEmission>& emissions, NatSide side) : emissions_(emissions), side_(side) {}
    void Receive(ns3::Ptr<ns3::Packet> packet) override;
    const std::string& name() const override { return name_; }

   private:
    std::vector<NatEmission>& emissions_;
    const NatSide side_;
    const std::string name_ = "exit";
  };

  Clock clock_;
  std::vector<NatEmission> emissions_;
  Exit inside_{emissions_, NatSide::kInside};
  Exit outside_{emissions_, NatSide::kOutside};
  std::unique_ptr<sim::Nat> nat_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_JUDGES_NAT_MODEL_NAT_H_
