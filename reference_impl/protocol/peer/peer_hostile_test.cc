// A supernode that has turned bad, and users who have: whatever they say of calls is dropped and
// counted, or is what it may be, and costs a bounded amount.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
// After GoogleTest, which it builds on.
#include <rapidcheck/gtest.h>

#include "protocol/peer/description.h"
#include "protocol/peer/properties.h"
#include "protocol/peer/test_network.h"
#include "protocol/stream/credentials.h"

namespace sfa::peer {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A user whose supernode the test is.
struct Caller {
  Caller(Random& random, const std::string& new_name, WallTime now)
      : name(new_name),
        key(stream::NewSigningKey(random)),
        share(stream::NewExchangeKey(random)),
        credential(stream::IssueCredential(kTestSeed, name, key.public_key, now + hours(1))) {}
  wire::Device Device(uint8_t home = 1) const {
    wire::Device device;
    device.set_id(stream::DeviceId(credential));
    *device.mutable_home() = ToWire(Endpoint{Ipv4Address::Of(198, 51, 100, home), 33033});
    return device;
  }
  wire::CallMessage Offer(const std::string& call_id, const std::string& callee,
                          const std::string& telephone = "") const {
    wire::MediaDescription media;
    *media.mutable_credential() = credential;
    media.set_key_share(stream::ToString(share.public_key));
    media.set_ice_ufrag(ufrag);
    media.set_ice_password("0123456789012345678901");
    SetCodecs({media::Codec::kPcmu}, &media);
    wire::CallMessage message;
    message.set_call_id(call_id);
    message.mutable_offer()->set_presented_caller(telephone);
    message.mutable_offer()->set_target_identity(telephone);
    *message.mutable_offer()->mutable_media() =
        SignMedia(media, {call_id, name, callee, SignedWords(message.offer())}, key);
    return message;
  }
  wire::CallMessage Candidates(const std::string& call_id, uint32_t number,
                               const stream::SigningKey& signer) const {
    wire::CallMessage message;
    message.set_call_id(call_id);
    const path::Candidate candidate{
        path::CandidateKind::kHost, {Ipv4Address::Of(203, 0, 113, 9), 4000}, 5, "f"};
    *message.mutable_candidates() =
        SignCandidates({candidate}, number, {call_id, name, ufrag}, signer);
    return message;
  }
  const std::string name;
  const std::string ufrag = "abcd";
  const stream::SigningKey key;
  const stream::ExchangeKey share;
  const wire::UserCredential credential;
};

class HostileTest : public testing::Test, private PeerObserver, private CallObserver {
 protected:
  HostileTest() {
    wire::NetworkReply network;
    *network.mutable_login_server() = ToWire(login_server_.address());
    *network.add_supernodes() = ToWire(node_.address());
    node_.network = network;
    PeerSettings settings;
    settings.user = "james_bond";
    settings.network.bootstrap_nodes = {node_.address()};
    settings.network.root_key = stream::SigningKeyOf(kTestSeed).public_key;
    port_ = std::move(path::NewMediaPort(runtime_, {}).value());
    PeerObserver& observer = *this;
    peer_ = NewPeer(runtime_, *port_, settings, observer);
    peer_->LogIn();
    world_.RunFor(seconds(30));
    EXPECT_EQ(peer_->state(), LoginState::kLoggedIn);
  }
  ~HostileTest() override { calls_.clear(); }

  void OnLoginState(LoginState, const std::string&) override {}
  void OnIncomingCall(std::unique_ptr<Call> call) override {
    ++incoming_;
    call->SetObserver(this);
    call->Ring(media::Codec::kPcmu);
    calls_.push_back(std::move(call));
  }
  void OnAnswered(media::Codec) override {}
  void OnEnded(EndReason reason) override { ended_.push_back(reason); }
  void OnAudio(std::span<const uint8_t>) override {}
  void OnDigit(char, bool, Duration) override {}

