#include "asterisk_harness/operating_system/machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asterisk_harness/operating_system/machine_bed.h"
#include "runtime/contract/processes_bed.h"

namespace sfa::harness {
namespace {

using contract::AsBytes;
using testing::ElementsAre;

// What a program did, seen from outside; the program notes it here.
struct Life {
  Runtime* runtime = nullptr;
  std::function<void(int)> exit;
  contract::StreamNotes control_notes;
  ByteStream* control = nullptr;
  bool destroyed = false;
  int ticks = 0;
};

class Engine final : public Program {
 public:
  Engine(Life& life, Runtime& runtime, std::unique_ptr<ByteStream> control,
         std::function<void(int)> exit)
      : life_(life), control_(std::move(control)), timer_(runtime.NewTimer([this] { Tick(); })) {
    life_.runtime = &runtime;
    life_.exit = std::move(exit);
    life_.control = control_.get();
    control_->SetHandler(&life_.control_notes);
    timer_->Start(std::chrono::milliseconds(1));
  }
  ~Engine() override { life_.destroyed = true; }

 private:
  void Tick() {
    ++life_.ticks;
    timer_->Start(std::chrono::milliseconds(1));
  }

  Life& life_;
  std::unique_ptr<ByteStream> control_;
  std::unique_ptr<Timer> timer_;
};

class MachineTest : public testing::Test {
 protected:
  MachineTest() {
    bed_.machine->InstallProgram(
        "engine image", [this](Runtime& runtime, std::unique_ptr<ByteStream> control,
                               std::function<void(int)> exit) {
          return std::make_unique<Engine>(life_, runtime, std::move(control), std::move(exit));
        });
    EXPECT_TRUE(bed_.machine->files().WriteAtomically("/skyhost", "engine image", 0700).ok());
    asterisk_ = bed_.machine->NewProcess("asterisk");
  }
  std::unique_ptr<ChildProcess> Launch() {
    auto child = asterisk_->processes().Launch({"/skyhost", {"skypeforasterisk"}}, exit_);
    EXPECT_TRUE(child.ok());
    EXPECT_EQ(life_.runtime, nullptr) << "the program began inside Launch()";
    (*child)->control().SetHandler(&notes_);
    EXPECT_TRUE(bed_.RunUntil([&] { return life_.ticks > 0; }));
    return std::move(*child);
  }
  std::vector<std::string> Running() {
    std::vector<std::string> names;
    for (const ProcessSight& sight : bed_.machine->running()) {
      names.push_back(std::to_string(sight.pid) + " " + sight.name);
    }
    return names;
  }

