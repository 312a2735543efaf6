// AMI as text, in front of a simulated PBX on which a call stands.
#include "asterisk_harness/simulated/ami_session.h"
#include "asterisk_harness/simulated/pbx_bed.h"
#include "fuzz/target.h"

namespace sfa::fuzz {
namespace {

using std::chrono::milliseconds;

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  harness::PbxBed bed(harness::ConfigurationFiles{
      {"chan_skype.conf", "[james_bond]\nsecret=shaken\ncontext=demo\nexten=007\n"},
      {"extensions.conf",
       "[demo]\nexten => 007,1,Answer()\nexten => 007,n,Wait(5)\n"
       "exten => 5,1,Set(X=${CALLERID(num)})\nexten => 5,hint,Skype/x\n"},
      {"manager.conf", "[lab]\nsecret=s3\nread=all\nwrite=all\n"}});
  SFA_FUZZ_CHECK(bed.start_error.empty());
  harness::EngineLeg engine(*bed.runtime);
  static_cast<void>(bed.driver.Incoming(engine));
  std::string out;
  bool closed = false;
  const auto session = bed.pbx->NewAmiSession(
      [&](std::string_view text) {
        SFA_FUZZ_CHECK(!closed);
        out += text;
      },
      [&] {
        SFA_FUZZ_CHECK(!closed);
        closed = true;
      });
  if (input.Flag()) session->Feed("Action: Login\r\nUsername: lab\r\nSecret: s3\r\n\r\n");
  while (!input.empty() && !closed) {
    if (input.Below(4) == 0) {
      bed.Run(milliseconds(10 * input.Byte()));
    } else {
      session->Feed(TextOf(input.Block()));
    }
  }
  bed.Run(milliseconds(100));
  // Whatever was asked, what comes out is lines.
  SFA_FUZZ_CHECK(out.empty() || out.back() == '\n');
}

Seeds MakeSeeds() {
  Script actions;
  actions.Byte(1);
  for (const char* action :
       {"Action: Ping\r\nActionID: 1\r\n\r\n", "Action: CoreShowChannels\r\n\r\n",
        "Action: Command\r\nCommand: core show channels\r\n\r\n",
        "Action: Originate\r\nChannel: Local/5@demo\r\nContext: demo\r\nExten: 007\r\n"
        "Priority: 1\r\nAsync: true\r\nVariable: A=1,B=2\r\n\r\n",
        "Action: Hangup\r\nChannel: /^Skype/\r\nCause: 17\r\n\r\n",
        "Action: ExtensionState\r\nExten: 5\r\nContext: demo\r\n\r\n",
        "Action: Setvar\r\nVariable: X\r\nValue: ${1}\r\n\r\n",
        "Action: Getvar\r\nVariable: X\r\n\r\n", "Action: Events\r\nEventMask: call,dtmf\r\n\r\n",
        "Action: Logoff\r\n\r\n"}) {
    actions.Byte(1).Block(std::string_view(action)).Byte(0).Byte(2);
  }
  return {
      {"actions", actions.bytes()},
      {"stranger", Script()
                       .Byte(0)
                       .Byte(1)
                       .Block(std::string_view("Action: Login\r\nUsername: lab\r\nSec"))
                       .Byte(1)
                       .Block(std::string_view("ret: no\r\n\r\n"))
                       .bytes()},
  };
}

}  // namespace

const Target kAmi = {"ami", Run, MakeSeeds};

}  // namespace sfa::fuzz
