// For tests: a community over plain pipes, without ns-3: a login server, three supernodes, and
// persons.
#ifndef FAKE_SKYPE_NETWORK_COMMUNITY_BED_H_
#define FAKE_SKYPE_NETWORK_COMMUNITY_BED_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fake_skype_network/login_server.h"
#include "fake_skype_network/supernode.h"
#include "fake_skype_network/test_disk.h"
#include "fake_skype_network/test_person.h"
#include "protocol/stream/keys.h"
#include "protocol/stream/test_world.h"

namespace sfa::community {

class DiskRuntime final : public stream::TestRuntime {
 public:
  using TestRuntime::TestRuntime;
  FileSystem& files() override { return disk; }
  TestDisk disk;
};

class CommunityTest : public testing::Test {
 protected:
  static constexpr int kNodes = 3;

  CommunityTest() {
    login_runtime_ = std::make_unique<DiskRuntime>(world_, kLoginServer.address, 1);
    login_server_ = NewLogin();
    Add({"james_bond", "shaken", AccountKind::kBusiness, "James Bond"});
    Add({"austin_powers", "shagadelic", AccountKind::kRegular, "Austin Powers"});
    Add({"dr_evil", "million", AccountKind::kRegular, "Dr. Evil"});
    for (int i = 0; i < kNodes; ++i) {
      const Endpoint place = {Ipv4Address::Of(198, 51, 100, static_cast<uint8_t>(i + 1)), 33033};
      node_runtimes_.push_back(std::make_unique<stream::TestRuntime>(
          world_, place.address, 10 + static_cast<uint64_t>(i)));
      network_.bootstrap_nodes.push_back(place);
      nodes_.push_back(NewNode(static_cast<size_t>(i)));
    }
    network_.root_key = stream::SigningKeyOf(kSeed).public_key;
    world_.RunFor(std::chrono::seconds(1));
  }

  std::unique_ptr<LoginServer> NewLogin() {
    LoginServerSettings settings;
    settings.listen = kLoginServer;
    settings.database = "/accounts.sqlite";
    settings.root_seed = kSeed;
    return std::move(NewLoginServer(*login_runtime_, settings).value());
  }
  // At the same place as the one before.
  std::unique_ptr<Supernode> NewNode(size_t number) {
    SupernodeSettings settings;
    settings.name = "node" + std::to_string(number + 1);
    settings.listen = network_.bootstrap_nodes[number];
    settings.login_server = kLoginServer;
    settings.root_seed = kSeed;
    return std::move(NewSupernode(*node_runtimes_[number], settings).value());
  }
  size_t HomeOf(const std::string& user) const {
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i] && nodes_[i]->HasUser(user)) return i;
    }
    return nodes_.size();
  }

  void Add(const Account& account) { ASSERT_TRUE(login_server_->AddAccount(account).ok()); }

  // On a machine of their own.
  TestPerson& NewPerson(const std::string& user, const std::string& password,
                        ClientSettings settings = {}) {
    const auto number = static_cast<uint8_t>(runtimes_.size() + 1);
    runtimes_.push_back(std::make_unique<stream::TestRuntime>(
        world_, Ipv4Address::Of(192, 0, 2, number), 100u + number));
    settings.user = user;
    settings.password = password;
    settings.network = network_;
    settings.voice_seed = number;
    persons_.push_back(std::make_unique<TestPerson>(*runtimes_.back(), std::move(settings)));
    return *persons_.back();
  }
  TestPerson& LogIn(const std::string& user, const std::string& password,
                    ClientSettings settings = {}) {
    TestPerson& person = NewPerson(user, password, std::move(settings));
    person->LogIn();
    world_.RunFor(std::chrono::seconds(2));
    EXPECT_TRUE(person.LoggedIn()) << person.diary.back();
    return person;
  }
  TestPerson& Austin() { return LogIn("austin_powers", "shagadelic"); }
  TestPerson& Bond(Duration answer_after = std::chrono::seconds(-1)) {
    ClientSettings settings;
    settings.answer_after = answer_after;
    return LogIn("james_bond", "shaken", settings);
  }

  size_t UsersOnline() const {
    size_t users = 0;
    for (const auto& node : nodes_) {
      if (node) users += node->users_here();
    }
    return users;
  }

  static constexpr stream::Key kSeed = {7};
  static constexpr Endpoint kLoginServer = {Ipv4Address::Of(198, 51, 100, 100), 33033};
  stream::TestWorld world_;
  peer::NetworkSettings network_;
  std::unique_ptr<DiskRuntime> login_runtime_;
  std::unique_ptr<LoginServer> login_server_;
  std::vector<std::unique_ptr<stream::TestRuntime>> node_runtimes_;
  std::vector<std::unique_ptr<Supernode>> nodes_;
  std::vector<std::unique_ptr<stream::TestRuntime>> runtimes_;
  std::vector<std::unique_ptr<TestPerson>> persons_;
};

using Diary = std::vector<std::string>;

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_COMMUNITY_BED_H_
