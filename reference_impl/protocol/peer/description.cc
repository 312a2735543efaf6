#include "protocol/peer/description.h"

#include <algorithm>

#include "protocol/peer/network.h"
#include "protocol/stream/credentials.h"

namespace sfa::peer {
namespace {

// RFC 8839 section 5.4: fragments and passwords have at most 256 characters; a password at least
// 22 and a fragment at least 4. A foundation has at most 32 (section 5.1).
constexpr size_t kMaxIceWord = 256;
constexpr size_t kMinUfrag = 4;
constexpr size_t kMinPassword = 22;
constexpr size_t kMaxFoundation = 32;

stream::Fields SignedFields(const HalfOfCall& half, const std::string& description) {
  return stream::Fields("sfa call media")
      .Add(half.call_id)
      .Add(half.signer)
      .Add(half.addressee)
      .Add(half.offer)
      .Add(description);
}

bool IsSane(const wire::MediaDescription& media) {
  return stream::ToKey(media.key_share()) && media.codecs_size() <= kMaxCodecs &&
         media.candidates_size() <= kMaxCandidates && media.ice_ufrag().size() >= kMinUfrag &&
         media.ice_ufrag().size() <= kMaxIceWord && media.ice_password().size() >= kMinPassword &&
         media.ice_password().size() <= kMaxIceWord &&
         std::all_of(media.candidates().begin(), media.candidates().end(),
                     [](const auto& each) { return each.foundation().size() <= kMaxFoundation; });
}

wire::CandidateKind ToWire(path::CandidateKind kind) {
  switch (kind) {
    case path::CandidateKind::kServerReflexive:
      return wire::CANDIDATE_SERVER_REFLEXIVE;
    case path::CandidateKind::kRelayed:
      return wire::CANDIDATE_RELAYED;
    default:
      return wire::CANDIDATE_HOST;
  }
}

path::CandidateKind FromWire(wire::CandidateKind kind) {
  switch (kind) {
    case wire::CANDIDATE_SERVER_REFLEXIVE:
      return path::CandidateKind::kServerReflexive;
    case wire::CANDIDATE_RELAYED:
      return path::CandidateKind::kRelayed;
    default:
      return path::CandidateKind::kHost;
  }
}

}  // namespace

wire::SignedMedia SignMedia(const wire::MediaDescription& media, const HalfOfCall& half,
                            const stream::SigningKey& key) {
  wire::SignedMedia result;
  media.SerializeToString(result.mutable_description());
  result.set_signature(
      stream::ToString(stream::Sign(key, SignedFields(half, result.description()))));
  return result;
}

Result<wire::MediaDescription> OpenMedia(const wire::SignedMedia& signed_media,
                                         const HalfOfCall& half, const stream::Key& root_key,
                                         WallTime now) {
  wire::MediaDescription media;
  if (!media.ParseFromString(signed_media.description())) {
    return Error{ErrorCode::kInvalid, "a media description is garbled"};
  }
  if (const Status status = stream::VerifyCredential(media.credential(), root_key, now); !status) {
    return status.error();
  }
  if (media.credential().user() != half.signer) {
    return Error{ErrorCode::kPermissionDenied, "a media description shows another user's name"};
  }
  const auto key = stream::ToKey(media.credential().signing_key());
  if (!key || !stream::Verify(*key, SignedFields(half, signed_media.description()),
                              signed_media.signature())) {
    return Error{ErrorCode::kPermissionDenied, "a media description is not signed by its user"};
  }
  if (!IsSane(media)) return Error{ErrorCode::kInvalid, "a media description is out of bounds"};
  return media;
}

void SetPath(const path::PathDescription& path, wire::MediaDescription* media) {
  media->set_ice_ufrag(path.ufrag);
  media->set_ice_password(path.password);
  for (const path::Candidate& candidate : path.candidates) {
    if (media->candidates_size() == kMaxCandidates) break;
    wire::Candidate* added = media->add_candidates();
    added->set_kind(ToWire(candidate.kind));
    *added->mutable_address() = peer::ToWire(candidate.endpoint);
    added->set_priority(candidate.priority);
    added->set_foundation(candidate.foundation);
  }
}

path::PathDescription PathOf(const wire::MediaDescription& media) {
  path::PathDescription path;
  path.ufrag = media.ice_ufrag();
  path.password = media.ice_password();
  for (const wire::Candidate& each : media.candidates()) {
    const Endpoint endpoint = peer::FromWire(each.address());
    if (!endpoint.is_set()) continue;
    path.candidates.push_back(
        {FromWire(each.kind()), endpoint, each.priority(), each.foundation()});
  }
  return path;
}

void SetCodecs(const std::vector<media::Codec>& codecs, wire::MediaDescription* media) {
  for (const media::Codec codec : codecs) {
    media->add_codecs(codec == media::Codec::kPcma ? wire::CODEC_PCMA : wire::CODEC_PCMU);
  }
}

std::vector<media::Codec> CodecsOf(const wire::MediaDescription& media) {
  std::vector<media::Codec> codecs;
  for (const int each : media.codecs()) {
    if (each != wire::CODEC_PCMU && each != wire::CODEC_PCMA) continue;
    const auto codec = each == wire::CODEC_PCMA ? media::Codec::kPcma : media::Codec::kPcmu;
    if (std::find(codecs.begin(), codecs.end(), codec) == codecs.end()) codecs.push_back(codec);
  }
  return codecs;
}

Result<media::SrtpKeys> MediaKeys(const stream::Key& secret, const wire::MediaDescription& theirs,
                                  const std::string& call_id, const std::string& offer,
                                  const std::string& answer, bool caller) {
  const auto share = stream::ToKey(theirs.key_share());
  const auto agreed = share ? stream::Agree(secret, *share) : std::nullopt;
  if (!agreed) return Error{ErrorCode::kInvalid, "a media description has an impossible key share"};
  std::array<uint8_t, 2 * sizeof(media::SrtpKey)> bytes;
  stream::Blake2b(
      bytes, stream::Fields("sfa call keys").Add(call_id).Add(offer).Add(answer).bytes(), *agreed);
  media::SrtpKey from_caller, from_callee;
  std::copy_n(bytes.begin(), from_caller.size(), from_caller.begin());
  std::copy_n(bytes.begin() + from_caller.size(), from_callee.size(), from_callee.begin());
  return caller ? media::SrtpKeys{from_caller, from_callee}
                : media::SrtpKeys{from_callee, from_caller};
}

}  // namespace sfa::peer
