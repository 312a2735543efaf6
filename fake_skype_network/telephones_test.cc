// Telephones behind the gateway and the voicemail, with people who call them over plain pipes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fake_skype_network/community_bed.h"
#include "fake_skype_network/pstn_gateway.h"
#include "fake_skype_network/voicemail_service.h"

namespace sfa::community {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;

class Diarist final : public ClientObserver {
 public:
  void OnSight(const ClientSight& sight) override {
    if (sight.kind == "path") return;
    std::string line = sight.kind;
    for (const auto& [name, value] : sight.fields) {
      if (!value.empty()) line += " " + value;
    }
    diary.push_back(line);
  }
  Diary diary;
};

class TelephonesTest : public CommunityTest {
 protected:
  TelephonesTest() {
    Account austin{"austin_powers", "shagadelic", AccountKind::kRegular, "Austin Powers"};
    austin.credit_micros = 1'000'000;
    Add(austin);
    Add({kGatewayUser, "g", AccountKind::kService, ""});
    login_server_->SetRate({"+1", 40'000, 30'000});
    MakeGateway({media::Codec::kPcmu, media::Codec::kPcma});
  }

  void MakeGateway(std::vector<media::Codec> codecs) {
    gateway_ = nullptr;
    gateway_runtime_ =
        std::make_unique<stream::TestRuntime>(world_, Ipv4Address::Of(198, 51, 100, 101), 50);
    GatewaySettings settings;
    settings.password = "g";
    settings.network = network_;
    settings.codecs = std::move(codecs);
    gateway_ = NewPstnGateway(*gateway_runtime_, settings);
    world_.RunFor(seconds(2));
  }
  Telephone& AddTelephone(const std::string& number, Diarist& diarist,
                          Duration answer_after = milliseconds(500)) {
    TelephoneSettings settings;
    settings.number = number;
    settings.answer_after = answer_after;
    settings.voice_seed = 77;
    return gateway_->AddTelephone(settings, diarist);
  }
  int64_t Credit(const std::string& user) { return login_server_->CreditOf(user).value_or(-1); }

