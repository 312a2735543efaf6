// Sessions of other manager users: what they may do and hear.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asterisk_harness/simulated/pbx_bed.h"

namespace sfa::harness {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class VisitorTest : public ::testing::Test {
 protected:
  // "" or why the user was refused.
  std::string LogIn(const std::string& user, const std::string& secret) {
    std::string answer = "none";
    bed_.pbx->LogIn(
        user, secret,
        [this, user](const AmiMessage& event) {
          heard_.push_back(user + " " + event.Get("Event"));
        },
        [&answer](const std::string& error) { answer = error; });
    bed_.Run(milliseconds(1));
    return answer;
  }
  std::string Answer(const std::string& user, const Headers& headers) {
    std::string answer = "none";
    bed_.pbx->SendActionAs(user, {headers}, [&answer](const std::vector<AmiMessage>& reply) {
      answer = reply.front().Get("Response") + " " + reply.front().Get("Message");
    });
    bed_.Run(milliseconds(1));
    return answer;
  }

  std::vector<std::string> heard_;  // the bed's sessions speak until it is gone
  PbxBed bed_{{{"chan_skype.conf", "[james_bond]\nsecret=shaken\n"},
               {"manager.conf",
                "[general]\nenabled=yes\n[visitor]\nsecret=v\nread=call,user\nwrite=user\n"
                "[steward]\nsecret=s\nread=system\nwrite=system\n"}}};
};

TEST_F(VisitorTest, IsRefusedWithAWrongSecret) {
  EXPECT_EQ(LogIn("visitor", "x"), "Authentication failed");
  EXPECT_EQ(LogIn("visitor", "v"), "");
}

TEST_F(VisitorTest, DoesAndHearsWhatManagerConfAllows) {
  ASSERT_EQ(LogIn("visitor", "v"), "");
  ASSERT_EQ(LogIn("steward", "s"), "");
  heard_.clear();
  EXPECT_EQ(Answer("visitor", {{"Action", "UserEvent"}, {"UserEvent", "Hello"}}),
            "Success Event Sent");
  EXPECT_THAT(heard_, ElementsAre("visitor UserEvent"));
  heard_.clear();
  EXPECT_EQ(Answer("steward", {{"Action", "UserEvent"}, {"UserEvent", "Hello"}}),
            "Error Permission denied");
  EXPECT_EQ(Answer("visitor", {{"Action", "Command"}, {"Command", "core show channels"}}),
            "Error Permission denied");
  EXPECT_EQ(Answer("nobody", {{"Action", "Ping"}}), "none");
  EXPECT_THAT(heard_, IsEmpty());
}

}  // namespace
}  // namespace sfa::harness
