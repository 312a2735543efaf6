#include "protocol/peer/description.h"

#include <algorithm>
#include <optional>

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

using WireCandidates = google::protobuf::RepeatedPtrField<wire::Candidate>;

bool AreSane(const WireCandidates& candidates) {
  return candidates.size() <= kMaxCandidates &&
         std::all_of(candidates.begin(), candidates.end(),
                     [](const auto& each) { return each.foundation().size() <= kMaxFoundation; });
}

bool IsSane(const wire::MediaDescription& media) {
  return stream::ToKey(media.key_share()) && media.codecs_size() <= kMaxCodecs &&
         media.ice_ufrag().size() >= kMinUfrag && media.ice_ufrag().size() <= kMaxIceWord &&
         media.ice_password().size() >= kMinPassword &&
         media.ice_password().size() <= kMaxIceWord && AreSane(media.candidates());
}

stream::Fields SignedFields(const HalfOfPath& half, const std::string& update) {
  return stream::Fields("sfa call candidates")
      .Add(half.call_id)
      .Add(half.signer)
      .Add(half.ufrag)
      .Add(update);
}

stream::Fields TransferFields(const HalfOfPath& half, const std::string& to) {
  return stream::Fields("sfa call transfer")
      .Add(half.call_id)
      .Add(half.signer)
      .Add(half.ufrag)
      .Add(to);
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

void SetCandidates(const std::vector<path::Candidate>& candidates, WireCandidates* wire) {
  for (const path::Candidate& candidate : candidates) {
    if (wire->size() == kMaxCandidates) break;
    wire::Candidate* added = wire->Add();
    added->set_kind(ToWire(candidate.kind));
    *added->mutable_address() = peer::ToWire(candidate.endpoint);
    added->set_priority(candidate.priority);
    added->set_foundation(candidate.foundation);
    if (candidate.transport == path::CandidateTransport::kTcpPassive) {
      added->set_transport(wire::TRANSPORT_TCP_PASSIVE);
    }
  }
}

// Those to which something could be sent, by a transport that is known here.
std::vector<path::Candidate> CandidatesOf(const WireCandidates& wire) {
  std::vector<path::Candidate> candidates;
  for (const wire::Candidate& each : wire) {
    const Endpoint endpoint = peer::FromWire(each.address());
    const bool udp = each.transport() == wire::TRANSPORT_UDP;
    if (!endpoint.is_set() || (!udp && each.transport() != wire::TRANSPORT_TCP_PASSIVE)) continue;
    candidates.push_back(
        {FromWire(each.kind()), endpoint, each.priority(), each.foundation(),
         udp ? path::CandidateTransport::kUdp : path::CandidateTransport::kTcpPassive});
  }
  return candidates;
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

wire::SignedCandidates SignCandidates(const std::vector<path::Candidate>& candidates,
                                      uint32_t number, const HalfOfPath& half,
                                      const stream::SigningKey& key) {
  wire::CandidateUpdate update;
  update.set_number(number);
  SetCandidates(candidates, update.mutable_candidates());
  wire::SignedCandidates result;
  update.SerializeToString(result.mutable_update());
  result.set_signature(stream::ToString(stream::Sign(key, SignedFields(half, result.update()))));
  return result;
}

Result<NumberedCandidates> OpenCandidates(const wire::SignedCandidates& message, uint32_t latest,
                                          const HalfOfPath& half, const stream::Key& key) {
  wire::CandidateUpdate update;
  if (!update.ParseFromString(message.update()) || !AreSane(update.candidates())) {
    return Error{ErrorCode::kInvalid, "a candidate update is garbled"};
  }
  if (update.number() <= latest) return Error{ErrorCode::kInvalid, "a candidate update is old"};
  if (!stream::Verify(key, SignedFields(half, message.update()), message.signature())) {
    return Error{ErrorCode::kPermissionDenied, "a candidate update is not signed by its user"};
  }
  return NumberedCandidates{update.number(), CandidatesOf(update.candidates())};
}

wire::CallTransfer SignTransfer(const std::string& to, const HalfOfPath& half,
                                const stream::SigningKey& key) {
  wire::CallTransfer transfer;
  transfer.set_to(to);
  transfer.set_signature(stream::ToString(stream::Sign(key, TransferFields(half, to))));
  return transfer;
}

bool IsSigned(const wire::CallTransfer& transfer, const HalfOfPath& half, const stream::Key& key) {
  return stream::Verify(key, TransferFields(half, transfer.to()), transfer.signature());
}

void SetPath(const path::PathDescription& path, wire::MediaDescription* media) {
  media->set_ice_ufrag(path.ufrag);
  media->set_ice_password(path.password);
  SetCandidates(path.candidates, media->mutable_candidates());
}

path::PathDescription PathOf(const wire::MediaDescription& media) {
  path::PathDescription path;
  path.ufrag = media.ice_ufrag();
  path.password = media.ice_password();
  path.candidates = CandidatesOf(media.candidates());
  return path;
}

void SetCodecs(const std::vector<media::Codec>& codecs, wire::MediaDescription* media) {
  for (const media::Codec codec : codecs) {
    switch (codec) {
      case media::Codec::kPcmu:
        media->add_codecs(wire::CODEC_PCMU);
        break;
      case media::Codec::kPcma:
        media->add_codecs(wire::CODEC_PCMA);
        break;
      case media::Codec::kG729:
        media->add_codecs(wire::CODEC_G729);
        break;
    }
  }
}

std::vector<media::Codec> CodecsOf(const wire::MediaDescription& media) {
  std::vector<media::Codec> codecs;
  for (const int each : media.codecs()) {
    std::optional<media::Codec> codec;
    if (each == wire::CODEC_PCMU) codec = media::Codec::kPcmu;
    if (each == wire::CODEC_PCMA) codec = media::Codec::kPcma;
    if (each == wire::CODEC_G729) codec = media::Codec::kG729;
    if (codec && std::find(codecs.begin(), codecs.end(), *codec) == codecs.end()) {
      codecs.push_back(*codec);
    }
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