  static std::string CallId(int number) {
    std::string id(16, '\0');
    id[0] = static_cast<char>(number >> 8);
    id[1] = static_cast<char>(number);
    return id;
  }
  void Say(const wire::CallMessage& call, const wire::Device& from,
           const std::string& name = "austin_powers") {
    wire::Message message;
    wire::Envelope* envelope = message.mutable_envelope();
    envelope->set_from(name);
    envelope->set_to("james_bond");
    *envelope->mutable_from_device() = from;
    *envelope->mutable_call() = call;
    node_.Say(message);
    world_.RunFor(milliseconds(50));
  }
  // The last message that the peer has sent to another device.
  const wire::Envelope& Last() const { return node_.heard.back().envelope(); }
  uint8_t HomeOfLast() const {
    return static_cast<uint8_t>(Last().to_device().home().address() & 0xFF);
  }
  int Heard(wire::CallMessage::BodyCase kind) const {
    return static_cast<int>(
        std::count_if(node_.heard.begin(), node_.heard.end(), [kind](const wire::Message& each) {
          return each.has_envelope() && each.envelope().call().body_case() == kind;
        }));
  }

  stream::TestWorld world_;
  std::vector<std::string> story_;
  TestNode node_{world_, {Ipv4Address::Of(198, 51, 100, 1), 33033}, wire::NODE_SUPERNODE, story_};
  TestNode login_server_{
      world_, {Ipv4Address::Of(198, 51, 100, 100), 33033}, wire::NODE_LOGIN_SERVER, story_};
  stream::TestRuntime runtime_{world_, Ipv4Address::Of(192, 0, 2, 1), 1};
  std::unique_ptr<path::MediaPort> port_;
  std::unique_ptr<Peer> peer_;
  std::vector<std::unique_ptr<Call>> calls_;
  std::vector<EndReason> ended_;
  int incoming_ = 0;
  const Caller austin_{runtime_.random(), "austin_powers", runtime_.WallNow()};
  const Caller evil_{runtime_.random(), "dr_evil", runtime_.WallNow()};
};

TEST_F(HostileTest, AnOfferRingsOnce) {
  const auto offer = austin_.Offer(CallId(1), "james_bond");
  Say(offer, austin_.Device());
  EXPECT_EQ(incoming_, 1);
  EXPECT_EQ(Heard(wire::CallMessage::kRinging), 1);
  Say(offer, austin_.Device());
  EXPECT_EQ(Heard(wire::CallMessage::kRinging), 1);
  EXPECT_EQ(peer_->dropped(), 1u) << "a duplicate";
  // Said again, because the caller has moved: it gets the same answer, there.
  Say(offer, austin_.Device(7));
  EXPECT_EQ(incoming_, 1);
  EXPECT_EQ(Heard(wire::CallMessage::kRinging), 2);
  EXPECT_EQ(HomeOfLast(), 7);
  // Or because our answer has got lost.
  world_.RunFor(seconds(1));
  Say(offer, austin_.Device(7));
  EXPECT_EQ(Heard(wire::CallMessage::kRinging), 3);
  calls_[0]->End(EndReason::kRejected);
  world_.RunFor(seconds(1));
  // Replayed after the end: our last word once more, and nothing rings.
  Say(offer, austin_.Device());
  EXPECT_EQ(incoming_, 1);
  EXPECT_EQ(Last().call().end().reason(), wire::END_REJECTED);
  world_.RunFor(seconds(100));
  const uint64_t dropped = peer_->dropped();
  Say(offer, austin_.Device());
  EXPECT_EQ(incoming_, 1);
  EXPECT_EQ(peer_->dropped(), dropped + 1);
}

TEST_F(HostileTest, AnotherOfferUnderTheSameNumberIsNobodys) {
  Say(austin_.Offer(CallId(1), "james_bond"), austin_.Device());
  const uint64_t dropped = peer_->dropped();
  Say(evil_.Offer(CallId(1), "james_bond"), evil_.Device(), "dr_evil");
  auto other = austin_.Offer(CallId(1), "james_bond");
  other.mutable_offer()->mutable_media()->mutable_description()->push_back('x');
  Say(other, austin_.Device());
  EXPECT_EQ(peer_->dropped(), dropped + 2);
  EXPECT_EQ(incoming_, 1);
}

// What a call brings is as much the caller's as its media.
TEST_F(HostileTest, AHomeCannotChangeWhatACallBrings) {
  const uint64_t dropped = peer_->dropped();
  auto offer = austin_.Offer(CallId(1), "james_bond");
  offer.mutable_offer()->set_topic("cheap watches");
  Say(offer, austin_.Device());
  offer = austin_.Offer(CallId(2), "james_bond");
  offer.mutable_offer()->mutable_caller()->set_fullname("Miss Moneypenny");
  Say(offer, austin_.Device());
  offer = austin_.Offer(CallId(3), "james_bond");
  offer.mutable_offer()->set_presented_caller("+442079460000");
  Say(offer, austin_.Device());
  offer = austin_.Offer(CallId(4), "james_bond");
  offer.mutable_offer()->add_languages("en");
  Say(offer, austin_.Device());
  EXPECT_EQ(incoming_, 0);
  EXPECT_EQ(peer_->dropped(), dropped + 4);
}

TEST_F(HostileTest, NobodyButAServicePosesAsATelephone) {
  Say(austin_.Offer(CallId(1), "james_bond", "+442079460000"), austin_.Device());
  ASSERT_EQ(incoming_, 1);
  EXPECT_EQ(calls_[0]->remote_user(), "austin_powers");
  EXPECT_EQ(calls_[0]->properties().presented_caller, "");
  EXPECT_EQ(calls_[0]->properties().target_identity, "");
}

TEST_F(HostileTest, NobodySpeaksForAnotherDevice) {
  Say(austin_.Offer(CallId(1), "james_bond"), austin_.Device());
  const uint64_t dropped = peer_->dropped();
  wire::CallMessage end;
  end.set_call_id(CallId(1));
  end.mutable_end()->set_reason(wire::END_NORMAL);
  Say(end, evil_.Device(), "austin_powers");
  Say(end, austin_.Device(), "dr_evil");
  EXPECT_EQ(peer_->dropped(), dropped + 2);
  EXPECT_TRUE(ended_.empty());
  Say(end, austin_.Device());
  EXPECT_EQ(ended_.size(), 1u);
}

TEST_F(HostileTest, CandidateUpdatesAreSignedAndCountUp) {
  Say(austin_.Offer(CallId(1), "james_bond"), austin_.Device());
  const uint64_t dropped = peer_->dropped();
  const auto first = austin_.Candidates(CallId(1), 5, austin_.key);
  Say(first, austin_.Device(7));
  EXPECT_EQ(peer_->dropped(), dropped);
  EXPECT_EQ(HomeOfLast(), 7) << "who has moved is told everything again, there";
  EXPECT_GE(Heard(wire::CallMessage::kCandidates), 1);
  const size_t heard = node_.heard.size();
  // Replayed; older; forged; of another call; of another path.
  Say(first, austin_.Device(8));
  Say(austin_.Candidates(CallId(1), 4, austin_.key), austin_.Device(8));
  Say(austin_.Candidates(CallId(1), 6, evil_.key), austin_.Device(8));
  auto other_call = austin_.Candidates(CallId(2), 6, austin_.key);
  other_call.set_call_id(CallId(1));
  Say(other_call, austin_.Device(8));
  EXPECT_EQ(peer_->dropped(), dropped + 4);
  EXPECT_EQ(node_.heard.size(), heard);
  calls_[0]->End(EndReason::kRejected);
  world_.RunFor(milliseconds(50));
  EXPECT_EQ(HomeOfLast(), 7);
}

TEST_F(HostileTest, UpdatesOutOfBoundsAreDropped) {
  Say(austin_.Offer(CallId(1), "james_bond"), austin_.Device());
  const uint64_t dropped = peer_->dropped();
  wire::CandidateUpdate update;
  update.set_number(1);
  for (int i = 0; i <= kMaxCandidates; ++i) update.add_candidates();
  wire::CallMessage message;
  message.set_call_id(CallId(1));
  update.SerializeToString(message.mutable_candidates()->mutable_update());
  Say(message, austin_.Device());
  message.mutable_candidates()->set_update(std::string(10'000, '\xFF'));
  Say(message, austin_.Device());
  EXPECT_EQ(peer_->dropped(), dropped + 2);
}

TEST_F(HostileTest, AFloodOfOffersIsBounded) {
  for (int i = 0; i < 1100; ++i) {
    wire::Message message;
    wire::Envelope* envelope = message.mutable_envelope();
    envelope->set_from("austin_powers");
    *envelope->mutable_from_device() = austin_.Device();
    *envelope->mutable_call() = austin_.Offer(CallId(i), "james_bond");
    node_.Say(message);
    world_.RunFor(milliseconds(5));
  }
  world_.RunFor(milliseconds(100));
  EXPECT_EQ(incoming_, 1000);
  EXPECT_EQ(Heard(wire::CallMessage::kEnd), 100);
  world_.RunFor(seconds(180));
  EXPECT_EQ(ended_.size(), 1000u) << "all have rung out";
}

// A supernode drops who says too much at once: a PBX with many calls must not return like that.
TEST_F(HostileTest, AReturnWithManyCallsIsNoFlood) {
  for (int i = 0; i < 180; ++i) Say(austin_.Offer(CallId(i), "james_bond"), austin_.Device());
  ASSERT_EQ(incoming_, 180);
  node_.heard.clear();
  node_.HangUp();
  world_.RunFor(seconds(1));
  EXPECT_EQ(peer_->state(), LoginState::kLoggedIn);
  EXPECT_EQ(Heard(wire::CallMessage::kRinging), 50);
  EXPECT_EQ(Heard(wire::CallMessage::kCandidates), 50);
  world_.RunFor(seconds(10));
  EXPECT_EQ(Heard(wire::CallMessage::kRinging), 180);
  EXPECT_TRUE(ended_.empty());
}

TEST_F(HostileTest, NoiseAboutUnknownCallsIsAnsweredAtMostOnce) {
  const size_t heard = node_.heard.size();
  for (int i = 0; i < 100; ++i) {
    wire::CallMessage message;
    message.set_call_id(CallId(i));
    if (i % 4 == 0) message.mutable_answer();
    if (i % 4 == 1) message.mutable_end();
    if (i % 4 == 2) message.mutable_candidates();
    Say(message, austin_.Device());
  }
  EXPECT_EQ(peer_->dropped(), 75u);
  EXPECT_EQ(node_.heard.size(), heard + 25) << "an end for each answer";
  for (int i = 0; i < 200; ++i) {
    wire::Message message;
    wire::Envelope* envelope = message.mutable_envelope();
    envelope->set_from("austin_powers");
    *envelope->mutable_from_device() = austin_.Device();
    envelope->mutable_call()->set_call_id(CallId(i));
    envelope->mutable_call()->mutable_answer();
    node_.Say(message);
  }
  world_.RunFor(milliseconds(100));
  EXPECT_LE(node_.heard.size(), heard + 25 + 20) << "in one second";
}

// A good message of each kind, with some bytes changed, cut off or repeated.
RC_GTEST_FIXTURE_PROP(HostileTest, MutationsDoNoHarm, ()) {
  Say(austin_.Offer(CallId(1), "james_bond"), austin_.Device());
  const std::vector<wire::CallMessage> good = {austin_.Offer(CallId(2), "james_bond"),
                                               austin_.Offer(CallId(1), "james_bond"),
                                               austin_.Candidates(CallId(1), 3, austin_.key)};
  const auto mutations = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
      rc::gen::tuple(rc::gen::inRange(0, 3), rc::gen::inRange(0, 2000), rc::gen::inRange(1, 258)));
  const auto offered = good[0].SerializeAsString();
  for (const auto& [which, place, change] : mutations) {
    std::string bytes = good[static_cast<size_t>(which)].SerializeAsString();
    const size_t at = static_cast<size_t>(place) % bytes.size();
    if (change == 257) {
      bytes.resize(at);
    } else if (change == 256) {
      bytes += bytes.substr(at);
    } else {
      bytes[at] = static_cast<char>(bytes[at] ^ change);
    }
    wire::CallMessage message;
    if (!message.ParseFromString(bytes)) continue;
    // What differs in nothing that matters is the same message.
    Say(message, austin_.Device());
  }
  RC_ASSERT(peer_->state() == LoginState::kLoggedIn);
  // Only an unchanged description under an unchanged number and signature rings.
  for (const auto& call : calls_) RC_ASSERT(call->remote_user() == "austin_powers");
  RC_ASSERT(incoming_ <= 2);
}

}  // namespace
}  // namespace sfa::peer
