// Hints, device states and presence states, with a driver that the test plays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asterisk_harness/simulated/pbx_bed.h"
#include "asterisk_harness/simulated/states.h"

namespace sfa::harness {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string StateOf(PbxBed& bed, const std::string& exten) {
  return bed.Act({{"Action", "ExtensionState"}, {"Exten", exten}, {"Context", "demo"}})[0].Get(
      "StatusText");
}

TEST(Hints, FollowTheDriver) {
  PbxBed bed(
      With("exten => 1,hint,Skype:james_bond@austin_powers\n"
           "exten => 2,hint,Skype:james_bond@austin_powers&Custom:lamp,"
           "Skype:james_bond@austin_powers\n"));
  EXPECT_TRUE(bed.driver.Saw("hint james_bond@austin_powers"));
  EXPECT_EQ(StateOf(bed, "1"), "Idle") << "an unknown device";
  bed.TakeEvents();
  const auto change = [&](pbx_device_state state) {
    bed.driver.host->device_state_changed(bed.driver.pbx, "james_bond@austin_powers", state);
  };
  change(PBX_DEVICE_UNAVAILABLE);
  ASSERT_NE(bed.FindEvent("ExtensionStatus"), nullptr);
  EXPECT_EQ(bed.FindEvent("ExtensionStatus")->Get("Exten"), "1");
  EXPECT_EQ(bed.FindEvent("ExtensionStatus")->Get("Status"), "4");
  EXPECT_EQ(bed.FindEvent("ExtensionStatus")->Get("Hint"), "Skype:james_bond@austin_powers");
  EXPECT_EQ(bed.FindEvent("DeviceStateChange")->Get("State"), "UNAVAILABLE");
  EXPECT_THAT(bed.TakeEvents(),
              ElementsAre("DeviceStateChange", "ExtensionStatus", "ExtensionStatus"));
  change(PBX_DEVICE_UNAVAILABLE);
  EXPECT_TRUE(bed.TakeEvents().empty()) << "told once";
  EXPECT_EQ(StateOf(bed, "1"), "Unavailable");
  change(PBX_DEVICE_NOT_INUSE);
  EXPECT_EQ(StateOf(bed, "1"), "Idle");
  EXPECT_EQ(StateOf(bed, "99"), "Unknown");
}

TEST(Hints, ShowPresence) {
  PbxBed bed(With("exten => 2,hint,Custom:lamp,Skype:a@b\n"));
  bed.TakeEvents();
  pbx_presence presence{PBX_PRESENCE_AWAY, "Away", "Back soon"};
  bed.driver.host->presence_state_changed(bed.driver.pbx, "a@b", &presence);
  EXPECT_EQ(bed.FindEvent("PresenceStatus")->Get("Status"), "away");
  EXPECT_EQ(bed.FindEvent("PresenceStateChange")->Get("Presentity"), "Skype:a@b");
  EXPECT_EQ(bed.FindEvent("PresenceStateChange")->Get("Message"), "Back soon");
  EXPECT_THAT(bed.TakeEvents(), ElementsAre("PresenceStatus", "PresenceStateChange"));
  const auto answer = bed.Act({{"Action", "PresenceState"}, {"Provider", "Skype:a@b"}});
  EXPECT_EQ(answer[0].Get("State"), "away");
  EXPECT_EQ(answer[0].Get("Subtype"), "Away");
  EXPECT_EQ(answer[0].Get("PresenceMessage"), "Back soon");
  EXPECT_EQ(bed.Act({{"Action", "PresenceState"}, {"Provider", "Nope:x"}})[0].Get("Message"),
            "Invalid provider Nope:x or provider in invalid state");
}

TEST(Hints, WithASlashAreJudgedByChannels) {
  PbxBed bed(
      With("exten => 3,hint,Skype/james_bond\nexten => 007,1,Answer()\n"
           "exten => 007,n,Wait(1)\nexten => 4,hint,SIP/x\n"));
  EXPECT_EQ(StateOf(bed, "3"), "Idle");
  EXPECT_EQ(StateOf(bed, "4"), "Unavailable");
  EngineLeg engine(*bed.runtime);
  bed.driver.Incoming(engine);
  bed.Run(milliseconds(10));
  EXPECT_EQ(StateOf(bed, "3"), "InUse");
  bed.Run(std::chrono::seconds(2));
  EXPECT_EQ(StateOf(bed, "3"), "Idle");
}

TEST(Hints, LieOnTheConsoleAsAsteriskPrintsThem) {
  PbxBed bed(With("exten => 1,hint,Custom:lamp\n"));
  EXPECT_EQ(bed.Command("core show hints"),
            "\n    -= Registered Asterisk Dial Plan Hints =-\n"
            "1@demo                        : Custom:lamp                                          "
            "         State:Idle            Presence:not_set         Watchers  0\n"
            "----------------\n- 1 hints registered\n");
  EXPECT_EQ(bed.Command("core show hint 7"), "No hints matching extension 7\n");
  EXPECT_THAT(bed.Command("core show hint 1"), HasSubstr("1 hint matching extension 1\n"));
}

TEST(Hints, ForgetADriverThatIsUnloaded) {
  PbxBed bed(With("exten => 1,hint,Skype:a@b\n"));
  bed.driver.host->device_state_changed(bed.driver.pbx, "a@b", PBX_DEVICE_BUSY);
  EXPECT_EQ(StateOf(bed, "1"), "Busy");
  bed.Command("module unload chan_skype.so");
  bed.Run(milliseconds(10));
  EXPECT_EQ(StateOf(bed, "1"), "Unavailable");
  bed.driver.devices["a@b"] = PBX_DEVICE_ONHOLD;
  bed.TakeEvents();
  bed.Command("module load chan_skype.so");
  EXPECT_EQ(bed.FindEvent("ExtensionStatus")->Get("StatusText"), "Hold");
}

TEST(Hints, AreAllToldWhenTheDialplanIsReadAgain) {
  PbxBed bed(With("exten => 1,hint,Custom:lamp\nexten => 2,hint,SIP/x\n"));
  bed.TakeEvents();
  bed.Command("dialplan reload");
  EXPECT_EQ(bed.FindEvent("ExtensionStatus")->Get("StatusText"), "Idle");
  EXPECT_THAT(bed.TakeEvents(), ElementsAre("ExtensionStatus", "ExtensionStatus"));
}

TEST(Hints, OfPatternsAreThereWhenAskedFor) {
  PbxBed bed(With("exten => _9X,hint,Skype:a@b\n"));
  bed.driver.devices["a@b"] = PBX_DEVICE_BUSY;
  EXPECT_TRUE(bed.driver.Saw("hint a@b"));
  EXPECT_EQ(bed.Command("core show hints"), "There are no registered dialplan hints\n");
}

TEST(States, AreReadAndSetInTheDialplan) {
  PbxBed bed(
      With("exten => 1,hint,Custom:lamp,CustomPresence:bond\n"
           "exten => 007,1,Set(DEVICE_STATE(Custom:lamp)=INUSE)\n"
           "exten => 007,n,NoOp(${DEVICE_STATE(Custom:lamp)} ${DEVICE_STATE(Nope:x)} "
           "${EXTENSION_STATE(1@demo)} ${EXTENSION_STATE(9@demo)} ${DEVICE_STATE(Skype:a@b)})\n"
           "exten => 007,n,Set(PRESENCE_STATE(CustomPresence:bond)=away,Out,Back soon)\n"
           "exten => 007,n,NoOp(${PRESENCE_STATE(CustomPresence:bond,value)} "
           "${PRESENCE_STATE(CustomPresence:bond,message)} ${PRESENCE_STATE(Skype:a@b,subtype)} "
           "${PRESENCE_STATE(CustomPresence:bond,subtype,e)})\n"
           "exten => 007,n,NoOp(${HINT(1@demo)})\n"
           "exten => 007,n,Set(DEVICE_STATE(Skype:a@b)=BUSY)\n"));
  bed.driver.devices["a@b"] = PBX_DEVICE_BUSY;
  EngineLeg engine(*bed.runtime);
  bed.driver.Incoming(engine);
  bed.Run(milliseconds(10));
  EXPECT_THAT(bed.Told(),
              ElementsAre("INUSE INVALID INUSE UNKNOWN BUSY", "away Back soon Online T3V0",
                          "Custom:lamp,CustomPresence:bond"));
  EXPECT_TRUE(bed.Logged("can only be used to set 'Custom:' device state"));
}

TEST(States, AreListedByTheManager) {
  PbxBed bed(With("exten => 1,hint,Custom:lamp\nexten => 2,hint,Custom:door\n"));
  bed.Act({{"Action", "Setvar"}, {"Variable", "DEVICE_STATE(Custom:lamp)"}, {"Value", "RINGING"}});
  const auto extensions = bed.Act({{"Action", "ExtensionStateList"}});
  ASSERT_EQ(extensions.size(), 4u);
  EXPECT_EQ(extensions[0].Get("Message"), "Extension Statuses will follow");
  EXPECT_EQ(extensions[1].Get("StatusText"), "Ringing");
  EXPECT_EQ(extensions[3].Get("ListItems"), "2");
  const auto devices = bed.Act({{"Action", "DeviceStateList"}});
  ASSERT_EQ(devices.size(), 3u);
  EXPECT_EQ(devices[1].Get("Device"), "Custom:lamp");
  EXPECT_EQ(bed.Act({{"Action", "PresenceStateList"}}).size(), 2u);
}

}  // namespace
}  // namespace sfa::harness
