// A media port's ways by TCP.
#include "protocol/path/tcp_ways.h"

#include "protocol/path/local_candidates.h"
#include "protocol/path/ways_fixture.h"
#include "protocol/stun/server.h"

namespace sfa::path {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<uint8_t> Frame(std::span<const uint8_t> packet) {
  std::vector<uint8_t> frame{static_cast<uint8_t>(packet.size() >> 8),
                             static_cast<uint8_t>(packet.size())};
  frame.insert(frame.end(), packet.begin(), packet.end());
  return frame;
}

// Somebody on the other end of a connection.
class Visitor final : public StreamHandler {
 public:
  Visitor(Runtime& runtime, const Endpoint& to) : stream(runtime.ConnectTcp({}, to, *this)) {}
  void OnConnected() override { connected = true; }
  void OnData(std::span<const uint8_t> bytes) override {
    heard.insert(heard.end(), bytes.begin(), bytes.end());
  }
  void OnEndOfStream() override { gone = true; }
  void OnError(const Error&) override { gone = true; }
  std::unique_ptr<ByteStream> stream;
  std::vector<uint8_t> heard;
  bool connected = false;
  bool gone = false;
};

class TcpWaysTest : public WaysTest {
 protected:
  const Endpoint listener_{Ipv4Address::Of(192, 0, 2, 2), 5000};
};

TEST_F(TcpWaysTest, ListensWhereItMayAndCan) {
  struct Case {
    const char* name;
    uint16_t bind_port;
    bool udp, listen, tcp_auto;
    std::set<uint16_t> forbidden;
    std::vector<uint16_t> ports;  // 0: a random one
  };
  const Case cases[] = {
      {"all", 5000, true, true, true, {}, {5000, 80, 443}},
      {"no automatic ports", 5000, true, true, false, {}, {5000}},
      {"nothing said and no automatic ports", 0, true, true, false, {}, {}},
      {"no listeners", 5000, true, false, true, {}, {}},
      {"random", 0, false, true, true, {}, {0, 80, 443}},
      {"port 80 is somebody else's", 5000, true, true, true, {80}, {5000, 443}},
      {"the port is taken", 5000, true, true, true, {5000, 443}, {0, 80}},
      {"the port is taken and nothing automatic", 5000, true, true, false, {5000}, {}},
      {"port 443 itself", 443, true, true, true, {}, {443, 80}},
  };
  uint8_t host = 10;
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    WaysRuntime runtime(world_, Ipv4Address::Of(192, 0, 2, host++), 1);
    runtime.forbidden = each.forbidden;
    PortSettings settings;
    settings.bind.port = each.bind_port;
    settings.udp = each.udp;
    settings.listen_tcp = each.listen;
    settings.tcp_auto = each.tcp_auto;
    const auto port = NewMediaPort(runtime, settings).value();
    std::vector<uint16_t> ports;
    for (const Endpoint& listener : port->tcp_listeners()) {
      ports.push_back(listener.port >= 40000 ? uint16_t{0} : listener.port);
    }
    EXPECT_EQ(ports, each.ports);
    if (!each.udp) {
      EXPECT_EQ(port->local(), port->tcp_listeners().front());
    }
  }
}

TEST_F(TcpWaysTest, AreOfferedWhereOthersCanReachThem) {
  auto& relay = AddRelay(1);
  const auto port = Port(anna_, true, true);
  // Nobody knows of a NAT.
  EXPECT_THAT(Texts(port->checks()->LocalCandidates()),
              ElementsAre("host 192.0.2.1:5000", "tcp host 192.0.2.1:5000", "tcp host 192.0.2.1:80",
                          "tcp host 192.0.2.1:443"));
  relay.port_shift = 1;
  port->UseStunServer(NodeAt(1));
  world_.RunFor(milliseconds(100));
  // The address is ours, whatever happens to the port.
  EXPECT_EQ(port->checks()->LocalCandidates().size(), 5u);
  const auto candidates = port->checks()->LocalCandidates();
  for (size_t i = 1; i < candidates.size(); ++i) {
    EXPECT_LT(candidates[i].candidate.priority, candidates[i - 1].candidate.priority);
    EXPECT_NE(candidates[i].candidate.foundation, candidates[i - 1].candidate.foundation);
  }
}

