// What a packet script is played to: a box with two sides.
#ifndef CONFORMANCE_JUDGES_NAT_NAT_SUBJECT_H_
#define CONFORMANCE_JUDGES_NAT_NAT_SUBJECT_H_

#include <cstdint>
#include <vector>

#include "runtime/address.h"

namespace sfa::conformance {

using NatBytes = std::vector<uint8_t>;  // one IPv4 datagram

enum class NatSide { kInside, kOutside };

struct NatEmission {
  NatSide side;
  NatBytes packet;
};

class NatSubject {
 public:
  virtual ~NatSubject() = default;
  // A packet arrives on a side; everything that the box sends because of it.
  virtual std::vector<NatEmission> Inject(NatSide side, const NatBytes& packet) = 0;
  virtual Ipv4Address external() const = 0;
};

// The two boxes under judgement differ in their `random` option and in what their own INPUT does
// with packets that belong to no flow.
struct MasqueradeVariant {
  enum class Ports { kKept, kRandom, kFullyRandom };
  Ports ports = Ports::kKept;
  bool input_accepts = false;
};
const char* NameOf(const MasqueradeVariant& variant);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_JUDGES_NAT_NAT_SUBJECT_H_
