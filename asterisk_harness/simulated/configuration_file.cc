#include "asterisk_harness/simulated/configuration_file.h"

#include <algorithm>
#include <string_view>

#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

// Files may include each other in a circle; Asterisk stops at the same depth.
constexpr int kMaxIncludeDepth = 10;
// More than any real configuration, little enough to hold.
constexpr size_t kMaxLines = 200000;
// What a few short lines with += or a template grow to.
constexpr size_t kMaxBytes = size_t{32} << 20;

class Reader {
 public:
  explicit Reader(const FileLookup& lookup) : lookup_(lookup) {}

  Status Read(const std::string& file, int depth) {
    const std::optional<std::string> text = lookup_(file);
    if (!text) return Error{ErrorCode::kNotFound, file + ": no such file"};
    std::string_view rest = *text;
    int number = 0;
    bool in_comment = false;
    int comment_start = 0;
    while (!rest.empty()) {
      const size_t end = rest.find('\n');
      const std::string_view raw = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      ++number;
      const bool was_in_comment = in_comment;
      const std::string line = WithoutComments(raw, &in_comment);
      if (in_comment && !was_in_comment) comment_start = number;
      const std::string_view content = Trim(line);
      if (content.empty()) continue;
      if (Status status = ReadLine(content, file, number, depth); !status) return status;
      if (result_.lines.size() > kMaxLines) return Invalid(file, number, "too many lines");
      if (bytes_ > kMaxBytes) return Invalid(file, number, "more than 32 MiB of values");
    }
    if (in_comment) {
      Warn("Unterminated comment detected beginning on line " + std::to_string(comment_start));
    }
    return {};
  }

  Configuration TakeResult() {
    Configuration result;
    result.warnings = std::move(result_.warnings);
    for (ConfigurationLine& line : result_.lines) {
      if (!IsTemplate(line.section)) result.lines.push_back(std::move(line));
    }
    return result;
  }

 private:
  static Error Invalid(const std::string& file, int line, const std::string& what) {
    return {ErrorCode::kInvalid, file + ":" + std::to_string(line) + ": " + what};
  }

  void Warn(std::string text) { result_.warnings.push_back(std::move(text)); }

  bool IsTemplate(const std::string& section) const {
    return std::find(templates_.begin(), templates_.end(), section) != templates_.end();
  }

  static std::string WithoutComments(std::string_view raw, bool* in_comment) {
    std::string line;
    for (size_t i = 0; i < raw.size(); ++i) {
      if (*in_comment) {
        if (raw.substr(i, 3) == "--;") {
          *in_comment = false;
          i += 2;
        }
      } else if (raw[i] == '\\' && i + 1 < raw.size() && raw[i + 1] == ';') {
        line += ';';
        ++i;
      } else if (raw[i] == ';') {
        // ";--" opens a block, ";---" is an ordinary comment.
        if (raw.substr(i, 3) != ";--" || raw.substr(i, 4) == ";---") break;
        *in_comment = true;
        i += 2;
      } else {
        line += raw[i];
      }
    }
    return line;
  }

  Status ReadLine(std::string_view content, const std::string& file, int number, int depth) {
    if (content[0] == '[') return OpenSection(content, file, number);
    if (content[0] == '#') return Directive(content, file, number, depth);
    if (section_.empty()) {
      return Invalid(file, number,
                     "parse error: no category context: '" + std::string(content) +
                         "' stands before the first [section]");
    }
    const size_t equals = content.find('=');
    if (equals == std::string_view::npos) {
      Warn("No '=' (equal sign) in line " + std::to_string(number) + " of " + file);
      return {};
    }
    std::string_view name = Trim(content.substr(0, equals));
    size_t value_at = equals + 1;
    bool append = false;
    if (value_at < content.size() && content[value_at] == '>') {
      ++value_at;
    } else if (!name.empty() && name.back() == '+') {
      append = true;
      name = Trim(name.substr(0, name.size() - 1));
    }
    if (name.empty()) {
      Warn("No variable name in line " + std::to_string(number) + " of " + file);
      return {};
    }
    std::string value(Trim(content.substr(value_at)));
    if (append) value = Previous(std::string(name)) + value;
    bytes_ += section_.size() + name.size() + value.size();
    result_.lines.push_back({section_, std::string(name), std::move(value), file, number});
    return {};
  }

  std::string Previous(const std::string& name) const {
    for (auto line = result_.lines.rbegin(); line != result_.lines.rend(); ++line) {
      if (line->section == section_ && line->name == name) return line->value;
    }
    return "";
  }

