// The contract of Processes as one suite; to be included by one file of a program.
//
//   INSTANTIATE_TEST_SUITE_P(Simulated, ProcessesContract,
//                            testing::Values(ProcessesBedFactory(&NewSimulatedProcessesBed)));
#ifndef REFERENCE_IMPL_RUNTIME_CONTRACT_PROCESSES_CONTRACT_H_
#define REFERENCE_IMPL_RUNTIME_CONTRACT_PROCESSES_CONTRACT_H_

#include <memory>
#include <string>

#include "runtime/contract/contract_fixture.h"
#include "runtime/contract/processes_bed.h"

namespace sfa::contract {

class ProcessesContract : public testing::TestWithParam<ProcessesBedFactory> {
 protected:
  bool RunUntil(const std::function<bool()>& predicate) {
    return bed_->RunUntil(predicate, std::chrono::seconds(20));
  }
  std::string WriteImage(const std::string& directory, const std::string& image,
                         uint32_t permissions = 0700) {
    std::string path = directory + "/skyhost";
    EXPECT_TRUE(bed_->runtime().files().WriteAtomically(path, image, permissions).ok());
    return path;
  }
  // A pattern without kExitNow.
  static std::string Text(size_t size) {
    std::string text = Pattern(size, 11);
    for (char& byte : text) byte &= 0x7F;
    return text;
  }
  Result<std::unique_ptr<ChildProcess>> Launch(const std::string& path) {
    return bed_->runtime().processes().Launch({path, {"skypeforasterisk", "--test"}}, exit_);
  }
  // Launches the echo program and sees it answer.
  void LaunchEcho() {
    const std::string path = WriteImage(bed_->directory(), bed_->echo_image());
    auto launched = Launch(path);
    ASSERT_TRUE(launched.ok()) << launched.error().message;
    child_ = std::move(*launched);
    child_->control().SetHandler(&notes_);
    EXPECT_GT(child_->pid(), 1);
    ASSERT_EQ(child_->control().Write(AsBytes("hello")), 5u);
    ASSERT_TRUE(RunUntil([&] { return notes_.received == "hello"; }));
  }

