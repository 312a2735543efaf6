#include "asterisk_harness/simulated/console.h"

#include <cstdio>
#include <utility>

#include "asterisk_harness/simulated/modules.h"
#include "asterisk_harness/simulated/states.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

// The one that the reference behaviour was taken from.
constexpr char kVersionLine[] = "Asterisk 22.10.0 (simulated) on a x86_64 running Linux\n";

std::string Counted(size_t count, const char* singular, const char* plural) {
  return std::to_string(count) + " " + (count == 1 ? singular : plural) + "\n";
}

std::string Column(const std::string& text, size_t width) {
  std::string cell = text.substr(0, width);
  cell.resize(width, ' ');
  return cell;
}

// Words, of which those in double quotes may hold blanks or nothing.
std::vector<std::string> SplitQuoted(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false, any = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
      any = true;
    } else if (c == ' ' && !quoted) {
      if (any) words.push_back(std::exchange(word, ""));
      any = false;
    } else {
      word += c;
      any = true;
    }
  }
  if (any) words.push_back(word);
  return words;
}

bool StartsWith(const std::vector<std::string>& words, std::initializer_list<const char*> start) {
  size_t i = 0;
  for (const char* word : start) {
    if (i >= words.size() || !EqualsIgnoreCase(words[i], word)) return false;
    ++i;
  }
  return true;
}

}  // namespace

Console::Console(PbxCore& core, Modules& modules, std::function<bool()> reload_dialplan)
    : core_(core),
      modules_(modules),
      help_(modules),
      reload_dialplan_(std::move(reload_dialplan)) {}

void Console::Run(const std::string& command, const Answer& answer) {
  const auto reply = [answer](const std::string& output, bool done = true) {
    answer(output, done);
  };
  const Words words = SplitWords(Trim(command));
  if (words.empty()) return reply("");
  if (StartsWith(words, {"core", "show", "channels"})) {
    return reply(ShowChannels(words.size() > 3 && EqualsIgnoreCase(words[3], "concise")));
  }
  if (StartsWith(words, {"core", "show", "version"})) return reply(kVersionLine);
  if (StartsWith(words, {"core", "show", "help"})) {
    return reply(help_.Help(Words(words.begin() + 3, words.end())));
  }
  if (StartsWith(words, {"help"})) return reply(help_.Help(Words(words.begin() + 1, words.end())));
  if (StartsWith(words, {"core", "show", "hints"})) return reply(ShowHints());
  if (StartsWith(words, {"core", "show", "hint"}) && words.size() == 4) {
    return reply(ShowHint(words[3]));
  }
  if (StartsWith(words, {"_command", "matchesarray"}) && words.size() >= 3) {
    const std::vector<std::string> quoted = SplitQuoted(command);
    return reply(help_.Matches(quoted[2], quoted.size() > 3 ? quoted[3] : "") + "\n");
  }
  if (StartsWith(words, {"core", "show", "calls"})) {
    return reply(Counted(core_.threads(), "active call", "active calls") +
                 Counted(core_.calls_processed(), "call processed", "calls processed"));
  }
  if (StartsWith(words, {"channel", "request", "hangup"}) && words.size() == 4) {
    return reply(RequestHangup(words));
  }
  if (StartsWith(words, {"channel", "redirect"}) && words.size() == 4) {
    return Redirect(words, command, reply);
  }
  if (StartsWith(words, {"module", "show"})) {
    const bool like = words.size() > 3 && EqualsIgnoreCase(words[2], "like");
    return reply(ShowModules(like ? words[3] : ""));
  }
  if (StartsWith(words, {"module"}) && words.size() == 3) return RunModule(words, command, reply);
  if (StartsWith(words, {"dialplan", "show"})) return reply(ShowDialplan(words));
  if (StartsWith(words, {"dialplan", "reload"})) {
    return reply(reload_dialplan_() ? "Dialplan reloaded.\n" : "Dialplan reload failed.\n");
  }
  if (core_.g729 != nullptr && words == Words{"g729", "show", "licenses"}) {
    return reply(core_.g729->Licenses());
  }
  std::string output;
  if (StartsWith(words, {"skype"}) && modules_.RunCli(words, &output)) return reply(output);
  if (const auto usage = help_.Usage(words)) return reply(*usage, false);
  reply("No such command '" + std::string(Trim(command)) + "' (type 'core show help " +
            std::string(Trim(command)) + "' for other possible commands)\n",
        false);
}