TEST_F(TcpWaysTest, BehindANatOnlyTheLanNeedsThem) {
  auto& relay = AddRelay(1);
  const auto port = Port(anna_, true, true);
  port->UseStunServer(NodeAt(1));
  relay.lie = *Endpoint::Parse("203.0.113.5:20000");
  world_.RunFor(milliseconds(100));
  EXPECT_THAT(Texts(port->checks()->LocalCandidates()),
              ElementsAre("host 192.0.2.1:5000", "server-reflexive 203.0.113.5:20000",
                          "tcp host 192.0.2.1:5000"));
}

TEST(LocalCandidates, AreNeverMoreThanSixteen) {
  Offerings offerings;
  offerings.mapped = *Endpoint::Parse("203.0.113.5:20000");
  offerings.relayed = *Endpoint::Parse("198.51.100.1:49152");
  offerings.relay = 2;
  for (int i = 1; i <= 20; ++i) {
    const Endpoint host{Ipv4Address::Of(10, 0, 0, static_cast<uint8_t>(i)), 5000};
    offerings.hosts.push_back(host);
    offerings.listeners.push_back(host);
    offerings.foretold.push_back({Ipv4Address::Of(203, 0, 113, 5), static_cast<uint16_t>(i)});
  }
  for (const bool foretold : {true, false}) {
    if (!foretold) offerings.foretold.clear();
    const auto candidates = ListCandidates(offerings);
    EXPECT_EQ(candidates.size(), foretold ? 16u : 10u);
    EXPECT_EQ(candidates.back().way, 2u);
    EXPECT_EQ(candidates.back().candidate.kind, CandidateKind::kRelayed);
  }
}

TEST(LocalCandidates, ForetoldPortsEndWhereThePortsEnd) {
  const auto ports = [](uint16_t sample, int step) {
    std::vector<int> all;
    for (const Endpoint& each : Foretell({Ipv4Address::Of(203, 0, 113, 5), sample}, step)) {
      all.push_back(each.port);
    }
    return all;
  };
  EXPECT_THAT(ports(4000, 2), ElementsAre(4002, 4004, 4006, 4008, 4010, 4012, 4014, 4016));
  EXPECT_THAT(ports(65533, 1), ElementsAre(65534, 65535));
  EXPECT_THAT(ports(3, -1), ElementsAre(2, 1));
}

