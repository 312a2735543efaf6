// What strangers, and an other end that means no good, can make an agent do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "protocol/path/path_agent.h"
#include "protocol/path/test_ends.h"
#include "protocol/stun/builder.h"
#include "protocol/stun/transaction.h"

namespace sfa::path {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using stun::AttributeType;

Candidate Udp(const Endpoint& endpoint) {
  Candidate candidate;
  candidate.endpoint = endpoint;
  candidate.priority = 1;
  candidate.foundation = "x";
  return candidate;
}

// Two public hosts and a stranger, who sees what is sent and may send anything.
class PathHostileTest : public PathTest, private UdpReceiver {
 protected:
  void Connect() {
    TestSide alice = Public("192.0.2.1"), bob = Public("192.0.2.2");
    alice.relay = bob.relay = false;
    Build(alice, bob);
    stranger_ = world.AddHost("192.0.2.66").OpenUdp({{}, 666}, *this).value();
  }
  stun::Builder Request(const std::string& user) {
    stun::Builder request(stun::MessageClass::kRequest, stun::kBinding, {7});
    request.AddText(AttributeType::kUsername, user);
    return request;
  }
  // The answer's error code, 0 for a success, -1 for silence.
  int Ask(const stun::Builder& request) {
    code_ = -1;
    Send(request.bytes());
    world.RunFor(milliseconds(30));
    return code_;
  }
  void Send(stun::Bytes bytes) {
    EXPECT_TRUE(stranger_->Send(*Endpoint::Parse("192.0.2.1:5000"), bytes).ok());
  }
  std::string user() { return caller->agent().local().ufrag + ":" + callee->agent().local().ufrag; }
  stun::Bytes key() { return stun::ShortTermKey(caller->agent().local().password); }
  int requests() const { return requests_; }

  bool forges_ = false;

 private:
  void Forge(const stun::TransactionId& id) {
    stun::Builder success(stun::MessageClass::kSuccess, stun::kBinding, id);
    success.AddXorMappedAddress(*Endpoint::Parse("192.0.2.66:1"));
    Send(success.bytes());
    Send(success.AddIntegrity(stun::ShortTermKey("guess")).AddFingerprint().bytes());
    stun::Builder conflict(stun::MessageClass::kError, stun::kBinding, id);
    conflict.AddErrorCode(stun::kErrorRoleConflict, "Role Conflict");
    Send(conflict.bytes());
    Send(conflict.AddIntegrity(stun::ShortTermKey("guess")).AddFingerprint().bytes());
  }
  void OnDatagram(const Endpoint&, std::span<const uint8_t> bytes) override {
    const auto answer = stun::Message::Parse(bytes);
    if (answer->message_class() == stun::MessageClass::kRequest) {
      ++requests_;
      if (forges_) Forge(answer->id());
      return;
    }
    code_ = answer->ErrorCode() ? answer->ErrorCode()->code : 0;
  }
  std::unique_ptr<UdpSocket> stranger_;
  int code_ = -1;
  int requests_ = 0;
};

TEST_F(PathHostileTest, StrangersGetTheRightRefusal) {
  Connect();
  EXPECT_EQ(Ask(Request("nobody:them").AddFingerprint()), -1);
  EXPECT_EQ(Ask(Request(user())), -1);  // without a fingerprint it is not ICE
  EXPECT_EQ(Ask(Request(user()).AddFingerprint()), 400);
  EXPECT_EQ(Ask(Request(user()).AddIntegrity(key()).AddFingerprint()), 400);
  EXPECT_EQ(Ask(Request(user())
                    .Add32(AttributeType::kPriority, 1)
                    .AddIntegrity(stun::ShortTermKey("guess"))
                    .AddFingerprint()),
            401);
  EXPECT_EQ(Ask(Request(user())
                    .Add32(AttributeType::kPriority, 1)
                    .Add32(static_cast<AttributeType>(0x7777), 1)
                    .AddIntegrity(key())
                    .AddFingerprint()),
            420);
  EXPECT_EQ(Ask(Request(user())
                    .Add32(AttributeType::kPriority, 1)
                    .Add64(AttributeType::kIceControlling, 0)
                    .AddIntegrity(key())
                    .AddFingerprint()),
            487);
  EXPECT_EQ(Ask(Request(user())
                    .Add32(AttributeType::kPriority, 1)
                    .Add64(AttributeType::kIceControlled, 0)
                    .AddIntegrity(key())
                    .AddFingerprint()),
            0);
  // Once the other end is known, only it may check.
  caller->agent().SetRemote(callee->agent().local());
  EXPECT_EQ(Ask(Request(caller->agent().local().ufrag + ":them")
                    .Add32(AttributeType::kPriority, 1)
                    .AddIntegrity(key())
                    .AddFingerprint()),
            401);
  EXPECT_EQ(alice_port->dropped(), 4u) << "each 400 and each 401";
}

TEST_F(PathHostileTest, GarbledChecksChangeNothing) {
  Connect();
  Exchange();
  ASSERT_TRUE(RunUntilOpen(seconds(1)));
  const stun::Builder genuine = Request(user())
                                    .Add32(AttributeType::kPriority, 0x6EFFFFFF)
                                    .AddFlag(AttributeType::kUseCandidate)
                                    .Add32(AttributeType::kNomination, 99)
                                    .AddIntegrity(key())
                                    .AddFingerprint();
  const std::vector<uint8_t> bytes(genuine.bytes().begin(), genuine.bytes().end());
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::vector<uint8_t> garbled = bytes;
    garbled[i] ^= 0x40;
    Send(garbled);
    Send(stun::Bytes(bytes).first(i));
  }
  world.RunFor(seconds(60));
  EXPECT_EQ(requests(), 0);  // nobody has checked the stranger
  EXPECT_EQ(caller->opened(), 1);
  EXPECT_EQ(caller->silent() + caller->failed(), 0);
}

