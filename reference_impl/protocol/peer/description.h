// The two halves of a call's media, signed by the users, and the keys that follow from them.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_DESCRIPTION_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_DESCRIPTION_H_

#include <string>
#include <vector>

#include "protocol/media/media_session.h"
#include "protocol/path/path_agent.h"
#include "protocol/signalling.pb.h"
#include "protocol/stream/keys.h"
#include "runtime/result.h"
#include "runtime/time.h"

namespace sfa::peer {

// More candidates and codecs than this are nobody's.
inline constexpr int kMaxCandidates = 20;
inline constexpr int kMaxCodecs = 8;

// What a signature is bound to, so that it cannot serve in another call or for another half.
struct HalfOfCall {
  std::string call_id;
  std::string signer;
  std::string addressee;
  // In an answer the offer's description; in an offer what it says besides (SignedWords()).
  std::string offer;
};

wire::SignedMedia SignMedia(const wire::MediaDescription& media, const HalfOfCall& half,
                            const stream::SigningKey& key);
// The description, when the root key vouches for the signer and the signer for everything else.
Result<wire::MediaDescription> OpenMedia(const wire::SignedMedia& media, const HalfOfCall& half,
                                         const stream::Key& root_key, WallTime now);

// What the signature of a CandidateUpdate is bound to.
struct HalfOfPath {
  std::string call_id;
  std::string signer;
  std::string ufrag;  // the signer's in this call: of this path and no other
};
struct NumberedCandidates {
  uint32_t number = 0;
  std::vector<path::Candidate> candidates;
};

wire::SignedCandidates SignCandidates(const std::vector<path::Candidate>& candidates,
                                      uint32_t number, const HalfOfPath& half,
                                      const stream::SigningKey& key);
// kInvalid when it is garbled, out of bounds or not newer than `latest`; kPermissionDenied when it
// is not signed with `key`.
Result<NumberedCandidates> OpenCandidates(const wire::SignedCandidates& message, uint32_t latest,
                                          const HalfOfPath& half, const stream::Key& key);

// The request to call `to` instead, by the user whose half of a path it is.
wire::CallTransfer SignTransfer(const std::string& to, const HalfOfPath& half,
                                const stream::SigningKey& key);
bool IsSigned(const wire::CallTransfer& transfer, const HalfOfPath& half, const stream::Key& key);

void SetPath(const path::PathDescription& path, wire::MediaDescription* media);
path::PathDescription PathOf(const wire::MediaDescription& media);

void SetCodecs(const std::vector<media::Codec>& codecs, wire::MediaDescription* media);
// Those that are known here, in order, each once.
std::vector<media::Codec> CodecsOf(const wire::MediaDescription& media);

// From our secret and their share, over both descriptions as they were signed.
Result<media::SrtpKeys> MediaKeys(const stream::Key& secret, const wire::MediaDescription& theirs,
                                  const std::string& call_id, const std::string& offer,
                                  const std::string& answer, bool caller);

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_DESCRIPTION_H_
