#include "conformance/scenario/input_error.h"

#include <algorithm>
#include <cctype>

namespace sfa::conformance {
namespace {

char Folded(char c) {
  if (c == '_') return '-';
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

// Optimal string alignment: insertions, deletions, substitutions, swaps of neighbours.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = Folded(a[i - 1]) == Folded(b[j - 1]);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + !same});
      if (i > 1 && j > 1 && Folded(a[i - 1]) == Folded(b[j - 2]) &&
          Folded(a[i - 2]) == Folded(b[j - 1])) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

}  // namespace

std::string ToString(const InputError& error) {
  std::string text = error.place.file;
  if (error.place.line > 0) text += ":" + std::to_string(error.place.line);
  if (error.place.column > 0) text += ":" + std::to_string(error.place.column);
  return text + ": " + error.message;
}

std::string NearestWord(std::string_view found, const std::vector<std::string>& known) {
  // Longer words are no names of ours, and the distance costs their product.
  if (found.empty() || found.size() > 64) return "";
  const size_t limit = std::max<size_t>(1, found.size() / 3);
  size_t best = limit + 1;
  std::string nearest;
  for (const std::string& word : known) {
    const size_t distance = EditDistance(found, word);
    if (distance < best) {
      best = distance;
      nearest = word;
    }
  }
  return nearest;
}

std::string AllowedWords(std::string_view found, const std::vector<std::string>& known) {
  std::string text;
  for (size_t i = 0; i < known.size(); ++i) {
    if (i > 0) text += i + 1 == known.size() ? " or " : ", ";
    text += known[i];
  }
  const std::string nearest = NearestWord(found, known);
  if (!nearest.empty()) text += "; did you mean '" + nearest + "'?";
  return text;
}

}  // namespace sfa::conformance
