#include "fake_skype_network/relay_server.h"

#include <algorithm>
#include <utility>

#include "protocol/stun/digest.h"
#include "protocol/stun/server.h"

namespace sfa::community {
namespace {

using stun::AttributeType;

constexpr uint8_t kUdp = 17;  // REQUESTED-TRANSPORT: an IP protocol number
constexpr uint8_t kIpv4 = 1;  // REQUESTED-ADDRESS-FAMILY (RFC 8656 section 18.6)
constexpr uint8_t kIpv6 = 2;
constexpr uint8_t kReserveNext = 0x80;  // EVEN-PORT's R bit (RFC 8656 section 18.7)

const char* WordsOf(int error) {
  switch (error) {
    case stun::kErrorForbidden:
      return "Forbidden";
    case stun::kErrorUnknownAttribute:
      return "Unknown Attribute";
    case stun::kErrorAllocationMismatch:
      return "Allocation Mismatch";
    case stun::kErrorAddressFamilyNotSupported:
      return "Address Family not Supported";
    case stun::kErrorWrongCredentials:
      return "Wrong Credentials";
    case stun::kErrorUnsupportedTransport:
      return "Unsupported Transport Protocol";
    case stun::kErrorPeerAddressFamilyMismatch:
      return "Peer Address Family Mismatch";
    case stun::kErrorAllocationQuotaReached:
      return "Allocation Quota Reached";
    case stun::kErrorInsufficientCapacity:
      return "Insufficient Capacity";
    default:
      return "Bad Request";
  }
}

// The first byte of a value whose others are reserved; nothing when there is no such attribute.
std::optional<uint8_t> FirstByte(const stun::Message& message, AttributeType type, size_t size) {
  const auto value = message.Find(type);
  if (!value || value->size() != size) return std::nullopt;
  return (*value)[0];
}

bool Has(const stun::Message& message, AttributeType type) {
  return message.Find(type).has_value();
}

// RFC 8656 sections 7.2 and 8.2.
Duration LifetimeFor(const stun::Message& request) {
  const auto asked = request.Find32(AttributeType::kLifetime);
  if (!asked) return kDefaultAllocationLifetime;
  return std::clamp<Duration>(std::chrono::seconds(*asked), kLeastAllocationLifetime,
                              kMaxAllocationLifetime);
}

uint32_t InSeconds(Duration duration) {
  return static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

}  // namespace

RelayServer::RelayServer(Runtime& runtime, const RelaySettings& settings)
    : runtime_(runtime),
      settings_(settings),
      authenticator_(runtime),
      ports_(runtime, settings.address),
      peers_(ports_, settings.private_peers),
      reservations_end_(runtime.NewTimer([this] { ForgetReservations(); })) {}

bool RelayServer::Receive(const RelayClient& client, stun::Bytes message) {
  // The first two bits tell them apart (RFC 8656 section 12).
  if (message.size() >= kChannelHeaderBytes && message[0] >> 6 == 1) {
    OnChannelData(client, message);
    return true;
  }
  const auto parsed = stun::Message::Parse(message);
  if (!parsed || (Has(*parsed, AttributeType::kFingerprint) && !parsed->CheckFingerprint())) {
    ++statistics_.dropped;
    return false;
  }
  if (parsed->message_class() == stun::MessageClass::kRequest) {
    OnRequest(client, *parsed);
  } else if (parsed->Is(stun::MessageClass::kIndication, stun::kSend)) {
    OnSend(client, *parsed);
  }
  return true;
}

RelayAllocation* RelayServer::Find(const RelayClient& client) {
  const auto found = allocations_.find(KeyOf(client));
  return found == allocations_.end() ? nullptr : found->second.get();
}

void RelayServer::OnChannelData(const RelayClient& client, stun::Bytes message) {
  const auto channel = static_cast<uint16_t>(message[0] << 8 | message[1]);
  const size_t size = static_cast<size_t>(message[2]) << 8 | message[3];
  RelayAllocation* const allocation = Find(client);
  if (allocation == nullptr || size > message.size() - kChannelHeaderBytes) {
    ++statistics_.dropped;
    return;
  }
  allocation->SendOn(channel, message.subspan(kChannelHeaderBytes, size));
}

void RelayServer::OnSend(const RelayClient& client, const stun::Message& message) {
  RelayAllocation* const allocation = Find(client);
  const auto peer = message.XorAddress(AttributeType::kXorPeerAddress);
  const auto payload = message.Find(AttributeType::kData);
  if (allocation == nullptr || !peer || !payload || !message.UnknownRequired().empty()) {
    ++statistics_.dropped;
    return;
  }
  allocation->SendTo(*peer, *payload);
}

void RelayServer::OnRequest(const RelayClient& client, const stun::Message& message) {
  if (message.method() == stun::kBinding) {
    if (const auto answer = stun::AnswerBinding(message, client.address)) {
      client.way.SendToClient(client.address, answer->bytes());
    }
    return;
  }
  using Handle = void (RelayServer::*)(const Request&);
  Handle handle = nullptr;
  switch (message.method()) {
    case stun::kAllocate:
      handle = &RelayServer::OnAllocate;
      break;
    case stun::kRefresh:
      handle = &RelayServer::OnRefresh;
      break;
    case stun::kCreatePermission:
      handle = &RelayServer::OnCreatePermission;
      break;
    case stun::kChannelBind:
      handle = &RelayServer::OnChannelBind;
      break;
    default:
      ++statistics_.dropped;
      return;
  }
  RelayAllocation* const allocation = Find(client);
  std::optional<Asker> known;
  if (allocation != nullptr) {
    const RelayAllocation::Origin& origin = allocation->origin();
    known = Asker{origin.name, origin.user, origin.key, false};
  }
  const auto verdict = authenticator_.Judge(message, client, known ? &*known : nullptr);
  if (!verdict.asker) {
    ++statistics_.refused;
    stun::Builder answer(stun::MessageClass::kError, message.method(), message.id());
    answer.AddErrorCode(verdict.error, verdict.reason);
    if (verdict.error != stun::kErrorBadRequest) authenticator_.AddChallenge(answer, client);
    return SendAnswer(client, message, answer);
  }
  const Request request{message, client, allocation, *verdict.asker};
  if (!message.UnknownRequired().empty()) return Refuse(request, stun::kErrorUnknownAttribute);
  // RFC 8656 section 5: nobody takes over what another one has allocated.
  if (known && known->name != request.asker.name && message.method() != stun::kAllocate) {
    return Refuse(request, stun::kErrorWrongCredentials);
  }
  if (!known && message.method() != stun::kAllocate) {
    return Refuse(request, stun::kErrorAllocationMismatch);
  }
  (this->*handle)(request);
}

int RelayServer::MistakeIn(const stun::Message& request) const {
  const auto transport = FirstByte(request, AttributeType::kRequestedTransport, 4);
  if (!transport) return stun::kErrorBadRequest;
  if (*transport != kUdp) return stun::kErrorUnsupportedTransport;
  const bool even = Has(request, AttributeType::kEvenPort);
  const bool family = Has(request, AttributeType::kRequestedAddressFamily);
  const bool additional = Has(request, AttributeType::kAdditionalAddressFamily);
  if (Has(request, AttributeType::kReservationToken) && (even || family || additional)) {
    return stun::kErrorBadRequest;
  }
  if (family) {
    const auto value = FirstByte(request, AttributeType::kRequestedAddressFamily, 4);
    if (additional || !value) return stun::kErrorBadRequest;
    if (*value != kIpv4) return stun::kErrorAddressFamilyNotSupported;
  }
  if (additional && FirstByte(request, AttributeType::kAdditionalAddressFamily, 4) != kIpv6) {
    return stun::kErrorBadRequest;
  }
  if (even) {
    const auto value = FirstByte(request, AttributeType::kEvenPort, 1);
    if (!value || (additional && (*value & kReserveNext) != 0)) return stun::kErrorBadRequest;
  }
  return 0;
}

void RelayServer::OnAllocate(const Request& request) {
  if (request.allocation != nullptr) {
    // The answer to the first one was lost on the way.
    if (request.allocation->origin().request == request.message.id() &&
        request.allocation->origin().name == request.asker.name) {
      return AnswerAllocate(request, *request.allocation);
    }
    return Refuse(request, stun::kErrorAllocationMismatch);
  }
  int error = MistakeIn(request.message);
  if (error != 0) return Refuse(request, error);
  RelayAllocation::Origin origin;
  origin.name = request.asker.name;
  origin.user = request.asker.user;
  origin.key = request.asker.key;
  origin.request = request.message.id();
  origin.ipv6_refused = Has(request.message, AttributeType::kAdditionalAddressFamily);
  auto port = PortFor(request, origin, error);
  if (!port) return Refuse(request, error);
  const Key key = KeyOf(request.client);
  ++allocations_of_[origin.user];
  auto& allocation = allocations_[key];
  allocation = std::make_unique<RelayAllocation>(runtime_, request.client, std::move(origin),
                                                 std::move(port), peers_, statistics_,
                                                 [this, key] { End(key); });
  allocation->Refresh(LifetimeFor(request.message));
  AnswerAllocate(request, *allocation);
}

std::unique_ptr<RelayPort> RelayServer::PortFor(const Request& request,
                                                RelayAllocation::Origin& origin, int& error) {
  error = stun::kErrorInsufficientCapacity;
  if (const auto token = request.message.Find(AttributeType::kReservationToken)) {
    return TakeReserved(*token, origin.user);
  }
  const auto even = FirstByte(request.message, AttributeType::kEvenPort, 1);
  const bool reserve = even && (*even & kReserveNext) != 0;
  const size_t wanted = reserve ? 2 : 1;
  if (allocations_.size() + reservations_.size() + wanted > settings_.max_allocations) {
    return nullptr;
  }
  if (!MayHave(origin.user, wanted)) {
    error = stun::kErrorAllocationQuotaReached;
    return nullptr;
  }
  if (!even) return ports_.Open();
  if (!reserve) return ports_.OpenEven();
  auto [port, next] = ports_.OpenPair();
  if (!port) return nullptr;
  origin.reservation = runtime_.random().Bytes<8>();
  origin.reserved = true;
  reservations_.push_back(
      {origin.reservation, origin.user, std::move(next), runtime_.Now() + kReservationLifetime});
  if (!reservations_end_->running()) reservations_end_->Start(kReservationLifetime);
  return std::move(port);
}

std::unique_ptr<RelayPort> RelayServer::TakeReserved(stun::Bytes token, const std::string& user) {
  for (auto each = reservations_.begin(); each != reservations_.end(); ++each) {
    if (each->user != user || !stun::EqualInConstantTime(token, each->token)) continue;
    auto port = std::move(each->port);
    reservations_.erase(each);
    return port;
  }
  return nullptr;
}

void RelayServer::ForgetReservations() {
  const auto ended = [this](const Reservation& each) { return each.until <= runtime_.Now(); };
  reservations_.erase(std::remove_if(reservations_.begin(), reservations_.end(), ended),
                      reservations_.end());
  if (!reservations_.empty()) reservations_end_->StartAt(reservations_.front().until);
}

bool RelayServer::MayHave(const std::string& user, size_t more) const {
  return PortsOf(user) + more <= settings_.max_allocations_a_user;
}

size_t RelayServer::PortsOf(const std::string& user) const {
  const auto found = allocations_of_.find(user);
  const auto reserved = std::count_if(reservations_.begin(), reservations_.end(),
                                      [&](const Reservation& each) { return each.user == user; });
  return static_cast<size_t>(reserved) + (found == allocations_of_.end() ? 0 : found->second);
}

void RelayServer::AnswerAllocate(const Request& request, const RelayAllocation& allocation) {
  stun::Builder answer(stun::MessageClass::kSuccess, stun::kAllocate, request.message.id());
  answer.AddXorAddress(AttributeType::kXorRelayedAddress, allocation.relayed_address());
  answer.Add32(AttributeType::kLifetime, InSeconds(allocation.lifetime()));
  if (allocation.origin().reserved) {
    answer.Add(AttributeType::kReservationToken, allocation.origin().reservation);
  }
  answer.AddXorMappedAddress(request.client.address);
  if (allocation.origin().ipv6_refused) {
    // RFC 8656 section 18.12: family, reserved, class, number.
    const std::array<uint8_t, 4> refused{kIpv6, 0, stun::kErrorAddressFamilyNotSupported / 100,
                                         stun::kErrorAddressFamilyNotSupported % 100};
    answer.Add(AttributeType::kAddressErrorCode, refused);
  }
  Succeed(request, answer);
}

void RelayServer::OnRefresh(const Request& request) {
  if (Has(request.message, AttributeType::kRequestedAddressFamily) &&
      FirstByte(request.message, AttributeType::kRequestedAddressFamily, 4) != kIpv4) {
    return Refuse(request, stun::kErrorPeerAddressFamilyMismatch);
  }
  const bool ends = request.message.Find32(AttributeType::kLifetime) == 0u;
  const Duration lifetime = ends ? Duration{} : LifetimeFor(request.message);
  stun::Builder answer(stun::MessageClass::kSuccess, stun::kRefresh, request.message.id());
  answer.Add32(AttributeType::kLifetime, InSeconds(lifetime));
  if (ends) {
    End(KeyOf(request.client));
  } else {
    request.allocation->Refresh(lifetime);
  }
  Succeed(request, answer);
}

void RelayServer::OnCreatePermission(const Request& request) {
  const auto values = request.message.FindAll(AttributeType::kXorPeerAddress);
  if (values.empty()) return Refuse(request, stun::kErrorBadRequest);
  // All or none of them (RFC 8656 section 10.2).
  for (const stun::Bytes value : values) {
    const auto peer = stun::ReadXorAddress(value);
    if (!peer) {
      return Refuse(request, value.size() == 20 ? stun::kErrorPeerAddressFamilyMismatch
                                                : stun::kErrorBadRequest);
    }
    if (!peers_.MayPermit(peer->address)) return Refuse(request, stun::kErrorForbidden);
  }
  if (!request.allocation->HasRoomFor(values.size())) {
    return Refuse(request, stun::kErrorInsufficientCapacity);
  }
  for (const stun::Bytes value : values) {
    request.allocation->Permit(stun::ReadXorAddress(value)->address);
  }
  stun::Builder answer(stun::MessageClass::kSuccess, stun::kCreatePermission, request.message.id());
  Succeed(request, answer);
}

void RelayServer::OnChannelBind(const Request& request) {
  const auto number = request.message.Find32(AttributeType::kChannelNumber);
  const auto value = request.message.Find(AttributeType::kXorPeerAddress);
  if (!number || !value) return Refuse(request, stun::kErrorBadRequest);
  const auto peer = stun::ReadXorAddress(*value);
  if (!peer && value->size() == 20) return Refuse(request, stun::kErrorPeerAddressFamilyMismatch);
  const auto channel = static_cast<uint16_t>(*number >> 16);
  if (!peer || channel < kFirstChannel || channel > kLastChannel) {
    return Refuse(request, stun::kErrorBadRequest);
  }
  if (!peers_.MaySend(*peer)) return Refuse(request, stun::kErrorForbidden);
  if (!request.allocation->HasRoomFor(1)) return Refuse(request, stun::kErrorInsufficientCapacity);
  switch (request.allocation->Bind(channel, *peer)) {
    case RelayAllocation::Bound::kMismatch:
      return Refuse(request, stun::kErrorBadRequest);
    case RelayAllocation::Bound::kFull:
      return Refuse(request, stun::kErrorInsufficientCapacity);
    case RelayAllocation::Bound::kDone:
      break;
  }
  request.allocation->Permit(peer->address);
  stun::Builder answer(stun::MessageClass::kSuccess, stun::kChannelBind, request.message.id());
  Succeed(request, answer);
}

void RelayServer::End(const Key& key) {
  const auto found = allocations_.find(key);
  if (found == allocations_.end()) return;
  const auto count = allocations_of_.find(found->second->origin().user);
  if (--count->second == 0) allocations_of_.erase(count);
  allocations_.erase(found);
}

void RelayServer::Succeed(const Request& request, stun::Builder& answer) {
  RelayAuthenticator::AddIntegrity(answer, request.asker);
  SendAnswer(request.client, request.message, answer);
}

void RelayServer::Refuse(const Request& request, int error) {
  ++statistics_.refused;
  stun::Builder answer(stun::MessageClass::kError, request.message.method(), request.message.id());
  answer.AddErrorCode(error, WordsOf(error));
  if (error == stun::kErrorUnknownAttribute) {
    answer.AddUnknownAttributes(request.message.UnknownRequired());
  }
  RelayAuthenticator::AddIntegrity(answer, request.asker);
  SendAnswer(request.client, request.message, answer);
}

void RelayServer::SendAnswer(const RelayClient& client, const stun::Message& request,
                             stun::Builder& answer) {
  if (Has(request, AttributeType::kFingerprint)) answer.AddFingerprint();
  client.way.SendToClient(client.address, answer.bytes());
}

}  // namespace sfa::community