  Status OpenSection(std::string_view content, const std::string& file, int number) {
    const size_t close = content.find(']');
    if (close == std::string_view::npos) {
      return Invalid(file, number, "parse error: no closing ']'");
    }
    section_ = std::string(Trim(content.substr(1, close - 1)));
    if (section_.empty()) return Invalid(file, number, "parse error: an empty [section] name");
    std::string_view options = Trim(content.substr(close + 1));
    std::vector<std::string> parents;
    bool adds = false;
    if (!options.empty() && options.front() == '(') {
      const size_t end = options.find(')');
      if (end == std::string_view::npos) {
        return Invalid(file, number, "parse error: no closing ')'");
      }
      for (const std::string& option : Split(options.substr(1, end - 1), ',')) {
        const std::string word(Trim(option));
        if (word == "!") {
          templates_.push_back(section_);
        } else if (word == "+") {
          adds = true;
        } else if (!word.empty()) {
          parents.push_back(word);
        }
      }
    }
    if (!adds) result_.lines.push_back({section_, "", "", file, number});
    for (const std::string& parent : parents) {
      if (Status status = Inherit(parent, file, number); !status) return status;
    }
    return {};
  }

  Status Inherit(const std::string& parent, const std::string& file, int number) {
    std::vector<ConfigurationLine> inherited;
    bool known = false;
    for (const ConfigurationLine& line : result_.lines) {
      if (line.section != parent) continue;
      known = true;
      if (line.name.empty()) continue;
      inherited.push_back(line);
      inherited.back().section = section_;
    }
    if (!known) {
      return Invalid(file, number,
                     "Inheritance requested, but category '" + parent + "' does not exist");
    }
    for (ConfigurationLine& line : inherited) {
      bytes_ += line.section.size() + line.name.size() + line.value.size();
      result_.lines.push_back(std::move(line));
    }
    return {};
  }

  Status Directive(std::string_view content, const std::string& file, int number, int depth) {
    const size_t blank = content.find_first_of(" \t");
    const std::string_view word = content.substr(1, blank - 1);
    const bool tries = EqualsIgnoreCase(word, "tryinclude");
    if (!tries && !EqualsIgnoreCase(word, "include")) {
      if (EqualsIgnoreCase(word, "exec")) {
        return Invalid(file, number, "#exec needs execincludes=yes and a real Asterisk");
      }
      Warn("Unknown directive '#" + std::string(word) + "' at line " + std::to_string(number) +
           " of " + file);
      return {};
    }
    std::string_view name =
        blank == std::string_view::npos ? std::string_view() : Trim(content.substr(blank));
    if (name.size() >= 2 && (name.front() == '"' || name.front() == '<')) {
      name = name.substr(1, name.size() - 2);
    }
    if (name.empty()) {
      Warn("Directive '#include' needs an argument (filename) at line " + std::to_string(number) +
           " of " + file);
      return {};
    }
    if (depth >= kMaxIncludeDepth) return Invalid(file, number, "Maximum Include level exceeded");
    Status status = Read(std::string(name), depth + 1);
    if (!status && status.error().code == ErrorCode::kNotFound) {
      if (tries) return {};
      return Invalid(
          file, number,
          "The file '" + std::string(name) + "' was listed as a #include but it does not exist.");
    }
    return status;
  }

  const FileLookup& lookup_;
  std::string section_;
  std::vector<std::string> templates_;
  Configuration result_;
  size_t bytes_ = 0;  // in the result's lines
};

}  // namespace

std::optional<std::string> Configuration::Get(const std::string& section,
                                              const std::string& name) const {
  std::optional<std::string> found;
  for (const ConfigurationLine& line : lines) {
    if (!line.name.empty() && EqualsIgnoreCase(line.section, section) &&
        EqualsIgnoreCase(line.name, name)) {
      found = line.value;
    }
  }
  return found;
}

Result<Configuration> ReadConfiguration(const std::string& file, const FileLookup& lookup) {
  Reader reader(lookup);
  if (Status status = reader.Read(file, 1); !status) return status.error();
  return reader.TakeResult();
}

bool IsTrueSetting(const std::string& value) {
  for (const char* word : {"yes", "true", "y", "t", "1", "on"}) {
    if (EqualsIgnoreCase(value, word)) return true;
  }
  return false;
}

}  // namespace sfa::harness
