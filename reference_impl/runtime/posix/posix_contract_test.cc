// The contract suite against the POSIX runtime, on loopback.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runtime/contract/files_contract.h"
#include "runtime/contract/processes_contract.h"
#include "runtime/contract/runtime_contract.h"
#include "runtime/posix/posix_files.h"
#include "runtime/posix/posix_runtime.h"
#include "runtime/posix/sockets.h"

namespace sfa::contract {
namespace {

using posix::Descriptor;
using posix::PosixRuntime;

// Two runtimes on one event loop, as 127.0.0.1 and 127.0.0.2.
class PosixTestBed final : public TestBed {
 public:
  Runtime& a() override { return a_; }
  Runtime& b() override { return b_; }
  Ipv4Address address_a() override { return Ipv4Address::Of(127, 0, 0, 1); }
  Ipv4Address address_b() override { return Ipv4Address::Of(127, 0, 0, 2); }
  bool RunUntil(const std::function<bool()>& predicate, Duration at_most) override {
    return loop_.RunUntil(predicate, at_most);
  }

  // A listener whose queue is full: the kernel lets further attempts go unanswered.
  Endpoint black_hole() override {
    if (hole_.empty()) {
      hole_.push_back(std::move(*posix::OpenBound(SOCK_STREAM, {address_b(), 0})));
      ::listen(hole_[0].get(), 0);
      const sockaddr_in address = posix::ToSockaddr(posix::LocalOf(hole_[0].get()));
      for (int i = 0; i < 3; ++i) {
        hole_.push_back(std::move(*posix::OpenBound(SOCK_STREAM, {})));
        ::connect(hole_.back().get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
      }
    }
    return posix::LocalOf(hole_[0].get());
  }

  Endpoint StartEchoProcess() override {
    auto child = a_.processes().Launch(
        {SFA_CONTRACT_PEER, {"contract-peer", "--echo-server", address_b().ToString()}}, exit_);
    EXPECT_TRUE(child.ok());
    if (!child.ok()) return {};
    echo_process_ = std::move(*child);
    echo_process_->control().SetHandler(&notes_);
    RunUntil([this] { return notes_.received.find('\n') != std::string::npos; },
             std::chrono::seconds(20));
    return Endpoint::Parse(notes_.received.substr(0, notes_.received.find('\n')))
        .value_or(Endpoint{});
  }
  void KillEchoProcess() override {
    echo_process_->Kill();
    RunUntil([this] { return exit_.exits == 1; }, std::chrono::seconds(20));
  }

 private:
  posix::EventLoop loop_;
  PosixRuntime a_{loop_, {nullptr, std::chrono::milliseconds(300)}};
  PosixRuntime b_{loop_, {}};
  std::vector<Descriptor> hole_;
  ExitNotes exit_;
  StreamNotes notes_;
  std::unique_ptr<ChildProcess> echo_process_;
};

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    path_ = *posix::PosixFileSystem().MakePrivateDirectory(
        (std::filesystem::temp_directory_path() / "sfa-contract-").string());
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class PosixFilesBed final : public FilesBed {
 public:
  FileSystem& files() override { return files_; }
  std::string directory() override { return directory_.path(); }

 private:
  posix::PosixFileSystem files_;
  TemporaryDirectory directory_;
};

class PosixProcessesBed final : public ProcessesBed {
 public:
  ~PosixProcessesBed() override {
    if (mounted_) ::umount(noexec_.path().c_str());
  }
  Runtime& runtime() override { return runtime_; }
  bool RunUntil(const std::function<bool()>& predicate, Duration at_most) override {
    return runtime_.RunUntil(predicate, at_most);
  }
  std::string directory() override { return directory_.path(); }
  std::string noexec_directory() override {
    // In a mount namespace of its own, so that nothing is left behind whatever happens.
    mounted_ =
        mounted_ || (::unshare(CLONE_NEWNS) == 0 &&
                     ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                     ::mount("none", noexec_.path().c_str(), "tmpfs", MS_NOEXEC, nullptr) == 0);
    return mounted_ ? noexec_.path() : "";
  }
  std::string echo_image() override { return *runtime_.files().ReadAll(SFA_CONTRACT_PEER); }

 private:
  PosixRuntime runtime_{{}};
  TemporaryDirectory directory_, noexec_;
  bool mounted_ = false;
};

INSTANTIATE_TEST_SUITE_P(Posix, RuntimeContract, testing::Values(TestBedFactory([] {
                           return std::make_unique<PosixTestBed>();
                         })));
INSTANTIATE_TEST_SUITE_P(Posix, FilesContract, testing::Values(FilesBedFactory([] {
                           return std::make_unique<PosixFilesBed>();
                         })));
INSTANTIATE_TEST_SUITE_P(Posix, ProcessesContract, testing::Values(ProcessesBedFactory([] {
                           return std::make_unique<PosixProcessesBed>();
                         })));

}  // namespace
}  // namespace sfa::contract
