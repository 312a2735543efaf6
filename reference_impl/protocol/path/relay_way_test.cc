// A media port's way through relays.
#include "protocol/path/relay_way.h"

#include "protocol/path/ways_fixture.h"

namespace sfa::path {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RelayWayTest : public WaysTest {};

TEST_F(RelayWayTest, IsThereWhileSomebodyWantsIt) {
  auto& relay = AddRelay(1);
  const auto port = Port(anna_);
  port->SetRelays(Relays({1}));
  world_.RunFor(seconds(1));
  EXPECT_EQ(relay.count(stun::kAllocate), 0);
  WaysUser first, second, third;
  CheckPort& checks = *port->checks();
  ASSERT_TRUE(checks.AddUser("none", &third, false));
  world_.RunFor(seconds(1));
  EXPECT_EQ(relay.count(stun::kAllocate), 0);
  ASSERT_TRUE(checks.AddUser("one", &first, true));
  ASSERT_TRUE(checks.AddUser("two", &second, true));
  EXPECT_THAT(first.told, IsEmpty());
  world_.RunFor(milliseconds(40));  // two round trips
  EXPECT_THAT(first.told, ElementsAre("candidates"));
  EXPECT_THAT(third.told, ElementsAre("candidates"));
  EXPECT_THAT(Texts(checks.LocalCandidates()),
              ElementsAre("host 192.0.2.1:5000", "relayed " + relay.relayed.ToString()));
  EXPECT_EQ(checks.KindOf(checks.LocalCandidates()[1].way), WayKind::kRelay);
  checks.RemoveUser("one");
  world_.RunFor(seconds(1));
  EXPECT_EQ(relay.allocations(), 1u);
  checks.RemoveUser("two");
  world_.RunFor(seconds(1));
  EXPECT_EQ(relay.allocations(), 0u);
  EXPECT_FALSE(Relayed(checks.LocalCandidates()));
  EXPECT_THAT(first.closed, IsEmpty());
  // The second time the nonce is known.
  ASSERT_TRUE(checks.AddUser("one", &first, true));
  world_.RunFor(milliseconds(20));
  EXPECT_TRUE(Relayed(checks.LocalCandidates()));
  EXPECT_EQ(relay.count(stun::kAllocate), 3);
}

TEST_F(RelayWayTest, WhatIsGivenBackLateDoesNotTakeTheNextWithIt) {
  auto& relay = AddRelay(1);
  const auto port = Port(anna_);
  port->SetRelays(Relays({1}));
  WaysUser user;
  ASSERT_TRUE(port->checks()->AddUser("one", &user, true));
  world_.RunFor(milliseconds(100));
  // The request to give it back is lost and would be repeated after half a second.
  world_.udp_works = false;
  port->checks()->RemoveUser("one");
  world_.udp_works = true;
  ASSERT_TRUE(port->checks()->AddUser("one", &user, true));
  world_.RunFor(seconds(3));
  EXPECT_EQ(relay.allocations(), 1u);
  EXPECT_TRUE(Relayed(port->checks()->LocalCandidates()));
}

TEST_F(RelayWayTest, ComesWithTheCredential) {
  auto& relay = AddRelay(1);
  const auto port = Port(anna_);
  WaysUser user;
  ASSERT_TRUE(port->checks()->AddUser("one", &user, true));
  world_.RunFor(seconds(5));
  port->SetRelays(Relays({1}));
  world_.RunFor(milliseconds(40));
  EXPECT_EQ(relay.allocations(), 1u);
  EXPECT_THAT(user.told, ElementsAre("candidates"));
}

TEST_F(RelayWayTest, IsAtTheNearestNode) {
  auto& far = AddRelay(1);
  auto& near = AddRelay(2);
  const auto port = Port(anna_);
  Surroundings surroundings;
  surroundings.mapping = Mapping::kNone;
  surroundings.nodes = {{NodeAt(2), milliseconds(20)}, {NodeAt(1), milliseconds(90)}};
  port->SetSurroundings(surroundings);
  port->SetRelays(Relays({1, 2}));
  WaysUser user;
  ASSERT_TRUE(port->checks()->AddUser("one", &user, true));
  world_.RunFor(milliseconds(100));
  EXPECT_EQ(near.allocations(), 1u);
  EXPECT_EQ(far.count(stun::kAllocate), 0);
}

TEST_F(RelayWayTest, DoesNotWaitForADeadNode) {
  AddRelay(1).answers = false;
  auto& second = AddRelay(2);
  const auto port = Port(anna_);
  port->SetRelays(Relays({1, 2}));
  WaysUser user;
  ASSERT_TRUE(port->checks()->AddUser("one", &user, true));
  world_.RunFor(milliseconds(540));
  EXPECT_EQ(second.allocations(), 1u);
  EXPECT_TRUE(Relayed(port->checks()->LocalCandidates()));
}

TEST_F(RelayWayTest, WhoComesSecondIsGivenBack) {
  // Answers after the next node has been tried, and before its answer is there.
  auto& slow = AddRelay(1);
  slow.answers = false;
  auto& second = AddRelay(2);
  const auto port = Port(anna_);
  port->SetRelays(Relays({1, 2}));
  WaysUser user;
  ASSERT_TRUE(port->checks()->AddUser("one", &user, true));
  world_.RunFor(milliseconds(495));
  slow.answers = true;  // for the repetition, at 500 ms like the second node's first request
  world_.RunFor(seconds(3));
  EXPECT_EQ(slow.allocations() + second.allocations(), 1u);
  EXPECT_EQ(user.told, std::vector<std::string>{"candidates"});
}

TEST_F(RelayWayTest, GoesOverTcpWhereUdpDoesNot) {
  auto& relay = AddRelay(1);
  AddRelay(2);
  AddRelay(3);
  world_.udp_works = false;
  const auto port = Port(anna_);
  port->SetRelays(Relays({1, 2, 3}));
  WaysUser user;
  ASSERT_TRUE(port->checks()->AddUser("one", &user, true));
  // Two tries by UDP; then a connection takes a round trip more.
  world_.RunFor(seconds(1) + milliseconds(60));
  EXPECT_EQ(relay.allocations(), 1u);
  EXPECT_TRUE(Relayed(port->checks()->LocalCandidates()));
}

TEST_F(RelayWayTest, GoesOverTcpAtOnceWhereUdpIsKnownToBeBlocked) {
  auto& relay = AddRelay(1);
  world_.udp_works = false;
  const auto port = Port(anna_);
  Surroundings surroundings;
  surroundings.mapping = Mapping::kBlocked;
  port->SetSurroundings(surroundings);
  port->SetRelays(Relays({1}));
  WaysUser user;
  ASSERT_TRUE(port->checks()->AddUser("one", &user, true));
  world_.RunFor(milliseconds(60));
  EXPECT_EQ(relay.allocations(), 1u);
}

TEST_F(RelayWayTest, WithoutUdpPort443IsTheLastResort) {
  auto& relay = AddRelay(1, {443});
  const auto port = Port(anna_, false);
  port->SetRelays(Relays({1}));
  WaysUser user;
  ASSERT_TRUE(port->checks()->AddUser("one", &user, true));
  // The others refuse at once.
  world_.RunFor(milliseconds(10 + 10 + 60));
  EXPECT_EQ(relay.allocations(), 1u);
  EXPECT_FALSE(port->uses_udp());
  EXPECT_THAT(port->host_endpoints(), IsEmpty());
}

TEST_F(RelayWayTest, RelaysBetweenTwoPorts) {
  for (const bool tcp : {false, true}) {
    SCOPED_TRACE(tcp);
    auto& relay = AddRelay(tcp ? 2 : 1);
    const auto from = Port(anna_, !tcp);
    const auto to = Port(bert_);
    from->SetRelays(Relays({tcp ? 2 : 1}));
    WaysUser anna, bert;
    ASSERT_TRUE(from->checks()->AddUser("anna", &anna, true));
    ASSERT_TRUE(to->checks()->AddUser("bert", &bert, false));
    to->AddReceiver(7, &bert);
    from->AddReceiver(8, &anna);
    world_.RunFor(milliseconds(100));
    const auto local = *Relayed(from->checks()->LocalCandidates());
    const Route route{local.way, {bert_.NetworkInterfaces()[0].addresses[0], 5000}};
    const auto check = Check(anna_.random(), "bert");
    from->checks()->SendStun(route, check.bytes());
    world_.RunFor(milliseconds(100));
    ASSERT_EQ(Count(bert.told, "request"), 1);
    EXPECT_EQ(bert.last, (Route{kUdpWay, local.candidate.endpoint}));
    for (int i = 0; i < 10; ++i) {
      EXPECT_TRUE(from->SendMedia(route, MediaPacket(7)).ok());
      EXPECT_TRUE(to->SendMedia({kUdpWay, local.candidate.endpoint}, MediaPacket(8, 161)).ok());
      world_.RunFor(milliseconds(50));
    }
    ASSERT_EQ(bert.media.size(), 10u);
    EXPECT_EQ(bert.media[9], MediaPacket(7));
    ASSERT_EQ(anna.media.size(), 10u);
    EXPECT_EQ(anna.media[9], MediaPacket(8, 161));
    EXPECT_EQ(anna.last, route);
    EXPECT_GT(relay.count(0), 5);  // by channel
    EXPECT_EQ(from->dropped() + to->dropped(), 0u);
  }
}

class SuspectedRelayTest : public RelayWayTest {
 protected:
  void SetUp() override {
    for (int i = 1; i <= 3; ++i) AddRelay(i);
    port_ = Port(anna_);
    port_->UseStunServer(NodeAt(3));
    port_->SetRelays(Relays({1, 2, 3}));
    ASSERT_TRUE(port_->checks()->AddUser("one", &user_, true));
    world_.RunFor(milliseconds(100));
    ASSERT_EQ(relays_[0].allocations(), 1u);
    way_ = Relayed(port_->checks()->LocalCandidates())->way;
    user_.told.clear();
  }
  void SetLink(bool works) {
    world_.udp_works = works;
    world_.tcp_answers = [works](const Endpoint&, const Endpoint&) { return works; };
  }
  std::unique_ptr<MediaPort> port_;
  WaysUser user_;
  WayId way_ = 0;
};

TEST_F(SuspectedRelayTest, LivesOn) {
  port_->checks()->Suspect();
  world_.RunFor(seconds(2));
  EXPECT_THAT(user_.told, IsEmpty());
  EXPECT_EQ(Relayed(port_->checks()->LocalCandidates())->way, way_);
}

TEST_F(SuspectedRelayTest, DeadItIsReplacedWithinASecond) {
  relays_[0].answers = false;
  port_->checks()->Suspect();
  world_.RunFor(milliseconds(601));
  EXPECT_THAT(user_.closed, ElementsAre(way_));
  world_.RunFor(milliseconds(40));
  EXPECT_EQ(relays_[1].allocations(), 1u);
  const auto relayed = Relayed(port_->checks()->LocalCandidates());
  ASSERT_TRUE(relayed);
  EXPECT_EQ(relayed->candidate.endpoint, relays_[1].relayed);
  EXPECT_NE(relayed->way, way_);
  EXPECT_EQ(Count(user_.told, "closed"), 1);
}

TEST_F(SuspectedRelayTest, GivenUpTooSoonItIsGivenBack) {
  relays_[0].answers = false;
  port_->checks()->Suspect();
  world_.RunFor(milliseconds(1000));
  EXPECT_EQ(relays_[0].allocations() + relays_[1].allocations(), 2u);
  relays_[0].answers = true;
  world_.RunFor(seconds(2));
  EXPECT_EQ(relays_[0].allocations(), 0u);
  EXPECT_EQ(relays_[1].allocations(), 1u);
}

TEST_F(SuspectedRelayTest, StartedAnewItIsAskedAgainAtOnce) {
  relays_[0].Forget();
  port_->checks()->Suspect();
  world_.RunFor(milliseconds(41));  // one round trip to learn it, one to ask
  EXPECT_THAT(user_.closed, ElementsAre(way_));
  EXPECT_EQ(relays_[0].allocations(), 1u);
  EXPECT_TRUE(Relayed(port_->checks()->LocalCandidates()));
}

TEST_F(SuspectedRelayTest, ANatThatStartedAnewLeavesItBehind) {
  for (auto& relay : relays_) relay.port_shift = 100;
  port_->checks()->Suspect();
  world_.RunFor(milliseconds(41));
  EXPECT_THAT(user_.closed, ElementsAre(way_));
  EXPECT_EQ(relays_[0].allocations(), 2u);  // the old one lapses
  EXPECT_TRUE(Relayed(port_->checks()->LocalCandidates()));
}

TEST_F(SuspectedRelayTest, ACutLinkIsNotItsFault) {
  SetLink(false);
  port_->checks()->Suspect();
  world_.RunFor(seconds(5));
  EXPECT_THAT(user_.told, IsEmpty());
  SetLink(true);
  world_.RunFor(seconds(2));
  EXPECT_THAT(user_.told, IsEmpty());
  EXPECT_EQ(Relayed(port_->checks()->LocalCandidates())->way, way_);
  EXPECT_EQ(relays_[0].allocations(), 1u);
  EXPECT_EQ(relays_[1].count(stun::kAllocate), 0);
}

TEST_F(SuspectedRelayTest, ItIsItsFaultWhenTheLinkIsBackAndItIsNot) {
  SetLink(false);
  port_->checks()->Suspect();
  world_.RunFor(seconds(5));
  relays_[0].answers = false;
  SetLink(true);
  world_.RunFor(milliseconds(500 + 20 + 600 + 40));
  EXPECT_THAT(user_.closed, ElementsAre(way_));
  EXPECT_EQ(relays_[1].allocations(), 1u);
}

TEST_F(SuspectedRelayTest, WhereOnlyUdpIsBlockedAConnectionTakesOver) {
  world_.udp_works = false;
  port_->checks()->Suspect();
  // Two checks without an answer, and the relay by TCP has opened during the second.
  world_.RunFor(milliseconds(1201));
  EXPECT_THAT(user_.told, ElementsAre("closed", "candidates"));
  EXPECT_THAT(user_.closed, ElementsAre(way_));
  const auto relayed = Relayed(port_->checks()->LocalCandidates());
  ASSERT_TRUE(relayed);
  EXPECT_NE(relayed->way, way_);
  EXPECT_EQ(relays_[0].allocations(), 2u);  // the old one, which nobody can give back, lapses
}

TEST_F(SuspectedRelayTest, AConnectionIsNotNeededWhenUdpIsBackFirst) {
  world_.udp_works = false;
  port_->checks()->Suspect();
  world_.RunFor(milliseconds(1000));
  EXPECT_EQ(relays_[0].allocations(), 2u);
  world_.udp_works = true;
  world_.RunFor(seconds(2));
  EXPECT_THAT(user_.told, IsEmpty());
  EXPECT_EQ(Relayed(port_->checks()->LocalCandidates())->way, way_);
  EXPECT_EQ(relays_[0].allocations(), 1u);
}

TEST_F(SuspectedRelayTest, AllDeadIsTriedAgainLater) {
  for (auto& relay : relays_) relay.answers = false;
  world_.RunFor(seconds(90));
  EXPECT_THAT(user_.closed, ElementsAre(way_));
  const int tried = relays_[1].count(stun::kAllocate);
  EXPECT_EQ(tried, 0);
  for (auto& relay : relays_) relay.answers = true;
  // Three nodes by UDP and by three ports each take 8 s at most, and so does the pause.
  world_.RunFor(seconds(16));
  EXPECT_TRUE(Relayed(port_->checks()->LocalCandidates()));
}

TEST_F(SuspectedRelayTest, ADeadConnectionIsReplacedAtOnce) {
  port_->checks()->RemoveUser("one");
  const auto other = Port(bert_, false);
  other->SetRelays(Relays({1, 2}));
  WaysUser user;
  ASSERT_TRUE(other->checks()->AddUser("two", &user, true));
  world_.RunFor(milliseconds(100));
  ASSERT_EQ(relays_[0].allocations(), 1u);
  const WayId way = Relayed(other->checks()->LocalCandidates())->way;
  relays_.front().CloseConnections();
  world_.RunFor(milliseconds(10 + 60));
  EXPECT_THAT(user.closed, ElementsAre(way));
  EXPECT_EQ(relays_[1].allocations(), 1u);
  // Silence on a connection, too.
  relays_[1].answers = false;
  other->checks()->Suspect();
  world_.RunFor(milliseconds(600 + 100));
  EXPECT_EQ(user.closed.size(), 2u);
  EXPECT_EQ(relays_[0].allocations(), 1u);
}

TEST_F(SuspectedRelayTest, HostileBytesFromTheRelayAreDropped) {
  struct Sink final : UdpReceiver {
    void OnDatagram(const Endpoint&, std::span<const uint8_t>) override {}
  } sink;
  stream::TestRuntime& node = nodes_[0];
  const Endpoint target{Ipv4Address::Of(192, 0, 2, 1), 5000};
  const auto socket = node.OpenUdp({NodeAt(1).address, 9}, sink).value();
  uint64_t sent = 0;
  for (int i = 0; i < 4000; ++i) {
    std::vector<uint8_t> bytes(node.random().Below(120));
    node.random().Fill(bytes);
    // Something that looks like TURN, often.
    if (bytes.size() > 8 && i % 2 == 0) {
      static constexpr uint8_t kBegins[][2] = {{0x00, 0x17}, {0x01, 0x03}, {0x01, 0x13},
                                               {0x40, 0x00}, {0x01, 0x04}, {0x00, 0x03}};
      const auto& begin = kBegins[node.random().Below(std::size(kBegins))];
      bytes[0] = begin[0];
      bytes[1] = begin[1];
      bytes[2] = 0;
      bytes[3] = static_cast<uint8_t>((bytes.size() - 20) & 0xFC);
      bytes[4] = 0x21;
      bytes[5] = 0x12;
      bytes[6] = 0xA4;
      bytes[7] = 0x42;
    }
    relays_[0].Inject(target, bytes);
    ASSERT_TRUE(socket->Send(target, bytes).ok());
    sent += 2;
  }
  world_.RunFor(seconds(1));
  EXPECT_EQ(port_->dropped(), sent);
  EXPECT_THAT(user_.told, IsEmpty());
  EXPECT_EQ(Relayed(port_->checks()->LocalCandidates())->way, way_);
}

TEST_F(SuspectedRelayTest, WhatAPeerSendsThroughItIsNoTurn) {
  const Endpoint peer = *Endpoint::Parse("203.0.113.9:7000");
  port_->checks()->SendStun({way_, peer}, Check(anna_.random(), "x").bytes());
  world_.RunFor(milliseconds(100));
  // An answer to the next Refresh, as far as a peer can know one; a channel; an indication.
  stun::Builder inner(stun::MessageClass::kIndication, stun::kData,
                      stun::NewTransactionId(anna_.random()));
  inner.AddXorAddress(stun::AttributeType::kXorPeerAddress, peer)
      .Add(stun::AttributeType::kData, MediaPacket(7));
  port_->AddReceiver(7, &user_);
  relays_[0].FromPeer(peer, inner.bytes());
  relays_[0].FromPeer(peer, std::vector<uint8_t>{0x40, 0, 0, 1, 9, 0, 0, 0});
  relays_[0].FromPeer(peer, {});
  world_.RunFor(milliseconds(100));
  EXPECT_EQ(port_->dropped(), 3u);
  EXPECT_THAT(user_.media, IsEmpty());
  relays_[0].FromPeer(peer, MediaPacket(7));
  world_.RunFor(milliseconds(100));
  EXPECT_EQ(user_.media.size(), 1u);
  EXPECT_EQ(user_.last, (Route{way_, peer}));
}

TEST(RelayDoors, NearestByUdpThenByTcp) {
  const auto texts = [](const std::vector<RelayDoor>& doors) {
    std::vector<std::string> lines;
    for (const RelayDoor& door : doors) {
      lines.push_back((door.tcp ? "tcp " : "udp ") + door.server.ToString());
    }
    return lines;
  };
  const Endpoint a = *Endpoint::Parse("198.51.100.1:33033");
  const Endpoint b = *Endpoint::Parse("198.51.100.2:443");
  const Endpoint c = *Endpoint::Parse("198.51.100.3:33033");
  Surroundings unknown;
  EXPECT_THAT(texts(RelayDoors({a, b, c}, unknown, true, {})),
              ElementsAre("udp 198.51.100.1:33033", "udp 198.51.100.2:443",
                          "tcp 198.51.100.1:33033", "tcp 198.51.100.1:80", "tcp 198.51.100.1:443",
                          "tcp 198.51.100.2:443", "tcp 198.51.100.2:80", "tcp 198.51.100.3:33033",
                          "tcp 198.51.100.3:80", "tcp 198.51.100.3:443", "udp 198.51.100.3:33033"));
  EXPECT_THAT(texts(RelayDoors({a, b}, unknown, false, a)),
              ElementsAre("tcp 198.51.100.2:443", "tcp 198.51.100.2:80", "tcp 198.51.100.1:33033",
                          "tcp 198.51.100.1:80", "tcp 198.51.100.1:443"));
  Surroundings seen;
  seen.mapping = Mapping::kEndpointIndependent;
  seen.nodes = {{c, milliseconds(10)}, {a, milliseconds(20)}};
  const auto doors = RelayDoors({a, b}, seen, true, c);
  EXPECT_THAT(texts({doors.begin(), doors.begin() + 4}),
              ElementsAre("udp 198.51.100.1:33033", "udp 198.51.100.2:443",
                          "udp 198.51.100.3:33033", "tcp 198.51.100.1:33033"));
  std::vector<Endpoint> many;
  for (uint8_t i = 0; i < 200; ++i) many.push_back({Ipv4Address::Of(198, 51, 100, i), 1});
  EXPECT_EQ(RelayDoors(many, unknown, true, {}).size(), 4 * kMaxRelayNodes);
}

}  // namespace
}  // namespace sfa::path
