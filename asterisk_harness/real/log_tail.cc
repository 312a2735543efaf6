#include "asterisk_harness/real/log_tail.h"

#include <string_view>

namespace sfa::harness {
namespace {

// "[2010-06-01 10:00:00.000] WARNING[28][C-00000001] config.c: text"
struct LogLine {
  std::string_view level, text;
};

bool Parse(std::string_view line, LogLine& parsed) {
  const size_t date_end = line.find("] ");
  if (line.empty() || line.front() != '[' || date_end == std::string_view::npos) return false;
  const std::string_view rest = line.substr(date_end + 2);
  const size_t level_end = rest.find('[');
  const size_t source_end = rest.find(": ", level_end == std::string_view::npos ? 0 : level_end);
  if (level_end == std::string_view::npos || source_end == std::string_view::npos) return false;
  parsed = {rest.substr(0, level_end), rest.substr(source_end + 2)};
  return true;
}

}  // namespace

void LogTail::Read(const Teller& tell) {
  if (!file_.is_open()) file_.open(path_, std::ios::binary);
  if (!file_.is_open()) return;
  file_.clear();
  char buffer[8192];
  while (file_.read(buffer, sizeof buffer) || file_.gcount() > 0) {
    unfinished_.append(buffer, static_cast<size_t>(file_.gcount()));
  }
  size_t start = 0;
  for (size_t end; (end = unfinished_.find('\n', start)) != std::string::npos; start = end + 1) {
    const std::string_view line(unfinished_.data() + start, end - start);
    LogLine parsed{level_, line};
    if (Parse(line, parsed)) level_ = std::string(parsed.level);
    tell(level_, std::string(parsed.text));
  }
  unfinished_.erase(0, start);
}

}  // namespace sfa::harness
