// Whatever happens in whatever order: a licensed channel, a module reference and a channel's
// reference are held exactly as long as their call exists.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "chan_skype/driver_bench.h"

namespace sfa::skype {
namespace {

enum class Step {
  kDial,
  kDialUnplaced,
  kIncoming,
  kIncomingRefused,
  kRinging,
  kMedia,
  kAnswered,
  kAnswer,
  kFarEnds,
  kFarEndsTwice,
  kHangUp,
  kHangUpTwice,
  kEngineDies,
  kReload,
  kCount
};

RC_GTEST_PROP(Licences, AreHeldExactlyAsLongAsTheirCalls, ()) {
  const int licensed = *rc::gen::inRange(0, 4);
  DriverBench bench("[general]\ndefault_user=bond\n[bond]\nsecret=x\n", licensed);
  bench.LogIn();
  uint64_t engine_call = 0;
  std::map<skype_call_id, uint64_t> live;  // the PBX's channels, with the engine's numbers

  const auto steps =
      *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, static_cast<int>(Step::kCount)));
  for (const int number : steps) {
    const Step step = static_cast<Step>(number);
    skype_call_id call = 0;
    if (!live.empty()) {
      auto chosen = live.begin();
      std::advance(chosen, *rc::gen::inRange<size_t>(0, live.size()));
      call = chosen->first;
    }
    const uint64_t engine_id = call ? live[call] : 998;
    const size_t before = bench.channels.size();
    switch (step) {
      case Step::kDial:
      case Step::kDialUnplaced:
        if (const skype_call_id dialled = bench.Dial("austin")) {
          live[dialled] = dialled;
          if (step == Step::kDial) bench.Place(dialled);
        }
        break;
      case Step::kIncoming:
      case Step::kIncomingRefused:
        bench.refuse_incoming = step == Step::kIncoming ? PBX_CAUSE_NONE : PBX_CAUSE_UNALLOCATED;
        bench.engine.Incoming(engine_call += 2, "bond");
        for (const auto& [id, channel] : bench.channels) {
          if (bench.channels.size() > before && id % 2 == 0 && live.count(id) == 0 &&
              channel->references > 0) {
            live[id] = engine_call;
          }
        }
        break;
      case Step::kRinging:
        bench.engine.Ringing(engine_id);
        break;
      case Step::kMedia:
        bench.engine.Media(engine_id);
        break;
      case Step::kAnswered:
        bench.engine.Answered(engine_id);
        break;
      case Step::kAnswer:
        bench.Answer(call);
        break;
      case Step::kFarEndsTwice:
        bench.engine.Ended(engine_id, control::END_BUSY);
        bench.engine.Ended(engine_id, control::END_NORMAL);
        break;
      case Step::kFarEnds:
        bench.engine.Ended(engine_id, control::END_NORMAL);
        break;
      case Step::kHangUpTwice:
      case Step::kHangUp:
        bench.HangUp(call);
        if (step == Step::kHangUpTwice) bench.HangUp(call);
        live.erase(call);
        break;
      case Step::kEngineDies:
        bench.engine.Die("property");
        bench.runtime.Advance(std::chrono::seconds(61));
        bench.LogIn();
        break;
      case Step::kReload:
        RC_ASSERT((bench.driver.reload(bench.core) == 0) == live.empty());
        bench.runtime.RunPosted();
        break;
      case Step::kCount:
        break;
    }
    const int expected = static_cast<int>(live.size());
    RC_ASSERT(expected <= licensed);
    RC_ASSERT(bench.engine.licenses().in_use() == expected);
    RC_ASSERT(bench.driver.call_count(bench.core) == expected);
    RC_ASSERT(bench.module_references == expected);
    RC_ASSERT(bench.channel_references() == expected);
  }
}

}  // namespace
}  // namespace sfa::skype