TEST_F(PathHostileTest, AReplayedNominationFromElsewhereMovesNothing) {
  Connect();
  Exchange();
  ASSERT_TRUE(RunUntilOpen(seconds(1)));
  callee->Talk(true);
  caller->Talk(true);
  // Genuine, as one that was overheard, but sent by somebody who cannot answer checks. The callee
  // would have been asked; towards the caller it is a check from a new place.
  for (uint32_t number = 0; number < 20; ++number) {
    Send(Request(user())
             .Add32(AttributeType::kPriority, 0x6EFFFFFF)
             .AddFlag(AttributeType::kUseCandidate)
             .Add32(AttributeType::kNomination, number)
             .AddIntegrity(key())
             .AddFingerprint()
             .bytes());
    world.RunFor(milliseconds(500));
  }
  EXPECT_GT(requests(), 0);  // it was looked at
  world.RunFor(seconds(60));
  EXPECT_EQ(caller->agent().path().remote, *Endpoint::Parse("192.0.2.2:5000"));
  EXPECT_TRUE(Agree());
  EXPECT_EQ(caller->opened() + callee->opened(), 2);
  EXPECT_EQ(caller->silent() + callee->silent(), 0);
}

TEST_F(PathHostileTest, ForgedAnswersEndNoCheck) {
  Connect();
  // The stranger gets checks, so it knows their ids, but not the password: its place has been named
  // as a candidate.
  forges_ = true;
  PathDescription remote = callee->agent().local();
  remote.candidates.insert(remote.candidates.begin(), Udp(*Endpoint::Parse("192.0.2.66:666")));
  remote.candidates.front().priority = 0x7FFFFFFF;
  callee->agent().SetRemote(caller->agent().local());
  caller->agent().SetRemote(remote);
  ASSERT_TRUE(RunUntilOpen(seconds(1)));
  world.RunFor(seconds(60));
  EXPECT_GT(requests(), 6);  // its check has gone on to the end
  EXPECT_GT(alice_port->dropped(), 6u);
  EXPECT_EQ(caller->agent().path().remote, *Endpoint::Parse("192.0.2.2:5000"));
  EXPECT_EQ(caller->agent().path().local, *Endpoint::Parse("192.0.2.1:5000"));
  EXPECT_TRUE(Agree());
}