  std::unique_ptr<ProcessesBed> bed_ = GetParam()();
  ExitNotes exit_;
  StreamNotes notes_;
  std::unique_ptr<ChildProcess> child_;
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ProcessesContract);

TEST_P(ProcessesContract, TheControlStreamReachesTheChildAndBack) {
  LaunchEcho();
  EXPECT_FALSE(child_->control().local().is_set());
  EXPECT_FALSE(child_->control().remote().is_set());
  EXPECT_EQ(exit_.exits, 0);
}

TEST_P(ProcessesContract, AMegabyteArrivesWholeThroughTheControlStream) {
  LaunchEcho();
  const std::string bytes = Text(1 << 20);
  notes_.received.clear();
  Pump pump(child_->control(), notes_, "-" + bytes, false);
  pump.Push();
  ASSERT_TRUE(RunUntil([&] { return notes_.received.size() == bytes.size() + 1; }));
  EXPECT_TRUE(notes_.received == "-" + bytes);
}

TEST_P(ProcessesContract, AnUnreadControlStreamStopsItsWriter) {
  LaunchEcho();
  child_->control().PauseReading();
  const std::string chunk = "-" + Text(64 << 10);
  size_t sent = 0;
  int idle_rounds = 0;
  while (sent < (64u << 20) && idle_rounds < 5) {
    const size_t taken = child_->control().Write(AsBytes(chunk));
    sent += taken;
    idle_rounds = taken == 0 ? idle_rounds + 1 : 0;
    bool later = false;
    auto timer = bed_->runtime().NewTimer([&] { later = true; });
    timer->Start(std::chrono::milliseconds(2));
    ASSERT_TRUE(RunUntil([&] { return later; }));
  }
  EXPECT_LT(sent, 64u << 20);
  child_->control().ResumeReading();
  ASSERT_TRUE(RunUntil([&] { return notes_.received.size() == 5 + sent; }));
}

TEST_P(ProcessesContract, ExitIsSeenWithItsStatus) {
  LaunchEcho();
  child_->control().Write(std::span(&kExitNow, 1));
  ASSERT_TRUE(RunUntil([&] { return exit_.exits == 1 && (notes_.ended || notes_.error); }));
  EXPECT_EQ(exit_.description, "exited with status 7");
}

TEST_P(ProcessesContract, TheChildSeesTheEndOfTheControlStream) {
  LaunchEcho();
  child_->control().ShutdownWrite();
  ASSERT_TRUE(RunUntil([&] { return exit_.exits == 1; }));
  EXPECT_EQ(exit_.description, "exited with status 0");
}

TEST_P(ProcessesContract, KillIsSeen) {
  LaunchEcho();
  child_->Kill();
  EXPECT_EQ(exit_.exits, 0) << "OnExit() from inside Kill()";
  ASSERT_TRUE(RunUntil([&] { return exit_.exits == 1 && (notes_.ended || notes_.error); }));
  EXPECT_EQ(exit_.description, "killed by signal 9");
  child_->Kill();  // no effect on what is gone
}

TEST_P(ProcessesContract, TheHandlerMayDestroyTheChildInOnExit) {
  LaunchEcho();
  exit_.on_exit = [&] { child_.reset(); };
  child_->Kill();
  ASSERT_TRUE(RunUntil([&] { return child_ == nullptr; }));
}

TEST_P(ProcessesContract, DestructionEndsTheChildWithoutACall) {
  LaunchEcho();
  child_.reset();
  bool later = false;
  auto timer = bed_->runtime().NewTimer([&] { later = true; });
  timer->Start(std::chrono::milliseconds(20));
  ASSERT_TRUE(RunUntil([&] { return later; }));
  EXPECT_EQ(exit_.exits, 0);
  EXPECT_FALSE(notes_.ended || notes_.error);
}

TEST_P(ProcessesContract, TheFileMayBeRemovedWhileTheChildRuns) {
  LaunchEcho();
  ASSERT_TRUE(bed_->runtime().files().Remove(bed_->directory() + "/skyhost").ok());
  notes_.received.clear();
  child_->control().Write(AsBytes("still alive"));
  ASSERT_TRUE(RunUntil([&] { return notes_.received == "still alive"; }));
}

TEST_P(ProcessesContract, WhatIsNotExecutableIsSaidToBeSo) {
  auto missing = Launch(bed_->directory() + "/missing");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound) << missing.error().message;

  const std::string path = WriteImage(bed_->directory(), "no program at all");
  auto text = Launch(path);
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code, ErrorCode::kNotExecutable) << text.error().message;

  WriteImage(bed_->directory(), bed_->echo_image(), 0600);
  auto no_permission = Launch(path);
  ASSERT_FALSE(no_permission.ok());
  EXPECT_EQ(no_permission.error().code, ErrorCode::kNotExecutable) << no_permission.error().message;
  EXPECT_NE(no_permission.error().message.find(path), std::string::npos);
  EXPECT_EQ(exit_.exits, 0);
}

TEST_P(ProcessesContract, ANoexecMountIsNamed) {
  const std::string directory = bed_->noexec_directory();
  if (directory.empty()) GTEST_SKIP() << "this bed cannot mount a file system noexec (not root)";
  const std::string path = WriteImage(directory, bed_->echo_image());
  auto launched = Launch(path);
  ASSERT_FALSE(launched.ok());
  EXPECT_EQ(launched.error().code, ErrorCode::kNotExecutable);
  EXPECT_NE(launched.error().message.find("noexec"), std::string::npos);
  EXPECT_NE(launched.error().message.find(directory), std::string::npos)
      << launched.error().message;
}

}  // namespace sfa::contract

#endif  // REFERENCE_IMPL_RUNTIME_CONTRACT_PROCESSES_CONTRACT_H_
