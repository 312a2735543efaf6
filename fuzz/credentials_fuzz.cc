// Certificates and credentials: only what the root key has signed is believed.
#include "fuzz/target.h"
#include "protocol/stream/credentials.h"
#include "protocol/stream/test_world.h"

namespace sfa::fuzz {
namespace {

constexpr stream::Key kSeed = {7};
const WallTime kNow(std::chrono::seconds(1275350400));

struct Genuine {
  stream::TestWorld world;
  stream::TestRuntime runtime{world, Ipv4Address::Of(192, 0, 2, 1), 1};
  const stream::Key root = stream::SigningKeyOf(kSeed).public_key;
  const stream::NodeIdentity node =
      stream::NewNodeIdentity(runtime.random(), kSeed, "node1", wire::NODE_SUPERNODE);
  const stream::SigningKey key = stream::NewSigningKey(runtime.random());
  const wire::UserCredential credential =
      stream::IssueCredential(kSeed, "james_bond", key.public_key, kNow + std::chrono::hours(1));
};

void Run(std::span<const uint8_t> bytes) {
  const Genuine genuine;
  Input input(bytes);
  const auto what = input.Below(3);
  const auto rest = input.Rest();
  if (what == 0) {
    wire::UserCredential credential;
    if (!credential.ParseFromArray(rest.data(), static_cast<int>(rest.size()))) return;
    static_cast<void>(stream::DeviceId(credential));
    if (!stream::VerifyCredential(credential, genuine.root, kNow).ok()) return;
    SFA_FUZZ_CHECK(credential.user() == genuine.credential.user());
    SFA_FUZZ_CHECK(credential.signing_key() == genuine.credential.signing_key());
    SFA_FUZZ_CHECK(credential.expires_unix_seconds() == genuine.credential.expires_unix_seconds());
  } else if (what == 1) {
    wire::NodeCertificate certificate;
    if (!certificate.ParseFromArray(rest.data(), static_cast<int>(rest.size()))) return;
    SFA_FUZZ_CHECK(!stream::VerifyNode(certificate, genuine.root, wire::NODE_LOGIN_SERVER).ok());
    if (!stream::VerifyNode(certificate, genuine.root, wire::NODE_SUPERNODE).ok()) return;
    SFA_FUZZ_CHECK(certificate.node_name() == genuine.node.certificate.node_name());
    SFA_FUZZ_CHECK(certificate.public_key() == genuine.node.certificate.public_key());
  } else {
    // A proof of somebody else's, over any credential and certificate.
    wire::UserCredential credential = genuine.credential;
    wire::NodeCertificate certificate = genuine.node.certificate;
    if (input.empty()) credential.set_signing_key(std::string(TextOf(rest.first(rest.size() / 2))));
    certificate.set_public_key(credential.signing_key());
    const std::string proof(TextOf(rest));
    static_cast<void>(stream::VerifyUserProof(credential, stream::Hash{1}, proof));
    static_cast<void>(stream::VerifyNodeProof(certificate, genuine.node, stream::Hash{1}, proof));
    SFA_FUZZ_CHECK(!stream::VerifyUserProof(genuine.credential, stream::Hash{1}, proof));
  }
}

Seeds MakeSeeds() {
  const Genuine genuine;
  return {
      {"credential", Script().Byte(0).Put(genuine.credential.SerializeAsString()).bytes()},
      {"certificate", Script().Byte(1).Put(genuine.node.certificate.SerializeAsString()).bytes()},
      {"proof", Script().Byte(2).Put(stream::ProveUser(genuine.key, stream::Hash{2})).bytes()},
  };
}

}  // namespace

const Target kCredentials = {"credentials", Run, MakeSeeds};

}  // namespace sfa::fuzz
