#include "protocol/turn/allocation.h"

#include <algorithm>
#include <utility>

#include "protocol/turn/channel_data.h"

namespace sfa::turn {

using stun::AttributeType;

namespace {

constexpr uint32_t kUdpProtocol = 17;  // RFC 8656 section 18.7: in the first of four bytes

uint32_t Seconds(Duration duration) {
  return static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

}  // namespace

Allocation::Allocation(Runtime& runtime, Transport& transport, Credential credential,
                       std::optional<Challenge> challenge, Patience patience, AllocationUser& user)
    : user_(&user),
      patience_(patience),
      session_(runtime, transport, std::move(credential), std::move(challenge)),
      relaying_(
          runtime, session_, transport,
          [this](const Endpoint& peer, std::span<const uint8_t> data) {
            if (user_ != nullptr) user_->OnRelayed(peer, data);
          },
          [this] { Lose(stun::kErrorAllocationMismatch); }),
      refresh_(runtime.NewTimer([this] {
        Refresh(Seconds(kAllocationLifetime), kUsualPatience,
                [this](const Answer& answer) { OnRefreshed(answer); });
      })) {
  Ask(patience_);
}

void Allocation::Ask(Patience patience) {
  session_.Ask(
      stun::kAllocate, patience,
      [](stun::Builder& builder) {
        builder.Add32(AttributeType::kRequestedTransport, kUdpProtocol << 24)
            .Add32(AttributeType::kLifetime, Seconds(kAllocationLifetime));
      },
      [this](const Answer& answer) { OnAnswer(answer); });
}

void Allocation::OnAnswer(const Answer& answer) {
  if (user_ == nullptr) return;
  if (answer.error == stun::kErrorAllocationMismatch && !cleared_) {
    cleared_ = true;
    ClearAndAsk(patience_);
    return;
  }
  if (answer.success != nullptr) {
    relayed_ = answer.success->XorAddress(AttributeType::kXorRelayedAddress);
  }
  if (!relayed_) {
    Lose(answer.success != nullptr ? stun::kErrorBadRequest : answer.error);
    return;
  }
  refresh_->Start(kRefreshInterval);
  user_->OnAllocated();
}

void Allocation::ClearAndAsk(Patience patience) {
  Refresh(0, patience, [this, patience](const Answer& answer) {
    if (answer.success == nullptr && answer.error != stun::kErrorAllocationMismatch) {
      Lose(answer.error);
    } else {
      Ask(patience);
    }
  });
}

void Allocation::Refresh(uint32_t lifetime, Patience patience, Session::Done done) {
  session_.Ask(
      stun::kRefresh, patience,
      [lifetime](stun::Builder& builder) { builder.Add32(AttributeType::kLifetime, lifetime); },
      std::move(done));
}

void Allocation::OnRefreshed(const Answer& answer) {
  if (answer.success == nullptr) {
    Lose(answer.error);
    return;
  }
  refresh_->Start(kRefreshInterval);
}

void Allocation::Check(Patience patience, std::function<void(bool alive)> answered) {
  Refresh(Seconds(kAllocationLifetime), patience,
          [this, answered = std::move(answered)](const Answer& answer) {
            if (user_ == nullptr) return;
            if (answer.success == nullptr && answer.error != 0) {
              Lose(answer.error);
            } else {
              answered(answer.success != nullptr);
            }
          });
}

void Allocation::Release(std::function<void()> done) {
  user_ = nullptr;
  refresh_->Cancel();
  Refresh(0, kUsualPatience, [done = std::move(done)](const Answer&) { done(); });
}

void Allocation::Lose(int error) {
  refresh_->Cancel();
  // The last call, however many answers say so; it may destroy this.
  AllocationUser* const user = std::exchange(user_, nullptr);
  if (user != nullptr) user->OnAllocationLost(error);
}

void Allocation::Send(const Endpoint& peer, std::span<const uint8_t> data, bool media) {
  if (relayed_) relaying_.Send(peer, data, media);
}

bool Allocation::OnMessage(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return false;
  if (IsChannelByte(bytes[0])) return relayed_ && relaying_.OnChannelData(bytes);
  const auto message = stun::Message::Parse(bytes);
  if (!message) return false;
  switch (message->message_class()) {
    case stun::MessageClass::kIndication:
      return relayed_ && relaying_.OnIndication(*message);
    case stun::MessageClass::kSuccess:
    case stun::MessageClass::kError:
      return session_.OnResponse(*message);
    case stun::MessageClass::kRequest:
      break;
  }
  return false;
}

}  // namespace sfa::turn