TEST_F(PathHostileTest, ManyPlacesThatCheckUsAreBounded) {
  Connect();
  Exchange();
  ASSERT_TRUE(RunUntilOpen(seconds(1)));
  // The other end itself, from a thousand ports.
  struct Nobody final : sfa::UdpReceiver {
    void OnDatagram(const Endpoint&, std::span<const uint8_t>) override {}
  };
  Nobody nobody;
  TestHost& many = world.AddHost("192.0.2.77");
  std::vector<std::unique_ptr<UdpSocket>> sockets;
  const stun::Builder check =
      Request(user()).Add32(AttributeType::kPriority, 1).AddIntegrity(key()).AddFingerprint();
  for (int i = 0; i < 1000; ++i) {
    sockets.push_back(many.OpenUdp(Endpoint(), nobody).value());
    ASSERT_TRUE(sockets.back()->Send(*Endpoint::Parse("192.0.2.1:5000"), check.bytes()).ok());
  }
  world.RunFor(milliseconds(20));
  const uint64_t before = world.sent();
  world.RunFor(seconds(40));
  EXPECT_LE(world.sent() - before, 48u * 8 + 100);
  EXPECT_LE(alice_port->expected(), 48u * 2 + 20);
  EXPECT_EQ(caller->opened(), 1);
}

TEST_F(PathHostileTest, PlacesThatMustNotBeChecked) {
  Connect();
  PathDescription hostile = callee->agent().local();
  hostile.candidates.clear();
  for (const char* text : {"224.0.0.1:5000", "255.255.255.255:5000", "0.0.0.0:5000",
                           "127.0.0.1:5038", "192.0.2.9:0"}) {
    hostile.candidates.push_back(Udp(*Endpoint::Parse(text)));
    hostile.candidates.push_back(Udp(*Endpoint::Parse(text)));
    hostile.candidates.back().transport = CandidateTransport::kTcpPassive;
  }
  const uint64_t before = world.sent();
  caller->agent().SetRemote(hostile);
  caller->agent().UpdateRemote(hostile.candidates);
  world.RunFor(seconds(10));
  EXPECT_EQ(world.sent(), before);
  EXPECT_EQ(alice_port->connections(), 0u);
}

TEST_F(PathHostileTest, AThousandVictimsAreSixteen) {
  Connect();
  PathDescription hostile = callee->agent().local();
  hostile.candidates.clear();
  for (uint16_t i = 0; i < 1000; ++i) {
    hostile.candidates.push_back(
        Udp({Ipv4Address::Of(203, 0, 113, 9), static_cast<uint16_t>(i + 1)}));
  }
  const uint64_t before = world.sent();
  caller->agent().SetRemote(hostile);
  world.RunFor(seconds(4));
  EXPECT_LE(world.sent() - before, 16u * 4);
}

TEST_F(PathHostileTest, UpdatesWithoutEndAreBounded) {
  Connect();
  PathDescription hostile = callee->agent().local();
  hostile.candidates.clear();
  caller->agent().SetRemote(hostile);
  const uint64_t before = world.sent();
  for (uint32_t round = 0; round < 1000; ++round) {
    std::vector<Candidate> candidates;
    for (uint32_t i = 0; i < 20; ++i) {
      candidates.push_back(Udp({{0xCB007100 + i}, static_cast<uint16_t>(round + 1)}));
      if (i % 2 == 0) candidates.back().transport = CandidateTransport::kTcpPassive;
    }
    caller->agent().UpdateRemote(candidates);
    world.RunFor(milliseconds(20));
    ASSERT_LE(alice_port->expected(), 2u * 48);
    ASSERT_LE(alice_port->connections(), 4u);
  }
  // Twenty seconds at the pace of 50 checks a second, and their repetitions.
  EXPECT_LE(world.sent() - before, 1000u + 48u * 7);
}

TEST_F(PathHostileTest, ShortCredentialsFailTheCallButNotFromInside) {
  Connect();
  caller->agent().SetRemote({"abcd", "short", {}});
  EXPECT_EQ(caller->failed(), 0);
  world.RunFor(seconds(1));
  EXPECT_EQ(caller->failed(), 1);
}

}  // namespace
}  // namespace sfa::path
