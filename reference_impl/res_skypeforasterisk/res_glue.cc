#include "res_skypeforasterisk/res_glue.h"

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <string>

#include "res_skypeforasterisk/engine_service.h"
#include "res_skypeforasterisk/version.h"
#include "runtime/posix/posix_runtime.h"

// The embedded engine (engine_image.S).
extern "C" const uint8_t skype_engine_image_begin[];
extern "C" const uint8_t skype_engine_image_end[];

namespace {

using LogFunction = void (*)(res_log_level level, const char* text);

res_log_level LevelOf(sfa::LogLevel level) {
  switch (level) {
    case sfa::LogLevel::kDebug:
      return RES_LOG_DEBUG;
    case sfa::LogLevel::kNotice:
      return RES_LOG_NOTICE;
    case sfa::LogLevel::kWarning:
      return RES_LOG_WARNING;
    default:
      return RES_LOG_ERROR;
  }
}

sfa::posix::PosixSettings SettingsWith(LogFunction log) {
  sfa::posix::PosixSettings settings;
  settings.log = [log](sfa::LogLevel level, std::string_view component, std::string_view message) {
    log(LevelOf(level), (std::string(component) + ": " + std::string(message)).c_str());
  };
  return settings;
}

// A thread waits here for one that runs later.
class Latch {
 public:
  void Open() {
    // Notified under the lock: the waiter may destroy the latch as soon as it can take it.
    std::lock_guard<std::mutex> lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    opened_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

}  // namespace

struct res_glue {
  res_glue(const char* licenses_directory, LogFunction log)
      : runtime(SettingsWith(log)),
        service(sfa::res::NewEngineService(
            runtime, {{skype_engine_image_begin,
                       static_cast<size_t>(skype_engine_image_end - skype_engine_image_begin)},
                      licenses_directory})) {}

  sfa::posix::PosixRuntime runtime;
  std::unique_ptr<sfa::res::EngineService> service;
};

res_glue* res_glue_new(const char* licenses_directory, LogFunction log) {
  try {
    return new res_glue(licenses_directory, log);
  } catch (const std::exception& failure) {
    log(RES_LOG_ERROR, failure.what());
    return nullptr;
  }
}

void res_glue_run(res_glue* glue) { glue->runtime.Run(); }

void* res_glue_engine_service(res_glue* glue) {
  return static_cast<sfa::res::EngineService*>(glue->service.get());
}

int res_glue_g729_acquire(res_glue* glue) {
  return glue->service->g729_licenses().Acquire() ? 1 : 0;
}

void res_glue_g729_release(res_glue* glue) { glue->service->g729_licenses().Release(); }

int res_glue_g729_licensed(const res_glue* glue) { return glue->service->g729_licenses().total(); }

int res_glue_g729_in_use(const res_glue* glue) { return glue->service->g729_licenses().in_use(); }

void res_glue_barrier(res_glue* glue) {
  Latch latch;
  glue->runtime.Post([&latch] { latch.Open(); });
  latch.Wait();
}

void res_glue_end_engine(res_glue* glue) {
  Latch latch;
  glue->runtime.Post([glue, &latch] { glue->service->Stop([&latch] { latch.Open(); }); });
  latch.Wait();
}

void res_glue_stop(res_glue* glue) { glue->runtime.Stop(); }

void res_glue_delete(res_glue* glue) {
  glue->service.reset();
  delete glue;
}

const char* res_glue_version(void) { return sfa::res::kVersion; }
