// The program `skyhost`: the engine on the deployed runtime. Started by res_skypeforasterisk, which
// holds the other end of descriptor 3.
#include <signal.h>
#include <syslog.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <optional>
#include <string>

#include "res_skypeforasterisk/version.h"
#include "runtime/posix/posix_runtime.h"
#include "skypeforasterisk/engine.h"

namespace {

int SyslogPriority(sfa::LogLevel level) {
  switch (level) {
    case sfa::LogLevel::kDebug:
      return LOG_DEBUG;
    case sfa::LogLevel::kNotice:
      return LOG_NOTICE;
    case sfa::LogLevel::kWarning:
      return LOG_WARNING;
    case sfa::LogLevel::kError:
      return LOG_ERR;
  }
  return LOG_ERR;
}

// The module gives us /dev/null as standard error; syslog is what an administrator sees.
void WriteLog(sfa::LogLevel level, std::string_view component, std::string_view message) {
  const std::string line = std::string(component) + ": " + std::string(message);
  syslog(SyslogPriority(level), "%s", line.c_str());
  std::fprintf(stderr, "%s\n", line.c_str());
}

int Serve() {
  sfa::posix::PosixRuntime runtime({.log = WriteLog});
  auto control = runtime.AdoptStream(sfa::kControlDescriptor);
  if (!control) {
    std::fprintf(stderr,
                 "skyhost is started by Asterisk's module res_skypeforasterisk, which passes its "
                 "control stream as descriptor %d: %s\n",
                 sfa::kControlDescriptor, control.error().message.c_str());
    return 2;
  }
  std::optional<int> result;
  const auto exit = [&](int status) {
    result = status;
    runtime.Stop();
  };
  auto engine = sfa::engine::NewEngine(runtime, std::move(*control), exit, getpid());
  runtime.Run();
  engine.reset();
  return result.value_or(1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
    std::printf("skyhost %s\n", sfa::res::kVersion);
    return 0;
  }
  if (argc > 1) {
    std::fprintf(stderr, "usage: skyhost [--version]\n");
    return 2;
  }
  // A stream whose other end has gone is an error value, not the end of this process.
  signal(SIGPIPE, SIG_IGN);
  openlog("skypeforasterisk", LOG_PID, LOG_DAEMON);
  return Serve();
}
