#include "asterisk_harness/simulated/modules.h"

#include "asterisk_harness/simulated/driver_services.h"
#include "asterisk_harness/simulated/pbx_host_port.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

// How long a stop waits for the driver to let go of calls whose channels are gone.
constexpr Duration kStopPatience = std::chrono::seconds(5);

}  // namespace

Modules::Modules(PbxCore& core, const skype_driver* driver, ServiceFactory services,
                 FileLookup files, const ModuleDirectories& directories)
    : core_(core),
      services_(std::move(services)),
      files_(std::move(files)),
      directories_(directories),
      host_(MakeHostTable()) {
  driver_.table = driver;
  driver_.count = [this](int change) {
    chan_references_ += change;
    OnUnreferenced();
  };
}

Modules::~Modules() {
  // The driver's code frees what its functions have kept.
  for (const auto& [number, channel] : core_.channels()) channel->driver_state.reset();
  if (driver_.core != nullptr) UnregisterDriverServices(core_, driver_);
  core_.UnregisterTechnology("Skype");
  core_.g729 = nullptr;
}

void Modules::Autoload() {
  Load(kResModule);
  if (g729_installed_) Load(kG729Module);
  Load(kChanModule);
}

bool Modules::IsKnown(const std::string& module) const {
  return module == kResModule || module == kChanModule ||
         (module == kG729Module && g729_installed_);
}

bool Modules::IsRunning(const std::string& module) const {
  if (module == kResModule) return res_loaded_;
  if (module == kG729Module) return g729_ != nullptr;
  return module == kChanModule && driver_.core != nullptr;
}

bool Modules::Load(const std::string& module) {
  if (!IsKnown(module)) {
    core_.Warn("Error loading module '" + module + "': " + module +
               ": cannot open shared object file: No such file or directory");
    return false;
  }
  if (IsRunning(module)) {
    core_.Warn("Module '" + module + "' already loaded and running.");
    return false;
  }
  if (module == kChanModule) return LoadChan();
  if (module == kG729Module) return LoadG729();
  service_ = services_ ? services_() : nullptr;
  res_loaded_ = true;
  return true;
}

bool Modules::LoadG729() {
  if (!res_loaded_) {
    core_.Warn("Error loading module 'codec_g729a.so', missing dependency: res_skypeforasterisk");
    return false;
  }
  g729_ = std::make_unique<G729Codec>(
      [this] { return service_ ? service_->g729_licenses().total() : 0; });
  core_.g729 = g729_.get();
  return true;
}

void Modules::UnloadG729(const std::function<void(bool)>& done) {
  if (g729_->in_use() > 0) {
    core_.Warn("Soft unload failed, 'codec_g729a.so' has use count " +
               std::to_string(2 * g729_->in_use()));
    return done(false);
  }
  core_.g729 = nullptr;
  g729_.reset();
  done(true);
}

bool Modules::LoadChan() {
  if (!res_loaded_) {
    core_.Warn("Error loading module 'chan_skype.so', missing dependency: res_skypeforasterisk");
    return false;
  }
  if (driver_.table->version != PBX_PORT_VERSION) {
    core_.Log("ERROR", "Module 'chan_skype.so' speaks another version of the PBX port");
    return false;
  }
  skype_core* loaded = nullptr;
  const skype_load_result result = driver_.table->load(service_.get(), &host_, this, &loaded);
  if (result != SKYPE_LOAD_OK || loaded == nullptr) {
    core_.Log("NOTICE", "Module 'chan_skype.so' declined to load");
    return false;
  }
  driver_.core = loaded;
  RegisterDriverServices(core_, driver_);
  AnnounceDriverStates(core_, driver_);
  core_.RegisterTechnology("Skype", [this](const std::string& address, Channel* requestor,
                                           pbx_codec preferred, int* cause) {
    return RequestSkypeChannel(core_, driver_, address, requestor, preferred, cause);
  });
  return true;
}

void Modules::Unload(const std::string& module, std::function<void(bool)> done) {
  const auto refuse = [&](const std::string& why) {
    core_.Warn(why);
    done(false);
  };
  if (!IsRunning(module) || unloading_) {
    refuse("Unload failed, '" + module + "' is not loaded.");
    return;
  }
  if (module == kG729Module) return UnloadG729(done);
  if (module == kResModule) {
    const int users = (driver_.core != nullptr ? 1 : 0) + (g729_ ? 1 : 0);
    if (users > 0) {
      refuse("Soft unload failed, 'res_skypeforasterisk.so' has use count " +
             std::to_string(users));
      return;
    }
    service_.reset();
    res_loaded_ = false;
    done(true);
    return;
  }
  if (chan_references_ > 0) {
    refuse("Soft unload failed, 'chan_skype.so' has use count " + std::to_string(chan_references_));
    return;
  }
  unloading_ = true;
  unloaded_ = std::move(done);
  if (driver_.table->unload(driver_.core, OnGone, this) != 0) {
    unloading_ = false;
    core_.Warn("Firm unload failed for 'chan_skype.so'");
    std::exchange(unloaded_, nullptr)(false);
  }
}

