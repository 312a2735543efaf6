// The relay message by message (RFC 8656): what it grants, what it passes on, what it refuses.
#include "fake_skype_network/relay_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_skype_network/test_relay_client.h"
#include "protocol/stream/test_world.h"

namespace sfa::community {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using stun::AttributeType;
using testing::ElementsAre;
using testing::IsEmpty;

class RelayServerTest : public testing::Test {
 protected:
  static constexpr Ipv4Address kNode = Ipv4Address::Of(198, 51, 100, 1);
  static constexpr Endpoint kPeer = {Ipv4Address::Of(203, 0, 113, 5), 5000};

  RelayServerTest() {
    relay_.Learn(kSecret);
    peer_ = std::move(*peer_runtime_.OpenUdp(kPeer, peer_log_));
  }

  static RelaySettings Settings() {
    RelaySettings settings;
    settings.address = kNode;
    settings.max_allocations = 8;
    settings.max_allocations_a_user = 3;
    return settings;
  }
  wire::RelayCredential CredentialOf(const std::string& user) {
    return IssueRelayCredential(kSecret, user, runtime_.WallNow() + std::chrono::hours(72));
  }
  TestRelayClient NewClient(TestWay& way, const std::string& user = "bond") {
    return {relay_, way, {Ipv4Address::Of(203, 0, 113, 9), next_port_++}, CredentialOf(user)};
  }
  static Endpoint Relayed(const TestAnswer& answer) {
    return answer.message->XorAddress(AttributeType::kXorRelayedAddress).value();
  }
  static ByteVector LastSent(TestWay& way) {
    if (way.sent.empty()) return {};
    ByteVector bytes = way.sent.back().second;
    way.sent.clear();
    return bytes;
  }

