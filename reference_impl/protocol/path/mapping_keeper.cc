#include "protocol/path/mapping_keeper.h"

#include <utility>

namespace sfa::path {

stun::Builder MappingQuestion(const stun::TransactionId& id) {
  stun::Builder request(stun::MessageClass::kRequest, stun::kBinding, id);
  request.AddFingerprint();
  return request;
}

std::optional<Endpoint> MappingIn(const stun::Message& answer) {
  if (!answer.Is(stun::MessageClass::kSuccess, stun::kBinding)) return std::nullopt;
  if (answer.Find(stun::AttributeType::kFingerprint) && !answer.CheckFingerprint()) {
    return std::nullopt;
  }
  return answer.XorMappedAddress();
}

MappingKeeper::MappingKeeper(Runtime& runtime, Send send, std::function<void()> changed)
    : runtime_(runtime),
      send_(std::move(send)),
      changed_(std::move(changed)),
      keepalive_(runtime.NewTimer([this] { AskServer(); })) {}

void MappingKeeper::Ask(const Endpoint& node, Duration wait, Answered answered) {
  const bool full = questions_.size() >= kMaxQuestions;
  const auto id = stun::NewTransactionId(runtime_.random());
  if (!full) send_(node, MappingQuestion(id).bytes());
  auto timer = runtime_.NewTimer([this, id] { End(id, std::nullopt); });
  timer->Start(full ? Duration{} : wait);
  questions_.emplace(id, Question{node, runtime_.Now(), std::move(answered), std::move(timer)});
}

void MappingKeeper::End(const stun::TransactionId& id, std::optional<Endpoint> mapped) {
  const auto found = questions_.find(id);
  const Question question = std::move(found->second);
  questions_.erase(found);
  question.answered({question.node, mapped, runtime_.Now() - question.sent});
}

void MappingKeeper::UseServer(const Endpoint& server) {
  server_ = server;
  AskServer();
}

void MappingKeeper::AskServer() {
  keepalive_->Cancel();
  const stun::Builder request = MappingQuestion(stun::NewTransactionId(runtime_.random()));
  // Silence changes nothing: a candidate that has gone costs one failed check, a missing one may
  // cost the call.
  question_ = std::make_unique<stun::Transaction>(
      runtime_, request.bytes(), [this](stun::Bytes bytes) { send_(*server_, bytes); },
      [this] { AskServer(); });
}

void MappingKeeper::Adopt(const Endpoint& mapped) {
  if (mapped_ == mapped) return;
  mapped_ = mapped;
  changed_();
}

bool MappingKeeper::OnAnswer(const Endpoint& from, const stun::Message& answer) {
  if (question_ && answer.id() == question_->id()) {
    const auto mapped = MappingIn(answer);
    if (from != *server_ || !mapped) return false;
    question_.reset();
    keepalive_->Start(kKeepalive);
    Adopt(*mapped);
    return true;
  }
  const auto found = questions_.find(answer.id());
  if (found == questions_.end() || from != found->second.node) return false;
  const auto mapped = MappingIn(answer);
  if (!mapped) return false;
  End(answer.id(), mapped);
  return true;
}

}  // namespace sfa::path