std::string Console::ShowChannels(bool concise) {
  std::string output;
  if (!concise)
    output = Column("Channel", 64) + " " + Column("Location", 32) + " " + Column("State", 7) + " " +
             Column("Application(Data)", 30) + "\n";
  size_t calls = 0, channels = 0;
  for (const auto& [number, channel] : core_.channels()) {
    ++channels;
    if (channel->has_thread) ++calls;
    const std::string priority = std::to_string(channel->priority);
    if (concise) {
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(core_.runtime().Now() -
                                                                            channel->created);
      const std::string fields[] = {channel->name(),
                                    channel->context,
                                    channel->exten,
                                    priority,
                                    ChannelStateText(channel->state()),
                                    channel->application.empty() ? "(None)" : channel->application,
                                    channel->application_data,
                                    channel->caller.number,
                                    channel->account_code,
                                    "",
                                    "3",  // the AMA flags' default, "documentation"
                                    std::to_string(seconds.count()),
                                    channel->bridge_id,
                                    channel->unique_id()};
      std::string line;
      for (const std::string& field : fields) line += (line.empty() ? "" : "!") + field;
      output += line + "\n";
      continue;
    }
    const std::string location = channel->exten.empty()
                                     ? "(None)"
                                     : channel->exten + "@" + channel->context + ":" + priority;
    const std::string application =
        channel->application.empty() ? "(None)"
                                     : channel->application + "(" + channel->application_data + ")";
    output += Column(channel->name(), 64) + " " + Column(location, 32) + " " +
              Column(ChannelStateText(channel->state()), 7) + " " + Column(application, 30) + "\n";
  }
  if (concise) return output;
  return output + Counted(channels, "active channel", "active channels") +
         Counted(calls, "active call", "active calls") +
         Counted(core_.calls_processed(), "call processed", "calls processed");
}

std::string Console::ShowModules(const std::string& like) {
  std::string output = Column("Module", 30) + " " + Column("Description", 40) +
                       " Use Count  Status      Support Level\n";
  size_t count = 0;
  for (const ModuleSight& module : modules_.List()) {
    if (ToLower(module.name).find(ToLower(like)) == std::string::npos) continue;
    ++count;
    output += Column(module.name, 30) + " " + Column(module.description, 40) + " " +
              Column(std::to_string(module.use_count), 10) + " " + Column("Running", 11) +
              "      extended\n";
  }
  return output + std::to_string(count) + " modules loaded\n";
}

std::string Console::ShowDialplan(const Words& words) {
  std::string output;
  size_t extensions = 0, priorities = 0, contexts = 0;
  const std::string wanted = words.size() > 2 ? words[2] : "";
  for (const auto& [name, context] : core_.dialplan.contexts()) {
    if (!wanted.empty() && wanted != name) continue;
    ++contexts;
    output += "[ Context '" + name + "' created by 'pbx_config' ]\n";
    for (const DialplanExtension& extension : context.extensions) {
      ++extensions;
      std::string left = "  '" + extension.name + "' =>";
      for (const auto& [priority, step] : extension.steps) {
        ++priorities;
        left.resize(std::max<size_t>(left.size(), 20), ' ');
        const std::string label = step.label.empty() ? "" : "[" + step.label + "]";
        output += left + std::to_string(priority) + "." + label + " " + step.application + "(" +
                  step.data + ") [" + step.file + ":" + std::to_string(step.line) + "]\n";
        left = "";
      }
      if (!extension.hint.empty()) {
        ++priorities;
        output += left + " hint: " + extension.hint + "\n";
      }
    }
    for (const std::string& include : context.includes) {
      output += "  Include =>        '" + include + "' [pbx_config]\n";
    }
    output += "\n";
  }
  if (contexts == 0 && !wanted.empty()) {
    return "There is no existence of '" + wanted + "' context\n";
  }
  return output + "-= " + std::to_string(extensions) + " extensions (" +
         std::to_string(priorities) + " priorities) in " + std::to_string(contexts) +
         " contexts. =-\n";
}

