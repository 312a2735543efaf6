// Follows the log file that an Asterisk writes.
#ifndef ASTERISK_HARNESS_REAL_LOG_TAIL_H_
#define ASTERISK_HARNESS_REAL_LOG_TAIL_H_

#include <fstream>
#include <functional>
#include <string>

namespace sfa::harness {

// Tells each whole line once: "[date] LEVEL[thread] file.c: text" as level and text. A line of
// another form continues the text of the one before and is told with its level.
class LogTail {
 public:
  using Teller = std::function<void(const std::string& level, const std::string& text)>;

  explicit LogTail(std::string path) : path_(std::move(path)) {}

  // What has been written since the last call.
  void Read(const Teller& tell);

 private:
  const std::string path_;
  std::ifstream file_;
  std::string unfinished_;
  std::string level_ = "NOTICE";
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_REAL_LOG_TAIL_H_
