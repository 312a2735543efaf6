#include "conformance/lab/configuration.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "conformance/host/files.h"

namespace sfa::conformance {
namespace {

constexpr char kManagerConf[] = "manager.conf";
constexpr size_t kLongestFile = size_t{4} << 20;
constexpr size_t kMostFiles = 1000;

// The line, from 1, on which the section begins; 0 when there is none.
int LineOfSection(const std::string& text, const std::string& name) {
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const size_t first = line.find_first_not_of(" \t");
    if (first != std::string::npos && line.compare(first, name.size() + 2, "[" + name + "]") == 0) {
      return number;
    }
  }
  return 0;
}

std::string& FileNamed(const std::string& name, Fields& files) {
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const auto& file) { return file.first == name; });
  if (found != files.end()) return found->second;
  return files.emplace_back(name, "").second;
}

}  // namespace

std::string NewSecret(Random& random) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string secret;
  for (const uint8_t byte : random.Bytes<16>()) {
    secret += kDigits[byte >> 4];
    secret += kDigits[byte & 15];
  }
  return secret;
}

void LayOver(const std::string& directory, Fields& files, std::vector<InputError>& errors) {
  const Result<std::vector<std::string>> names = ListFiles(directory, "");
  if (!names.ok()) {
    errors.push_back({{directory}, names.error().message});
    return;
  }
  if (names->size() > kMostFiles) {
    errors.push_back({{directory}, "more than 1000 files; expected those of /etc/asterisk"});
    return;
  }
  for (const std::string& name : *names) {
    if (name.starts_with('.')) continue;
    const std::string path = directory + "/" + name;
    Result<std::string> text = ReadFile(path, kLongestFile);
    if (!text.ok()) {
      errors.push_back({{path}, text.error().message + "; expected a configuration file"});
      continue;
    }
    const int line = name == kManagerConf ? LineOfSection(*text, kManagerUser) : 0;
    if (line > 0) {
      errors.push_back(
          {{path, line, 1}, "the manager user 'sfalab' is the lab's own; expected another name"});
      continue;
    }
    FileNamed(name, files) = std::move(*text);
  }
}

std::string ManagerConf(const std::string& given, const std::string& secret) {
  // Of a key that stands twice the later one counts; of a section that stands twice, the first, so
  // that an existing one is added to.
  const bool adds = LineOfSection(given, "general") > 0;
  return given + (given.empty() || given.ends_with('\n') ? "" : "\n") + "[general]" +
         (adds ? "(+)" : "") +
         "\n"
         "enabled = yes\n"
         "bindaddr = 127.0.0.1\n"
         "port = 5038\n"
         "\n"
         "[" +
         kManagerUser +
         "]\n"
         "secret = " +
         secret +
         "\n"
         "read = all\n"
         "write = all\n";
}

void AddManagerUser(const std::string& secret, Fields& files) {
  std::string& manager = FileNamed(kManagerConf, files);
  manager = ManagerConf(manager, secret);
}

}  // namespace sfa::conformance
