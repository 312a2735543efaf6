#include "conformance/real_asterisk/footprint.h"

#include <cstdlib>
#include <numeric>
#include <sstream>
#include <vector>

#include "conformance/host/files.h"

namespace sfa::conformance {
namespace {

constexpr Duration kBetweenLooks = std::chrono::seconds(1);
// Manager events that every session has read are thrown away every 5 s; until then they hold pages
// of many arenas.
constexpr Duration kEventsKept = std::chrono::seconds(6);

std::vector<std::string> WordsOf(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::string ProcessFile(const Laboratory& laboratory, const std::string& name) {
  return "/proc/" + std::to_string(laboratory.pid()) + "/" + name;
}

int64_t Entries(const Laboratory& laboratory, const std::string& directory) {
  const auto names = ListFiles(ProcessFile(laboratory, directory), "");
  return names.ok() ? static_cast<int64_t>(names->size()) : -1;
}

int64_t Channels(Laboratory& laboratory) {
  return ParseChannels(laboratory.Console("core show channels count"));
}

}  // namespace

int64_t Footprint::all_uses() const {
  return std::accumulate(uses.begin(), uses.end(), int64_t{0},
                         [](int64_t sum, const auto& each) { return sum + each.second; });
}

std::map<std::string, int64_t> ParseModuleUses(const std::string& console) {
  std::map<std::string, int64_t> uses;
  std::istringstream stream(console);
  for (std::string line; std::getline(stream, line);) {
    const std::vector<std::string> words = WordsOf(line);
    if (words.empty() || !words[0].ends_with(".so")) continue;
    // From the end: the support level, then "Running" or "Not Running", then the count.
    const size_t behind = 1 + (words.size() > 2 && words[words.size() - 3] == "Not" ? 2 : 1);
    if (words.size() < behind + 2) continue;
    uses[words[0]] = std::strtoll(words[words.size() - behind - 1].c_str(), nullptr, 10);
  }
  return uses;
}

int64_t ParseChannels(const std::string& console) {
  std::istringstream stream(console);
  for (std::string line; std::getline(stream, line);) {
    const std::vector<std::string> words = WordsOf(line);
    if (words.size() >= 3 && words[1] == "active" && words[2].starts_with("channel")) {
      return std::strtoll(words[0].c_str(), nullptr, 10);
    }
  }
  return -1;
}

int64_t ParseKib(const std::string& text, const std::string& name) {
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    const std::vector<std::string> words = WordsOf(line);
    if (words.size() == 3 && words[0] == name + ":" && words[2] == "kB") {
      return std::strtoll(words[1].c_str(), nullptr, 10);
    }
  }
  return -1;
}

Footprint Measure(Laboratory& laboratory) {
  Footprint footprint;
  footprint.channels = Channels(laboratory);
  footprint.uses = ParseModuleUses(laboratory.Console("module show"));
  laboratory.Console("malloc trim");
  // The console's own connection is gone.
  laboratory.RunFor(kBetweenLooks);
  footprint.threads = Entries(laboratory, "task");
  footprint.descriptors = Entries(laboratory, "fd");
  const auto pages = ReadFile(ProcessFile(laboratory, "smaps_rollup"));
  footprint.private_dirty_kib = pages.ok() ? ParseKib(*pages, "Private_Dirty") : -1;
  return footprint;
}

Footprint MeasureAtRest(Laboratory& laboratory, const Footprint& rest, Duration at_most) {
  for (Duration waited{}; waited < at_most; waited += kBetweenLooks) {
    if (waited >= kEventsKept && Entries(laboratory, "task") <= rest.threads &&
        Entries(laboratory, "fd") <= rest.descriptors) {
      break;
    }
    laboratory.RunFor(kBetweenLooks);
  }
  return Measure(laboratory);
}

}  // namespace sfa::conformance
