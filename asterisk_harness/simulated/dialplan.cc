#include "asterisk_harness/simulated/dialplan.h"

#include <algorithm>
#include <bitset>
#include <climits>

#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);
// Asterisk's limit on contexts included by one (AST_PBX_MAX_STACK).
constexpr size_t kMaxIncludes = 128;

using CharacterSet = std::bitset<256>;

// One place of a pattern: a set of characters, or '.' (one or more) or '!' (any number).
struct PatternPlace {
  CharacterSet set;
  char wildcard = 0;
};

void Add(CharacterSet* set, char from, char to) {
  for (int c = static_cast<unsigned char>(from); c <= static_cast<unsigned char>(to); ++c) {
    set->set(static_cast<size_t>(c));
  }
}

// The place at `*at` of `pattern`, which is moved behind it.
PatternPlace NextPlace(const std::string& pattern, size_t* at) {
  PatternPlace place;
  const char c = pattern[(*at)++];
  switch (c) {
    case 'X':
    case 'x':
      Add(&place.set, '0', '9');
      break;
    case 'Z':
    case 'z':
      Add(&place.set, '1', '9');
      break;
    case 'N':
    case 'n':
      Add(&place.set, '2', '9');
      break;
    case '.':
    case '!':
      place.wildcard = c;
      break;
    case '[': {
      const size_t close = pattern.find(']', *at);
      if (close == std::string::npos) {
        place.set.set('[');
        break;
      }
      for (size_t i = *at; i < close; ++i) {
        if (i + 2 < close && pattern[i + 1] == '-') {
          Add(&place.set, pattern[i], pattern[i + 2]);
          i += 2;
        } else {
          place.set.set(static_cast<unsigned char>(pattern[i]));
        }
      }
      *at = close + 1;
      break;
    }
    default:
      place.set.set(static_cast<unsigned char>(c));
  }
  return place;
}

bool SkipsDash(const std::string& pattern, size_t at) {
  return at < pattern.size() && (pattern[at] == '-' || pattern[at] == ' ');
}

int LowestCharacter(const CharacterSet& set) {
  for (size_t c = 0; c < 256; ++c) {
    if (set.test(c)) return static_cast<int>(c);
  }
  return 256;
}

// Asterisk tries plain extensions first, then patterns, the narrower place first: fewer characters,
// then the lower first character; wildcards last.
int ComparePatterns(const std::string& a, const std::string& b) {
  const bool pattern_a = !a.empty() && a[0] == '_', pattern_b = !b.empty() && b[0] == '_';
  if (pattern_a != pattern_b) return pattern_a ? 1 : -1;
  if (!pattern_a) return a.compare(b);
  size_t at_a = 1, at_b = 1;
  while (at_a < a.size() && at_b < b.size()) {
    const PatternPlace x = NextPlace(a, &at_a), y = NextPlace(b, &at_b);
    auto rank = [](const PatternPlace& place) {
      if (place.wildcard == '.') return 0x18000;
      if (place.wildcard == '!') return 0x28000;
      return static_cast<int>(place.set.count()) * 0x100 + LowestCharacter(place.set);
    };
    if (rank(x) != rank(y)) return rank(x) < rank(y) ? -1 : 1;
  }
  const bool end_a = at_a >= a.size(), end_b = at_b >= b.size();
  if (end_a != end_b) return end_a ? 1 : -1;
  return 0;
}

std::string CutLabel(std::string* priority) {
  const size_t open = priority->find('(');
  if (open == std::string::npos) return "";
  const size_t close = priority->find(')', open);
  std::string label =
      priority->substr(open + 1, close == std::string::npos ? std::string::npos : close - open - 1);
  priority->erase(open);
  return label;
}

}  // namespace

bool ExtensionMatches(const std::string& pattern, const std::string& exten) {
  if (pattern.empty() || pattern[0] != '_') return pattern == exten;
  size_t at = 1, place_of_exten = 0;
  while (at < pattern.size()) {
    if (SkipsDash(pattern, at)) {
      ++at;
      continue;
    }
    const PatternPlace place = NextPlace(pattern, &at);
    if (place.wildcard == '.') return place_of_exten < exten.size();
    if (place.wildcard == '!') return true;
    if (place_of_exten >= exten.size()) return false;
    if (!place.set.test(static_cast<unsigned char>(exten[place_of_exten]))) return false;
    ++place_of_exten;
  }
  return place_of_exten == exten.size();
}

