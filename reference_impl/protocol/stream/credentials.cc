#include "protocol/stream/credentials.h"

#include <sodium.h>

#include <array>

namespace sfa::stream {
namespace {

Fields NodeFields(const wire::NodeCertificate& certificate) {
  return Fields("sfa node certificate")
      .Add(certificate.node_name())
      .Add(certificate.public_key())
      .Add(static_cast<uint64_t>(certificate.role()));
}

Fields UserFields(const wire::UserCredential& credential) {
  return Fields("sfa user credential")
      .Add(credential.user())
      .Add(credential.signing_key())
      .Add(static_cast<uint64_t>(credential.expires_unix_seconds()))
      .Add(uint64_t{credential.service()});
}

Fields UserProofFields(const Hash& handshake_hash) {
  return Fields("sfa user proof").Add(std::span<const uint8_t>(handshake_hash));
}

Hash NodeProof(const Key& shared, const Hash& handshake_hash) {
  Hash proof;
  Blake2b(proof, Fields("sfa node proof").Add(std::span<const uint8_t>(handshake_hash)).bytes(),
          shared);
  return proof;
}

bool ValidName(const std::string& name) { return !name.empty() && name.size() <= kMaxNameBytes; }

}  // namespace

NodeIdentity NewNodeIdentity(Random& random, const Key& root_seed, const std::string& name,
                             wire::NodeRole role) {
  const ExchangeKey key = NewExchangeKey(random);
  NodeIdentity identity;
  identity.secret = key.secret;
  identity.certificate.set_node_name(name);
  identity.certificate.set_public_key(ToString(key.public_key));
  identity.certificate.set_role(role);
  identity.certificate.set_signature(
      ToString(Sign(SigningKeyOf(root_seed), NodeFields(identity.certificate))));
  return identity;
}

Status VerifyNode(const wire::NodeCertificate& certificate, const Key& root_key,
                  wire::NodeRole role) {
  if (!ValidName(certificate.node_name()) || !ToKey(certificate.public_key()) ||
      !Verify(root_key, NodeFields(certificate), certificate.signature())) {
    return Error{ErrorCode::kPermissionDenied, "the node's certificate is not of this network"};
  }
  if (certificate.role() != role) {
    return Error{ErrorCode::kPermissionDenied, "the node has another role than it is used for"};
  }
  return {};
}

std::string ProveNode(const NodeIdentity& self, const Key& server_public_key,
                      const Hash& handshake_hash) {
  const auto shared = Agree(self.secret, server_public_key);
  return shared ? ToString(NodeProof(*shared, handshake_hash)) : std::string();
}

bool VerifyNodeProof(const wire::NodeCertificate& client, const NodeIdentity& self,
                     const Hash& handshake_hash, const std::string& proof) {
  const auto client_key = ToKey(client.public_key());
  if (!client_key) return false;
  const auto shared = Agree(self.secret, *client_key);
  if (!shared || proof.size() != sizeof(Hash)) return false;
  return sodium_memcmp(NodeProof(*shared, handshake_hash).data(), proof.data(), proof.size()) == 0;
}

wire::UserCredential IssueCredential(const Key& root_seed, const std::string& user,
                                     const Key& signing_key, WallTime expires, bool service) {
  wire::UserCredential credential;
  credential.set_user(user);
  credential.set_service(service);
  credential.set_signing_key(ToString(signing_key));
  credential.set_expires_unix_seconds(
      std::chrono::duration_cast<std::chrono::seconds>(expires.time_since_epoch()).count());
  credential.set_signature(ToString(Sign(SigningKeyOf(root_seed), UserFields(credential))));
  return credential;
}

Status VerifyCredential(const wire::UserCredential& credential, const Key& root_key, WallTime now) {
  if (!ValidName(credential.user()) || !ToKey(credential.signing_key()) ||
      !Verify(root_key, UserFields(credential), credential.signature())) {
    return Error{ErrorCode::kPermissionDenied, "the user's credential is not of this network"};
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  if (credential.expires_unix_seconds() <= seconds.count()) {
    return Error{ErrorCode::kPermissionDenied, "the user's credential has expired"};
  }
  return {};
}

std::string ProveUser(const SigningKey& key, const Hash& handshake_hash) {
  return ToString(Sign(key, UserProofFields(handshake_hash)));
}

bool VerifyUserProof(const wire::UserCredential& credential, const Hash& handshake_hash,
                     const std::string& proof) {
  const auto key = ToKey(credential.signing_key());
  return key && Verify(*key, UserProofFields(handshake_hash), proof);
}

uint64_t DeviceId(const wire::UserCredential& credential) {
  std::array<uint8_t, 16> digest;
  Blake2b(digest, Fields("sfa device").Add(credential.signing_key()).bytes());
  uint64_t id = 0;
  for (size_t i = 0; i < 8; ++i) id = id << 8 | digest[i];
  return id;
}

}  // namespace sfa::stream
