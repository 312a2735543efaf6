// What the parts of the simulated PBX share: channels, dialplan threads, technologies, globals.
#ifndef ASTERISK_HARNESS_SIMULATED_PBX_CORE_H_
#define ASTERISK_HARNESS_SIMULATED_PBX_CORE_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "asterisk_harness/pbx.h"
#include "asterisk_harness/simulated/channel.h"
#include "asterisk_harness/simulated/dialplan.h"
#include "asterisk_harness/simulated/manager.h"
#include "runtime/runtime.h"

namespace sfa::harness {

class G729Codec;
class Messages;
class PbxThread;
class States;

struct ChannelInit {
  std::string name;
  std::string linked_id;  // "" for its own
  ChannelState state = ChannelState::kDown;
  Party caller;
  std::string context, exten, account_code;
};

enum class ThreadStart { kStarted, kLimit, kStopping };

class PbxCore {
 public:
  // Makes a channel for an address of one technology, in state Down; nullptr with `cause` set.
  using Technology = std::function<Channel*(const std::string& address, Channel* requestor,
                                            pbx_codec preferred, int* cause)>;

  PbxCore(Runtime& runtime, PbxObserver& observer);
  ~PbxCore();
  PbxCore(const PbxCore&) = delete;
  PbxCore& operator=(const PbxCore&) = delete;

  Runtime& runtime() { return runtime_; }
  Manager& manager() { return manager_; }
  void Log(const std::string& level, const std::string& text) { observer_.OnLog(level, text); }
  void Warn(const std::string& text) { Log("WARNING", text); }
  void Verbose(const std::string& text) { Log("VERBOSE", text); }

  // Tells AMI of it. The channel lives until HangupChannel().
  Channel& NewChannel(const ChannelInit& init);
  // The end of a channel: its driver is told, AMI is told, it is destroyed.
  void HangupChannel(Channel& channel);
  Channel* FindChannel(const std::string& name);
  const std::map<uint64_t, std::unique_ptr<Channel>>& channels() const { return channels_; }

  void RegisterTechnology(const std::string& name, Technology technology);
  void UnregisterTechnology(const std::string& name);
  bool HasTechnology(const std::string& name) const;
  Channel* RequestChannel(const std::string& technology, const std::string& address,
                          Channel* requestor, pbx_codec preferred, int* cause);

  // Runs the dialplan on the channel from its context, exten and priority; the thread hangs the
  // channel up at its end. `application` not "": that one instead of the dialplan.
  ThreadStart StartThread(Channel& channel, const std::string& application = "",
                          const std::string& data = "");
  // Another piece of work that runs beside the channels, such as an Originate.
  void StartJob(std::function<Routine<void>(Wakeup&)> job);
  size_t threads() const { return threads_.size(); }
  uint64_t calls_processed() const { return calls_processed_; }

  // Sets a variable of the channel, or a global one for nullptr, and tells AMI.
  void SetVariable(Channel* channel, const std::string& name, const std::string& value);
  std::string NewUniqueId();
  // Eight hexadecimal digits, counting from the technology's registration on.
  std::string NextSuffix(const std::string& technology);

  // No new calls. `idle` runs when the last channel and thread are gone; after `patience` what is
  // left is ended by force.
  void Drain(Duration patience, std::function<void()> idle);
  bool stopping() const { return stopping_; }

  // Functions that a module has brought, by name; beside those of functions.cc.
  struct ModuleFunction {
    std::function<std::string(Channel* channel, const std::string& arguments)> read;
    std::function<bool(Channel* channel, const std::string& arguments, const std::string& value)>
        write;
  };
  std::map<std::string, ModuleFunction> functions;

  States& states() { return *states_; }
  Messages& messages() { return *messages_; }

  Dialplan dialplan;
  VariableList globals;
  std::set<std::string> music_classes = {"default"};
  int max_calls = 0;          // 0: no limit
  G729Codec* g729 = nullptr;  // while codec_g729a.so is loaded
  // The next channel's, when somebody has chosen one.
  std::string chosen_unique_id;

 private:
  friend class PbxThread;
  void OnThreadFinished();
  void Reap();

  Runtime& runtime_;
  PbxObserver& observer_;
  Manager manager_;
  std::unique_ptr<States> states_;
  std::unique_ptr<Messages> messages_;
  std::map<std::string, Technology> technologies_;  // by lower-case name
  std::map<std::string, uint32_t> suffixes_;
  uint64_t last_channel_ = 0, last_unique_id_ = 0, last_thread_ = 0, calls_processed_ = 0;
  bool stopping_ = false;
  std::function<void()> idle_;
  std::map<uint64_t, std::unique_ptr<Channel>> channels_;
  std::unique_ptr<Timer> reaper_, patience_;
  // Before the channels in destruction: routines hold references to them.
  std::map<uint64_t, std::unique_ptr<PbxThread>> threads_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_PBX_CORE_H_
