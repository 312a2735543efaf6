#include "protocol/path/liveness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "protocol/path/test_world.h"

namespace sfa::path {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LivenessTest : public ::testing::Test, private LivenessUser {
 protected:
  int64_t Now() const { return world.Now().time_since_epoch() / milliseconds(1); }
  void HearFor(int64_t ms) {
    for (const int64_t end = Now() + ms; Now() < end; world.RunFor(milliseconds(20))) {
      liveness.OnMedia();
    }
  }
  void AnswerLast() { liveness.OnAnswer(last); }

  TestWorld world;
  TestHost& host = world.AddHost("192.0.2.1");
  std::vector<int64_t> asked, suspected, lost, back, ended;
  stun::TransactionId last{};
  int open_questions = 0;
  Liveness liveness{host, *this};

 private:
  stun::TransactionId AskConsent() override {
    asked.push_back(Now());
    ++open_questions;
    ++last[0];
    return last;
  }
  void ForgetConsent(const stun::TransactionId&) override { --open_questions; }
  void OnPathSuspected() override { suspected.push_back(Now()); }
  void OnPathLost() override { lost.push_back(Now()); }
  void OnPathBack() override { back.push_back(Now()); }
  void OnConsentLost() override { ended.push_back(Now()); }
};

TEST_F(LivenessTest, SilenceIsAskedAboutAndThenLost) {
  liveness.Start();
  HearFor(1000);  // the last packet at 980
  world.RunFor(milliseconds(1000));
  EXPECT_THAT(suspected, ElementsAre(1380));
  EXPECT_THAT(asked, ElementsAre(1380, 1480, 1580, 1680, 1780, 1980));
  EXPECT_THAT(lost, ElementsAre(1780));
  EXPECT_EQ(liveness.last_heard() - MonotonicTime(), milliseconds(980));
  AnswerLast();
  EXPECT_THAT(back, ElementsAre(2000));
  EXPECT_EQ(open_questions, 0);
  world.RunFor(seconds(3));
  EXPECT_EQ(asked.size(), 6u);
}

TEST_F(LivenessTest, ALongRoundTripIsWaitedFor) {
  liveness.Start();
  liveness.SetRoundTrip(milliseconds(300));
  HearFor(1000);
  world.RunFor(seconds(2));
  EXPECT_THAT(lost, ElementsAre(2280));  // three round trips after 1380
}

TEST_F(LivenessTest, AnAnswerMeansThatThereIsNothingToHear) {
  liveness.Start();
  HearFor(1000);
  world.RunFor(milliseconds(500));
  AnswerLast();
  world.RunFor(seconds(3));
  EXPECT_THAT(asked, ElementsAre(1380, 1480));
  EXPECT_THAT(lost, IsEmpty());
  // Media comes again, and stops again.
  HearFor(100);
  world.RunFor(milliseconds(500));
  EXPECT_EQ(suspected.size(), 2u);
}

TEST_F(LivenessTest, MediaEndsTheSuspicion) {
  liveness.Start();
  HearFor(1000);
  world.RunFor(milliseconds(600));
  HearFor(1000);
  EXPECT_THAT(lost, IsEmpty());
  EXPECT_FALSE(liveness.suspected());
}

TEST_F(LivenessTest, DoubtsCountOnlyWhereNothingIsHeardAndOnceASecond) {
  liveness.Start();
  liveness.Doubt();
  EXPECT_THAT(asked, IsEmpty());  // it has just begun
  HearFor(2000);
  liveness.Doubt();
  EXPECT_THAT(asked, IsEmpty());
  world.RunFor(milliseconds(450));
  AnswerLast();
  asked.clear();
  for (int i = 0; i < 200; ++i) {
    liveness.Doubt();
    if (liveness.suspected()) AnswerLast();
    world.RunFor(milliseconds(10));
  }
  EXPECT_EQ(asked.size(), 2u);
  EXPECT_EQ(suspected.size(), 1u);  // only of media that has stopped
}

TEST_F(LivenessTest, ThirtySecondsWithoutConsentAreTheEnd) {
  liveness.Start();
  world.RunFor(seconds(40));
  EXPECT_THAT(ended, ElementsAre(30000));
}

TEST_F(LivenessTest, AQuestionWithoutAnswerIsAskedAgainAfterASecond) {
  liveness.Start();
  world.RunFor(seconds(10));
  ASSERT_GE(asked.size(), 4u);
  EXPECT_GE(asked[0], 4000);
  EXPECT_LE(asked[0], 6000);
  EXPECT_EQ(asked[1] - asked[0], 1000);
  AnswerLast();
  asked.clear();
  world.RunFor(milliseconds(3999));
  EXPECT_THAT(asked, IsEmpty());
}

TEST_F(LivenessTest, StoppedItIsQuiet) {
  liveness.Start();
  HearFor(1000);
  liveness.Stop();
  liveness.Doubt();
  liveness.Lose();
  world.RunFor(seconds(100));
  EXPECT_THAT(asked, IsEmpty());
  EXPECT_THAT(lost, IsEmpty());
  EXPECT_THAT(ended, IsEmpty());
}

}  // namespace
}  // namespace sfa::path
