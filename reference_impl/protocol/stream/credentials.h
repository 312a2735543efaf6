// Who is who: certificates of nodes and credentials of users, both vouched for by the network's
// root key.
#ifndef REFERENCE_IMPL_PROTOCOL_STREAM_CREDENTIALS_H_
#define REFERENCE_IMPL_PROTOCOL_STREAM_CREDENTIALS_H_

#include <string>

#include "protocol/signalling.pb.h"
#include "protocol/stream/keys.h"
#include "runtime/random.h"
#include "runtime/result.h"
#include "runtime/time.h"

namespace sfa::stream {

// Longer names are nobody's: bounds what a stranger can make others keep.
inline constexpr size_t kMaxNameBytes = 64;

// What a node needs to be recognised.
struct NodeIdentity {
  wire::NodeCertificate certificate;
  Key secret{};  // X25519
};
NodeIdentity NewNodeIdentity(Random& random, const Key& root_seed, const std::string& name,
                             wire::NodeRole role);
// kPermissionDenied when the root key has not signed it, or for another role.
Status VerifyNode(const wire::NodeCertificate& certificate, const Key& root_key,
                  wire::NodeRole role);

// A node that is the client of a stream proves that the certificate it shows is its own.
std::string ProveNode(const NodeIdentity& self, const Key& server_public_key,
                      const Hash& handshake_hash);
bool VerifyNodeProof(const wire::NodeCertificate& client, const NodeIdentity& self,
                     const Hash& handshake_hash, const std::string& proof);

// `service`: the network's own, which others believe more than a user.
wire::UserCredential IssueCredential(const Key& root_seed, const std::string& user,
                                     const Key& signing_key, WallTime expires,
                                     bool service = false);
// kPermissionDenied when the root key has not signed it or its time is over.
Status VerifyCredential(const wire::UserCredential& credential, const Key& root_key, WallTime now);

// A user proves to its home supernode, on this very stream, that the credential is its own.
std::string ProveUser(const SigningKey& key, const Hash& handshake_hash);
bool VerifyUserProof(const wire::UserCredential& credential, const Hash& handshake_hash,
                     const std::string& proof);

// Tells the logins of one user apart.
uint64_t DeviceId(const wire::UserCredential& credential);

}  // namespace sfa::stream

#endif  // REFERENCE_IMPL_PROTOCOL_STREAM_CREDENTIALS_H_
