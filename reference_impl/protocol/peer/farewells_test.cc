#include "protocol/peer/farewells.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "protocol/stream/test_world.h"

namespace sfa::peer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FarewellsTest : public testing::Test {
 protected:
  static wire::Device Device(uint64_t id, uint32_t home) {
    wire::Device device;
    device.set_id(id);
    device.mutable_home()->set_address(home);
    device.mutable_home()->set_port(33033);
    return device;
  }
  static wire::CallMessage End(const std::string& call_id) {
    wire::CallMessage message;
    message.set_call_id(call_id);
    message.mutable_end()->set_reason(wire::END_NORMAL);
    return message;
  }
  static wire::LookupReply Found(const wire::Device& device) {
    wire::LookupReply reply;
    reply.set_user("bond");
    *reply.add_devices() = device;
    return reply;
  }
  std::vector<std::string> Said() { return std::exchange(said_, {}); }

  stream::TestWorld world_;
  stream::TestRuntime runtime_{world_, Ipv4Address::Of(192, 0, 2, 1), 1};
  std::vector<std::string> said_;
  Farewells farewells_{
      runtime_,
      [this](const std::string& to, const wire::Device& device, const wire::CallMessage& message) {
        said_.push_back(message.call_id() + " to " + to + " at " +
                        std::to_string(device.home().address()));
      },
      [this](const std::string& user) { said_.push_back("where is " + user); }};
};

TEST_F(FarewellsTest, AreSaidAtOnceAndAgainAfterAReturn) {
  farewells_.Say("bond", Device(1, 10), End("a"));
  EXPECT_THAT(Said(), ElementsAre("a to bond at 10"));
  world_.RunFor(seconds(5));
  farewells_.SayAgain();
  EXPECT_THAT(Said(), ElementsAre("a to bond at 10"));
}

TEST_F(FarewellsTest, AreForgottenWhenTheyMatterNoMore) {
  farewells_.Say("bond", Device(1, 10), End("a"));
  world_.RunFor(Farewells::kKeep);
  EXPECT_EQ(farewells_.size(), 0u);
  Said();
  farewells_.SayAgain();
  EXPECT_THAT(Said(), IsEmpty());
}

TEST_F(FarewellsTest, FollowADeviceThatHasMoved) {
  farewells_.Say("bond", Device(1, 10), End("a"));
  Said();
  farewells_.OnUndeliverable("a", Device(1, 10));
  world_.RunFor(milliseconds(999));
  EXPECT_THAT(Said(), IsEmpty());
  world_.RunFor(milliseconds(1));
  EXPECT_THAT(Said(), ElementsAre("where is bond"));
  farewells_.OnLookup(Found(Device(2, 20)));
  EXPECT_THAT(Said(), IsEmpty()) << "another device";
  farewells_.OnLookup(Found(Device(1, 20)));
  EXPECT_THAT(Said(), ElementsAre("a to bond at 20"));
  world_.RunFor(seconds(60));
  EXPECT_THAT(Said(), IsEmpty()) << "it has arrived";
}

TEST_F(FarewellsTest, LooksUpLessAndLessOften) {
  farewells_.Say("bond", Device(1, 10), End("a"));
  farewells_.OnUndeliverable("a", Device(1, 10));
  farewells_.OnUndeliverable("a", Device(1, 10));
  Said();
  world_.RunFor(Farewells::kKeep);
  EXPECT_EQ(Said().size(), 6u) << "after 1, 2, 4, 8, 16 and 32 s more";
}

TEST_F(FarewellsTest, AreSaidToWhoeverStillSpeaksOfTheCall) {
  farewells_.Say("bond", Device(1, 10), End("a"));
  Said();
  EXPECT_FALSE(farewells_.SayTo("b", Device(1, 20)));
  EXPECT_FALSE(farewells_.SayTo("a", Device(2, 20)));
  EXPECT_THAT(Said(), IsEmpty());
  EXPECT_TRUE(farewells_.SayTo("a", Device(1, 20)));
  EXPECT_THAT(Said(), ElementsAre("a to bond at 20"));
}

TEST_F(FarewellsTest, OthersUndeliverablesAreNotOurs) {
  farewells_.Say("bond", Device(1, 10), End("a"));
  Said();
  farewells_.OnUndeliverable("b", Device(1, 10));
  farewells_.OnUndeliverable("a", Device(2, 10));
  world_.RunFor(seconds(30));
  EXPECT_THAT(Said(), IsEmpty());
}

TEST_F(FarewellsTest, TheirNumberIsBounded) {
  for (size_t i = 0; i < Farewells::kMax + 5; ++i) farewells_.Say("bond", Device(1, 10), End("a"));
  EXPECT_EQ(farewells_.size(), Farewells::kMax);
  Said();
  farewells_.SayAgain();
  EXPECT_EQ(Said().size(), Farewells::kMaxAgain);
  farewells_.Clear();
  EXPECT_EQ(farewells_.size(), 0u);
}

}  // namespace
}  // namespace sfa::peer
