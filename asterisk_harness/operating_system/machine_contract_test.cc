// The contract of Processes against the simulated machine.
#include <gtest/gtest.h>

#include "asterisk_harness/operating_system/machine.h"
#include "asterisk_harness/operating_system/machine_bed.h"
#include "runtime/contract/processes_contract.h"

namespace sfa::harness {
namespace {

using contract::ProcessesContract;

class EchoProgram final : public Program {
 public:
  EchoProgram(std::unique_ptr<ByteStream> control, std::function<void(int)> exit)
      : echo_(std::move(control), std::move(exit)) {}

 private:
  contract::ControlEcho echo_;
};

class MachineProcessesBed final : public contract::ProcessesBed {
 public:
  MachineProcessesBed() {
    machine().InstallProgram(echo_image(), [](Runtime&, std::unique_ptr<ByteStream> control,
                                              std::function<void(int)> exit) {
      return std::make_unique<EchoProgram>(std::move(control), std::move(exit));
    });
    EXPECT_TRUE(machine().files().MakeDirectories("/var/run/engine").ok());
    EXPECT_TRUE(machine().files().MakeDirectories("/mnt/noexec").ok());
    machine().Mount("/mnt/noexec", true, false);
    parent_ = machine().NewProcess("asterisk");
  }
  Runtime& runtime() override { return *parent_; }
  bool RunUntil(const std::function<bool()>& predicate, Duration at_most) override {
    return bed_.loop.RunUntil(predicate, at_most);
  }
  std::string directory() override { return "/var/run/engine"; }
  std::string noexec_directory() override { return "/mnt/noexec"; }
  std::string echo_image() override { return "an engine that echoes"; }

 private:
  Machine& machine() { return *bed_.machine; }

  MachineBed bed_;
  std::unique_ptr<Runtime> parent_;
};

INSTANTIATE_TEST_SUITE_P(Simulated, ProcessesContract,
                         testing::Values(contract::ProcessesBedFactory([] {
                           return std::make_unique<MachineProcessesBed>();
                         })));

}  // namespace
}  // namespace sfa::harness
