#include <algorithm>
#include <array>
#include <vector>

#include "conformance/judges/nat/nat_script.h"
#include "network_sim/ipv4.h"
#include "network_sim/random_streams.h"

namespace sfa::conformance {
namespace {

constexpr uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kAck = 0x10;  // RFC 9293 section 3.1

// Few, so that hosts meet on the same ones; from each of the kernel's three ranges; one that is a
// remote's port too.
constexpr std::array<uint16_t, 7> kPorts = {5000, 5000, 5001, 500, 700, 33033, 40000};
constexpr std::array<uint16_t, 3> kRemotePorts = {33033, 33033, 53};

// What a connection's life looks like when nobody does anything wrong.
struct Segment {
  bool outbound;
  uint8_t flags;
  uint16_t payload;
};
using Life = std::vector<Segment>;
const std::array<Life, 6>& Lives() {
  static const Life kOpen = {{true, kSyn, 0}, {false, kSyn | kAck, 0}, {true, kAck, 0}};
  static const auto kWith = [](std::initializer_list<Segment> rest) {
    Life life = kOpen;
    life.insert(life.end(), rest);
    return life;
  };
  static const std::array<Life, 6> lives = {
      // Closed by the inside, by the outside, aborted by either, refused, opened from both sides.
      kWith({{true, kAck, 100},
             {false, kAck, 0},
             {true, kFin | kAck, 0},
             {false, kFin | kAck, 0},
             {true, kAck, 0}}),
      kWith({{false, kAck, 200},
             {true, kAck, 0},
             {false, kFin | kAck, 0},
             {true, kAck, 0},
             {true, kFin | kAck, 0},
             {false, kAck, 0}}),
      kWith({{true, kAck, 10}, {true, kRst | kAck, 0}}),
      kWith({{false, kAck, 10}, {false, kRst, 0}}),
      Life{{true, kSyn, 0}, {false, kRst | kAck, 0}},
      Life{{true, kSyn, 0},
           {false, kSyn, 0},
           {true, kSyn | kAck, 0},
           {false, kSyn | kAck, 0},
           {true, kAck, 0},
           {false, kAck, 5}}};
  return lives;
}

// A connection under way.
struct Connection {
  int host;
  uint16_t port;
  int remote;
  uint16_t remote_port;
  size_t life;
  size_t next = 0;
  int first_sent = kNoStep;
};

class Generator {
 public:
  Generator(uint64_t seed, NatPace pace) : noise_(seed), pace_(pace) {}

  NatScript Make() {
    // What the script is mostly about.
    const auto theme = Below(8);
    const size_t length = 3 + Below(theme == 3 || theme == 4 ? 40 : 22);
    while (script_.steps.size() < length) {
      if (pace_ == NatPace::kWaiting && Below(3) == 0) Wait();
      const auto kind = theme <= 4 ? theme : Below(6);
      if (kind == 3 || kind == 4) {
        TcpStep();
      } else {
        protocol_ = kind == 5 ? sim::kProtocolIcmp : sim::kProtocolUdp;
        DatagramStep();
      }
    }
    return std::move(script_);
  }

 private:
  uint64_t Below(uint64_t bound) { return noise_.Next() % bound; }
  template <typename Array>
  auto OneOf(const Array& values) {
    return values[Below(values.size())];
  }

  void Wait() {
    const auto points = 1 + static_cast<int>(Below(5));
    grid_ = std::min(grid_ + points, kScriptGridPoints - 1);
  }

  NatStep Blank(NatVerb verb) {
    NatStep step;
    step.id = static_cast<int>(script_.steps.size());
    step.at = grid_ * kScriptGrid;
    step.verb = verb;
    step.protocol = protocol_;
    step.host = static_cast<int>(Below(kScriptHosts));
    step.port = OneOf(kPorts);
    step.remote = static_cast<int>(Below(kScriptRemotes));
    step.remote_port = protocol_ == sim::kProtocolIcmp ? 0 : OneOf(kRemotePorts);
    return step;
  }
  void Add(NatStep step) { script_.steps.push_back(step); }

  // A step before this one, of the same protocol; none is found when there is none.
  int Earlier(NatVerb verb) {
    std::vector<int> found;
    for (const NatStep& step : script_.steps) {
      if (step.verb == verb && step.protocol == protocol_) found.push_back(step.id);
    }
    return found.empty() ? kNoStep : found[Below(found.size())];
  }

