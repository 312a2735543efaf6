#include "asterisk_harness/simulated/console.h"

#include <cstdio>

#include "asterisk_harness/simulated/modules.h"
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
    : core_(core), modules_(modules), reload_dialplan_(std::move(reload_dialplan)) {}

void Console::Run(const std::string& command, Reply reply) {
  const Words words = SplitWords(Trim(command));
  if (words.empty()) return reply("");
  if (StartsWith(words, {"core", "show", "channels"})) {
    return reply(ShowChannels(words.size() > 3 && EqualsIgnoreCase(words[3], "concise")));
  }
  if (StartsWith(words, {"core", "show", "version"})) return reply(kVersionLine);
  if (StartsWith(words, {"core", "show", "hints"})) return reply(ShowHints());
  if (StartsWith(words, {"core", "show", "calls"})) {
    return reply(Counted(core_.threads(), "active call", "active calls") +
                 Counted(core_.calls_processed(), "call processed", "calls processed"));
  }
  if (StartsWith(words, {"channel", "request", "hangup"})) return reply(RequestHangup(words));
  if (StartsWith(words, {"module", "show"})) {
    const bool like = words.size() > 3 && EqualsIgnoreCase(words[2], "like");
    return reply(ShowModules(like ? words[3] : ""));
  }
  if (StartsWith(words, {"module"}) && words.size() == 3) return RunModule(words, command, reply);
  if (StartsWith(words, {"dialplan", "show"})) return reply(ShowDialplan(words));
  if (StartsWith(words, {"dialplan", "reload"})) {
    return reply(reload_dialplan_() ? "Dialplan reloaded.\n" : "Dialplan reload failed.\n");
  }
  std::string output;
  if (StartsWith(words, {"skype"}) && modules_.RunCli(words, &output)) return reply(output);
  reply("No such command '" + std::string(Trim(command)) + "' (type 'core show help " +
        std::string(Trim(command)) + "' for other possible commands)\n");
}

std::string Console::ShowChannels(bool concise) {
  std::string output;
  if (!concise)
    output =
        "Channel              Location             State   Application(Data)"
        "             \n";
  size_t calls = 0;
  for (const auto& [number, channel] : core_.channels()) {
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
    output += Column(channel->name(), 20) + " " + Column(location, 20) + " " +
              Column(ChannelStateText(channel->state()), 7) + " " + Column(application, 30) + "\n";
  }
  if (concise) return output;
  return output + Counted(core_.channels().size(), "active channel", "active channels") +
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

std::string Console::ShowHints() {
  std::string output = "    -= Registered Asterisk Dial Plan Hints =-\n";
  size_t count = 0;
  for (const auto& [name, context] : core_.dialplan.contexts()) {
    for (const DialplanExtension& extension : context.extensions) {
      if (extension.hint.empty()) continue;
      ++count;
      output += Column(extension.name + "@" + name, 30) + ": " + extension.hint + "\n";
    }
  }
  if (count == 0) return "There are no registered dialplan hints\n";
  return output + "----------------\n- " + std::to_string(count) + " hints registered\n";
}

std::string Console::RequestHangup(const Words& words) {
  if (words.size() != 4) return "Usage: channel request hangup <channel>|<all>\n";
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
    if (modules_.Load(module)) return reply("Loaded " + module + "\n");
    return reply("Unable to load module " + module + "\nCommand '" + std::string(Trim(command)) +
                 "' failed.\n");
  }
  if (EqualsIgnoreCase(words[1], "unload")) {
    return modules_.Unload(module, [module, command, reply](bool out) {
      reply(out ? "Unloaded " + module + "\n"
                : "Unable to unload resource " + module + "\nCommand '" +
                      std::string(Trim(command)) + "' failed.\n");
    });
  }
  if (EqualsIgnoreCase(words[1], "reload")) {
    if (!modules_.IsRunning(module)) return reply("No such module '" + module + "'\n");
    return reply(modules_.Reload(module)
                     ? "Module '" + module + "' reloaded successfully.\n"
                     : "The module '" + module + "' reported a reload failure.\n");
  }
  reply("No such command '" + std::string(Trim(command)) +
        "' (type 'core show help module' for "
        "other possible commands)\n");
}

}  // namespace sfa::harness
