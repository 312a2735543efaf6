// NoOp, Verbose, Set, MSet, Goto, GotoIf, While, EndWhile, ExitWhile, ContinueWhile.
#include <climits>

#include "asterisk_harness/simulated/applications.h"
#include "asterisk_harness/simulated/expression.h"
#include "asterisk_harness/simulated/text.h"
#include "asterisk_harness/simulated/variables.h"

namespace sfa::harness {
namespace {

Routine<Outcome> NoOp(Call, std::string) { co_return Outcome::kContinue; }

Routine<Outcome> Verbose(Call call, std::string data) {
  const size_t comma = data.find(',');
  const bool has_level = comma != std::string::npos && comma > 0 &&
                         data.substr(0, comma).find_first_not_of("0123456789") == std::string::npos;
  call.core.Verbose(has_level ? data.substr(comma + 1) : data);
  co_return Outcome::kContinue;
}

Routine<Outcome> Set(Call call, std::string data) {
  if (!AssignVariable(call.core, call.channel, data)) {
    call.core.Warn(data.empty() ? "Set requires one variable name/value pair."
                                : "MSet: ignoring entry '" + data + "' with no '='");
  }
  co_return Outcome::kContinue;
}

Routine<Outcome> MultipleSet(Call call, std::string data) {
  for (const std::string& pair : SplitArguments(data)) {
    if (!AssignVariable(call.core, call.channel, pair)) {
      call.core.Warn("MSet: ignoring entry '" + pair + "' with no '='");
    }
  }
  co_return Outcome::kContinue;
}

// The interpreter adds one after each application.
void JumpTo(Channel* channel, int priority) { channel->priority = priority - 1; }

// [[context,]extension,]priority or label
bool JumpToPlace(Call& call, const std::string& place) {
  const std::vector<std::string> parts = Split(place, ',');
  if (parts.size() > 3 || Trim(place).empty()) {
    call.core.Warn("Goto requires an argument ([[context,]extension,]priority)");
    return false;
  }
  Channel& channel = call.channel;
  std::string context = channel.context, exten = channel.exten;
  std::string target(Trim(parts.back()));
  if (parts.size() > 1) exten = std::string(Trim(parts[parts.size() - 2]));
  if (parts.size() > 2) context = std::string(Trim(parts[0]));
  int priority = 0;
  if (!target.empty() && (target[0] == '+' || target[0] == '-')) {
    priority = channel.priority + ToInt(target, 0);
  } else if (target.find_first_not_of("0123456789") == std::string::npos) {
    priority = ToInt(target, 0);
  } else {
    priority = call.core.dialplan.FindLabel(context, exten, target, channel.caller.number);
  }
  if (priority < 1) {
    call.core.Warn("Priority '" + target + "' must be a number > 0, or valid label");
    return false;
  }
  channel.context = context;
  channel.exten = exten;
  JumpTo(&channel, priority);
  return true;
}

Routine<Outcome> Goto(Call call, std::string data) {
  co_return JumpToPlace(call, data) ? Outcome::kContinue : Outcome::kHangup;
}

Routine<Outcome> GotoIf(Call call, std::string data) {
  const size_t question = data.find('?');
  if (question == std::string::npos) {
    call.core.Warn("Ignoring, since there is no variable to check");
    co_return Outcome::kContinue;
  }
  const std::string branches = data.substr(question + 1);
  const size_t colon = branches.find(':');
  const bool truth = IsTrueCondition(Trim(data.substr(0, question)));
  std::string place = truth                        ? branches.substr(0, colon)
                      : colon == std::string::npos ? ""
                                                   : branches.substr(colon + 1);
  if (Trim(place).empty()) co_return Outcome::kContinue;
  co_return JumpToPlace(call, place) ? Outcome::kContinue : Outcome::kHangup;
}

enum class Direction { kForward, kBackward };

// The other end of the loop around the channel's place; 0 when there is none.
int MatchingLoopEnd(Call& call, Direction direction) {
  const int step = direction == Direction::kForward ? 1 : -1;
  const char* const opens = direction == Direction::kForward ? "While" : "EndWhile";
  const char* const closes = direction == Direction::kForward ? "EndWhile" : "While";
  int depth = 1;
  for (int priority = call.channel.priority + step; priority > 0; priority += step) {
    const DialplanStep* const found = call.core.dialplan.Find(
        call.channel.context, call.channel.exten, priority, call.channel.caller.number);
    if (found == nullptr) return 0;
    if (EqualsIgnoreCase(found->application, opens)) ++depth;
    if (EqualsIgnoreCase(found->application, closes) && --depth == 0) return priority;
  }
  return 0;
}

// What Asterisk keeps of a loop in variables of the channel, which AMI is told: at the loop's place
// its number, and under the number where it begins and where it goes on.
struct LoopVariables {
  std::string number_of, begin, end;
};

const std::string& Value(const Call& call, const std::string& name) {
  static const std::string kNone;
  const std::string* const value = call.channel.variables.Find(name);
  return value == nullptr ? kNone : *value;
}

LoopVariables LoopAt(const Call& call, int priority) {
  LoopVariables loop;
  loop.number_of = call.channel.context + "_" + call.channel.exten + "_" + std::to_string(priority);
  std::string number = Value(call, loop.number_of);
  for (int free = 0; number.empty(); ++free) {
    if (Value(call, "WHILE_" + std::to_string(free)).empty()) number = std::to_string(free);
  }
  loop.begin = "WHILE_" + number;
  loop.end = "END_" + loop.begin;
  return loop;
}

std::string PlaceOf(const Call& call, int priority) {
  return call.channel.context + "," + call.channel.exten + "," + std::to_string(priority);
}

Outcome LeaveLoop(Call& call) {
  const int end = MatchingLoopEnd(call, Direction::kForward);
  if (end == 0) {
    call.core.Warn("Couldn't find matching EndWhile? (While at " + call.channel.context + "@" +
                   call.channel.exten + " priority " + std::to_string(call.channel.priority) + ")");
    return Outcome::kContinue;
  }
  JumpTo(&call.channel, end + 1);
  return Outcome::kContinue;
}

Routine<Outcome> While(Call call, std::string data) {
  PbxCore& core = call.core;
  const LoopVariables loop = LoopAt(call, call.channel.priority);
  if (Value(call, loop.number_of).empty()) {
    core.SetVariable(&call.channel, loop.number_of, loop.begin.substr(loop.begin.find('_') + 1));
  }
  if (IsTrueCondition(Trim(data))) {
    if (Value(call, loop.begin).empty()) {
      core.SetVariable(&call.channel, loop.begin, PlaceOf(call, call.channel.priority));
    }
    co_return Outcome::kContinue;
  }
  if (!Value(call, loop.begin).empty()) core.SetVariable(&call.channel, loop.begin, "");
  core.SetVariable(&call.channel, loop.number_of, "");
  if (!Value(call, loop.end).empty()) core.SetVariable(&call.channel, loop.end, "");
  co_return LeaveLoop(call);
}

Routine<Outcome> EndWhile(Call call, std::string) {
  const int start = MatchingLoopEnd(call, Direction::kBackward);
  if (start == 0) co_return Outcome::kContinue;
  const LoopVariables loop = LoopAt(call, start);
  if (!Value(call, loop.begin).empty() && Value(call, loop.end).empty()) {
    call.core.SetVariable(&call.channel, loop.end, PlaceOf(call, call.channel.priority + 1));
  }
  JumpTo(&call.channel, start);
  co_return Outcome::kContinue;
}

Routine<Outcome> ExitWhile(Call call, std::string) { co_return LeaveLoop(call); }

}  // namespace

const Application kFlowApplications[] = {
    {"NoOp", NoOp},
    {"Verbose", Verbose},
    {"Set", Set},
    {"MSet", MultipleSet},
    {"Goto", Goto},
    {"GotoIf", GotoIf},
    {"While", While},
    {"EndWhile", EndWhile},
    {"ExitWhile", ExitWhile},
    {"ContinueWhile", EndWhile},
    {nullptr, nullptr},
};

}  // namespace sfa::harness
