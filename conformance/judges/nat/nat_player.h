// Plays a packet script to a box and says of each step what became of it, in words in which boxes
// that draw different ports can be compared.
#ifndef CONFORMANCE_JUDGES_NAT_NAT_PLAYER_H_
#define CONFORMANCE_JUDGES_NAT_NAT_PLAYER_H_

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "conformance/judges/nat/nat_script.h"
#include "conformance/judges/nat/nat_subject.h"
#include "network_sim/nat_flow_table.h"

namespace sfa::conformance {

struct NatOutcome {
  // What is compared, without drawn numbers: "out, port kept", "out, port as of #2", "out, another
  // port from 1024", "in to host1:5000", "nothing".
  std::string what;
  std::string ports;  // what the box did, with numbers; for people
  // The router's own stack said something about it: a port unreachable, a reset, an echo.
  bool router_answered = false;
};

// How many scripts can be played to one box: each has addresses of its own.
inline constexpr uint32_t kMostSerials = 32'000;

class NatPlayer {
 public:
  // `serial`, below kMostSerials, chooses addresses that no other script has.
  NatPlayer(const NatScript& script, NatSubject& subject, uint32_t serial);
  // Steps are played in their order, each once.
  NatOutcome Play(const NatStep& step);

 private:
  // A TCP connection as its two ends see it: each acknowledges what it has got, and no end takes a
  // SYN that comes in the middle of a connection for a beginning.
  struct Stream {
    struct End {
      uint32_t sent = 0;      // the next sequence number
      uint32_t received = 0;  // what it acknowledges
      uint32_t first = 0;     // the sequence number of its SYN
      uint32_t end = 0;       // where what it has sent last ends
      bool opened = false;    // it has sent a SYN, in this life of the connection
      bool talked = false;    // it has sent anything else
      bool acknowledged = false;
      bool heard = false;  // anything from the other end
      bool finished = false;
    };
    End inside{1'000, 500'000}, outside{500'000, 1'000};
    bool over = false;  // by a RST or two FINs that have arrived
    End& sender(const NatStep& step) { return step.verb == NatVerb::kCome ? outside : inside; }
    End& receiver(const NatStep& step) { return step.verb == NatVerb::kCome ? inside : outside; }
  };
  // What a step's packet looked like on both sides.
  struct Passage {
    NatBytes inside, outside;  // empty where it was not seen
  };

  Endpoint Host(const NatStep& step) const;
  Endpoint Remote(const NatStep& step) const;
  NatBytes Build(const NatStep& step, const Endpoint& from, const Endpoint& to);
  Stream& StreamOf(const NatStep& step);
  // The sequence number of the step's segment; its sender goes on behind it.
  static uint32_t NextSequence(Stream& stream, const NatStep& step);
  static void Arrived(Stream& stream, const NatStep& step);
  NatBytes BuildTcp(const NatStep& step, const Endpoint& from, const Endpoint& to);
  NatBytes BuildEcho(const NatStep& step, const Endpoint& from, const Endpoint& to) const;
  NatOutcome Transport(const NatStep& step, NatSide side, const NatBytes& packet);
  NatOutcome Complain(const NatStep& step);
  std::string DescribeOut(const NatStep& step, const sim::Tuple& tuple);
  std::string DescribeIn(const sim::Tuple& tuple) const;
  // Sorts out what the box sent: the one packet that went on, and the router's own answers.
  NatBytes Sort(NatSide from, std::vector<NatEmission> emissions, NatOutcome& outcome) const;

  const NatScript& script_;
  NatSubject& subject_;
  const Ipv4Address hosts_;
  const Ipv4Address remotes_;
  std::map<int, Passage> passages_;
  std::map<std::tuple<int, uint16_t, int, uint16_t>, Stream> streams_;
  std::vector<std::tuple<int, uint8_t, uint16_t>> external_;  // step, protocol, port
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_JUDGES_NAT_NAT_PLAYER_H_
