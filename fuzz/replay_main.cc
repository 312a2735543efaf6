// Runs every target over its kept corpus and over what a few thousand changes make of it: what CI
// does, with any compiler and without libFuzzer.
//
//   sfa_fuzz_replay CORPUS MUTATIONS [TARGET…]    MUTATIONS: of each file
//   sfa_fuzz_replay --seeds CORPUS [TARGET…]      writes the real messages that targets start from
//   sfa_fuzz_replay --run TARGET FILE…            findings once more
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz/targets.h"

namespace sfa::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLongestInput = 4096;

Bytes ReadInput(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(stream), {});
}

std::vector<fs::path> FilesOf(const fs::path& folder) {
  std::vector<fs::path> files;
  if (fs::exists(folder)) {
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// SplitMix64: the same changes on every machine.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  size_t Below(size_t end) {
    uint64_t z = state_ += 0x9E3779B97F4A7C15ull;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return static_cast<size_t>((z ^ z >> 31) % end);
  }

 private:
  uint64_t state_;
};

// One to four small changes; `other` gives a part to graft.
Bytes Changed(Bytes bytes, const Bytes& other, Dice& dice) {
  for (size_t changes = 1 + dice.Below(4); changes > 0; --changes) {
    const auto at = static_cast<long>(bytes.empty() ? 0 : dice.Below(bytes.size()));
    switch (dice.Below(6)) {
      case 0:
        if (!bytes.empty()) bytes[at] ^= static_cast<uint8_t>(1 << dice.Below(8));
        break;
      case 1:
        if (!bytes.empty())
          bytes[at] = static_cast<uint8_t>(dice.Below(4) * 85);  // 0, 85, 170, 255
        break;
      case 2:
        if (!bytes.empty()) bytes.resize(static_cast<size_t>(at));
        break;
      case 3:
        bytes.insert(bytes.begin() + at, static_cast<uint8_t>(dice.Below(256)));
        break;
      case 4:
        if (!bytes.empty()) bytes.erase(bytes.begin() + at);
        break;
      default:
        if (!other.empty()) {
          const size_t from = dice.Below(other.size());
          const size_t size = std::min<size_t>(1 + dice.Below(32), other.size() - from);
          bytes.insert(bytes.begin() + at, other.begin() + static_cast<long>(from),
                       other.begin() + static_cast<long>(from + size));
        }
    }
  }
  bytes.resize(std::min(bytes.size(), kLongestInput));
  return bytes;
}

// What is being run: a crash writes it down.
struct Evidence {
  const Target* target = nullptr;
  const Bytes* input = nullptr;
};
Evidence evidence;  // for the signal handler, which is given nothing

void OnCrash(int signal) {
  if (evidence.target != nullptr) {
    const std::string path = "finding-" + std::string(evidence.target->name);
    std::ofstream stream(path, std::ios::binary | std::ios::trunc);
    stream.write(reinterpret_cast<const char*>(evidence.input->data()),
                 static_cast<std::streamsize>(evidence.input->size()));
    stream.close();
    std::fprintf(stderr, "%s: the input is in %s\n", evidence.target->name, path.c_str());
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void RunOne(const Target& target, const Bytes& input) {
  evidence = {&target, &input};
  target.run(input);
  evidence = {};
}

bool Replay(const Target& target, const fs::path& corpus, size_t mutations) {
  std::vector<Bytes> inputs;
  for (const fs::path& file : FilesOf(corpus / target.name)) inputs.push_back(ReadInput(file));
  if (inputs.empty()) {
    std::fprintf(stderr, "%s: no corpus in %s\n", target.name, corpus.c_str());
    return false;
  }
  Dice dice(inputs.size());
  size_t runs = 1;
  RunOne(target, {});
  for (const Bytes& input : inputs) {
    RunOne(target, input);
    ++runs;
    for (size_t i = 0; i < mutations; ++i) {
      const Bytes changed = Changed(input, inputs[dice.Below(inputs.size())], dice);
      RunOne(target, changed);
      ++runs;
    }
  }
  std::printf("%-16s %6zu files %8zu runs\n", target.name, inputs.size(), runs);
  std::fflush(stdout);
  return true;
}

void WriteSeeds(const Target& target, const fs::path& corpus) {
  fs::create_directories(corpus / target.name);
  for (const auto& [name, bytes] : target.seeds()) {
    std::ofstream stream(corpus / target.name / name, std::ios::binary | std::ios::trunc);
    stream.write(reinterpret_cast<const char*>(bytes.data()),
                 static_cast<std::streamsize>(bytes.size()));
  }
}

int Usage() {
  std::fprintf(stderr,
               "sfa_fuzz_replay CORPUS MUTATIONS [TARGET…]\n"
               "sfa_fuzz_replay --seeds CORPUS [TARGET…]\n"
               "sfa_fuzz_replay --run TARGET FILE…\n");
  return 2;
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) return Usage();
  const std::string& first = arguments[0];
  const std::vector<std::string> rest(arguments.begin() + 2, arguments.end());
  bool good = true, known = false;
  for (const Target& target : AllTargets()) {
    if (first == "--run") {
      if (arguments[1] != target.name) continue;
      known = true;
      for (const std::string& file : rest) RunOne(target, ReadInput(file));
      continue;
    }
    if (!rest.empty() && std::find(rest.begin(), rest.end(), target.name) == rest.end()) continue;
    known = true;
    if (first == "--seeds") {
      WriteSeeds(target, arguments[1]);
    } else {
      good = Replay(target, first, std::strtoul(arguments[1].c_str(), nullptr, 10)) && good;
    }
  }
  if (!known) return Usage();
  return good ? 0 : 1;
}

}  // namespace
}  // namespace sfa::fuzz

int main(int argc, char** argv) {
  // What messages do not parse is what this is about; protobuf would say it of each.
  google::protobuf::SetLogHandler(nullptr);
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    std::signal(signal, sfa::fuzz::OnCrash);
  }
  return sfa::fuzz::Main({argv + 1, argv + argc});
}
