#include "protocol/stream/credentials.h"

#include <gtest/gtest.h>

#include "protocol/stream/test_world.h"

namespace sfa::stream {
namespace {

class CredentialsTest : public testing::Test {
 protected:
  const Key seed_ = {7};
  const Key root_ = SigningKeyOf(seed_).public_key;
  TestWorld world_;
  TestRuntime runtime_{world_, Ipv4Address::Of(192, 0, 2, 1), 1};
};

TEST_F(CredentialsTest, NodeOfThisNetworkInItsRoleIsAccepted) {
  const auto node = NewNodeIdentity(runtime_.random(), seed_, "node1", wire::NODE_SUPERNODE);
  EXPECT_TRUE(VerifyNode(node.certificate, root_, wire::NODE_SUPERNODE).ok());
  EXPECT_FALSE(VerifyNode(node.certificate, root_, wire::NODE_LOGIN_SERVER).ok());
  EXPECT_FALSE(
      VerifyNode(node.certificate, SigningKeyOf({8}).public_key, wire::NODE_SUPERNODE).ok());
}

TEST_F(CredentialsTest, EachFieldOfANodeIsVouchedFor) {
  const auto node = NewNodeIdentity(runtime_.random(), seed_, "node1", wire::NODE_SUPERNODE);
  auto renamed = node.certificate;
  renamed.set_node_name("node2");
  EXPECT_FALSE(VerifyNode(renamed, root_, wire::NODE_SUPERNODE).ok());
  auto rekeyed = node.certificate;
  rekeyed.mutable_public_key()->at(0) ^= 1;
  EXPECT_FALSE(VerifyNode(rekeyed, root_, wire::NODE_SUPERNODE).ok());
  auto promoted = node.certificate;
  promoted.set_role(wire::NODE_LOGIN_SERVER);
  EXPECT_FALSE(VerifyNode(promoted, root_, wire::NODE_LOGIN_SERVER).ok());
}

TEST_F(CredentialsTest, NodeProvesItsCertificateOnOneStreamOnly) {
  const auto client = NewNodeIdentity(runtime_.random(), seed_, "a", wire::NODE_SUPERNODE);
  const auto server = NewNodeIdentity(runtime_.random(), seed_, "b", wire::NODE_SUPERNODE);
  const auto thief = NewNodeIdentity(runtime_.random(), seed_, "c", wire::NODE_SUPERNODE);
  const Hash stream = {1}, other = {2};
  const Key server_key = *ToKey(server.certificate.public_key());
  const std::string proof = ProveNode(client, server_key, stream);
  EXPECT_TRUE(VerifyNodeProof(client.certificate, server, stream, proof));
  EXPECT_FALSE(VerifyNodeProof(client.certificate, server, other, proof));
  EXPECT_FALSE(
      VerifyNodeProof(client.certificate, server, stream, ProveNode(thief, server_key, stream)));
}

TEST_F(CredentialsTest, UserIsAcceptedUntilTheCredentialExpires) {
  const SigningKey key = NewSigningKey(runtime_.random());
  const WallTime expires(std::chrono::seconds(1000));
  const auto credential = IssueCredential(seed_, "james_bond", key.public_key, expires);
  const WallTime before(std::chrono::seconds(999));
  EXPECT_TRUE(VerifyCredential(credential, root_, before).ok());
  EXPECT_FALSE(VerifyCredential(credential, root_, expires).ok());
  auto longer = credential;
  longer.set_expires_unix_seconds(5000);
  EXPECT_FALSE(VerifyCredential(longer, root_, before).ok());
  auto renamed = credential;
  renamed.set_user("austin_powers");
  EXPECT_FALSE(VerifyCredential(renamed, root_, before).ok());
}

TEST_F(CredentialsTest, NobodyMakesItselfAService) {
  const SigningKey key = NewSigningKey(runtime_.random());
  const WallTime expires(std::chrono::seconds(1000)), before(std::chrono::seconds(999));
  const auto service = IssueCredential(seed_, "#telephones", key.public_key, expires, true);
  EXPECT_TRUE(service.service());
  EXPECT_TRUE(VerifyCredential(service, root_, before).ok());
  auto forged = IssueCredential(seed_, "dr_evil", key.public_key, expires);
  EXPECT_FALSE(forged.service());
  forged.set_service(true);
  EXPECT_FALSE(VerifyCredential(forged, root_, before).ok());
}

TEST_F(CredentialsTest, UserProofIsBoundToKeyAndStream) {
  const SigningKey key = NewSigningKey(runtime_.random());
  const SigningKey other = NewSigningKey(runtime_.random());
  const auto credential = IssueCredential(seed_, "a", key.public_key, WallTime());
  EXPECT_TRUE(VerifyUserProof(credential, Hash{1}, ProveUser(key, Hash{1})));
  EXPECT_FALSE(VerifyUserProof(credential, Hash{2}, ProveUser(key, Hash{1})));
  EXPECT_FALSE(VerifyUserProof(credential, Hash{1}, ProveUser(other, Hash{1})));
}

TEST_F(CredentialsTest, LoginsOfOneUserAreDifferentDevices) {
  const auto device = [&] {
    return DeviceId(IssueCredential(seed_, "a", NewSigningKey(runtime_.random()).public_key, {}));
  };
  EXPECT_NE(device(), device());
}

TEST_F(CredentialsTest, FieldsDoNotRunIntoEachOther) {
  const SigningKey key = NewSigningKey(runtime_.random());
  const auto signature =
      ToString(Sign(key, Fields("p").Add(std::string_view("ab")).Add(std::string_view("c"))));
  EXPECT_FALSE(Verify(key.public_key,
                      Fields("p").Add(std::string_view("a")).Add(std::string_view("bc")),
                      signature));
}

TEST_F(CredentialsTest, PublicKeyOfLowOrderIsRefused) { EXPECT_FALSE(Agree(Key{1}, Key{0})); }

}  // namespace
}  // namespace sfa::stream
