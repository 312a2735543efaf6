#include "asterisk_harness/simulated/regex.h"

#include <algorithm>
#include <vector>

namespace sfa::harness {
namespace {

constexpr size_t kTooMany = kMostRegexNodes + 1;

size_t Sum(size_t a, size_t b) { return std::min(a + b, kTooMany); }
size_t Product(size_t a, size_t b) {
  return b != 0 && a > kTooMany / b ? kTooMany : std::min(a * b, kTooMany);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A sequence of atoms: those before the last one, and the last one, which a repetition is of.
struct Sequence {
  size_t before = 0, last = 0;
  void Add(size_t atom) {
    before = Sum(before, last);
    last = atom;
  }
  size_t all() const { return Sum(before, last); }
};

class Estimate {
 public:
  explicit Estimate(std::string_view pattern) : pattern_(pattern), open_(1) {}

  size_t Nodes() {
    while (at_ < pattern_.size()) Take(pattern_[at_++]);
    // What was never closed makes no pattern; its size is counted all the same.
    size_t nodes = 0;
    for (const Sequence& sequence : open_) nodes = Sum(nodes, sequence.all());
    return nodes;
  }

 private:
  void Take(char c) {
    Sequence& sequence = open_.back();
    switch (c) {
      case '\\':
        ++at_;
        return sequence.Add(1);
      case '[':
        SkipBracket();
        return sequence.Add(1);
      case '(':
        return open_.push_back({});
      case ')':
        return Close();
      case '+':
        sequence.last = Product(sequence.last, 2);
        return;
      case '*':
      case '?':
        sequence.last = Sum(sequence.last, 1);
        return;
      case '{':
        sequence.last = Product(sequence.last, Times());
        return;
      default:
        return sequence.Add(1);
    }
  }

  void Close() {
    const size_t group = Sum(open_.back().all(), 1);
    if (open_.size() > 1) open_.pop_back();
    open_.back().Add(group);
  }

  // "]" ends it, but for the first character.
  void SkipBracket() {
    if (at_ < pattern_.size() && pattern_[at_] == '^') ++at_;
    const size_t end = pattern_.find(']', at_ + 1);
    at_ = end == std::string_view::npos ? pattern_.size() : end + 1;
  }

  // The largest of the numbers in "{2,5}", and one more: "{2,}" is twice and any number of times.
  size_t Times() {
    size_t most = 0;
    while (at_ < pattern_.size() && (IsDigit(pattern_[at_]) || pattern_[at_] == ',')) {
      size_t number = 0;
      for (; at_ < pattern_.size() && IsDigit(pattern_[at_]); ++at_) {
        number = Sum(Product(number, 10), static_cast<size_t>(pattern_[at_] - '0'));
      }
      most = std::max(most, number);
      if (at_ < pattern_.size() && pattern_[at_] == ',') ++at_;
    }
    if (at_ < pattern_.size() && pattern_[at_] == '}') ++at_;
    return Sum(most, 1);
  }

  const std::string_view pattern_;
  size_t at_ = 0;
  std::vector<Sequence> open_;  // of the pattern, and of each group within which we are
};

}  // namespace

size_t RegexNodes(std::string_view pattern) { return Estimate(pattern).Nodes(); }

int CompileRegex(const std::string& pattern, int flags, regex_t* compiled) {
  if (RegexNodes(pattern) > kMostRegexNodes) return REG_ESPACE;
  return regcomp(compiled, pattern.c_str(), REG_EXTENDED | flags);
}

}  // namespace sfa::harness