TEST_F(TcpWaysTest, CarryChecksAndMediaBothWays) {
  for (const size_t piece : {size_t{1}, size_t{7}, size_t{100000}}) {
    world_.piece = [piece](size_t) { return piece; };
    const auto from = Port(anna_, false);
    const auto to = Port(bert_, true, true);
    WaysUser anna, bert;
    ASSERT_TRUE(from->checks()->AddUser("anna", &anna, false));
    ASSERT_TRUE(to->checks()->AddUser("bert", &bert, false));
    to->AddReceiver(7, &bert);
    from->AddReceiver(8, &anna);
    const auto way = from->checks()->ConnectTcp(listener_);
    ASSERT_TRUE(way);
    EXPECT_EQ(from->checks()->KindOf(*way), WayKind::kTcp);
    const auto check = Check(anna_.random(), "bert");
    const auto id = stun::Message::Parse(check.bytes())->id();
    from->checks()->Expect(id, &anna);
    bert.on_request = [&](const Route& route, const stun::Message& request) {
      to->checks()->SendStun(route, stun::AnswerBinding(request, route.remote)->bytes());
    };
    // Waits for the connection; media does not.
    from->checks()->SendStun({*way, listener_}, check.bytes());
    EXPECT_TRUE(from->SendMedia({*way, listener_}, MediaPacket(7)).ok());
    EXPECT_EQ(from->dropped(), 1u);
    world_.RunFor(milliseconds(50));
    EXPECT_THAT(anna.told, ElementsAre("answer"));
    EXPECT_EQ(anna.last, (Route{*way, listener_}));
    EXPECT_THAT(bert.told, ElementsAre("request"));
    EXPECT_THAT(bert.media, IsEmpty());
    const Route back = bert.last;
    EXPECT_EQ(to->checks()->KindOf(back.way), WayKind::kTcp);
    for (size_t i = 0; i < 20; ++i) {
      EXPECT_TRUE(from->SendMedia({*way, listener_}, MediaPacket(7, i)).ok());
      EXPECT_TRUE(to->SendMedia(back, MediaPacket(8, 2 * i)).ok());
    }
    world_.RunFor(milliseconds(50));
    ASSERT_EQ(bert.media.size(), 20u);
    EXPECT_EQ(bert.media[19], MediaPacket(7, 19));
    ASSERT_EQ(anna.media.size(), 20u);
    EXPECT_EQ(anna.media[19], MediaPacket(8, 38));
    // Who closes hears nothing of it, the other end does.
    from->checks()->CloseWay(*way);
    world_.RunFor(milliseconds(50));
    EXPECT_THAT(anna.closed, IsEmpty());
    EXPECT_THAT(bert.closed, ElementsAre(back.way));
    EXPECT_TRUE(from->SendMedia({*way, listener_}, MediaPacket(7)).ok());
  }
}

TEST_F(TcpWaysTest, ARefusedConnectionIsAClosedWay) {
  const auto port = Port(anna_);
  WaysUser user;
  ASSERT_TRUE(port->checks()->AddUser("anna", &user, false));
  const auto way = port->checks()->ConnectTcp(listener_);
  EXPECT_THAT(user.closed, IsEmpty());
  world_.RunFor(milliseconds(20));
  EXPECT_THAT(user.closed, ElementsAre(*way));
  EXPECT_NE(port->checks()->ConnectTcp(listener_), way);
}

TEST_F(TcpWaysTest, AWayMayBeClosedByWhatComesByIt) {
  const auto port = Port(bert_, true, true);
  WaysUser user;
  ASSERT_TRUE(port->checks()->AddUser("bert", &user, false));
  user.on_request = [&](const Route& from, const stun::Message&) {
    port->checks()->CloseWay(from.way);
  };
  Visitor visitor(anna_, listener_);
  world_.RunFor(milliseconds(20));
  const auto check = Check(anna_.random(), "bert");
  std::vector<uint8_t> twice = Frame(check.bytes());
  twice.insert(twice.end(), twice.begin(), twice.end());
  visitor.stream->Write(twice);
  world_.RunFor(milliseconds(50));
  EXPECT_THAT(user.told, ElementsAre("request"));
  EXPECT_TRUE(visitor.gone);
}

TEST_F(TcpWaysTest, StrangersHaveTenSeconds) {
  const auto port = Port(bert_, true, true);
  WaysUser user;
  ASSERT_TRUE(port->checks()->AddUser("bert", &user, false));
  Visitor silent(anna_, listener_);
  Visitor guessing(anna_, listener_);
  Visitor caller(anna_, listener_);
  world_.RunFor(milliseconds(20));
  user.on_request = [&](const Route& from, const stun::Message& request) {
    port->checks()->SendStun(from, stun::AnswerBinding(request, from.remote)->bytes());
  };
  caller.stream->Write(Frame(Check(anna_.random(), "bert").bytes()));
  for (int i = 0; i < 9; ++i) {
    // To nobody who is there: keeps nothing alive.
    guessing.stream->Write(Frame(Check(anna_.random(), "carl").bytes()));
    world_.RunFor(seconds(1));
  }
  EXPECT_FALSE(silent.gone || guessing.gone || caller.gone);
  world_.RunFor(seconds(3));
  EXPECT_TRUE(silent.gone);
  EXPECT_TRUE(guessing.gone);
  EXPECT_FALSE(caller.gone);
  // Nor does a call's connection live for ever when nobody speaks.
  world_.RunFor(seconds(45));
  EXPECT_FALSE(caller.gone);
  world_.RunFor(seconds(15));
  EXPECT_TRUE(caller.gone);
}