Dialplan::Dialplan(const Configuration& configuration) {
  DialplanContext* context = nullptr;
  for (const ConfigurationLine& line : configuration.lines) {
    if (EqualsIgnoreCase(line.section, "general")) continue;
    if (EqualsIgnoreCase(line.section, "globals")) {
      if (!line.name.empty()) globals_.emplace_back(line.name, line.value);
      continue;
    }
    if (line.name.empty()) {
      context = &contexts_[line.section];
      context->name = line.section;
      last_extension_ = kNone;
      continue;
    }
    if (context == nullptr || context->name != line.section) {
      context = &contexts_[line.section];
      context->name = line.section;
    }
    if (EqualsIgnoreCase(line.name, "exten")) {
      AddExtension(line, context);
    } else if (EqualsIgnoreCase(line.name, "same")) {
      AddSame(line, context);
    } else if (EqualsIgnoreCase(line.name, "include")) {
      context->includes.push_back(std::string(Trim(Split(line.value, ',')[0])));
    } else if (!EqualsIgnoreCase(line.name, "ignorepat") &&
               !EqualsIgnoreCase(line.name, "switch") &&
               !EqualsIgnoreCase(line.name, "autohints")) {
      warnings_.push_back("==!!== Unknown directive: " + line.name + " at line " +
                          std::to_string(line.line) + " of " + line.file + " -- IGNORING!!!");
    }
  }
  for (auto& [name, entry] : contexts_) {
    std::stable_sort(entry.extensions.begin(), entry.extensions.end(),
                     [](const DialplanExtension& a, const DialplanExtension& b) {
                       const int order = ComparePatterns(a.name, b.name);
                       // With a caller's number before without.
                       return order != 0 ? order < 0 : a.caller_id > b.caller_id;
                     });
  }
}

void Dialplan::AddExtension(const ConfigurationLine& line, DialplanContext* context) {
  const std::vector<std::string> parts = SplitArguments(line.value, 2);
  const size_t comma = line.value.find(',');
  if (parts.size() < 2 || comma == std::string::npos) {
    warnings_.push_back("exten => needs 'extension,priority,application' at line " +
                        std::to_string(line.line) + " of " + line.file);
    return;
  }
  std::string name(Trim(line.value.substr(0, comma)));
  std::string caller_id;
  if (const size_t slash = name.find('/'); slash != std::string::npos) {
    caller_id = name.substr(slash + 1);
    name.erase(slash);
  }
  if (name.empty()) {
    warnings_.push_back("No extension name at line " + std::to_string(line.line) + " of " +
                        line.file);
    return;
  }
  auto& extensions = context->extensions;
  auto found = std::find_if(extensions.begin(), extensions.end(), [&](const auto& extension) {
    return extension.name == name && extension.caller_id == caller_id;
  });
  if (found == extensions.end()) {
    extensions.push_back({name, caller_id, {}, ""});
    found = extensions.end() - 1;
  }
  last_extension_ = static_cast<size_t>(found - extensions.begin());
  const std::string rest(Trim(line.value.substr(comma + 1)));
  const size_t next = rest.find(',');
  const std::string application =
      next == std::string::npos ? "" : std::string(Trim(rest.substr(next + 1)));
  AddStep(line, &*found, std::string(Trim(rest.substr(0, next))), application);
}

void Dialplan::AddSame(const ConfigurationLine& line, DialplanContext* context) {
  if (last_extension_ >= context->extensions.size()) {
    warnings_.push_back("No previous pattern in the first entry of context '" + context->name +
                        "' to match '" + line.value + "' at line " + std::to_string(line.line) +
                        " of " + line.file + "!");
    return;
  }
  const size_t comma = line.value.find(',');
  const std::string application =
      comma == std::string::npos ? "" : std::string(Trim(line.value.substr(comma + 1)));
  AddStep(line, &context->extensions[last_extension_],
          std::string(Trim(line.value.substr(0, comma))), application);
}

