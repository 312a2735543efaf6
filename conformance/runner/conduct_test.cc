#include "conformance/runner/conduct.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sfa::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ConductTest : public testing::Test {
 protected:
  void See(const std::string& event, std::vector<std::pair<std::string, std::string>> headers) {
    trace_.Add({MonotonicTime{}, Observer::kAmi, "asterisk", event, std::move(headers)});
  }

  Trace trace_;
};

TEST_F(ConductTest, IsTheSameWhateverNumbersTheRunHad) {
  See("Newchannel", {{"Channel", "Skype/james_bond-0000001f"}, {"ChannelStateDesc", "Ring"}});
  See("Newexten", {{"Channel", "Skype/james_bond-0000001f"},
                   {"Context", "demo"},
                   {"Extension", "007"},
                   {"Priority", "1"},
                   {"Application", "NoOp"},
                   {"AppData", "Skype/james_bond-0000001f 1290264879.31 in 5"}});
  See("Hangup", {{"Channel", "Skype/james_bond-0000001f"}, {"Cause", "16"}});
  EXPECT_THAT(
      ConductOf(trace_),
      ElementsAre(Conduct{
          "channel Skype/james_bond-* #1",
          {"Newchannel Ring", "Newexten demo 007 1 NoOp Skype/james_bond-* * in 5", "Hangup 16"}}));
}

TEST_F(ConductTest, KeepsChannelsOfOneNameApartByTheirBirths) {
  See("Newchannel", {{"Channel", "Skype/james_bond-00000002"}, {"ChannelStateDesc", "Ring"}});
  See("Newchannel", {{"Channel", "Skype/james_bond-00000001"}, {"ChannelStateDesc", "Down"}});
  See("Hangup", {{"Channel", "Skype/james_bond-00000002"}, {"Cause", "17"}});
  EXPECT_THAT(
      ConductOf(trace_),
      ElementsAre(Conduct{"channel Skype/james_bond-* #1", {"Newchannel Ring", "Hangup 17"}},
                  Conduct{"channel Skype/james_bond-* #2", {"Newchannel Down"}}));
}

TEST_F(ConductTest, TellsOfAccountsAndOfEachBuddyByThemselves) {
  See("SkypeAccountStatus", {{"Username", "james_bond"}, {"Status", "Logged In"}});
  See("SkypeBuddyStatus", {{"Buddy", "Skype/james_bond@vesper"}, {"BuddyStatus", "Online"}});
  See("SkypeBuddyStatus", {{"Buddy", "Skype/james_bond@austin_powers"}, {"BuddyStatus", "Away"}});
  EXPECT_THAT(ConductOf(trace_),
              ElementsAre(Conduct{"account james_bond", {"SkypeAccountStatus Logged In"}},
                          Conduct{"account james_bond, buddy austin_powers",
                                  {"SkypeBuddyStatus Skype/james_bond@austin_powers Away"}},
                          Conduct{"account james_bond, buddy vesper",
                                  {"SkypeBuddyStatus Skype/james_bond@vesper Online"}}));
}

TEST_F(ConductTest, ForgetsNumbersByChance) {
  See("Newchannel", {{"Channel", "IAX2/127.0.0.1:4569-14628"}, {"ChannelStateDesc", "Ring"}});
  EXPECT_THAT(ConductOf(trace_),
              ElementsAre(Conduct{"channel IAX2/127.0.0.1:4569-* #1", {"Newchannel Ring"}}));
}

TEST_F(ConductTest, LeavesOutWhatHasNoOrder) {
  See("DeviceStateChange", {{"Device", "Skype:a@b"}, {"Channel", "x"}});
  See("RTCPSent", {{"Channel", "Skype/james_bond-00000001"}});
  See("CEL", {{"Channel", "Skype/james_bond-00000001"}, {"EventName", "HANGUP"}});
  EXPECT_THAT(ConductOf(trace_), IsEmpty());
}

}  // namespace
}  // namespace sfa::conformance
