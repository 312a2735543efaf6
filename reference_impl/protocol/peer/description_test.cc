#include "protocol/peer/description.h"

#include <gtest/gtest.h>
// After GoogleTest, which it builds on.
#include <rapidcheck/gtest.h>

#include "protocol/peer/network.h"
#include "protocol/stream/credentials.h"
#include "protocol/stream/test_world.h"

namespace sfa::peer {
namespace {

const stream::Key kSeed = {7};
const WallTime kNow(std::chrono::seconds(1000));

struct User {
  User(Random& random, std::string name)
      : key(stream::NewSigningKey(random)),
        share(stream::NewExchangeKey(random)),
        credential(
            stream::IssueCredential(kSeed, name, key.public_key, kNow + std::chrono::hours(1))) {}
  wire::MediaDescription Describe() const {
    wire::MediaDescription media;
    *media.mutable_credential() = credential;
    media.set_key_share(stream::ToString(share.public_key));
    media.set_ice_ufrag("abcd");
    media.set_ice_password("0123456789012345678901");
    SetCodecs({media::Codec::kPcma, media::Codec::kPcmu}, &media);
    return media;
  }
  stream::SigningKey key;
  stream::ExchangeKey share;
  wire::UserCredential credential;
};

class DescriptionTest : public testing::Test {
 protected:
  Result<wire::MediaDescription> Open(const wire::SignedMedia& media, const HalfOfCall& half) {
    return OpenMedia(media, half, root_, kNow);
  }
  bool Opens(const wire::MediaDescription& media) {
    return Open(SignMedia(media, half_, austin_.key), half_).ok();
  }

  stream::TestWorld world_;
  stream::TestRuntime runtime_{world_, Ipv4Address::Of(192, 0, 2, 1), 1};
  const stream::Key root_ = stream::SigningKeyOf(kSeed).public_key;
  const User austin_{runtime_.random(), "austin_powers"};
  const User bond_{runtime_.random(), "james_bond"};
  const HalfOfCall half_{"call", "austin_powers", "james_bond", "offer"};
};

TEST_F(DescriptionTest, ComesThroughAsItWasSigned) {
  wire::MediaDescription media = austin_.Describe();
  path::PathDescription path{"abcd", "0123456789012345678901", {}};
  path.candidates.push_back(
      {path::CandidateKind::kServerReflexive, {Ipv4Address::Of(192, 0, 2, 7), 4000}, 5, "f"});
  SetPath(path, &media);
  const auto opened = Open(SignMedia(media, half_, austin_.key), half_);
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  EXPECT_EQ(CodecsOf(*opened),
            (std::vector<media::Codec>{media::Codec::kPcma, media::Codec::kPcmu}));
  const auto read = PathOf(*opened);
  ASSERT_EQ(read.candidates.size(), 1u);
  EXPECT_EQ(read.candidates[0].kind, path::CandidateKind::kServerReflexive);
  EXPECT_EQ(read.candidates[0].endpoint.ToString(), "192.0.2.7:4000");
}

TEST_F(DescriptionTest, IsGoodForOneHalfOfOneCallOnly) {
  const auto media = SignMedia(austin_.Describe(), half_, austin_.key);
  ASSERT_TRUE(Open(media, half_).ok());
  EXPECT_FALSE(Open(media, {"other", half_.signer, half_.addressee, half_.offer}).ok());
  EXPECT_FALSE(Open(media, {"call", half_.signer, "dr_evil", half_.offer}).ok());
  EXPECT_FALSE(Open(media, {"call", half_.signer, half_.addressee, "another offer"}).ok());
  EXPECT_FALSE(Open(media, {"call", "james_bond", half_.addressee, half_.offer}).ok());
}

TEST_F(DescriptionTest, NobodySignsForAnotherUser) {
  // Bond's key under Austin's credential, and Bond's credential in Austin's name.
  EXPECT_FALSE(Open(SignMedia(austin_.Describe(), half_, bond_.key), half_).ok());
  EXPECT_FALSE(Open(SignMedia(bond_.Describe(), half_, bond_.key), half_).ok());
}

TEST_F(DescriptionTest, ExpiredCredentialIsRefused) {
  const auto media = SignMedia(austin_.Describe(), half_, austin_.key);
  EXPECT_FALSE(OpenMedia(media, half_, root_, kNow + std::chrono::hours(1)).ok());
}

TEST_F(DescriptionTest, OutOfBoundsIsRefused) {
  EXPECT_TRUE(Opens(austin_.Describe()));
  auto media = austin_.Describe();
  for (int i = 0; i <= kMaxCandidates; ++i) media.add_candidates();
  EXPECT_FALSE(Opens(media));
  media = austin_.Describe();
  media.set_key_share("short");
  EXPECT_FALSE(Opens(media));
  media = austin_.Describe();
  media.set_ice_password("short");
  EXPECT_FALSE(Opens(media));
  media = austin_.Describe();
  media.add_candidates()->set_foundation(std::string(33, 'x'));
  EXPECT_FALSE(Opens(media));
}

TEST_F(DescriptionTest, CandidatesToWhichNothingCanBeSentAreLeftOut) {
  wire::MediaDescription media;
  for (const uint32_t address : {0u, 0xE0000001u, 0xFFFFFFFFu}) {
    *media.add_candidates()->mutable_address() = ToWire(Endpoint{{address}, 5000});
  }
  *media.add_candidates()->mutable_address() = ToWire(Endpoint{{0x0A000001}, 0});
  media.add_candidates()->mutable_address()->set_address(0x0A000001);
  media.mutable_candidates(4)->mutable_address()->set_port(70000);
  EXPECT_TRUE(PathOf(media).candidates.empty());
}

TEST_F(DescriptionTest, BothEndsHaveTheSameKeysAndNobodyElse) {
  const auto caller =
      MediaKeys(austin_.share.secret, bond_.Describe(), "call", "offer", "answer", true);
  const auto callee =
      MediaKeys(bond_.share.secret, austin_.Describe(), "call", "offer", "answer", false);
  ASSERT_TRUE(caller.ok() && callee.ok());
  EXPECT_EQ(caller->send, callee->receive);
  EXPECT_EQ(caller->receive, callee->send);
  EXPECT_NE(caller->send, caller->receive);
  const auto altered =
      MediaKeys(bond_.share.secret, austin_.Describe(), "call", "offer!", "answer", false);
  EXPECT_NE(caller->send, altered->receive);
  auto low_order = austin_.Describe();
  low_order.set_key_share(std::string(32, '\0'));
  EXPECT_FALSE(MediaKeys(bond_.share.secret, low_order, "call", "o", "a", false).ok());
}

RC_GTEST_FIXTURE_PROP(DescriptionTest, ChangedDescriptionIsRefused, ()) {
  auto media = SignMedia(austin_.Describe(), half_, austin_.key);
  std::string& bytes = *media.mutable_description();
  const auto position = *rc::gen::inRange<size_t>(0, bytes.size());
  const auto change = *rc::gen::inRange(1, 256);
  bytes[position] = static_cast<char>(bytes[position] ^ change);
  RC_ASSERT(!Open(media, half_).ok());
}

}  // namespace
}  // namespace sfa::peer
