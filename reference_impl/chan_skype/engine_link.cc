#include "chan_skype/engine_link.h"

#include <algorithm>
#include <utility>

namespace sfa::skype {
namespace {

constexpr Duration kFirstPause = std::chrono::seconds(2);
constexpr Duration kLongestPause = std::chrono::seconds(60);

}  // namespace

EngineLink::EngineLink(res::EngineService& service, EngineEvents& events)
    : service_(service),
      events_(events),
      pause_(kFirstPause),
      restart_(service.runtime().NewTimer([this] { Launch(); })) {}

void EngineLink::Start(const std::string& engine_directory) {
  engine_directory_ = engine_directory;
  pause_ = kFirstPause;
  Launch();
}

void EngineLink::Restart(const std::string& engine_directory) {
  const uint64_t stop = stops_ + 1;
  Stop([this, stop, engine_directory] {
    if (stop == stops_) Start(engine_directory);
  });
}

void EngineLink::Stop(Task stopped) {
  ++stops_;
  restart_->Cancel();
  up_ = false;
  service_.Stop(std::move(stopped));
}

void EngineLink::Send(const control::Command& command) {
  if (up_) service_.Send(command.SerializeAsString());
}

void EngineLink::Launch() {
  restart_->Cancel();
  service_.Start(engine_directory_, *this);
}

void EngineLink::OnEngineReady(std::string_view version) {
  up_ = true;
  events_.OnEngineUp(std::string(version));
}

void EngineLink::OnEngineEvent(std::string_view bytes) {
  control::Event event;
  if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  // Whoever has spoken for a while is healthy: the next death begins with the short pause again.
  if (event.has_account_status() && event.account_status().state() == control::ACCOUNT_LOGGED_IN) {
    pause_ = kFirstPause;
  }
  events_.OnEngineMessage(event);
}

void EngineLink::OnEngineGone(const std::string& reason) {
  const bool was_up = std::exchange(up_, false);
  Duration pause = Duration::zero();
  if (was_up) {
    pause = pause_;
    pause_ = std::min(pause_ * 2, kLongestPause);
    restart_->Start(pause);
  }
  events_.OnEngineDown(reason, pause);
}

}  // namespace sfa::skype
