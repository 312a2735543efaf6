#include "chan_skype/call_table.h"

#include <utility>

namespace sfa::skype {

std::string Call::Property(std::string_view name) const {
  for (const auto& [known, value] : properties) {
    if (known == name) return value;
  }
  return "";
}

void Call::SetProperty(std::string_view name, std::string_view value) {
  for (auto& [known, old] : properties) {
    if (known == name) {
      old = std::string(value);
      return;
    }
  }
  properties.emplace_back(name, value);
}

Call& CallTable::AddOutgoing() {
  Call& call = calls_[next_outgoing_];
  call.id = next_outgoing_;
  next_outgoing_ += 2;
  return call;
}

Call& CallTable::AddIncoming(uint64_t engine_id) {
  Call& call = calls_[next_incoming_];
  call.id = next_incoming_;
  call.engine_id = engine_id;
  call.incoming = true;
  call.phase = CallPhase::kOffered;
  by_engine_id_[engine_id] = call.id;
  next_incoming_ += 2;
  return call;
}

Call* CallTable::Find(skype_call_id id) {
  const auto found = calls_.find(id);
  return found == calls_.end() ? nullptr : &found->second;
}

Call* CallTable::FindByEngineId(uint64_t engine_id) {
  const auto found = by_engine_id_.find(engine_id);
  return found == by_engine_id_.end() ? nullptr : Find(found->second);
}

void CallTable::Placed(Call& call) {
  call.phase = CallPhase::kPlaced;
  call.engine_id = call.id;
  by_engine_id_[call.engine_id] = call.id;
}

void CallTable::FarEnded(Call& call) {
  call.far_ended = true;
  by_engine_id_.erase(call.engine_id);
}

Call CallTable::Take(skype_call_id id) {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return Call{};
  Call call = std::move(found->second);
  calls_.erase(found);
  if (!call.far_ended) by_engine_id_.erase(call.engine_id);
  return call;
}

std::vector<skype_call_id> CallTable::Ids() const {
  std::vector<skype_call_id> ids;
  for (const auto& [id, call] : calls_) ids.push_back(id);
  return ids;
}

}  // namespace sfa::skype
