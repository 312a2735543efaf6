#include "protocol/path/relay_way.h"

#include <algorithm>
#include <utility>

#include "protocol/turn/channel_data.h"

namespace sfa::path {
namespace {

// Even numbers are relays, odd ones connections; 0 is the UDP socket.
constexpr WayId kWayStep = 2;

}  // namespace

// An allocation, or one that is to become one.
class RelayWay::Relay final : private turn::Transport, private turn::AllocationUser {
 public:
  Relay(RelayWay& owner, WayId way, const RelayDoor& door) : owner_(owner), way_(way), door_(door) {
    if (door.tcp) {
      tcp_.emplace(
          owner.runtime_, owner.bind_, door.server,
          [this](std::span<const uint8_t> message) { OnMessage(message); }, [this] { OnClosed(); });
    }
    std::optional<turn::Challenge> challenge;
    const auto known = owner.challenges_.find(door.node);
    if (known != owner.challenges_.end()) challenge = known->second;
    turn::Transport& transport = *this;
    turn::AllocationUser& user = *this;
    allocation_.emplace(owner.runtime_, transport,
                        turn::Credential{owner.relays_.name, owner.relays_.password}, challenge,
                        kAttempt, user);
  }

  WayId way() const { return way_; }
  const RelayDoor& door() const { return door_; }
  turn::Allocation& allocation() { return *allocation_; }
  bool At(const Endpoint& server) const { return !door_.tcp && door_.server == server; }
  // Nothing of it is heard any more.
  void Silence() { silent_ = true; }
  bool OnMessage(std::span<const uint8_t> bytes) {
    const bool listens = !silent_ && (!lost_ || leaving_);
    return listens && allocation_->OnMessage(bytes);
  }
  void GiveBack(std::function<void()> done) {
    leaving_ = std::move(done);
    allocation_->Release([this] { Left(); });
  }

 private:
  void Send(std::span<const uint8_t> header, std::span<const uint8_t> payload,
            bool urgent) override {
    if (tcp_) {
      tcp_->Send(header, payload, urgent);
      return;
    }
    if (payload.empty()) {
      owner_.send_udp_(door_.server, header);
      return;
    }
    std::array<uint8_t, kMaxDatagramBytes> datagram;
    const size_t size = header.size() + payload.size();
    if (size > datagram.size()) return;
    std::copy(payload.begin(), payload.end(),
              std::copy(header.begin(), header.end(), datagram.begin()));
    owner_.send_udp_(door_.server, std::span(datagram).first(size));
  }
  bool reliable() const override { return tcp_.has_value(); }

  void OnAllocated() override {
    if (!silent_) owner_.OnOpen(*this);
  }
  void OnAllocationLost(int error) override {
    if (silent_ || lost_) return;
    lost_ = true;
    owner_.OnLost(*this, error);
  }
  void OnClosed() {
    if (leaving_) {
      Left();
    } else {
      OnAllocationLost(0);
    }
  }
  void Left() {
    const auto done = std::exchange(leaving_, {});
    if (done) done();
  }
  void OnRelayed(const Endpoint& peer, std::span<const uint8_t> data) override {
    if (!silent_) owner_.user_.OnRelayed(way_, peer, data);
  }

