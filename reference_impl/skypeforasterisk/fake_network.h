// Peers and calls whose other end is the test.
#ifndef REFERENCE_IMPL_SKYPEFORASTERISK_FAKE_NETWORK_H_
#define REFERENCE_IMPL_SKYPEFORASTERISK_FAKE_NETWORK_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/path/media_port.h"
#include "protocol/peer/peer.h"
#include "skypeforasterisk/network_factory.h"

namespace sfa::engine {

struct FakeNetwork;

class FakeCall final : public peer::Call {
 public:
  FakeCall(FakeNetwork& network, std::string user, std::vector<media::Codec> codecs);
  ~FakeCall() override;

  void SetObserver(peer::CallObserver* new_observer) override { observer = new_observer; }
  const std::string& remote_user() const override { return user_; }
  const std::string& remote_fullname() const override { return fullname; }
  const std::vector<media::Codec>& offered_codecs() const override { return codecs_; }
  void Ring(media::Codec codec) override {
    log += codec == media::Codec::kPcmu   ? "ring-u "
           : codec == media::Codec::kPcma ? "ring-a "
                                          : "ring-9 ";
  }
  void Progress() override { log += "progress "; }
  void Answer() override { log += "answer "; }
  void End(peer::EndReason reason) override {
    log += "end-" + std::to_string(static_cast<int>(reason)) + " ";
  }
  void SendAudio(std::span<const uint8_t> encoded) override {
    sent.emplace_back(encoded.begin(), encoded.end());
  }
  void BeginDigit(char digit) override { log += std::string("digit-") + digit + " "; }
  void EndDigit(Duration duration) override {
    log += "up-" +
           std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) +
           " ";
  }
  void Hold(bool held) override { log += held ? "hold " : "unhold "; }
  void Transfer(const std::string& user) override { log += "transfer-" + user + " "; }
  void AnswerTransfer(bool done, peer::EndReason reason) override {
    log += (done ? "transferred-" : "not-transferred-") + std::to_string(static_cast<int>(reason)) +
           " ";
  }
  const peer::CallProperties& properties() const override { return brought; }
  peer::MediaStatistics statistics() const override { return {}; }

  peer::CallProperties brought;
  peer::CallObserver* observer = nullptr;
  std::string fullname = "Austin Powers";
  std::string log;
  std::vector<std::vector<uint8_t>> sent;

 private:
  FakeNetwork& network_;
  std::string user_;
  std::vector<media::Codec> codecs_;
};

class FakePeer final : public peer::Peer {
 public:
  FakePeer(FakeNetwork& network, peer::PeerSettings new_settings, peer::PeerObserver& new_observer);
  ~FakePeer() override;

  void LogIn() override { log += "in "; }
  void LogOut() override { log += "out "; }
  peer::LoginState state() const override { return state_; }
  const std::string& fullname() const override { return fullname_; }
  std::unique_ptr<peer::Call> PlaceCall(const std::string& user,
                                        const std::vector<media::Codec>& codecs,
                                        peer::CallObserver& call_observer,
                                        const peer::CallProperties& properties) override {
    auto call = std::make_unique<FakeCall>(network_, user, codecs);
    call->brought = properties;
    call->SetObserver(&call_observer);
    return call;
  }
  void Ask(const wire::ServiceRequest& request, ServiceDone done) override {
    questions.emplace_back(request, std::move(done));
  }
  // The oldest question that waits.
  void Reply(const wire::ServiceReply& reply) {
    const ServiceDone done = std::move(questions.front().second);
    questions.erase(questions.begin());
    done(reply);
  }
  void Become(peer::LoginState state, const std::string& reason = "") {
    state_ = state;
    observer.OnLoginState(state, reason);
  }

  const peer::PeerSettings settings;
  peer::PeerObserver& observer;
  std::string log;
  std::vector<std::pair<wire::ServiceRequest, ServiceDone>> questions;  // not answered yet

 private:
  FakeNetwork& network_;
  peer::LoginState state_ = peer::LoginState::kLoggedOut;
  std::string fullname_;
};

class FakePort final : public path::MediaPort {
 public:
  explicit FakePort(const path::PortSettings& settings) : settings_(settings) {}
  bool uses_udp() const override { return settings_.udp; }
  Endpoint local() const override { return settings_.bind; }
  std::vector<Endpoint> tcp_listeners() const override { return {}; }
  std::vector<Endpoint> host_endpoints() const override { return {settings_.bind}; }
  std::optional<Endpoint> mapped() const override { return std::nullopt; }
  void AskMapping(const Endpoint&, Duration, std::function<void(const Sighting&)>) override {}
  void UseStunServer(const Endpoint&) override {}
  void SetSurroundings(const path::Surroundings&) override {}
  const path::Surroundings& surroundings() const override { return surroundings_; }
  void SetRelays(const path::RelaySettings&) override {}
  void AddReceiver(uint32_t, path::MediaReceiver*) override {}
  void RemoveReceiver(uint32_t) override {}
  Status SendMedia(const path::Route&, std::span<const uint8_t>) override { return {}; }

 private:
  const path::PortSettings settings_;
  const path::Surroundings surroundings_;
};

struct FakeNetwork {
  std::map<std::string, FakePeer*> peers;  // by account, the living ones
  std::vector<FakeCall*> calls;            // living, in order of their making
  std::vector<path::PortSettings> ports_asked;
  uint16_t port_taken = 0;                // the port falls back to another one by itself
  std::map<uint16_t, Error> port_errors;  // by port number

  NetworkFactory Factory() {
    NetworkFactory factory;
    factory.new_port =
        [this](Runtime&,
               const path::PortSettings& wanted) -> Result<std::unique_ptr<path::MediaPort>> {
      ports_asked.push_back(wanted);
      const auto error = port_errors.find(wanted.bind.port);
      if (error != port_errors.end()) return error->second;
      path::PortSettings settings = wanted;
      if (settings.bind.port == port_taken) settings.bind.port = 49152;
      return std::unique_ptr<path::MediaPort>(std::make_unique<FakePort>(settings));
    };
    factory.new_peer = [this](Runtime&, path::MediaPort&, peer::PeerSettings settings,
                              peer::PeerObserver& observer) -> std::unique_ptr<peer::Peer> {
      return std::make_unique<FakePeer>(*this, std::move(settings), observer);
    };
    return factory;
  }
};

inline FakeCall::FakeCall(FakeNetwork& network, std::string user, std::vector<media::Codec> codecs)
    : network_(network), user_(std::move(user)), codecs_(std::move(codecs)) {
  network_.calls.push_back(this);
}
inline FakeCall::~FakeCall() { std::erase(network_.calls, this); }

inline FakePeer::FakePeer(FakeNetwork& network, peer::PeerSettings new_settings,
                          peer::PeerObserver& new_observer)
    : settings(std::move(new_settings)), observer(new_observer), network_(network) {
  network_.peers[settings.user] = this;
}
inline FakePeer::~FakePeer() { network_.peers.erase(settings.user); }

}  // namespace sfa::engine

#endif  // REFERENCE_IMPL_SKYPEFORASTERISK_FAKE_NETWORK_H_
