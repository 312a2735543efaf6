// The simulated PBX put together, with the parts that tests replace as arguments.
#ifndef ASTERISK_HARNESS_SIMULATED_PBX_PROCESS_H_
#define ASTERISK_HARNESS_SIMULATED_PBX_PROCESS_H_

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "asterisk_harness/pbx.h"
#include "asterisk_harness/simulated/ami_session.h"
#include "asterisk_harness/simulated/console.h"
#include "asterisk_harness/simulated/manager_port.h"
#include "asterisk_harness/simulated/manager_visitor.h"
#include "asterisk_harness/simulated/modules.h"
#include "asterisk_harness/simulated/pbx_core.h"

namespace sfa::harness {

class PbxProcess final : public Pbx, private EventListener {
 public:
  PbxProcess(Runtime& runtime, ConfigurationFiles files, const skype_driver* driver,
             Modules::ServiceFactory services, PbxObserver& observer);
  ~PbxProcess() override;

  void Start(std::function<void(const std::string& error)> done) override;
  void Stop(std::function<void()> done) override;
  void StopNow(std::function<void()> done) override;
  void SendAction(const AmiMessage& action,
                  std::function<void(const std::vector<AmiMessage>&)> reply) override;
  void RunCommand(const std::string& command,
                  std::function<void(const std::string& output)> reply) override;
  void LogIn(const std::string& user, const std::string& secret,
             std::function<void(const AmiMessage&)> event,
             std::function<void(const std::string& error)> done) override;
  void SendActionAs(const std::string& user, const AmiMessage& action,
                    std::function<void(const std::vector<AmiMessage>&)> reply) override;

  PbxCore& core() { return core_; }
  // Before the start.
  void InstallG729() { modules_.InstallG729(); }
  // An AMI connection, to be put on a port by whoever has one.
  std::unique_ptr<AmiSession> NewAmiSession(std::function<void(std::string_view)> write,
                                            std::function<void()> closed);

 private:
  void OnManagerEvent(unsigned classes, const AmiMessage& event) override;
  std::optional<std::string> ReadFile(const std::string& name) const;
  // "" or what is wrong.
  std::string WriteFiles();
  std::string LoadConfiguration();
  std::string LoadDialplan(bool again);
  void LoadMusicClasses();
  void OpenManagerPort();

  Runtime& runtime_;
  const ConfigurationFiles given_files_;
  PbxObserver& observer_;
  ModuleDirectories directories_;
  PbxCore core_;
  Modules modules_;
  Console console_;
  ManagerPort manager_port_;
  std::map<std::string, std::unique_ptr<ManagerVisitor>> visitors_;  // by user
  uint64_t last_action_ = 0;
  // Posted work of a PBX that is gone finds nobody.
  std::shared_ptr<PbxProcess*> self_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_PBX_PROCESS_H_
