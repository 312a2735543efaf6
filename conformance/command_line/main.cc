// The program behind ./sfalab: conform, run, matrix, report, lab, client, bench.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "conformance/command_line/options.h"
#include "conformance/host/children.h"
#include "conformance/host/files.h"
#include "conformance/scenario/input_error.h"
#include "conformance/scenario/values.h"

namespace sfa::conformance {
namespace {

const std::vector<std::string> kCommands = {"conform", "run",    "matrix", "report",
                                            "lab",     "client", "bench"};

// CLI11 itself takes -1, what is too large, and nothing at all.
std::string CheckSeed(const std::string& found) {
  uint64_t seed = 0;
  const char* const end = found.data() + found.size();
  const auto [stop, error] = std::from_chars(found.data(), end, seed);
  if (error == std::errc() && stop == end) return "";
  return "found '" + found + "'; allowed: a whole number from 0 to " + std::to_string(UINT64_MAX);
}

std::string CheckDuration(const std::string& found) {
  return ParseDuration(found) ? std::string()
                              : "found '" + found + "'; allowed: a duration such as 45s";
}

std::string CheckTarget(const std::string& found) {
  const std::vector<std::string> targets = Targets();
  if (std::find(targets.begin(), targets.end(), found) != targets.end()) return "";
  return "found '" + found + "'; allowed: " + AllowedWords(found, targets);
}

void AddCommonOptions(CLI::App& command, CommonOptions& common) {
  command.add_option("--on", common.target, "sim, asterisk-22 or asterisk-16")->check(CheckTarget);
  command.add_option("--seed", common.seed, "of all that is random in the world")->check(CheckSeed);
  command.add_option("--out", common.out, "directory for report.html, junit.xml, results.sqlite");
  command.add_flag("--json", common.json, "one JSON object instead of text");
}

struct LabCommands {
  CLI::App *up, *status, *down, *daemon, *client;
};

LabCommands AddLabCommands(CLI::App& app, CommonOptions& common, LabOptions& lab_options,
                           ClientOptions& client_options, std::string& wait) {
  CLI::App* lab = app.add_subcommand("lab", "the world of a scenario, kept running");
  lab->require_subcommand(1);
  LabCommands commands{};
  commands.up = lab->add_subcommand("up", "starts it in the background");
  commands.daemon = app.add_subcommand("lab-daemon", "")->group("");
  for (CLI::App* const command : {commands.up, commands.daemon}) {
    command->add_option("FILE", lab_options.file, "the scenario; its steps do not happen")
        ->required();
    command->add_option("--on", lab_options.target, "asterisk-22, asterisk-16 or sim")
        ->check(CheckTarget);
    command->add_option("--etc", lab_options.etc,
                        "a folder of configuration files, over the scenario's");
    command->add_option("--seed", common.seed, "of all that is random in the world")
        ->check(CheckSeed);
  }
  commands.status = lab->add_subcommand("status", "whether it runs, and who is in it");
  commands.down = lab->add_subcommand("down", "ends it");
  for (CLI::App* const command : {commands.up, commands.daemon, commands.status, commands.down}) {
    command->add_option("--dir", lab_options.directory, "the lab's folder")->required();
  }
  commands.client = app.add_subcommand("client", "a person's desktop client in a running lab");
  commands.client->add_option("--dir", client_options.directory, "the lab's folder")->required();
  commands.client
      ->add_option("--as", client_options.as, "an account; or asterisk, network, community")
      ->required();
  commands.client->add_option("--until", client_options.until,
                              "ends when this has been seen, such as answered");
  commands.client->add_option("--wait", wait, "listens so long after the last verb, such as 10s")
      ->check(CheckDuration);
  commands.client->add_option("VERB", client_options.words,
                              "a verb of scenario steps and what belongs to it; without one, one "
                              "a line from standard input");
  return commands;
}

// CLI11 says what is wrong; what is allowed there, and the nearest right word, are ours.
std::string Advice(const CLI::App& app, const std::vector<std::string>& arguments) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  if (chosen.empty()) {
    // The program's own option and its value come first, from ./sfalab.
    const size_t first = !arguments.empty() && arguments[0] == "--source-root" ? 2 : 0;
    if (first >= arguments.size()) return "no command; allowed: " + AllowedWords("", kCommands);
    const std::string& word = arguments[first];
    return "unknown command '" + word + "'; allowed: " + AllowedWords(word, kCommands);
  }
  const CLI::App* command = chosen[0];
  while (!command->get_subcommands().empty()) command = command->get_subcommands()[0];
  std::vector<std::string> known;
  for (const CLI::App* below : command->get_subcommands({})) known.push_back(below->get_name());
  for (const CLI::Option* option : command->get_options()) {
    if (option->get_positional()) known.insert(known.begin(), option->get_name(true));
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  std::string nearest;
  for (const std::string& argument : arguments) {
    const std::string word = argument.substr(0, argument.find('='));
    if (!word.starts_with("--") || nearest.size() > 0 || word == "--source-root" ||
        std::find(known.begin(), known.end(), word) != known.end()) {
      continue;
    }
    nearest = NearestWord(word, known);
  }
  return "'" + command->get_name() + "' takes " + AllowedWords("", known) +
         (nearest.empty() ? "" : "; did you mean '" + nearest + "'?");
}

std::string Explain(const CLI::ParseError& problem, const CLI::App& app,
                    const std::vector<std::string>& arguments) {
  std::string advice = Advice(app, arguments);
  if (app.get_subcommands().empty()) return advice;
  // A refused value has said what is allowed.
  if (problem.get_exit_code() == static_cast<int>(CLI::ExitCodes::ValidationError)) {
    return problem.what();
  }
  return std::string(problem.what()) + "; " + advice;
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
  std::string longest;
  conform
      ->add_option("--longest", longest, "no scenario that lasts longer, such as 45s of real time")
      ->check(CheckDuration);
  conform->add_option("--jobs", conform_options.jobs, "processes")->check(CLI::Range(1, 256));
  bool rounds = false;
  conform
      ->add_flag("--long", rounds,
                 "instead: ten rounds of loading, 200 calls and unloading in a real Asterisk")
      ->excludes("--filter", "--longest", "--jobs");

  std::string file;
  CLI::App* run = app.add_subcommand("run", "one scenario");
  run->add_option("FILE", file, "the scenario")->required();
  AddCommonOptions(*run, common);

  CLI::App* worker = app.add_subcommand("worker", "")->group("");
  worker->add_option("FILE", file)->required();
  AddCommonOptions(*worker, common);

  RoundsWorkerOptions rounds_options;
  CLI::App* rounds_worker = app.add_subcommand("rounds-worker", "")->group("");
  rounds_worker->add_option("--on", common.target)->check(CheckTarget);
  rounds_worker->add_option("--rounds", rounds_options.rounds);
  rounds_worker->add_option("--calls", rounds_options.calls);
  rounds_worker->add_flag("--without-modules", rounds_options.without_modules);

  MatrixOptions matrix_options;
  matrix_options.jobs = Processors();
  CLI::App* matrix =
      app.add_subcommand("matrix", "every NAT and firewall kind against every other");
  AddCommonOptions(*matrix, common);
  matrix->add_option("--pair", matrix_options.pair, "A,B: a client in A calls an Asterisk in B");
  matrix->add_option("--login", matrix_options.login, "A: a client in A logs in");
  matrix->add_option("--jobs", matrix_options.jobs, "processes")->check(CLI::Range(1, 256));
  matrix->add_flag("--worker", matrix_options.worker)->group("");

  std::vector<std::string> stores;
  CLI::App* report = app.add_subcommand("report", "a stored run again, or the difference of two");
  report->add_option("RUN", stores, "results.sqlite, or its directory")->required()->expected(1, 2);
  report->add_option("--out", common.out, "directory for the report");
  std::string reviewed;
  report->add_option("--reviewed", reviewed, "a list of differences that are in order");
  report->add_flag("--json", common.json, "one JSON object instead of text");

  CLI::App* bench = app.add_subcommand("bench", "processor time of a call, against raw ns-3");
  bench->add_flag("--json", common.json, "one JSON object instead of text");

  LabOptions lab_options;
  ClientOptions client_options;
  std::string wait;
  const LabCommands lab = AddLabCommands(app, common, lab_options, client_options, wait);

  // ./sfalab runs it itself; here it is for --help and for whoever calls the program directly.
  CLI::App* test = app.add_subcommand("test", "every test of the project, as CI runs them");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    if (problem.get_exit_code() == 0) return app.exit(problem);
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    std::fprintf(stderr, "sfalab: %s\nsfalab --help lists what there is.\n",
                 Explain(problem, app, arguments).c_str());
    return kExitBadInput;
  }
  if (test->parsed()) return TellError("test is started by ./sfalab test", kExitBadInput);
  const bool whole_matrix =
      matrix->parsed() && matrix_options.pair.empty() && matrix_options.login.empty();
  if ((conform->parsed() || whole_matrix) && common.out.empty()) common.out = "out";
  if (!common.out.empty()) {
    common.out = AbsolutePath(common.out);
    if (const Status usable = CheckDirectory(common.out); !usable.ok()) {
      return TellError(
          "--out: " + usable.error().message + "; allowed: a directory in which files can be made",
          kExitBadInput);
    }
  }
  if (!longest.empty()) conform_options.longest = ParseDuration(longest);
  if (!wait.empty()) client_options.wait = ParseDuration(wait);
  if (lab.up->parsed()) return LabUp(common, lab_options);
  if (lab.status->parsed()) return LabStatus(lab_options);
  if (lab.down->parsed()) return LabDown(lab_options);
  if (lab.daemon->parsed()) return LabDaemon(common, lab_options);
  if (lab.client->parsed()) return RunClient(client_options);
  if (rounds_worker->parsed()) return RoundsWorker(common, rounds_options);
  if (conform->parsed()) return rounds ? ConformLong(common) : Conform(common, conform_options);
  if (run->parsed()) return Run(common, file);
  if (matrix->parsed()) return Matrix(common, matrix_options);
  if (worker->parsed()) return RunWorker(common, file);
  if (report->parsed()) return Report(common, stores, reviewed);
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
