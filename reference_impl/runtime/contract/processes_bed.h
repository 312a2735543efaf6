// What an implementation of Processes provides so that processes_contract.h can be run against it,
// and the program that the suite launches.
#ifndef REFERENCE_IMPL_RUNTIME_CONTRACT_PROCESSES_BED_H_
#define REFERENCE_IMPL_RUNTIME_CONTRACT_PROCESSES_BED_H_

#include <functional>
#include <memory>
#include <string>

#include "runtime/contract/contract_fixture.h"

namespace sfa::contract {

class ProcessesBed {
 public:
  virtual ~ProcessesBed() = default;
  // The parent.
  virtual Runtime& runtime() = 0;
  virtual bool RunUntil(const std::function<bool()>& predicate, Duration at_most) = 0;
  // A directory from which programs may be executed, and one on a noexec mount ("" when this bed
  // cannot have one: the case is skipped and says so).
  virtual std::string directory() = 0;
  virtual std::string noexec_directory() = 0;
  // The content of an executable file: a ControlEcho (below) on its control stream.
  virtual std::string echo_image() = 0;
};
using ProcessesBedFactory = std::function<std::unique_ptr<ProcessesBed>()>;

// The program that the suite launches: sends back what it gets; a byte of kExitNow makes it exit at
// once with status 7, the end of the stream with status 0.
inline constexpr uint8_t kExitNow = 0xFF;

class ControlEcho final : public StreamHandler {
 public:
  ControlEcho(std::unique_ptr<ByteStream> control, std::function<void(int)> exit)
      : control_(std::move(control)), exit_(std::move(exit)) {
    control_->SetHandler(this);
  }
  void OnData(std::span<const uint8_t> bytes) override {
    for (const uint8_t byte : bytes) {
      if (byte == kExitNow) return exit_(7);
    }
    unsent_ += AsText(bytes);
    OnWritable();
  }
  void OnWritable() override {
    unsent_.erase(0, control_->Write(AsBytes(unsent_)));
    if (!unsent_.empty()) {
      control_->PauseReading();
    } else {
      control_->ResumeReading();
    }
  }
  void OnEndOfStream() override { exit_(0); }
  void OnError(const Error&) override { exit_(1); }

 private:
  std::unique_ptr<ByteStream> control_;
  std::function<void(int)> exit_;
  std::string unsent_;
};

class ExitNotes final : public ProcessHandler {
 public:
  void OnExit(const std::string& what) override {
    EXPECT_EQ(exits++, 0);
    description = what;
    if (on_exit) on_exit();
  }
  int exits = 0;
  std::string description;
  std::function<void()> on_exit;
};

}  // namespace sfa::contract

#endif  // REFERENCE_IMPL_RUNTIME_CONTRACT_PROCESSES_BED_H_
