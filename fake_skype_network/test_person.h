// For tests: a desktop client whose sights can be read like a diary.
#ifndef FAKE_SKYPE_NETWORK_TEST_PERSON_H_
#define FAKE_SKYPE_NETWORK_TEST_PERSON_H_

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fake_skype_network/desktop_client.h"
#include "protocol/media/signal_match.h"

namespace sfa::community {

class TestPerson final : public ClientObserver {
 public:
  TestPerson(Runtime& runtime, ClientSettings settings)
      : client_(NewDesktopClient(runtime, std::move(settings), *this)) {}

  DesktopClient& operator*() { return *client_; }
  DesktopClient* operator->() { return client_.get(); }

  void OnSight(const ClientSight& sight) override {
    std::string line = sight.kind;
    for (const auto& [name, value] : sight.fields) {
      if (!value.empty()) line += " " + value;
    }
    diary.push_back(line);
    times.push_back(sight.at);
  }

  bool Saw(const std::string& line) const {
    return std::find(diary.begin(), diary.end(), line) != diary.end();
  }
  // All but the logins and the paths.
  std::vector<std::string> Calls() const {
    std::vector<std::string> calls;
    for (const std::string& line : diary) {
      if (line.rfind("login", 0) != 0 && line.rfind("path", 0) != 0) calls.push_back(line);
    }
    return calls;
  }
  bool LoggedIn() const {
    for (auto line = diary.rbegin(); line != diary.rend(); ++line) {
      if (line->rfind("login", 0) == 0) return *line == "login Logged In";
    }
    return false;
  }

  std::vector<std::string> diary;
  std::vector<MonotonicTime> times;

 private:
  std::unique_ptr<DesktopClient> client_;
};

// What `speaker` said, as `listener` heard it.
inline media::SignalMatch Heard(TestPerson& speaker, TestPerson& listener) {
  const AudioRecord& said = speaker->audio();
  const AudioRecord& heard = listener->audio();
  media::MatchSettings settings;
  const auto lead = (heard.heard_start - said.sent_start).count() * media::kSampleRate / 1000000000;
  settings.least_delay = -lead - 4000;
  settings.greatest_delay = 8000 - lead;
  return media::FindSignal(said.sent, heard.heard, settings);
}

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_TEST_PERSON_H_