  Life life_;
  contract::ExitNotes exit_;
  contract::StreamNotes notes_;
  MachineBed bed_;
  std::unique_ptr<Runtime> asterisk_;
};

TEST_F(MachineTest, ProcessesAreSeenInOrder) {
  auto child = Launch();
  EXPECT_EQ(child->pid(), 101);
  EXPECT_THAT(Running(), ElementsAre("100 asterisk", "101 skypeforasterisk"));
  life_.exit(3);
  EXPECT_FALSE(life_.destroyed) << "destroyed inside exit()";
  ASSERT_TRUE(bed_.RunUntil([&] { return exit_.exits == 1 && notes_.ended; }));
  EXPECT_TRUE(life_.destroyed);
  EXPECT_EQ(exit_.description, "exited with status 3");
  child.reset();
  asterisk_.reset();
  EXPECT_THAT(bed_.sights, ElementsAre("100 asterisk started", "101 skypeforasterisk started",
                                       "101 skypeforasterisk exited with status 3",
                                       "100 asterisk exited with status 0"));
  EXPECT_THAT(Running(), ElementsAre());
}

TEST_F(MachineTest, AKilledChildHasNoLastWord) {
  auto child = Launch();
  bed_.machine->Kill(child->pid());
  const int ticks = life_.ticks;
  EXPECT_EQ(life_.control->Write(AsBytes("goodbye")), 0u);
  ASSERT_TRUE(bed_.RunUntil([&] { return exit_.exits == 1 && notes_.ended; }));
  EXPECT_EQ(exit_.description, "killed by signal 9");
  EXPECT_EQ(life_.ticks, ticks);
  EXPECT_EQ(notes_.received, "");
  bed_.machine->Kill(101);   // gone
  bed_.machine->Kill(4711);  // never was
}

TEST_F(MachineTest, AKilledParentLeavesTheChildWithTheEndOfItsControlStream) {
  auto child = Launch();
  bed_.machine->Kill(100);
  ASSERT_TRUE(bed_.RunUntil([&] { return life_.control_notes.ended; }));
  child.reset();  // by the owner of the dead; that kills nobody
  asterisk_.reset();
  const int ticks = life_.ticks;
  ASSERT_TRUE(bed_.RunUntil([&] { return life_.ticks > ticks; }));
  EXPECT_THAT(Running(), ElementsAre("101 skypeforasterisk"));
  life_.exit(0);
  ASSERT_TRUE(bed_.RunUntil([&] { return life_.destroyed; }));
  EXPECT_THAT(bed_.sights, ElementsAre("100 asterisk started", "101 skypeforasterisk started",
                                       "100 asterisk killed by signal 9",
                                       "101 skypeforasterisk exited with status 0"));
}

TEST_F(MachineTest, ADestroyedChildIsKilled) {
  auto child = Launch();
  child.reset();
  ASSERT_TRUE(bed_.RunUntil([&] { return life_.destroyed; }));
  EXPECT_THAT(Running(), ElementsAre("100 asterisk"));
  EXPECT_EQ(exit_.exits, 0);
}

TEST_F(MachineTest, WhatWasWrittenBeforeTheEndIsStillRead) {
  auto child = Launch();
  child->control().PauseReading();
  EXPECT_EQ(life_.control->Write(AsBytes("last words")), 10u);
  life_.exit(0);
  ASSERT_TRUE(bed_.RunUntil([&] { return exit_.exits == 1; }));
  EXPECT_EQ(notes_.received, "");
  child->control().ResumeReading();
  ASSERT_TRUE(bed_.RunUntil([&] { return notes_.ended; }));
  EXPECT_EQ(notes_.received, "last words");
  EXPECT_EQ(child->control().Write(AsBytes("into the void")), 0u);
  ASSERT_TRUE(bed_.RunUntil([&] { return notes_.error.has_value(); }));
  EXPECT_EQ(notes_.error->code, ErrorCode::kReset);
}

TEST_F(MachineTest, AnAbortedControlStreamIsReset) {
  auto child = Launch();
  life_.control->Write(AsBytes("never to be read"));
  life_.control->Abort();
  ASSERT_TRUE(bed_.RunUntil([&] { return notes_.error.has_value(); }));
  EXPECT_EQ(notes_.error->code, ErrorCode::kReset);
  EXPECT_EQ(notes_.received, "");
}

TEST_F(MachineTest, LogLinesNameTheirProcess) {
  auto child = Launch();
  life_.runtime->log().Write(LogLevel::kWarning, "engine", "a warning");
  asterisk_->log().Write(LogLevel::kNotice, "chan_skype", "a notice");
  EXPECT_THAT(bed_.log,
              ElementsAre("skypeforasterisk: engine: a warning", "asterisk: chan_skype: a notice"));
}

TEST_F(MachineTest, TheMachineMayGoWhileChildrenOfInitRun) {
  contract::ExitNotes exit;
  auto child = bed_.machine->processes().Launch({"/skyhost", {"daemon"}}, exit);
  ASSERT_TRUE(child.ok());
  ASSERT_TRUE(bed_.RunUntil([&] { return life_.ticks > 0; }));
  child->reset();
  asterisk_.reset();
  bed_.machine.reset();
  EXPECT_TRUE(life_.destroyed);
}

}  // namespace
}  // namespace sfa::harness