  std::unique_ptr<stream::TestRuntime> gateway_runtime_;
  Diarist diarist_, other_diarist_;
  std::unique_ptr<PstnGateway> gateway_;
};

constexpr char kNumber[] = "+12564286000";

TEST_F(TelephonesTest, ACallToATelephoneIsHeardAndPaidByTheMinuteThatBegins) {
  Telephone& telephone = AddTelephone(kNumber, diarist_);
  TestPerson& austin = Austin();
  austin->CallUser(kNumber);
  world_.RunFor(seconds(5));
  EXPECT_EQ(diarist_.diary, Diary({"incoming austin_powers Austin Powers " + std::string(kNumber),
                                   "answered PCMU"}));
  EXPECT_TRUE(austin.Saw("answered PCMU"));
  EXPECT_EQ(Credit("austin_powers"), 1'000'000) << "paid in the end";
  world_.RunFor(seconds(60));
  telephone.HangUp();
  world_.RunFor(seconds(1));
  EXPECT_TRUE(austin.Saw("ended normal"));
  EXPECT_EQ(Credit("austin_powers"), 1'000'000 - 40'000 - 2 * 30'000);
  EXPECT_GT(telephone.audio().heard.size(), 8000u * 60);
}

TEST_F(TelephonesTest, ACallThatIsNotAnsweredCostsNothing) {
  Telephone& telephone = AddTelephone(kNumber, diarist_, seconds(-1));
  TestPerson& austin = Austin();
  austin->CallUser(kNumber);
  world_.RunFor(seconds(5));
  EXPECT_TRUE(austin.Saw("ringing"));
  telephone.Reject();
  world_.RunFor(seconds(1));
  EXPECT_TRUE(austin.Saw("ended rejected"));
  EXPECT_EQ(Credit("austin_powers"), 1'000'000);
}

TEST_F(TelephonesTest, TheCallEndsWithTheCredit) {
  Account austin{"austin_powers", "shagadelic", AccountKind::kRegular, "Austin Powers"};
  austin.credit_micros = 105'000;  // two minutes
  Add(austin);
  AddTelephone(kNumber, diarist_, seconds(0));
  TestPerson& person = Austin();
  person->CallUser(kNumber);
  world_.RunFor(seconds(119));
  EXPECT_FALSE(person.Saw("ended no credit"));
  world_.RunFor(seconds(4));
  EXPECT_TRUE(person.Saw("ended no credit"));
  EXPECT_EQ(Credit("austin_powers"), 5'000);
  person->CallUser(kNumber);
  world_.RunFor(seconds(3));
  EXPECT_EQ(std::count(person.diary.begin(), person.diary.end(), "ended no credit"), 2);
  EXPECT_EQ(std::count(diarist_.diary.begin(), diarist_.diary.end(), "answered PCMU"), 1)
      << "it did not ring again";
}

TEST_F(TelephonesTest, ABillWaitsForADeadLoginServer) {
  Telephone& telephone = AddTelephone(kNumber, diarist_);
  TestPerson& austin = Austin();
  austin->CallUser(kNumber);
  world_.RunFor(seconds(5));
  login_server_ = nullptr;
  telephone.HangUp();
  world_.RunFor(seconds(30));
  login_server_ = NewLogin();
  login_server_->SetRate({"+1", 40'000, 30'000});
  world_.RunFor(seconds(60));
  EXPECT_EQ(Credit("austin_powers"), 1'000'000 - 40'000 - 30'000);
}

TEST_F(TelephonesTest, ANumberWithoutATelephoneAndABusyOneAreNotReached) {
  AddTelephone(kNumber, diarist_, seconds(0));
  AddTelephone("+12564286001", other_diarist_, seconds(0)).Call(kNumber);
  world_.RunFor(seconds(1));
  TestPerson& austin = Austin();
  austin->CallUser(kNumber);
  world_.RunFor(seconds(3));
  EXPECT_TRUE(austin.Saw("ended busy"));
  austin->CallUser("+19999999");
  world_.RunFor(seconds(3));
  EXPECT_TRUE(austin.Saw("ended invalid number"));
}

TEST_F(TelephonesTest, TwoTelephonesSpeakWithEachOther) {
  Telephone& one = AddTelephone(kNumber, diarist_);
  Telephone& another = AddTelephone("+12564286001", other_diarist_);
  one.Call("+12564286001");
  world_.RunFor(seconds(3));
  another.SendDigits("42#");
  world_.RunFor(seconds(2));
  one.HangUp();
  world_.RunFor(seconds(1));
  EXPECT_THAT(diarist_.diary, ElementsAre("ringing", "answered PCMU", "digit 4 100", "digit 2 100",
                                          "digit # 100", "ended normal"));
  EXPECT_THAT(other_diarist_.diary,
              ElementsAre("incoming " + std::string(kNumber), "answered PCMU", "ended normal"));
  EXPECT_GT(one.audio().heard.size(), 8000u * 4);
  EXPECT_FALSE(one.in_call() || another.in_call());
}

TEST_F(TelephonesTest, ATelephoneReachesTheOwnerOfANumber) {
  Account bond{"james_bond", "shaken", AccountKind::kBusiness, "James Bond"};
  bond.numbers = {"+442079460000"};
  Add(bond);
  TestPerson& person = Bond(milliseconds(100));
  Telephone& telephone = AddTelephone(kNumber, diarist_);
  telephone.Call("+442079460000");
  world_.RunFor(seconds(3));
  EXPECT_THAT(person.diary, Contains("incoming +12564286000 +442079460000"));
  EXPECT_TRUE(person.Saw("answered PCMU"));
  person->HangUp();
  world_.RunFor(seconds(1));
  EXPECT_THAT(diarist_.diary, ElementsAre("ringing", "answered PCMU", "ended normal"));
  telephone.Call("+442079460001");
  EXPECT_TRUE(telephone.in_call());
  world_.RunFor(seconds(1));
  EXPECT_EQ(diarist_.diary.back(), "ended invalid number");
  EXPECT_FALSE(telephone.in_call());
}

TEST_F(TelephonesTest, WhoHangsUpWhileItDialsIsNotConnectedLater) {
  Account bond{"james_bond", "shaken", AccountKind::kBusiness, "James Bond"};
  bond.numbers = {"+442079460000"};
  Add(bond);
  TestPerson& person = Bond(milliseconds(100));
  Telephone& telephone = AddTelephone(kNumber, diarist_);
  telephone.Call("+442079460000");
  telephone.HangUp();
  EXPECT_FALSE(telephone.in_call());
  world_.RunFor(seconds(3));
  EXPECT_THAT(diarist_.diary, ElementsAre("ended cancelled"));
  EXPECT_THAT(person.Calls(), Not(Contains("incoming +12564286000 +442079460000")));
}

TEST_F(TelephonesTest, AnAnnouncementIsHeardBeforeTheAnswer) {
  TelephoneSettings settings;
  settings.number = kNumber;
  settings.announcement = true;
  Telephone& telephone = gateway_->AddTelephone(settings, diarist_);
  TestPerson& austin = Austin();
  austin->CallUser(kNumber);
  world_.RunFor(seconds(5));
  EXPECT_TRUE(austin.Saw("progress"));
  EXPECT_FALSE(austin.Saw("answered PCMU"));
  EXPECT_GT(austin->audio().heard.size(), 8000u * 2);
  telephone.Reject();
  world_.RunFor(seconds(1));
  EXPECT_TRUE(austin.Saw("ended rejected"));
  EXPECT_EQ(Credit("austin_powers"), 1'000'000);
}

TEST_F(TelephonesTest, WithoutACommonCodecItDoesNotRing) {
  MakeGateway({media::Codec::kPcma});
  AddTelephone(kNumber, diarist_);
  ClientSettings settings;
  settings.codecs = {media::Codec::kPcmu};
  TestPerson& austin = LogIn("austin_powers", "shagadelic", settings);
  austin->CallUser(kNumber);
  world_.RunFor(seconds(3));
  EXPECT_TRUE(austin.Saw("ended no common codec"));
  EXPECT_EQ(diarist_.diary, Diary());
}

class VoicemailTest : public CommunityTest {
 protected:
  VoicemailTest() {
    Account bond{"james_bond", "shaken", AccountKind::kBusiness, "James Bond"};
    bond.voicemail = true;
    Add(bond);
    Add({kVoicemailUser, "v", AccountKind::kService, ""});
    VoicemailSettings settings;
    settings.password = "v";
    settings.network = network_;
    service_ = NewVoicemailService(runtime_, settings);
    world_.RunFor(seconds(2));
  }

  stream::TestRuntime runtime_{world_, Ipv4Address::Of(198, 51, 100, 102), 51};
  std::unique_ptr<VoicemailService> service_;
};

TEST_F(VoicemailTest, AMessageIsKeptAfterTheTone) {
  TestPerson& austin = Austin();
  austin->CallUser("james_bond");
  world_.RunFor(seconds(13));
  ASSERT_TRUE(austin.Saw("answered PCMU"));
  const std::vector<int16_t>& heard = austin->audio().heard;
  const auto loud = std::count_if(heard.begin(), heard.end(), [](int16_t s) { return s > 4000; });
  EXPECT_GT(loud, 1000) << "the tone";
  austin->HangUp();
  world_.RunFor(seconds(2));
  TestPerson& bond = Bond();
  world_.RunFor(seconds(2));
  EXPECT_THAT(bond.diary, Contains(testing::StartsWith("voicemail austin_powers 1")));
}

TEST_F(VoicemailTest, WhoCallsTheServiceItselfLeavesNothing) {
  TestPerson& austin = Austin();
  austin->CallUser(kVoicemailUser);
  world_.RunFor(seconds(5));
  EXPECT_FALSE(austin.Saw("answered PCMU"));
  EXPECT_FALSE(austin->in_call());
}

}  // namespace
}  // namespace sfa::community
