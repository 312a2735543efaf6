// One AMI connection as bytes: banner, login, actions, events by class.
#ifndef ASTERISK_HARNESS_SIMULATED_AMI_SESSION_H_
#define ASTERISK_HARNESS_SIMULATED_AMI_SESSION_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "asterisk_harness/simulated/configuration_file.h"
#include "asterisk_harness/simulated/manager.h"

namespace sfa::harness {

// Whoever carries the bytes feeds what came in and sends what `write` gets. `closed` asks to end
// the connection, never from inside Feed() more than once; the manager outlives the session.
class AmiSession final : private EventListener {
 public:
  // `users` is manager.conf: a section per user with secret, read, write.
  AmiSession(Manager& manager, const Configuration& users,
             std::function<void(std::string_view)> write, std::function<void()> closed);
  ~AmiSession();
  AmiSession(const AmiSession&) = delete;
  AmiSession& operator=(const AmiSession&) = delete;

  void Feed(std::string_view bytes);

 private:
  void OnLine(std::string_view line);
  void OnMessage();
  void Login();
  void OnManagerEvent(unsigned classes, const AmiMessage& event) override;
  void Write(const AmiMessage& message);
  void Reply(const char* response, const std::string& message);
  void Close();

  Manager& manager_;
  const Configuration users_;
  std::function<void(std::string_view)> write_;
  std::function<void()> closed_;
  std::string line_;
  bool line_too_long_ = false;
  AmiMessage message_;
  bool too_many_headers_ = false;
  bool authenticated_ = false, ended_ = false;
  unsigned read_ = 0, permissions_ = 0, event_mask_ = kClassAll;
  // Replies may come after the session's end.
  std::shared_ptr<AmiSession*> self_;
};

// "Name: value" lines and the empty one at the end.
std::string FormatAmiMessage(const AmiMessage& message);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_AMI_SESSION_H_