TEST_F(TcpWaysTest, TheOldestStrangerMakesRoom) {
  const auto port = Port(bert_, true, true);
  std::deque<Visitor> visitors;
  for (size_t i = 0; i < TcpWays::kMaxStrangers + 5; ++i) {
    visitors.emplace_back(anna_, listener_);
    world_.RunFor(milliseconds(1));
  }
  world_.RunFor(milliseconds(100));
  for (size_t i = 0; i < visitors.size(); ++i) EXPECT_EQ(visitors[i].gone, i < 5) << i;
}

TEST_F(TcpWaysTest, OutgoingConnectionsHaveALimit) {
  const auto to = Port(bert_, true, true);
  const auto port = Port(anna_);
  size_t made = 0;
  while (port->checks()->ConnectTcp(listener_)) ++made;
  EXPECT_EQ(made, TcpWays::kMaxConnections);
}

TEST_F(TcpWaysTest, HostileStreamsEndAndAreCounted) {
  const auto port = Port(bert_, true, true);
  WaysUser user;
  ASSERT_TRUE(port->checks()->AddUser("bert", &user, false));
  Visitor too_long(anna_, listener_);
  Visitor garbage(anna_, listener_);
  Visitor empty(anna_, listener_);
  world_.RunFor(milliseconds(20));
  too_long.stream->Write(std::vector<uint8_t>{0xFF, 0xFF, 0});
  empty.stream->Write(std::vector<uint8_t>{0, 0, 0, 0, 0, 0});
  for (int i = 0; i < 200; ++i) {
    std::vector<uint8_t> packet(1 + anna_.random().Below(300));
    anna_.random().Fill(packet);
    garbage.stream->Write(Frame(packet));
  }
  // TURN is nothing that a listener of ours understands.
  garbage.stream->Write(Frame(std::vector<uint8_t>{0x40, 0, 0, 0}));
  world_.RunFor(milliseconds(100));
  EXPECT_TRUE(too_long.gone);
  EXPECT_FALSE(empty.gone);
  EXPECT_FALSE(garbage.gone);
  EXPECT_EQ(port->dropped(), 201u);
  EXPECT_THAT(user.told, ElementsAre("closed"));
}

TEST_F(TcpWaysTest, MediaIsDroppedWhenTheStreamIsFullAndChecksAreNot) {
  world_.window = 2000;
  const auto from = Port(anna_, false);
  const auto to = Port(bert_, true, true);
  WaysUser anna, bert;
  ASSERT_TRUE(from->checks()->AddUser("anna", &anna, false));
  ASSERT_TRUE(to->checks()->AddUser("bert", &bert, false));
  to->AddReceiver(7, &bert);
  const auto way = from->checks()->ConnectTcp(listener_);
  world_.RunFor(milliseconds(50));
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(from->SendMedia({*way, listener_}, MediaPacket(7)).ok());
  }
  from->checks()->SendStun({*way, listener_}, Check(anna_.random(), "bert").bytes());
  world_.RunFor(milliseconds(200));
  // 172 bytes each and two before them: the twelfth begins within the window.
  EXPECT_EQ(bert.media.size(), 12u);
  EXPECT_EQ(from->dropped(), 88u);
  EXPECT_THAT(bert.told, ElementsAre("request"));
}

}  // namespace
}  // namespace sfa::path