void Dialplan::AddStep(const ConfigurationLine& line, DialplanExtension* extension,
                       const std::string& written_priority, const std::string& application) {
  std::string priority = written_priority;
  const std::string label = CutLabel(&priority);
  int number = 0;
  if (EqualsIgnoreCase(priority, "hint")) {
    extension->hint = application;
    return;
  }
  const size_t plus = priority.find('+');
  const int offset = plus == std::string::npos ? 0 : ToInt(priority.substr(plus + 1), 0);
  const std::string base(Trim(priority.substr(0, plus)));
  if (EqualsIgnoreCase(base, "n") || EqualsIgnoreCase(base, "next")) {
    if (last_priority_ == 0) {
      warnings_.push_back("Can't use 'next' priority on the first entry at line " +
                          std::to_string(line.line) + " of " + line.file + "!");
      return;
    }
    number = last_priority_ + 1 + offset;
  } else if (EqualsIgnoreCase(base, "s") || EqualsIgnoreCase(base, "same")) {
    if (last_priority_ == 0) {
      warnings_.push_back("Can't use 'same' priority on the first entry at line " +
                          std::to_string(line.line) + " of " + line.file + "!");
      return;
    }
    number = last_priority_ + offset;
  } else {
    number = ToInt(base, 0);
  }
  if (number <= 0 || number == INT_MAX) {
    warnings_.push_back("Invalid priority/label '" + written_priority + "' at line " +
                        std::to_string(line.line) + " of " + line.file);
    return;
  }
  last_priority_ = number;
  std::string name = application, data;
  if (const size_t open = application.find('('); open != std::string::npos) {
    const size_t close = application.rfind(')');
    name = application.substr(0, open);
    if (close == std::string::npos || close < open) {
      warnings_.push_back("No closing parenthesis found? '" + application + "' at line " +
                          std::to_string(line.line) + " of " + line.file);
      data = application.substr(open + 1);
    } else {
      data = application.substr(open + 1, close - open - 1);
    }
  } else if (const size_t comma = application.find(','); comma != std::string::npos) {
    name = application.substr(0, comma);
    data = application.substr(comma + 1);
  }
  if (extension->steps.count(number) > 0) {
    warnings_.push_back("Unable to register extension '" + extension->name + "' priority " +
                        std::to_string(number) + ", already in use at line " +
                        std::to_string(line.line) + " of " + line.file);
    return;
  }
  extension->steps[number] = {std::string(Trim(name)), data, label, line.file, line.line};
}

void Dialplan::Collect(const std::string& context, const std::string& exten,
                       const std::string& caller_id, std::set<std::string>* seen,
                       std::vector<const DialplanExtension*>* found) const {
  const auto entry = contexts_.find(context);
  // Includes may go in a circle: each context is looked at once.
  if (entry == contexts_.end() || !seen->insert(context).second) return;
  for (const DialplanExtension& extension : entry->second.extensions) {
    if (!ExtensionMatches(extension.name, exten)) continue;
    if (!extension.caller_id.empty() && !ExtensionMatches(extension.caller_id, caller_id)) continue;
    found->push_back(&extension);
  }
  for (const std::string& include : entry->second.includes) {
    if (seen->size() < kMaxIncludes) Collect(include, exten, caller_id, seen, found);
  }
}

const DialplanStep* Dialplan::Find(const std::string& context, const std::string& exten,
                                   int priority, const std::string& caller_id) const {
  std::vector<const DialplanExtension*> candidates;
  std::set<std::string> seen;
  Collect(context, exten, caller_id, &seen, &candidates);
  for (const DialplanExtension* candidate : candidates) {
    const auto step = candidate->steps.find(priority);
    if (step != candidate->steps.end()) return &step->second;
  }
  return nullptr;
}

const std::string* Dialplan::FindHint(const std::string& context, const std::string& exten) const {
  std::vector<const DialplanExtension*> candidates;
  std::set<std::string> seen;
  Collect(context, exten, "", &seen, &candidates);
  for (const DialplanExtension* candidate : candidates) {
    if (!candidate->hint.empty()) return &candidate->hint;
  }
  return nullptr;
}

int Dialplan::FindLabel(const std::string& context, const std::string& exten,
                        const std::string& label, const std::string& caller_id) const {
  std::vector<const DialplanExtension*> candidates;
  std::set<std::string> seen;
  Collect(context, exten, caller_id, &seen, &candidates);
  for (const DialplanExtension* candidate : candidates) {
    for (const auto& [priority, step] : candidate->steps) {
      if (!step.label.empty() && step.label == label) return priority;
    }
  }
  return 0;
}

}  // namespace sfa::harness