// From any thread, inside unload() too: the rest happens on the runtime's, a moment later.
void Modules::OnGone(void* context) {
  Modules* const self = static_cast<Modules*>(context);
  self->core_.runtime().Post([self] {
    UnregisterDriverServices(self->core_, self->driver_);
    self->driver_.core = nullptr;
    self->unloading_ = false;
    self->core_.UnregisterTechnology("Skype");
    if (const auto unloaded = std::exchange(self->unloaded_, nullptr)) unloaded(true);
  });
}

bool Modules::Reload(const std::string& module) {
  if (module != kChanModule) return true;
  return driver_.table->reload(driver_.core) == 0;
}

void Modules::UnloadAll(std::function<void()> done) {
  stopped_ = std::move(done);
  stop_timer_ = core_.runtime().NewTimer([this] {
    if (driver_.core != nullptr && !unloading_ && chan_references_ > 0) {
      core_.Warn("The driver still holds calls; its module is taken out all the same");
      chan_references_ = 0;
    }
    if (driver_.core == nullptr || unloading_) {
      service_.reset();
      res_loaded_ = false;
      std::exchange(stopped_, nullptr)();
      return;
    }
    Unload(kChanModule, [this](bool) {
      service_.reset();
      res_loaded_ = false;
      std::exchange(stopped_, nullptr)();
    });
  });
  stop_timer_->Start(chan_references_ > 0 ? kStopPatience : Duration::zero());
}

void Modules::RunAtExit(std::function<void()> done) {
  if (service_) return service_->Stop(std::move(done));
  core_.runtime().Post(std::move(done));
}

// Calls end in the driver a little later than their channels.
void Modules::OnUnreferenced() {
  if (chan_references_ <= 0 && stopped_ && stop_timer_) stop_timer_->Start(Duration::zero());
}

std::vector<ModuleSight> Modules::List() const {
  std::vector<ModuleSight> list;
  if (driver_.core != nullptr) {
    list.push_back({kChanModule, "Skype For Asterisk Channel Driver", chan_references_, true});
  }
  if (g729_) list.push_back({kG729Module, "G.729 Annex A Codec", 2 * g729_->in_use(), true});
  if (res_loaded_) {
    list.push_back({kResModule, "Skype For Asterisk Resource",
                    (driver_.core != nullptr ? 1 : 0) + (g729_ ? 1 : 0), true});
  }
  return list;
}

std::vector<skype_console_command> Modules::ConsoleCommands() const {
  size_t count = 0;
  if (driver_.core == nullptr || driver_.table->console_commands == nullptr) return {};
  const skype_console_command* const commands = driver_.table->console_commands(&count);
  return {commands, commands + count};
}

std::vector<std::string> Modules::Complete(const std::vector<std::string>& words,
                                           const std::string& partial) {
  // More would not be looked through by anybody.
  constexpr int kMostCompletions = 1000;
  std::vector<std::string> found;
  if (driver_.core == nullptr || driver_.table->console_complete == nullptr) return found;
  std::vector<const char*> argv;
  argv.reserve(words.size());
  for (const std::string& word : words) argv.push_back(word.c_str());
  char value[256];
  for (int i = 0; i < kMostCompletions; ++i) {
    if (driver_.table->console_complete(driver_.core, static_cast<int>(argv.size()), argv.data(),
                                        partial.c_str(), i, value, sizeof value) != 0) {
      break;
    }
    value[sizeof value - 1] = '\0';
    found.emplace_back(value);
  }
  return found;
}

bool Modules::RunCli(const std::vector<std::string>& words, std::string* output) {
  if (driver_.core == nullptr) return false;
  std::vector<const char*> argv;
  argv.reserve(words.size());
  for (const std::string& word : words) argv.push_back(word.c_str());
  return driver_.table->cli(
             driver_.core, static_cast<int>(argv.size()), argv.data(),
             [](void* context, const char* text) {
               *static_cast<std::string*>(context) += std::string(text) + "\n";
             },
             output) == 0;
}

}  // namespace sfa::harness
