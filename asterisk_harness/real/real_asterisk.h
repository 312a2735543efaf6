// A real Asterisk as Debian runs it, behind the interface of every PBX: user `asterisk`, its own
// root file system, its own namespaces, joined to the world by a TAP interface. They are its
// machine, which is there from Open() on, also while no Asterisk runs.
//
// When it is destroyed, or this process ends in whatever way, nothing of it is left: no process,
// mount, interface or namespace.
#ifndef ASTERISK_HARNESS_REAL_REAL_ASTERISK_H_
#define ASTERISK_HARNESS_REAL_REAL_ASTERISK_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "asterisk_harness/pbx.h"
#include "asterisk_harness/real/running_process.h"
#include "runtime/address.h"
#include "runtime/result.h"

namespace sfa::harness {

struct RealAsteriskSettings {
  std::string version;         // "22" or "16"
  std::string source_root;     // the repository: scripts, sources of the modules
  std::string work_directory;  // configuration, modules and logs of this run; made when missing
  ConfigurationFiles files;
  bool g729 = false;  // whether codec_g729a.so is there; Asterisk loads what it finds
  // Of the manager user "sfalab", as manager.conf has it.
  std::string manager_secret = "sfalab";
};

class RealAsterisk : public Pbx {
 public:
  // Runs a task on the platform's thread; safe from any thread.
  using Poster = std::function<void(std::function<void()>)>;

  // Makes root file system, modules, namespaces and TAP interface; blocks, telling its progress on
  // standard error. kPermissionDenied and kNotFound mean that this machine cannot do it at all
  // (unsupported, with the reason).
  static Result<std::unique_ptr<RealAsterisk>> Open(const RealAsteriskSettings& settings,
                                                    PbxObserver& observer, Poster post);

  // The other end of its network interface; stays ours.
  virtual int tap_descriptor() const = 0;
  // Before Start(). Without it there is only the loopback interface.
  virtual void SetAddress(Ipv4Address address, int prefix_length, Ipv4Address gateway) = 0;
  // Of the running Asterisk, in this process's view; 0 when there is none.
  virtual int pid() const = 0;
  // Asterisk's and whatever else it has started; what it has left behind too. By pid.
  virtual std::vector<RunningProcess> Processes() const = 0;
  // SIGKILL for the processes of that name. How many there were.
  virtual int Kill(const std::string& process) = 0;
  // The machine's root directory in this process's view.
  virtual std::string root() const = 0;
  // Opens a port on this machine's loopback interface behind which its manager answers whenever it
  // runs. The same one each time.
  virtual Result<Endpoint> OpenManagerPort() = 0;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_REAL_REAL_ASTERISK_H_
