// The PBX of a world, whichever it is: behind one interface, made by one factory per target.
#ifndef CONFORMANCE_WORLD_PBX_SITE_H_
#define CONFORMANCE_WORLD_PBX_SITE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "asterisk_harness/pbx.h"
#include "conformance/scenario/scenario.h"
#include "network_sim/simulation.h"
#include "network_sim/site.h"
#include "protocol/media/g729_coder.h"

namespace sfa::conformance {

// The PBX's own process.
inline constexpr char kPbxProcess[] = "asterisk";

// What is seen of the PBX and its machine.
class PbxSiteObserver : public harness::PbxObserver {
 public:
  // `event`: "started", "exited with status 0", "killed by signal 9".
  virtual void OnProcess(const std::string& name, const std::string& event) = 0;
  // What the machine's other processes say; for the log of a failing case, not for checks.
  virtual void OnDiagnostic(const std::string& process, const std::string& text) = 0;

 protected:
  ~PbxSiteObserver() = default;
};

// What somebody on this machine, outside of the world, reaches the PBX by.
struct PbxDoors {
  Endpoint manager;                  // on the loopback interface
  int pid = 0;                       // of the Asterisk; 0 for a simulated one
  std::string root;                  // its root directory, as this machine sees it; "" likewise
  std::vector<std::string> console;  // a command that gives its console; "-x COMMAND" may follow
};

enum class StopKind { kGracefully, kNow };  // as `core stop` has it

// A machine in the world's network with a PBX on it, not yet started.
class PbxSite {
 public:
  virtual ~PbxSite() = default;
  // Between two runs of the PBX: the next one.
  virtual harness::Pbx& pbx() = 0;
  // Pbx::Stop() or StopNow(); when `done` runs it may be started again.
  virtual void Stop(StopKind kind, std::function<void()> done) = 0;
  // Paths of the engine's executables that lie in or below `directory`.
  virtual std::vector<std::string> EngineFiles(const std::string& directory) = 0;
  // Name and content of the regular files in `directory`, by name; without what is beyond
  // kMostFileBytes of each.
  static constexpr size_t kMostFileBytes = 1 << 20;
  virtual std::vector<std::pair<std::string, std::string>> Files(const std::string& directory) = 0;
  // Tells the observer of processes that have come or gone, where they are not watched all the
  // time.
  virtual void LookAtProcesses() {}
  // Replaces a configuration file of the running PBX, such as "chan_skype.conf".
  virtual Status WriteConfiguration(const std::string& file, const std::string& text) = 0;
  // Puts a licence file on the machine, which counts after a reload or restart.
  virtual Status AddLicense(const LicenseSpec& license) = 0;
  // SIGKILL for every process of that name, kPbxProcess too, which may then be started again. How
  // many there were.
  virtual int Kill(const std::string& process) = 0;
  // The PBX is ready.
  virtual Result<PbxDoors> OpenDoors() {
    return Error{ErrorCode::kNotFound, "this PBX cannot be reached from outside of its world"};
  }
  // It does not run.
  virtual bool has_ended() const { return false; }
};

// kNotFound: people in this world are to speak G.729, and this was built without bcg729.
inline Status CanSpeakG729(const AsteriskSpec& asterisk) {
  if (!asterisk.g729 || media::CanCodeG729()) return {};
  return Error{ErrorCode::kNotFound, "`g729` needs a build with bcg729: install libbcg729-dev"};
}

class PbxFactory {
 public:
  virtual ~PbxFactory() = default;
  // "sim", "asterisk-22", "asterisk-16"
  virtual std::string target() const = 0;
  virtual sim::ClockKind clock() const = 0;
  // The date at which a world begins: the scenario's, unless the PBX has a date of its own.
  virtual WallTime DateFor(WallTime scenario_date) const { return scenario_date; }

  // The site of the scenario's PBX exists in `network`. The observer outlives what is returned.
  // kPermissionDenied and kNotFound: this machine cannot run the target at all, which makes every
  // verdict `unsupported`. Any other error is the platform's.
  virtual Result<std::unique_ptr<PbxSite>> Make(const AsteriskSpec& asterisk,
                                                sim::Simulation& simulation, sim::Network& network,
                                                PbxSiteObserver& observer) const = 0;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_PBX_SITE_H_
