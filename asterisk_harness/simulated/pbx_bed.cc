#include "asterisk_harness/simulated/pbx_bed.h"

#include <algorithm>

namespace sfa::harness {

ConfigurationFiles With(const std::string& demo) {
  return {{"chan_skype.conf", "[general]\n[james_bond]\nsecret=shaken\n"},
          {"extensions.conf", "[demo]\n" + demo}};
}

PbxBed::PbxBed(ConfigurationFiles files)
    : simulation({.seed = 7}),
      network(simulation, ""),
      host(network.AddPublicHost("pbx", Ipv4Address::Of(192, 0, 2, 10))),
      machine(NewMachine(
          [this](const std::string& name, FileSystem& disk, Processes& processes,
                 Log& process_log) { return host.NewProcess(name, disk, processes, process_log); },
          [this](const std::string&, LogLevel, std::string_view text) {
            log.push_back(std::string(text));
          })),
      runtime(machine->NewProcess("asterisk")) {
  pbx = std::make_unique<PbxProcess>(
      *runtime, std::move(files), PlayedDriver::Table(),
      [this] { return std::make_unique<PlayedService>(*runtime, driver); }, *this);
  pbx->Start([this](const std::string& error) { start_error = error; });
  Run(std::chrono::milliseconds(10));
}

PbxBed::~PbxBed() {
  bool stopped = false;
  pbx->Stop([&] { stopped = true; });
  simulation.RunUntilOrTimeout([&] { return stopped; }, simulation.Now() + std::chrono::minutes(2));
  pbx.reset();
}

void PbxBed::Run(Duration length) { simulation.RunUntil(simulation.Now() + length); }

std::vector<AmiMessage> PbxBed::Act(const Headers& headers) {
  std::vector<AmiMessage> result;
  AmiMessage action;
  action.headers = headers;
  bool done = false;
  pbx->SendAction(action, [&](const std::vector<AmiMessage>& reply) {
    result = reply;
    done = true;
  });
  simulation.RunUntilOrTimeout([&] { return done; }, simulation.Now() + std::chrono::minutes(1));
  return result;
}

std::string PbxBed::Command(const std::string& command) {
  std::string result = "no answer";
  bool done = false;
  pbx->RunCommand(command, [&](const std::string& output) {
    result = output;
    done = true;
  });
  simulation.RunUntilOrTimeout([&] { return done; }, simulation.Now() + std::chrono::minutes(1));
  return result;
}

std::vector<std::string> PbxBed::TakeEvents(const std::string& channel) {
  std::vector<std::string> names;
  for (const AmiMessage& event : events) {
    if (channel.empty() || event.Get("Channel") == channel || event.Get("DestChannel") == channel) {
      names.push_back(event.Get("Event"));
    }
  }
  events.clear();
  return names;
}

const AmiMessage* PbxBed::FindEvent(const std::string& name) const {
  for (const AmiMessage& event : events) {
    if (event.Get("Event") == name) return &event;
  }
  return nullptr;
}

std::vector<std::string> PbxBed::WordsOf(const std::string& channel) const {
  std::vector<std::string> words;
  for (const AmiMessage& event : events) {
    if (event.Get("Channel") != channel && event.Get("DestChannel") != channel) continue;
    const bool set = event.Get("Event") == "VarSet";
    words.push_back(event.Get(set ? "Variable" : "Event"));
  }
  return words;
}

bool PbxBed::Logged(const std::string& text) const {
  return std::any_of(log.begin(), log.end(),
                     [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

std::vector<std::string> PbxBed::Told() const {
  std::vector<std::string> told;
  for (const AmiMessage& event : events) {
    if (event.Get("Application") == "NoOp" && event.Get("Event") == "Newexten") {
      told.push_back(event.Get("AppData"));
    }
  }
  return told;
}

}  // namespace sfa::harness