  void DatagramStep() {
    const auto choice = Below(100);
    const int sent = Earlier(NatVerb::kSend);
    if (choice < 42 || (sent == kNoStep && choice < 75)) {
      NatStep step = Blank(NatVerb::kSend);
      // Often the same inside endpoint as before: what it has got already matters.
      if (sent != kNoStep && Below(3) == 0) {
        step.host = script_.steps[static_cast<size_t>(sent)].host;
        step.port = script_.steps[static_cast<size_t>(sent)].port;
      }
      Add(step);
    } else if (choice < 64) {
      Add(Answer(sent));
    } else if (choice < 74) {
      NatStep step = Answer(sent);  // but from somebody else
      if (Below(2) == 0) step.remote = static_cast<int>(Below(kScriptRemotes));
      step.remote_port = protocol_ == sim::kProtocolIcmp ? 0 : uint16_t{33034};
      Add(step);
    } else if (choice < 88) {
      NatStep step = Blank(NatVerb::kCome);  // perhaps before anybody has sent
      step.echo_request = protocol_ == sim::kProtocolIcmp && Below(2) == 0;
      Add(step);
    } else if (choice < 91) {
      NatStep step = Blank(NatVerb::kSendToRouter);
      if (Below(2) == 0) step.about = sent;
      Add(step);
    } else {
      ErrorStep();
    }
  }

  NatStep Answer(int sent) {
    NatStep step = Blank(NatVerb::kCome);
    const NatStep& first = script_.steps[static_cast<size_t>(sent)];
    step.remote = first.remote;
    step.remote_port = first.remote_port;
    step.about = sent;
    return step;
  }

  void ErrorStep() {
    const bool in = Below(2) == 0;
    const int about = Earlier(in ? NatVerb::kSend : NatVerb::kCome);
    if (about == kNoStep) return;
    NatStep step = Blank(in ? NatVerb::kErrorIn : NatVerb::kErrorOut);
    step.about = about;
    Add(step);
  }

  void TcpStep() {
    protocol_ = sim::kProtocolTcp;
    if (connections_.empty() || (connections_.size() < 4 && Below(8) == 0)) {
      const NatStep step = Blank(NatVerb::kSend);
      // As often as not the same endpoints as another connection, or the same but for the host.
      Connection fresh{step.host, step.port, step.remote, step.remote_port, Below(Lives().size())};
      if (!connections_.empty() && Below(2) == 0) {
        const Connection& other = OneOf(connections_);
        fresh.port = other.port;
        fresh.remote = other.remote;
        fresh.remote_port = other.remote_port;
      }
      connections_.push_back(fresh);
    }
    const auto choice = Below(100);
    if (choice < 5) {
      ErrorStep();
    } else if (choice < 10) {
      NatStep step = Blank(NatVerb::kCome);
      step.flags = OneOf(std::array<uint8_t, 3>{kSyn, kAck, kRst});
      Add(step);
    } else {
      Proceed(connections_[Below(connections_.size())], /*as_usual=*/choice < 80);
    }
  }

  void Proceed(Connection& connection, bool as_usual) {
    const Life& life = Lives()[connection.life];
    Segment segment = life[connection.next % life.size()];
    if (as_usual) {
      ++connection.next;
    } else {
      constexpr std::array<uint8_t, 7> kAny = {kSyn, kSyn | kAck, kAck,       kAck,
                                               kRst, kRst | kAck, kFin | kAck};
      segment = {Below(2) == 0, OneOf(kAny), static_cast<uint16_t>(Below(2) * 50)};
      if ((segment.flags & (kSyn | kRst)) != 0) segment.payload = 0;
    }
    if (!segment.outbound && connection.first_sent == kNoStep) return;
    NatStep step = Blank(segment.outbound ? NatVerb::kSend : NatVerb::kCome);
    step.host = connection.host;
    step.port = connection.port;
    step.remote = connection.remote;
    step.remote_port = connection.remote_port;
    step.flags = segment.flags;
    step.payload = segment.payload;
    if (!segment.outbound) step.about = connection.first_sent;
    if (segment.outbound) connection.first_sent = step.id;
    Add(step);
  }

  sim::NoiseStream noise_;
  const NatPace pace_;
  NatScript script_;
  int grid_ = 0;
  uint8_t protocol_ = sim::kProtocolUdp;
  std::vector<Connection> connections_;
};

}  // namespace

NatScript GenerateNatScript(uint64_t seed, NatPace pace) { return Generator(seed, pace).Make(); }

}  // namespace sfa::conformance
