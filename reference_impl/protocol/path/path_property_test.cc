// Whatever the NATs and the loss: both ends end up with the same path, of the class that the rule
// gives them, or both without one.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <ostream>
#include <string>

#include "protocol/path/path_agent.h"
#include "protocol/path/test_ends.h"

namespace sfa::path {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Side {
  enum Kind { kPublic, kFull, kAddress, kPort, kSequential, kRandom, kBlocked } kind = kPublic;
  bool relay = true;
  bool listens = false;
};

std::ostream& operator<<(std::ostream& out, const Side& side) {
  static constexpr const char* kNames[] = {"public",     "full-cone", "address",    "port",
                                           "sequential", "random",    "udp-blocked"};
  return out << kNames[side.kind] << (side.relay ? "+relay" : "") << (side.listens ? "+tcp" : "");
}

bool Predictable(const Side& side) { return side.kind <= Side::kPort; }
bool UsesUdp(const Side& side) { return side.kind != Side::kBlocked; }
// Admits what comes from another port than the one that it was opened to.
bool AdmitsOtherPorts(const Side& side) { return side.kind <= Side::kAddress; }
bool Reachable(const Side& side) { return side.listens && side.kind == Side::kPublic; }

// The rule of the published matrix. A sequential port may be foretold or not, depending on what
// else was lost: both are right.
std::string Expected(const Side& a, const Side& b) {
  if (UsesUdp(a) && UsesUdp(b)) {
    const bool punchable = (Predictable(a) && Predictable(b)) ||
                           (Predictable(a) && AdmitsOtherPorts(a)) ||
                           (Predictable(b) && AdmitsOtherPorts(b));
    if (punchable) return "direct";
    if (a.kind == Side::kSequential || b.kind == Side::kSequential) return "direct or relay";
  }
  if (Reachable(a) || Reachable(b)) return "tcp";
  // The relays of this world are reached by UDP, and one of them is enough.
  if (!UsesUdp(a) || !UsesUdp(b)) return "none";
  return a.relay || b.relay ? "relay" : "none";
}

class PathPropertyTest : public PathTest {
 public:
  explicit PathPropertyTest(uint64_t seed) : PathTest(seed) {}
  void TestBody() override {}
  ~PathPropertyTest() override { EndCall(); }

  static TestSide Make(const Side& side, const std::string& address) {
    TestSide made = Public(address);
    const Endpoint listener{*Ipv4Address::Parse(address), 5000};
    switch (side.kind) {
      case Side::kPublic:
        break;
      case Side::kFull:
        made = FullCone();
        break;
      case Side::kAddress:
        made = Behind(TestMapping::kEndpointIndependent, TestFiltering::kAddress);
        break;
      case Side::kPort:
        made = PortRestricted();
        break;
      case Side::kSequential:
        made = Sequential();
        break;
      case Side::kRandom:
        made = Symmetric();
        break;
      case Side::kBlocked:
        made = UdpBlocked();
        break;
    }
    made.relay = side.relay;
    if (Reachable(side)) made.port.listeners = {listener};
    return made;
  }

  void Check(const Side& a, const Side& b, int loss, bool media) {
    world.SetLoss(loss);
    Build(Make(a, "192.0.2.1"), Make(b, "192.0.2.2"));
    world.RunFor(seconds(2));  // the mappings have got through
    Exchange();
    if (media) {
      caller->Talk(true);
      callee->Talk(true);
    }
    world.RunFor(seconds(100));
    world.SetLoss(0);  // whatever was going on comes to its end
    world.RunFor(seconds(20));
    const std::string expected = Expected(a, b);
    const bool open = !caller->gone() && caller->agent().is_open();
    RC_ASSERT(open == (!callee->gone() && callee->agent().is_open()));
    const std::string found = open ? caller->agent().path().name() : "none";
    RC_LOG() << found << " after " << caller->opened() << " openings" << std::endl;
    if (expected == "direct or relay") {
      RC_ASSERT(found == "direct" || found == "relay" || (!a.relay && !b.relay) || found == "tcp");
    } else {
      RC_ASSERT(found == expected);
    }
    if (open) RC_ASSERT(static_cast<bool>(Agree()));
  }
};

}  // namespace
}  // namespace sfa::path

namespace rc {
template <>
struct Arbitrary<sfa::path::Side> {
  static Gen<sfa::path::Side> arbitrary() {
    using sfa::path::Side;
    return gen::build<Side>(
        gen::set(&Side::kind, gen::element(Side::kPublic, Side::kFull, Side::kAddress, Side::kPort,
                                           Side::kSequential, Side::kRandom, Side::kBlocked)),
        gen::set(&Side::relay, gen::weightedElement<bool>({{4, true}, {1, false}})),
        gen::set(&Side::listens));
  }
};
}  // namespace rc

namespace sfa::path {
namespace {

RC_GTEST_PROP(PathProperty, BothEndsAgreeOnWhatTheRuleGives, (Side a, Side b, bool media)) {
  const int loss = *rc::gen::inRange(0, 21);
  const auto seed = *rc::gen::arbitrary<uint16_t>();
  PathPropertyTest call(uint64_t{1} + seed);
  call.Check(a, b, loss, media);
}

}  // namespace
}  // namespace sfa::path