  RelayWay& owner_;
  const WayId way_;
  const RelayDoor door_;
  bool silent_ = false;
  bool lost_ = false;
  std::function<void()> leaving_;  // set while it is given back
  std::optional<turn::TcpTransport> tcp_;
  std::optional<turn::Allocation> allocation_;
};

RelayWay::RelayWay(Runtime& runtime, Ipv4Address bind, SendUdp send_udp, RelayUser& user)
    : runtime_(runtime),
      bind_(bind),
      send_udp_(std::move(send_udp)),
      user_(user),
      next_(runtime.NewTimer([this] { TryNext(); })) {}

RelayWay::~RelayWay() { Stop(); }

void RelayWay::SetSurroundings(const Surroundings& surroundings) {
  surroundings_ = surroundings;
  if (wanted_ && !relay_ && attempts_.empty() && !next_->running()) Start();
}

void RelayWay::SetRelays(const RelaySettings& relays) {
  relays_ = relays;
  if (wanted_ && !relay_ && attempts_.empty()) Start();
}

void RelayWay::Want(bool wanted) {
  if (wanted == wanted_) return;
  wanted_ = wanted;
  if (wanted) {
    Start();
  } else {
    Stop();
  }
}

void RelayWay::Start() {
  pause_ = kFirstPause;
  doors_.clear();
  next_door_ = 0;
  next_->Start(Duration{});
}

void RelayWay::Stop() {
  checking_ = false;
  if (relay_) GiveBack(std::move(relay_));
  GiveBackAttempts();
}

void RelayWay::GiveBackAttempts() {
  next_->Cancel();
  for (auto& attempt : attempts_) GiveBack(std::move(attempt));
  attempts_.clear();
}

void RelayWay::GiveBack(std::unique_ptr<Relay> relay) {
  Relay* const leaving = relay.get();
  if (leaving_.size() == kMaxLeaving) {
    Retire(std::move(leaving_.front()));
    leaving_.erase(leaving_.begin());
  }
  leaving_.push_back(std::move(relay));
  leaving->GiveBack([this, leaving] {
    const auto found = std::find_if(leaving_.begin(), leaving_.end(),
                                    [&](const auto& each) { return each.get() == leaving; });
    if (found == leaving_.end()) return;
    Retire(std::move(*found));
    leaving_.erase(found);
  });
}

void RelayWay::ForgetLeaving(const Endpoint& server) {
  for (auto& leaving : leaving_) {
    if (leaving->At(server)) Retire(std::move(leaving));
  }
  leaving_.erase(std::remove(leaving_.begin(), leaving_.end(), nullptr), leaving_.end());
}

void RelayWay::TryNext() {
  if ((relay_ && !checking_) || relays_.name.empty()) return;
  if (next_door_ == doors_.size()) {
    if (!attempts_.empty()) return;  // the last one to fail goes on
    // A spare one is for the case that UDP does not get through any more.
    const bool by_udp = send_udp_ != nullptr && !relay_;
    doors_ = RelayDoors(relays_.nodes, surroundings_, by_udp, avoided_);
    next_door_ = 0;
    if (doors_.empty()) return;
  }
  if (attempts_.size() < kMaxAttempts) {
    const RelayDoor door = doors_[next_door_++];
    // Repeated, its request to give back would end the new allocation: the server cannot tell them
    // apart.
    if (!door.tcp) ForgetLeaving(door.server);
    last_way_ += kWayStep;
    attempts_.push_back(std::make_unique<Relay>(*this, last_way_, door));
  }
  next_->Start(kNextDoor);
}

void RelayWay::OnOpen(Relay& relay) {
  if (relay_) {
    next_->Cancel();
    return;
  }
  Take(relay);
  user_.OnRelayOpen();
}

RelayWay::Relay* RelayWay::Spare() const {
  const auto found = std::find_if(attempts_.begin(), attempts_.end(), [](const auto& attempt) {
    return attempt->allocation().allocated();
  });
  return found == attempts_.end() ? nullptr : found->get();
}

void RelayWay::Take(Relay& relay) {
  const auto found = std::find_if(attempts_.begin(), attempts_.end(),
                                  [&](const auto& attempt) { return attempt.get() == &relay; });
  relay_ = std::move(*found);
  attempts_.erase(found);
  GiveBackAttempts();
  pause_ = kFirstPause;
  avoided_ = Endpoint();
  if (relay.allocation().challenge() &&
      (challenges_.size() < kMaxChallenges || challenges_.count(relay.door().node) != 0)) {
    challenges_[relay.door().node] = *relay.allocation().challenge();
  }
}

void RelayWay::OnLost(Relay& relay, int error) {
  if (relay_.get() == &relay) {
    const WayId way = relay.way();
    // A server that answers is not to be avoided: it knows nothing of us, because it has started
    // anew, or because our address is another now.
    avoided_ = error == 0 ? relay.door().node : Endpoint();
    checking_ = false;
    if (error == 0 && !relay.door().tcp) {
      GiveBack(std::move(relay_));  // it may only have been out of reach for a while
    } else {
      Retire(std::move(relay_));
    }
    if (Relay* const spare = Spare()) {
      Take(*spare);
    } else if (wanted_) {
      GiveBackAttempts();
      Start();
    }
    user_.OnRelayLost(way);
    return;
  }
  const auto found = std::find_if(attempts_.begin(), attempts_.end(),
                                  [&](const auto& attempt) { return attempt.get() == &relay; });
  if (found == attempts_.end()) return;
  Retire(std::move(*found));
  attempts_.erase(found);
  if (next_door_ < doors_.size()) {
    next_->Start(Duration{});
  } else if (attempts_.empty()) {
    next_->Start(pause_);
    pause_ = std::min(2 * pause_, kLongestPause);
  }
}

void RelayWay::Retire(std::unique_ptr<Relay> relay) {
  relay->Silence();
  if (retired_.empty()) {
    runtime_.Post([this, alive = std::weak_ptr<int>(alive_)] {
      if (!alive.expired()) retired_.clear();
    });
  }
  retired_.push_back(std::move(relay));
}

std::optional<WayId> RelayWay::way() const {
  if (!relay_) return std::nullopt;
  return relay_->way();
}

std::optional<Endpoint> RelayWay::relayed() const {
  if (!relay_) return std::nullopt;
  return relay_->allocation().relayed();
}

bool RelayWay::OnUdp(const Endpoint& from, std::span<const uint8_t> bytes) {
  const auto takes = [&](const std::unique_ptr<Relay>& relay) {
    return relay && relay->At(from) && relay->OnMessage(bytes);
  };
  // A message is for one of them, and what it does may change the lists: the first to take it ends
  // the search.
  if (takes(relay_)) return true;
  for (const auto* relays : {&attempts_, &leaving_}) {
    for (size_t i = 0; i < relays->size(); ++i) {
      if (takes((*relays)[i])) return true;
    }
  }
  return false;
}

void RelayWay::Send(WayId way, const Endpoint& peer, std::span<const uint8_t> packet, bool media) {
  if (relay_ && relay_->way() == way) relay_->allocation().Send(peer, packet, media);
}

void RelayWay::Check(std::function<bool()> link_works) {
  if (!relay_) {
    // Where all doors have been tried in vain, the pause is over.
    if (wanted_ && attempts_.empty()) Start();
    return;
  }
  if (checking_) return;
  checking_ = true;
  check_end_ = runtime_.Now() + kLongestCheck;
  link_works_ = std::move(link_works);
  relay_->allocation().Check(kCheck, [this](bool alive) { OnChecked(alive); });
}

void RelayWay::OnChecked(bool alive) {
  if (!checking_ || !relay_) return;
  if (alive) {
    checking_ = false;
    GiveBackAttempts();
    return;
  }
  // A connection has its own repetitions, which come later and later: a new one is better.
  const bool given_up = link_works_() || runtime_.Now() >= check_end_;
  if (relay_->door().tcp || given_up || Spare() != nullptr) {
    OnLost(*relay_, 0);
    return;
  }
  if (attempts_.empty() && !next_->running()) Start();
  relay_->allocation().Check(kCheck, [this](bool answered) { OnChecked(answered); });
}

}  // namespace sfa::path
