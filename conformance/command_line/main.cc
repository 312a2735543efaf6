// The program behind ./sfalab: conform, run, report, bench.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "conformance/command_line/options.h"
#include "conformance/host/files.h"
#include "conformance/scenario/input_error.h"

namespace sfa::conformance {
namespace {

const std::vector<std::string> kCommands = {"conform", "run", "report", "bench"};

void AddCommonOptions(CLI::App& command, CommonOptions& common) {
  command.add_option("--on", common.target, "sim, asterisk-22 or asterisk-16")
      ->check([](const std::string& found) {
        const std::vector<std::string> targets = Targets();
        if (std::find(targets.begin(), targets.end(), found) != targets.end()) {
          return std::string();
        }
        return "found '" + found + "'; allowed: " + AllowedWords(found, targets);
      });
  command.add_option("--seed", common.seed, "of all that is random in the world");
  command.add_option("--out", common.out, "directory for report.html, junit.xml, results.sqlite");
  command.add_flag("--json", common.json, "one JSON object instead of text");
}

// CLI11 says what is wrong; the nearest right word is ours.
std::string Advice(const CLI::App& app, const std::vector<std::string>& arguments) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  std::vector<std::string> known = chosen.empty() ? kCommands : std::vector<std::string>{};
  const CLI::App& command = chosen.empty() ? app : *chosen[0];
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  for (const std::string& argument : arguments) {
    const std::string word = argument.substr(0, argument.find('='));
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    if (!chosen.empty() && !word.starts_with("--")) continue;
    const std::string nearest = NearestWord(word, known);
    if (!nearest.empty()) return "; did you mean '" + nearest + "'?";
  }
  return "";
}

int Main(int argc, char** argv) {
  CLI::App app("Simulation and conformance platform for Skype for Asterisk", "sfalab");
  CommonOptions common;
  app.add_option("--source-root", common.source_root)->group("");
  app.require_subcommand(1);

  ConformOptions conform_options;
  CLI::App* conform = app.add_subcommand("conform", "the whole conformance suite");
  AddCommonOptions(*conform, common);
  conform->add_option("--filter", conform_options.filter,
                      "scenarios by name or requirement; * stands for anything");
  conform->add_option("--jobs", conform_options.jobs, "processes")->check(CLI::Range(1, 256));

  std::string file;
  CLI::App* run = app.add_subcommand("run", "one scenario");
  run->add_option("FILE", file, "the scenario")->required();
  AddCommonOptions(*run, common);

  CLI::App* worker = app.add_subcommand("worker", "")->group("");
  worker->add_option("FILE", file)->required();
  AddCommonOptions(*worker, common);

  std::vector<std::string> stores;
  CLI::App* report = app.add_subcommand("report", "a stored run again, or the difference of two");
  report->add_option("RUN", stores, "results.sqlite, or its directory")->required()->expected(1, 2);
  report->add_option("--out", common.out, "directory for the report");
  report->add_flag("--json", common.json, "one JSON object instead of text");

  CLI::App* bench = app.add_subcommand("bench", "processor time of a call, against raw ns-3");
  bench->add_flag("--json", common.json, "one JSON object instead of text");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    if (problem.get_exit_code() == 0) return app.exit(problem);
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    std::fprintf(stderr, "sfalab: %s%s\nsfalab --help lists what there is.\n", problem.what(),
                 Advice(app, arguments).c_str());
    return kExitBadInput;
  }
  if (conform->parsed() && common.out.empty()) common.out = "out";
  if (!common.out.empty()) common.out = AbsolutePath(common.out);
  if (conform->parsed()) return Conform(common, conform_options);
  if (run->parsed()) return Run(common, file);
  if (worker->parsed()) return RunWorker(common, file);
  if (report->parsed()) return Report(common, stores);
  return Bench(common);
}

}  // namespace
}  // namespace sfa::conformance

int main(int argc, char** argv) {
  try {
    return sfa::conformance::Main(argc, argv);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "sfalab: %s\n", problem.what());
    return sfa::conformance::kExitCannotTell;
  }
}