std::string Console::HintLine(const HintSight& hint) const {
  const std::string presence = hint.presence ? hint.presence->status : "";
  return Column(hint.exten + "@" + hint.context, 30) + ": " + Column(hint.hint, 60) +
         "  State:" + Column(ExtensionStateText(hint.state), 15) +
         " Presence:" + Column(presence, 15) + " Watchers  0\n";
}

std::string Console::ShowHints() {
  const std::vector<HintSight> hints = core_.states().Hints();
  if (hints.empty()) return "There are no registered dialplan hints\n";
  std::string output = "\n    -= Registered Asterisk Dial Plan Hints =-\n";
  for (const HintSight& hint : hints) output += HintLine(hint);
  return output + "----------------\n- " + std::to_string(hints.size()) + " hints registered\n";
}

std::string Console::ShowHint(const std::string& exten) {
  std::string output;
  size_t count = 0;
  for (const HintSight& hint : core_.states().Hints()) {
    if (hint.exten.compare(0, exten.size(), exten) != 0) continue;
    ++count;
    output += HintLine(hint);
  }
  if (count == 0) return "No hints matching extension " + exten + "\n";
  return output +
         Counted(count, "hint", "hints").substr(0, Counted(count, "hint", "hints").size() - 1) +
         " matching extension " + exten + "\n";
}

void Console::Redirect(const Words& words, const std::string& command, const Reply& reply) {
  Channel* const channel = core_.FindChannel(words[2]);
  std::vector<std::string> place = Split(words[3], ',');
  std::string problem;
  int priority = 0;
  if (channel == nullptr) {
    problem = "Channel '" + words[2] + "' not found\n";
  } else {
    while (place.size() < 3) place.insert(place.begin(), "");
    if (place[0].empty()) place[0] = channel->context;
    if (place[1].empty()) place[1] = channel->exten;
    priority = place[2].find_first_not_of("0123456789") == std::string::npos
                   ? ToInt(place[2], 0)
                   : core_.dialplan.FindLabel(place[0], place[1], place[2], channel->caller.number);
    if (priority < 1) problem = "Channel '" + words[2] + "' failed to be redirected\n";
  }
  if (channel == nullptr || !problem.empty()) {
    return reply(problem + "Command '" + std::string(Trim(command)) + "' failed.\n", false);
  }
  channel->Redirect(place[0], place[1], priority);
  reply("Channel '" + channel->name() + "' successfully redirected to " + words[3] + "\n", true);
}

std::string Console::RequestHangup(const Words& words) {
  if (EqualsIgnoreCase(words[3], "all")) {
    for (const auto& [number, channel] : core_.channels())
      channel->SoftHangup(HangupAsker::kAdministrator, 0);
    return "Requested Hangup on all channels\n";
  }
  Channel* const channel = core_.FindChannel(words[3]);
  if (channel == nullptr) return words[3] + " is not a known channel\n";
  channel->SoftHangup(HangupAsker::kAdministrator, 0);
  return "Requested Hangup on channel '" + channel->name() + "'\n";
}

void Console::RunModule(const Words& words, const std::string& command, Reply reply) {
  const std::string& module = words[2];
  if (EqualsIgnoreCase(words[1], "load")) {
    if (modules_.Load(module)) return reply("Loaded " + module + "\n", true);
    return reply("Unable to load module " + module + "\nCommand '" + std::string(Trim(command)) +
                     "' failed.\n",
                 false);
  }
  if (EqualsIgnoreCase(words[1], "unload")) {
    return modules_.Unload(module, [module, command, reply](bool out) {
      reply(out ? "Unloaded " + module + "\n"
                : "Unable to unload resource " + module + "\nCommand '" +
                      std::string(Trim(command)) + "' failed.\n",
            out);
    });
  }
  if (EqualsIgnoreCase(words[1], "reload")) {
    if (!modules_.IsRunning(module)) return reply("No such module '" + module + "'\n", true);
    return reply(modules_.Reload(module)
                     ? "Module '" + module + "' reloaded successfully.\n"
                     : "The module '" + module + "' reported a reload failure.\n",
                 true);
  }
  reply("No such command '" + std::string(Trim(command)) +
            "' (type 'core show help module' for "
            "other possible commands)\n",
        false);
}

}  // namespace sfa::harness
