// The media descriptions of a call: as strangers write them, and as a registered user does who
// means no good.
#include "fuzz/target.h"
#include "protocol/peer/description.h"
#include "protocol/peer/network.h"
#include "protocol/stream/credentials.h"
#include "protocol/stream/test_world.h"

namespace sfa::fuzz {
namespace {

constexpr stream::Key kSeed = {7};
const WallTime kNow(std::chrono::seconds(1275350400));
const peer::HalfOfCall kHalf{"call", "dr_evil", "james_bond", "offer"};

struct Evil {
  stream::TestWorld world;
  stream::TestRuntime runtime{world, Ipv4Address::Of(192, 0, 2, 1), 1};
  const stream::Key root = stream::SigningKeyOf(kSeed).public_key;
  const stream::SigningKey key = stream::NewSigningKey(runtime.random());
  const stream::ExchangeKey share = stream::NewExchangeKey(runtime.random());
  const wire::UserCredential credential =
      stream::IssueCredential(kSeed, "dr_evil", key.public_key, kNow + std::chrono::hours(1));
};

void Use(const wire::MediaDescription& media, const Evil& evil) {
  const path::PathDescription path = peer::PathOf(media);
  SFA_FUZZ_CHECK(path.candidates.size() <= static_cast<size_t>(peer::kMaxCandidates));
  SFA_FUZZ_CHECK(peer::CodecsOf(media).size() <= 2);
  static_cast<void>(peer::MediaKeys(evil.share.secret, media, "call", "offer", "answer", true));
}

void Run(std::span<const uint8_t> bytes) {
  const Evil evil;
  Input input(bytes);
  const bool known = input.Flag(), completed = input.Flag();
  const auto rest = input.Rest();
  if (!known) {
    wire::SignedMedia media;
    if (!media.ParseFromArray(rest.data(), static_cast<int>(rest.size()))) return;
    const auto opened = peer::OpenMedia(media, kHalf, evil.root, kNow);
    if (opened.ok()) Use(*opened, evil);
    return;
  }
  wire::MediaDescription media;
  if (!media.ParseFromArray(rest.data(), static_cast<int>(rest.size()))) return;
  *media.mutable_credential() = evil.credential;
  if (completed) {
    media.set_key_share(stream::ToString(evil.share.public_key));
    media.set_ice_ufrag("abcd");
    media.set_ice_password("0123456789012345678901");
  }
  const auto opened = peer::OpenMedia(SignMedia(media, kHalf, evil.key), kHalf, evil.root, kNow);
  if (opened.ok()) Use(*opened, evil);
}

Seeds MakeSeeds() {
  const Evil evil;
  wire::MediaDescription media;
  *media.mutable_credential() = evil.credential;
  media.set_key_share(stream::ToString(evil.share.public_key));
  peer::SetCodecs({media::Codec::kPcma, media::Codec::kPcmu}, &media);
  path::PathDescription path{"abcd", "0123456789012345678901", {}};
  path.candidates.push_back(
      {path::CandidateKind::kServerReflexive, {Ipv4Address::Of(192, 0, 2, 7), 4000}, 5, "f"});
  path.candidates.push_back(
      {path::CandidateKind::kHost, {Ipv4Address::Of(10, 0, 0, 7), 4000}, 9, "g"});
  peer::SetPath(path, &media);
  const std::string signed_media = SignMedia(media, kHalf, evil.key).SerializeAsString();
  return {
      {"signed", Script().Byte(0).Byte(0).Put(signed_media).bytes()},
      {"description", Script().Byte(1).Byte(0).Put(media.SerializeAsString()).bytes()},
      {"completed", Script().Byte(1).Byte(1).Put(media.SerializeAsString()).bytes()},
  };
}

}  // namespace

const Target kDescription = {"description", Run, MakeSeeds};

}  // namespace sfa::fuzz
