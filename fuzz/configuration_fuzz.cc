// Asterisk's configuration syntax, and a dialplan read from it.
#include "asterisk_harness/simulated/configuration_file.h"
#include "asterisk_harness/simulated/dialplan.h"
#include "fuzz/target.h"

namespace sfa::fuzz {
namespace {

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  const std::string included(TextOf(input.Block()));
  const std::string main(TextOf(input.Rest()));
  const auto read = harness::ReadConfiguration(
      "main.conf", [&](const std::string& name) -> std::optional<std::string> {
        if (name == "main.conf") return main;
        if (name == "more.conf") return included;
        return std::nullopt;
      });
  if (!read.ok()) {
    SFA_FUZZ_CHECK(!read.error().message.empty());
    return;
  }
  for (const auto& line : read->lines) {
    SFA_FUZZ_CHECK(line.line > 0);
    if (!line.name.empty()) SFA_FUZZ_CHECK(read->Get(line.section, line.name).has_value());
  }
  const harness::Dialplan dialplan(*read);
  for (const char* exten : {"007", "s", "12345678"}) {
    static_cast<void>(dialplan.Find("demo", exten, 1, "austin_powers"));
    static_cast<void>(dialplan.FindLabel("demo", exten, "again", ""));
  }
  for (const auto& [name, context] : dialplan.contexts()) {
    for (const auto& extension : context.extensions) {
      static_cast<void>(harness::ExtensionMatches(extension.name, "007"));
      static_cast<void>(dialplan.Find(name, extension.name, 1, extension.caller_id));
    }
  }
}

Seeds MakeSeeds() {
  return {
      {"chan-skype", Script()
                         .Block(std::string_view("[more]\nsecret=x\n"))
                         .Put("[general]\nbind_port=40000 ; comment\n[tpl](!)\ncontext=demo\n"
                              "[james_bond](tpl)\nsecret=sha\\;ken\nsecret+=not stirred\n"
                              ";-- block\ncomment --;\n#include \"more.conf\"\n")
                         .bytes()},
      {"dialplan", Script()
                       .Block(std::string_view(""))
                       .Put("[globals]\nX=1\n[demo]\nexten => 007,1,Answer()\n"
                            "exten => 007,n(again),Echo()\nsame => n,Goto(again)\n"
                            "exten => _1[2-5]XZN.,1,NoOp(${EXTEN})\nexten => _X!,1,Hangup\n"
                            "exten => s/austin,1,Wait(1)\nexten => 5,hint,Skype/james_bond\n"
                            "include => demo\n")
                       .bytes()},
  };
}

}  // namespace

const Target kConfiguration = {"configuration", Run, MakeSeeds};

}  // namespace sfa::fuzz
