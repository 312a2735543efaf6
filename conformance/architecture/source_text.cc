#include "conformance/architecture/source_text.h"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace sfa::conformance {
namespace {

bool IsWordLetter(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) || letter == '_';
}

std::string Trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) {
    text.remove_suffix(1);
  }
  return std::string(text);
}

// Whether the literal that begins at `at` is the name of an include.
bool IsInclude(std::string_view text, size_t at) {
  const size_t line = text.rfind('\n', at) + 1;  // npos + 1 is 0
  const std::string before = Trimmed(text.substr(line, at - line));
  return before == "#include" || before == "# include";
}

// Where the literal or comment that begins at `at` ends, or `at` when none begins there.
size_t EndOfHidden(std::string_view text, size_t at) {
  const auto from = [&](std::string_view end, size_t start) {
    const size_t found = text.find(end, start);
    return found == std::string_view::npos ? text.size() : found + end.size();
  };
  const std::string_view two = text.substr(at, 2);
  if (two == "//") return std::min(text.find('\n', at), text.size());
  if (two == "/*") return from("*/", at + 2);
  if (two == "R\"" && (at == 0 || !IsWordLetter(text[at - 1]))) {
    const size_t open = text.find('(', at);
    if (open == std::string_view::npos) return text.size();
    return from(")" + std::string(text.substr(at + 2, open - at - 2)) + "\"", open);
  }
  const char quote = text[at];
  // Within a number such as 1'000 the mark is no quote.
  const bool opens = quote == '"' || (quote == '\'' && (at == 0 || !IsWordLetter(text[at - 1])));
  if (!opens || IsInclude(text, at)) return at;
  for (size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote || text[i] == '\n') {
      return i + 1;
    }
  }
  return text.size();
}

int LineOf(std::string_view code, size_t at) {
  return 1 + static_cast<int>(std::count(code.begin(), code.begin() + static_cast<long>(at), '\n'));
}

// Calls `visit(begin, end)` for each word.
template <typename Visit>
void ForEachWord(std::string_view code, Visit visit) {
  for (size_t at = 0; at < code.size();) {
    if (!IsWordLetter(code[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < code.size() && IsWordLetter(code[end])) ++end;
    visit(at, end);
    at = end;
  }
}

bool IsFreeCall(std::string_view code, size_t begin, size_t end) {
  const std::string after = Trimmed(code.substr(end, 8));
  if (after.empty() || after.front() != '(') return false;
  const std::string before =
      Trimmed(code.substr(begin > 40 ? begin - 40 : 0, std::min<size_t>(begin, 40)));
  const auto ends = [&](std::string_view with) {
    return before.size() >= with.size() &&
           before.compare(before.size() - with.size(), with.size(), with) == 0;
  };
  if (ends(".") || ends("->") || ends("~")) return false;
  if (ends("::")) {
    const std::string scope = Trimmed(std::string_view(before).substr(0, before.size() - 2));
    return scope.empty() || !IsWordLetter(scope.back()) || ends("std::") ||
           Trimmed(scope).rfind("return") == scope.size() - 6;
  }
  // "unique_ptr<Socket> socket(": a template's end, which clang-format sets without a blank.
  if (before.size() >= 2 && before.back() == '>' && before[before.size() - 2] != ' ') return false;
  // A word before it makes it a declaration, unless the word is a statement's.
  if (before.empty() ||
      !(IsWordLetter(before.back()) || before.back() == '&' || before.back() == '*')) {
    return true;
  }
  return ends("return") || ends("else") || ends("do") || ends("co_return") || ends("&&");
}

}  // namespace

std::string WithoutCommentsAndLiterals(std::string_view text) {
  std::string code(text);
  for (size_t at = 0; at < text.size();) {
    const size_t end = EndOfHidden(text, at);
    if (end == at) {
      // A quoted include is passed over whole.
      at = text[at] == '"' ? std::min(text.find('\n', at), text.size()) : at + 1;
      continue;
    }
    for (; at < end; ++at) {
      if (code[at] != '\n') code[at] = ' ';
    }
  }
  return code;
}

std::vector<Finding> Includes(std::string_view code) {
  std::vector<Finding> found;
  std::istringstream lines{std::string(code)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::string text = Trimmed(line);
    if (text.rfind("#include", 0) != 0) continue;
    const std::string name = Trimmed(std::string_view(text).substr(8));
    if (name.size() < 2) continue;
    const bool quoted = name.front() == '"';
    const size_t end = name.find(quoted ? '"' : '>', 1);
    found.push_back({number, quoted ? name.substr(1, end - 1) : name.substr(0, end + 1)});
  }
  return found;
}

std::vector<Finding> Words(std::string_view code, const std::set<std::string>& words) {
  std::vector<Finding> found;
  ForEachWord(code, [&](size_t begin, size_t end) {
    const std::string word(code.substr(begin, end - begin));
    if (words.count(word) > 0) found.push_back({LineOf(code, begin), word});
  });
  return found;
}

std::vector<Finding> Calls(std::string_view code, const std::set<std::string>& functions) {
  std::vector<Finding> found;
  ForEachWord(code, [&](size_t begin, size_t end) {
    const std::string word(code.substr(begin, end - begin));
    if (functions.count(word) > 0 && IsFreeCall(code, begin, end)) {
      found.push_back({LineOf(code, begin), word + "()"});
    }
  });
  return found;
}

std::vector<Finding> SimulationConditionals(std::string_view code) {
  std::vector<Finding> found;
  std::istringstream lines{std::string(code)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::string text = Trimmed(line);
    if (text.rfind("#if", 0) != 0 && text.rfind("#elif", 0) != 0) continue;
    // Include guards carry the folder's name, network_sim among them.
    if (text.rfind("#ifndef", 0) == 0 && text.size() > 3 && text.substr(text.size() - 3) == "_H_") {
      continue;
    }
    if (text.find("SIM") != std::string::npos) found.push_back({number, text});
  }
  return found;
}

}  // namespace sfa::conformance