  static constexpr RelaySecret kSecret = {1, 2, 3};
  stream::TestWorld world_;
  stream::TestRuntime runtime_{world_, kNode, 1};
  stream::TestRuntime peer_runtime_{world_, kPeer.address, 2};
  TestPeerLog peer_log_;
  std::unique_ptr<UdpSocket> peer_;
  RelayServer relay_{runtime_, Settings()};
  TestWay udp_{1, false};
  TestWay tcp_{100, true};
  uint16_t next_port_ = 4000;
};

TEST_F(RelayServerTest, WhoDoesNotSayWhoHeIsIsChallenged) {
  TestRelayClient client = NewClient(udp_);
  const ByteVector request = {0x00, 0x03, 0x00, 0x08, 0x21, 0x12, 0xA4, 0x42, 1,  2,
                              3,    4,    5,    6,    7,    8,    9,    10,   11, 12,
                              0x00, 0x19, 0x00, 0x04, 17,   0,    0,    0};
  const ByteVector answer = client.Send(request).bytes;
  ASSERT_EQ(answer.size(), 20u + 4 + 4 + 16 + 4 + 4 + 4 + 32);
  ByteVector expected = {0x01, 0x13, 0x00, 0x44, 0x21, 0x12, 0xA4, 0x42, 1,    2,    3, 4, 5, 6,
                         7,    8,    9,    10,   11,   12,   0x00, 0x09, 0x00, 0x13, 0, 0, 4, 1};
  for (const char c : std::string("Unauthenticated")) expected.push_back(static_cast<uint8_t>(c));
  expected.insert(expected.end(), {0, 0x00, 0x14, 0x00, 0x03, 's', 'f', 'a', 0});
  expected.insert(expected.end(), {0x00, 0x15, 0x00, 0x20});
  EXPECT_EQ(ByteVector(answer.begin(), answer.end() - 32), expected);
  EXPECT_EQ(relay_.allocations(), 0u);
}

TEST_F(RelayServerTest, AllocatesAndTellsBothAddresses) {
  TestRelayClient client = NewClient(udp_);
  const TestAnswer answer = client.Allocate();
  ASSERT_TRUE(answer.succeeded());
  EXPECT_TRUE(answer.message->CheckIntegrity(client.key));
  EXPECT_EQ(answer.message->XorMappedAddress(), client.self().address);
  EXPECT_EQ(Relayed(answer).address, kNode);
  EXPECT_GE(Relayed(answer).port, 49152);
  EXPECT_EQ(answer.message->Find32(AttributeType::kLifetime), 600u);
  EXPECT_EQ(relay_.allocations(), 1u);
}

TEST_F(RelayServerTest, RepeatedRequestIsAnsweredAgainAndAnotherIsNot) {
  TestRelayClient client = NewClient(udp_);
  const ByteVector request = client.Request(stun::kAllocate, [](stun::Builder& builder) {
    builder.Add32(AttributeType::kRequestedTransport, 17u << 24);
  });
  const Endpoint first = Relayed(client.Send(request));
  EXPECT_EQ(Relayed(client.Send(request)), first);
  EXPECT_EQ(client.Allocate().error(), stun::kErrorAllocationMismatch);
  EXPECT_EQ(relay_.allocations(), 1u);
}

TEST_F(RelayServerTest, IndicationsCarryDataBothWays) {
  TestRelayClient client = NewClient(udp_);
  const Endpoint relayed = Relayed(client.Allocate());
  ASSERT_TRUE(client.Permit(kPeer).succeeded());
  client.Send(client.Indication(kPeer, "hello"));
  world_.RunFor(seconds(1));
  EXPECT_THAT(peer_log_.heard, ElementsAre(std::pair(relayed, std::string("hello"))));
  ASSERT_TRUE(peer_->Send(relayed, BytesOf("there")).ok());
  world_.RunFor(seconds(1));
  const ByteVector data = LastSent(udp_);
  const auto message = stun::Message::Parse(data);
  ASSERT_TRUE(message && message->Is(stun::MessageClass::kIndication, stun::kData));
  EXPECT_EQ(message->XorAddress(AttributeType::kXorPeerAddress), kPeer);
  EXPECT_EQ(message->FindText(AttributeType::kData), "there");
  EXPECT_EQ(relay_.statistics().to_peers, 1u);
  EXPECT_EQ(relay_.statistics().to_clients, 1u);
  EXPECT_EQ(relay_.statistics().bytes, 10u);
}

TEST_F(RelayServerTest, ChannelsCarryDataBothWays) {
  TestRelayClient client = NewClient(udp_);
  const Endpoint relayed = Relayed(client.Allocate());
  ASSERT_TRUE(client.Bind(0x4001, kPeer).succeeded());
  client.Send({0x40, 0x01, 0x00, 0x03, 'a', 'b', 'c'});
  client.Send({0x40, 0x01, 0x00, 0x03, 'd', 'e', 'f', 0});  // padded
  client.Send({0x40, 0x01, 0x00, 0x00});
  world_.RunFor(seconds(1));
  EXPECT_THAT(peer_log_.heard,
              ElementsAre(std::pair(relayed, std::string("abc")),
                          std::pair(relayed, std::string("def")), std::pair(relayed, "")));
  ASSERT_TRUE(peer_->Send(relayed, BytesOf("xyz")).ok());
  world_.RunFor(seconds(1));
  EXPECT_THAT(LastSent(udp_), ElementsAre(0x40, 0x01, 0x00, 0x03, 'x', 'y', 'z'));
}

TEST_F(RelayServerTest, ChannelDataIsPaddedOnAStream) {
  TestRelayClient client = NewClient(tcp_);
  const Endpoint relayed = Relayed(client.Allocate());
  ASSERT_TRUE(client.Bind(0x4FFF, kPeer).succeeded());
  ASSERT_TRUE(peer_->Send(relayed, BytesOf("xyz12")).ok());
  world_.RunFor(seconds(1));
  EXPECT_THAT(LastSent(tcp_),
              ElementsAre(0x4F, 0xFF, 0x00, 0x05, 'x', 'y', 'z', '1', '2', 0, 0, 0));
}

TEST_F(RelayServerTest, NothingPassesWithoutAPermission) {
  TestRelayClient client = NewClient(udp_);
  const Endpoint relayed = Relayed(client.Allocate());
  client.Send(client.Indication(kPeer, "hello"));
  client.Send({0x40, 0x01, 0x00, 0x03, 'a', 'b', 'c'});
  ASSERT_TRUE(peer_->Send(relayed, BytesOf("there")).ok());
  world_.RunFor(seconds(1));
  EXPECT_THAT(peer_log_.heard, IsEmpty());
  EXPECT_THAT(udp_.sent, IsEmpty());
  EXPECT_EQ(relay_.statistics().dropped, 3u);
}

TEST_F(RelayServerTest, PermissionIsForTheAddressAndLastsFiveMinutes) {
  TestRelayClient client = NewClient(udp_);
  const Endpoint relayed = Relayed(client.Allocate());
  ASSERT_TRUE(client.Permit({kPeer.address, 1}).succeeded());
  world_.RunFor(minutes(5) - seconds(1));
  ASSERT_TRUE(peer_->Send(relayed, BytesOf("in time")).ok());
  world_.RunFor(std::chrono::milliseconds(100));
  EXPECT_EQ(udp_.sent.size(), 1u);
  world_.RunFor(seconds(1));
  ASSERT_TRUE(peer_->Send(relayed, BytesOf("late")).ok());
  client.Send(client.Indication(kPeer, "late"));
  world_.RunFor(seconds(1));
  EXPECT_EQ(udp_.sent.size(), 1u);
  EXPECT_THAT(peer_log_.heard, IsEmpty());
}

TEST_F(RelayServerTest, ChannelLastsTenMinutesAndItsPermissionFive) {
  TestRelayClient client = NewClient(udp_);
  const Endpoint relayed = Relayed(client.Allocate());
  ASSERT_TRUE(client.Refresh(3600).succeeded());
  ASSERT_TRUE(client.Bind(0x4000, kPeer).succeeded());
  world_.RunFor(minutes(6));
  ASSERT_TRUE(peer_->Send(relayed, BytesOf("x")).ok());
  client.Send({0x40, 0x00, 0x00, 0x01, 'a'});
  world_.RunFor(seconds(1));
  EXPECT_THAT(udp_.sent, IsEmpty()) << "the permission is over";
  EXPECT_EQ(peer_log_.heard.size(), 1u) << "the channel is not";
  world_.RunFor(minutes(5));
  client.Send({0x40, 0x00, 0x00, 0x01, 'a'});
  world_.RunFor(seconds(1));
  EXPECT_EQ(peer_log_.heard.size(), 1u);
  EXPECT_TRUE(client.Bind(0x4000, {kPeer.address, 6000}).succeeded()) << "it is free again";
}

TEST_F(RelayServerTest, ChannelsAndPeersAreOneToOne) {
  TestRelayClient client = NewClient(udp_);
  client.Allocate();
  ASSERT_TRUE(client.Bind(0x4000, kPeer).succeeded());
  EXPECT_TRUE(client.Bind(0x4000, kPeer).succeeded()) << "that refreshes it";
  EXPECT_EQ(client.Bind(0x4000, {kPeer.address, 1}).error(), stun::kErrorBadRequest);
  EXPECT_EQ(client.Bind(0x4001, kPeer).error(), stun::kErrorBadRequest);
  EXPECT_EQ(client.Bind(0x3FFF, {kPeer.address, 2}).error(), stun::kErrorBadRequest);
  EXPECT_EQ(client.Bind(0x8000, {kPeer.address, 2}).error(), stun::kErrorBadRequest);
}

TEST_F(RelayServerTest, RefreshLengthensShortensAndEnds) {
  TestRelayClient client = NewClient(udp_);
  client.Allocate();
  EXPECT_EQ(client.Refresh(1000).message->Find32(AttributeType::kLifetime), 1000u);
  EXPECT_EQ(client.Refresh(100000).message->Find32(AttributeType::kLifetime), 3600u);
  EXPECT_EQ(client.Refresh(1).message->Find32(AttributeType::kLifetime), 60u);
  world_.RunFor(seconds(59));
  EXPECT_EQ(relay_.allocations(), 1u);
  EXPECT_EQ(client.Refresh(0).message->Find32(AttributeType::kLifetime), 0u);
  EXPECT_EQ(relay_.allocations(), 0u);
  EXPECT_EQ(client.Refresh(0).error(), stun::kErrorAllocationMismatch);
}

TEST_F(RelayServerTest, AllocationEndsByItselfAndItsPortIsFree) {
  TestRelayClient client = NewClient(udp_);
  const Endpoint relayed = Relayed(client.Allocate());
  world_.RunFor(seconds(600));
  EXPECT_EQ(relay_.allocations(), 0u);
  TestPeerLog log;
  EXPECT_TRUE(runtime_.OpenUdp(relayed, log).ok());
}

TEST_F(RelayServerTest, EvenPortWithTheNextOneInReserve) {
  TestRelayClient first = NewClient(udp_);
  const std::array<uint8_t, 1> reserve{0x80};
  const TestAnswer answer = first.Allocate(
      [&](stun::Builder& request) { request.Add(AttributeType::kEvenPort, reserve); });
  ASSERT_TRUE(answer.succeeded());
  EXPECT_EQ(Relayed(answer).port % 2, 0);
  const auto found = answer.message->Find(AttributeType::kReservationToken);
  ASSERT_TRUE(found);
  const ByteVector token(found->begin(), found->end());
  ASSERT_EQ(token.size(), 8u);
  const auto with_token = [&](stun::Builder& request) {
    request.Add(AttributeType::kReservationToken, token);
  };
  TestRelayClient stranger = NewClient(udp_, "evil");
  EXPECT_EQ(stranger.Allocate(with_token).error(), stun::kErrorInsufficientCapacity);
  TestRelayClient second = NewClient(udp_);
  const TestAnswer next = second.Allocate(with_token);
  ASSERT_TRUE(next.succeeded());
  EXPECT_EQ(Relayed(next).port, Relayed(answer).port + 1);
  TestRelayClient third = NewClient(udp_);
  EXPECT_EQ(third.Allocate(with_token).error(), stun::kErrorInsufficientCapacity)
      << "a token is good once";
}

TEST_F(RelayServerTest, ReservationsEndAfterThirtySeconds) {
  TestRelayClient first = NewClient(udp_);
  const std::array<uint8_t, 1> reserve{0x80};
  const TestAnswer answer = first.Allocate(
      [&](stun::Builder& request) { request.Add(AttributeType::kEvenPort, reserve); });
  const auto found = answer.message->Find(AttributeType::kReservationToken);
  const ByteVector token(found->begin(), found->end());
  world_.RunFor(seconds(30));
  TestRelayClient second = NewClient(udp_);
  EXPECT_EQ(second
                .Allocate([&](stun::Builder& request) {
                  request.Add(AttributeType::kReservationToken, token);
                })
                .error(),
            stun::kErrorInsufficientCapacity);
}

TEST_F(RelayServerTest, WhatAnAllocationMayNotAskFor) {
  const auto error_of = [&](const TestRelayClient::Fill& fill, bool transport = true) {
    TestRelayClient client = NewClient(udp_);
    return client
        .Ask(stun::kAllocate,
             [&](stun::Builder& request) {
               if (transport) request.Add32(AttributeType::kRequestedTransport, 17u << 24);
               fill(request);
             })
        .error();
  };
  const auto family = [](uint8_t value) {
    return [value](stun::Builder& request) {
      request.Add32(AttributeType::kRequestedAddressFamily, uint32_t{value} << 24);
    };
  };
  EXPECT_EQ(error_of([](stun::Builder&) {}, false), stun::kErrorBadRequest);
  EXPECT_EQ(error_of(
                [](stun::Builder& request) {
                  request.Add32(AttributeType::kRequestedTransport, 6u << 24);
                },
                false),
            stun::kErrorUnsupportedTransport);
  EXPECT_EQ(error_of(family(2)), stun::kErrorAddressFamilyNotSupported);
  EXPECT_EQ(error_of(family(1)), 0);
  EXPECT_EQ(error_of([](stun::Builder& request) { request.AddFlag(AttributeType::kDontFragment); }),
            stun::kErrorUnknownAttribute);
  EXPECT_EQ(error_of([](stun::Builder& request) {
              const std::array<uint8_t, 1> even{0};
              request.Add(AttributeType::kEvenPort, even);
              request.Add64(AttributeType::kReservationToken, 7);
            }),
            stun::kErrorBadRequest);
  EXPECT_EQ(relay_.allocations(), 1u);
}

TEST_F(RelayServerTest, IPv6BesideIsRefusedInTheAnswer) {
  TestRelayClient client = NewClient(udp_);
  const TestAnswer answer = client.Allocate([](stun::Builder& request) {
    request.Add32(AttributeType::kAdditionalAddressFamily, 2u << 24);
  });
  ASSERT_TRUE(answer.succeeded());
  EXPECT_THAT(*answer.message->Find(AttributeType::kAddressErrorCode), ElementsAre(2, 0, 4, 40));
}

TEST_F(RelayServerTest, UsersAndNodesHaveQuotas) {
  for (int i = 0; i < 3; ++i) {
    TestRelayClient client = NewClient(udp_);
    EXPECT_TRUE(client.Allocate().succeeded());
  }
  TestRelayClient fourth = NewClient(udp_);
  EXPECT_EQ(fourth.Allocate().error(), stun::kErrorAllocationQuotaReached);
  for (const char* user : {"austin", "austin", "austin", "evil", "evil"}) {
    TestRelayClient client = NewClient(udp_, user);
    EXPECT_TRUE(client.Allocate().succeeded());
  }
  TestRelayClient ninth = NewClient(udp_, "evil");
  EXPECT_EQ(ninth.Allocate().error(), stun::kErrorInsufficientCapacity);
  EXPECT_EQ(relay_.allocations(), 8u);
  world_.RunFor(seconds(600));
  EXPECT_TRUE(fourth.Allocate().succeeded());
}

TEST_F(RelayServerTest, NobodyReachesWhatIsNotOnTheInternetOrTheNodeItself) {
  TestRelayClient client = NewClient(udp_);
  const Endpoint relayed = Relayed(client.Allocate());
  for (const char* peer :
       {"10.0.0.1:9", "172.16.0.1:9", "172.31.255.255:9", "192.168.1.1:9", "127.0.0.1:9",
        "169.254.1.1:9", "224.0.0.1:9", "255.255.255.255:9", "0.0.0.0:9", "100.64.0.1:9"}) {
    EXPECT_EQ(client.Permit(*Endpoint::Parse(peer)).error(), stun::kErrorForbidden) << peer;
    EXPECT_EQ(client.Bind(0x4000, *Endpoint::Parse(peer)).error(), stun::kErrorForbidden) << peer;
  }
  EXPECT_TRUE(client.Permit({Ipv4Address::Of(172, 32, 0, 1), 9}).succeeded());
  EXPECT_EQ(client.Bind(0x4000, {kNode, 33033}).error(), stun::kErrorForbidden);
  EXPECT_EQ(client.Bind(0x4000, {kPeer.address, 0}).error(), stun::kErrorForbidden);
  // All or none.
  const TestAnswer both = client.Ask(stun::kCreatePermission, [&](stun::Builder& request) {
    request.AddXorAddress(AttributeType::kXorPeerAddress, kPeer);
    request.AddXorAddress(AttributeType::kXorPeerAddress, {Ipv4Address::Of(10, 0, 0, 1), 9});
  });
  EXPECT_EQ(both.error(), stun::kErrorForbidden);
  client.Send(client.Indication(kPeer, "x"));
  // The node's address may be permitted for its relayed ports; its own services stay out of reach.
  TestPeerLog service;
  const auto socket = runtime_.OpenUdp({kNode, 33033}, service);
  EXPECT_TRUE(client.Permit({kNode, 33033}).succeeded());
  client.Send(client.Indication({kNode, 33033}, "x"));
  world_.RunFor(seconds(1));
  EXPECT_THAT(peer_log_.heard, IsEmpty());
  EXPECT_THAT(service.heard, IsEmpty());
  EXPECT_TRUE(client.Bind(0x4002, relayed).succeeded());
}

TEST_F(RelayServerTest, TwoUsersOfOneNodeReachEachOther) {
  TestRelayClient one = NewClient(udp_);
  TestRelayClient two = NewClient(tcp_, "austin");
  const Endpoint first = Relayed(one.Allocate());
  const Endpoint second = Relayed(two.Allocate());
  ASSERT_TRUE(one.Bind(0x4000, second).succeeded());
  ASSERT_TRUE(two.Bind(0x4009, first).succeeded());
  one.Send({0x40, 0x00, 0x00, 0x02, 'h', 'i'});
  world_.RunFor(seconds(1));
  EXPECT_THAT(LastSent(tcp_), ElementsAre(0x40, 0x09, 0x00, 0x02, 'h', 'i', 0, 0));
}

TEST_F(RelayServerTest, PermissionsAndChannelsHaveABound) {
  TestRelayClient client = NewClient(udp_);
  client.Allocate();
  const auto peer = [](size_t number) {
    return Endpoint{{Ipv4Address::Of(203, 0, 0, 1).value + static_cast<uint32_t>(number)}, 9};
  };
  for (size_t i = 0; i < RelayAllocation::kMaxPermissions; ++i) {
    ASSERT_TRUE(client.Permit(peer(i)).succeeded());
  }
  EXPECT_EQ(client.Permit(peer(1000)).error(), stun::kErrorInsufficientCapacity);
  EXPECT_EQ(client.Bind(0x4000, peer(1000)).error(), stun::kErrorInsufficientCapacity);
  world_.RunFor(minutes(5));
  EXPECT_TRUE(client.Permit(peer(1000)).succeeded()) << "those before have ended";
  for (uint16_t i = 0; i < RelayAllocation::kMaxChannels; ++i) {
    ASSERT_TRUE(
        client
            .Bind(static_cast<uint16_t>(0x4000 + i), {kPeer.address, static_cast<uint16_t>(i + 1)})
            .succeeded());
  }
  EXPECT_EQ(client.Bind(0x4800, {kPeer.address, 4000}).error(), stun::kErrorInsufficientCapacity);
}

TEST_F(RelayServerTest, AllocationBelongsToItsUser) {
  TestRelayClient owner = NewClient(udp_);
  owner.Allocate();
  TestRelayClient thief(relay_, udp_, owner.self().address, CredentialOf("evil"));
  EXPECT_EQ(thief.Refresh(0).error(), stun::kErrorWrongCredentials);
  EXPECT_EQ(thief.Permit(kPeer).error(), stun::kErrorWrongCredentials);
  EXPECT_EQ(relay_.allocations(), 1u);
}

TEST_F(RelayServerTest, NoncesAgeAndBelongToTheirAsker) {
  TestRelayClient client = NewClient(udp_);
  ASSERT_TRUE(client.Allocate().succeeded());
  ASSERT_TRUE(client.Refresh(3600).succeeded());
  const std::string old = client.nonce;
  // Somebody else, also one with the same credential at another port, cannot use it.
  TestRelayClient other = NewClient(udp_);
  other.nonce = old;
  EXPECT_EQ(other.Allocate().error(), stun::kErrorStaleNonce);
  TestRelayClient same_address(relay_, tcp_, client.self().address, CredentialOf("bond"));
  same_address.nonce = old;
  EXPECT_EQ(same_address.Allocate().error(), stun::kErrorStaleNonce);
  world_.RunFor(minutes(59));
  EXPECT_TRUE(client.Refresh(3600).succeeded());
  const ByteVector recorded = client.Request(
      stun::kRefresh, [](stun::Builder& request) { request.Add32(AttributeType::kLifetime, 0); });
  world_.RunFor(minutes(1));
  const TestAnswer stale = client.Send(recorded);
  EXPECT_EQ(stale.error(), stun::kErrorStaleNonce);
  EXPECT_EQ(stale.message->FindText(AttributeType::kRealm), kRelayRealm);
  EXPECT_EQ(relay_.allocations(), 1u);
  client.nonce = std::string(*stale.message->FindText(AttributeType::kNonce));
  EXPECT_TRUE(client.Refresh(600).succeeded());
  client.nonce = "00000000000000000000000000000000";
  EXPECT_EQ(client.Refresh(600).error(), stun::kErrorStaleNonce);
  client.nonce = "ffffffff" + std::string(24, '0');
  EXPECT_EQ(client.Refresh(600).error(), stun::kErrorStaleNonce);
}

TEST_F(RelayServerTest, CredentialsMustBeTheLoginServersAndInTime) {
  const auto error_with = [&](const wire::RelayCredential& credential) {
    TestRelayClient client(relay_, udp_, {Ipv4Address::Of(203, 0, 113, 9), next_port_++},
                           credential);
    return client.Allocate().error();
  };
  EXPECT_EQ(error_with(CredentialOf("bond")), 0);
  wire::RelayCredential forged = CredentialOf("bond");
  forged.set_password(forged.password() + "x");
  EXPECT_EQ(error_with(forged), stun::kErrorUnauthenticated);
  wire::RelayCredential longer = CredentialOf("bond");
  longer.set_name("9" + longer.name());
  EXPECT_EQ(error_with(longer), stun::kErrorUnauthenticated);
  EXPECT_EQ(error_with(IssueRelayCredential(kSecret, "bond", runtime_.WallNow())),
            stun::kErrorUnauthenticated);
  EXPECT_EQ(error_with(IssueRelayCredential({7}, "bond", runtime_.WallNow() + seconds(9))),
            stun::kErrorUnauthenticated);
  EXPECT_EQ(error_with(IssueRelayCredential(kSecret, "", runtime_.WallNow() + seconds(9))),
            stun::kErrorUnauthenticated);
}

TEST_F(RelayServerTest, EarlierSecretCountsAsLongAsItsCredentials) {
  const wire::RelayCredential earlier = CredentialOf("bond");
  relay_.Learn({9});
  relay_.Learn({9});
  const auto error_with = [&](const wire::RelayCredential& credential) {
    TestRelayClient client(relay_, udp_, {Ipv4Address::Of(203, 0, 113, 9), next_port_++},
                           credential);
    return client.Allocate().error();
  };
  EXPECT_EQ(error_with(earlier), 0);
  EXPECT_EQ(error_with(IssueRelayCredential({9}, "bond", runtime_.WallNow() + seconds(9))), 0);
  const wire::RelayCredential forever =
      IssueRelayCredential(kSecret, "bond", runtime_.WallNow() + std::chrono::hours(1000));
  world_.RunFor(std::chrono::hours(72) - seconds(1));
  EXPECT_EQ(error_with(forever), 0);
  world_.RunFor(seconds(1));
  EXPECT_EQ(error_with(forever), stun::kErrorUnauthenticated);
}

TEST_F(RelayServerTest, AllocationOutlivesItsCredential) {
  const auto credential = IssueRelayCredential(kSecret, "bond", runtime_.WallNow() + seconds(100));
  TestRelayClient client(relay_, udp_, {Ipv4Address::Of(203, 0, 113, 9), 1}, credential);
  ASSERT_TRUE(client.Allocate().succeeded());
  world_.RunFor(seconds(200));
  EXPECT_TRUE(client.Refresh(600).succeeded());
  EXPECT_TRUE(client.Refresh(0).succeeded());
  EXPECT_EQ(client.Allocate().error(), stun::kErrorUnauthenticated);
}

TEST_F(RelayServerTest, EveryFlippedBitAndTruncationOfARequestIsNoticed) {
  TestRelayClient client = NewClient(udp_);
  const ByteVector request = client.Request(stun::kAllocate, [](stun::Builder& builder) {
    builder.Add32(AttributeType::kRequestedTransport, 17u << 24);
  });
  for (size_t bit = 0; bit < request.size() * 8; ++bit) {
    ByteVector garbled = request;
    garbled[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(client.Send(garbled).succeeded()) << bit;
  }
  for (size_t size = 0; size < request.size(); ++size) {
    EXPECT_FALSE(
        client.Send({request.begin(), request.begin() + static_cast<long>(size)}).succeeded());
  }
  EXPECT_EQ(relay_.allocations(), 0u);
  EXPECT_TRUE(client.Send(request).succeeded());
}

TEST_F(RelayServerTest, GarbledDataIsDroppedAndCounted) {
  TestRelayClient client = NewClient(udp_);
  client.Allocate();
  ASSERT_TRUE(client.Bind(0x4000, kPeer).succeeded());
  const uint64_t before = relay_.statistics().dropped;
  client.Send({0x40, 0x00, 0x00, 0x04, 'a', 'b', 'c'});  // claims more than there is
  client.Send({0x40, 0x00, 0xFF, 0xFF});
  client.Send({0x40, 0x00, 0x00});
  client.Send({0x4F, 0x00, 0x00, 0x01, 'a'});
  client.Send({0x80, 0x00, 0x00, 0x01, 'a'});
  client.Send({});
  EXPECT_EQ(relay_.statistics().dropped, before + 6);
  const ByteVector send = client.Indication(kPeer, "hello");
  for (size_t size = 0; size < send.size(); ++size) {
    client.Send({send.begin(), send.begin() + static_cast<long>(size)});
  }
  EXPECT_EQ(relay_.statistics().dropped, before + 6 + send.size());
  stun::Builder fragile(stun::MessageClass::kIndication, stun::kSend, {7});
  fragile.AddXorAddress(AttributeType::kXorPeerAddress, kPeer);
  fragile.AddText(AttributeType::kData, "x").AddFlag(AttributeType::kDontFragment);
  client.Send({fragile.bytes().begin(), fragile.bytes().end()});
  world_.RunFor(seconds(1));
  EXPECT_THAT(peer_log_.heard, IsEmpty());
}

TEST_F(RelayServerTest, AnswersBindingOnEveryWay) {
  TestRelayClient client = NewClient(tcp_);
  const stun::Builder request(stun::MessageClass::kRequest, stun::kBinding, {1});
  const TestAnswer answer = client.Send({request.bytes().begin(), request.bytes().end()});
  ASSERT_TRUE(answer.succeeded());
  EXPECT_EQ(answer.message->XorMappedAddress(), client.self().address);
}

TEST_F(RelayServerTest, WhatIsTooLongForADatagramIsDropped) {
  TestRelayClient client = NewClient(udp_);
  const Endpoint relayed = Relayed(client.Allocate());
  ASSERT_TRUE(client.Permit(kPeer).succeeded());
  ASSERT_TRUE(peer_->Send(relayed, ByteVector(kMaxDatagramBytes - 35)).ok());
  ASSERT_TRUE(peer_->Send(relayed, ByteVector(kMaxDatagramBytes - 36)).ok());
  world_.RunFor(seconds(1));
  ASSERT_EQ(udp_.sent.size(), 1u);
  EXPECT_EQ(udp_.sent.back().second.size(), kMaxDatagramBytes);
  ASSERT_TRUE(client.Bind(0x4000, kPeer).succeeded());
  udp_.sent.clear();
  ASSERT_TRUE(peer_->Send(relayed, ByteVector(kMaxDatagramBytes - 3)).ok());
  ASSERT_TRUE(peer_->Send(relayed, ByteVector(kMaxDatagramBytes - 4)).ok());
  world_.RunFor(seconds(1));
  ASSERT_EQ(udp_.sent.size(), 1u);
  EXPECT_EQ(udp_.sent.back().second.size(), kMaxDatagramBytes);
}

}  // namespace
}  // namespace sfa::community
