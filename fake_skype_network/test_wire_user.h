// For tests of the community's services: a user who speaks the wire's messages one by one, and may
// say what no peer would.
#ifndef FAKE_SKYPE_NETWORK_TEST_WIRE_USER_H_
#define FAKE_SKYPE_NETWORK_TEST_WIRE_USER_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fake_skype_network/community_bed.h"
#include "protocol/peer/network.h"
#include "protocol/peer/service_names.h"
#include "protocol/stream/message_stream.h"

namespace sfa::community {

class TestWireUser final : private stream::MessageHandler {
 public:
  struct Place {
    Endpoint login_server;
    Endpoint home;
    stream::Key root_key;
  };
  TestWireUser(Runtime& runtime, const Place& place, std::string user, std::string password)
      : runtime_(runtime),
        place_(place),
        user_(std::move(user)),
        password_(std::move(password)),
        key_(stream::NewSigningKey(runtime.random())) {}

  // Asks for a credential, then registers at its home.
  void LogIn(bool driver = false) {
    driver_ = driver;
    login_ = std::make_unique<stream::MessageStream>(runtime_, place_.login_server, place_.root_key,
                                                     wire::NODE_LOGIN_SERVER, handler());
  }
  // With the credential that it has: the same login.
  void Register(const Endpoint& home) {
    registered = false;
    home_ = std::make_unique<stream::MessageStream>(runtime_, home, place_.root_key,
                                                    wire::NODE_SUPERNODE, handler());
  }
  void LogOut() {
    wire::Message message;
    message.mutable_unregister();
    home_->Send(message);
  }
  // Without a word.
  void Vanish() { home_ = nullptr; }

  void Send(const wire::ServiceRequest& request) {
    wire::Message message;
    message.set_request(++asked_);
    *message.mutable_service_request() = request;
    home_->Send(message);
  }
  void Lookup(const std::string& name) {
    wire::Message message;
    message.mutable_lookup()->set_user(name);
    home_->Send(message);
  }

  // Of the news, in the order in which they came.
  static std::string ToLine(const wire::ServiceNews& news) {
    switch (news.body_case()) {
      case wire::ServiceNews::kAccount:
        return "account";
      case wire::ServiceNews::kBuddy:
        return news.buddy().name() + " is " +
               std::string(peer::BuddyStatusName(news.buddy().status()));
      case wire::ServiceNews::kBuddyRemoved:
        return news.buddy_removed() + " removed";
      case wire::ServiceNews::kAuthorisationRequest:
        return news.authorisation_request().from() + " asks " + news.authorisation_request().text();
      case wire::ServiceNews::kChat:
        return news.chat().from() + " to " + news.chat().to() + ": " + news.chat().text();
      case wire::ServiceNews::kVoicemail:
        return "voicemail " + news.voicemail().from() + " " +
               std::to_string(news.voicemail().seconds()) + " s, " +
               std::to_string(news.voicemail().waiting()) + " waiting";
      default:
        return "";
    }
  }
  std::vector<std::string> TakeNews() {
    std::vector<std::string> lines;
    for (const wire::ServiceNews& each : news) lines.push_back(ToLine(each));
    news.clear();
    return lines;
  }
  uint32_t asked() const { return asked_; }
  const std::string& name() const { return user_; }
  uint64_t device() const { return stream::DeviceId(credential); }

  wire::RefusalReason refusal = wire::REFUSAL_UNSPECIFIED;
  wire::UserCredential credential;
  wire::Profile own_profile;
  bool registered = false;
  bool home_lost = false;
  std::vector<std::pair<uint32_t, wire::ServiceReply>> replies;
  std::vector<wire::ServiceNews> news;
  std::vector<wire::LookupReply> lookups;

 private:
  stream::MessageHandler& handler() { return *this; }
  void OnOpen(stream::MessageStream& stream) override {
    wire::Message message;
    if (&stream == login_.get()) {
      wire::LoginRequest* const request = message.mutable_login_request();
      request->set_version(peer::kProtocolVersion);
      request->set_user(user_);
      request->set_password(password_);
      request->set_signing_key(stream::ToString(key_.public_key));
      request->set_driver(driver_);
    } else {
      *message.mutable_register_request()->mutable_credential() = credential;
      message.mutable_register_request()->set_proof(
          stream::ProveUser(key_, stream.handshake_hash()));
    }
    stream.Send(message);
  }
  void OnMessage(stream::MessageStream&, const wire::Message& message) override {
    if (message.has_refusal()) refusal = message.refusal().reason();
    if (message.has_login_reply()) {
      credential = message.login_reply().credential();
      own_profile = message.login_reply().profile();
      Register(place_.home);
    }
    if (message.has_register_reply()) registered = true;
    if (message.has_service_reply()) {
      replies.emplace_back(message.request(), message.service_reply());
    }
    if (message.has_service_news()) news.push_back(message.service_news());
    if (message.has_lookup_reply()) lookups.push_back(message.lookup_reply());
  }
  void OnClosed(stream::MessageStream& stream, const Error&) override {
    if (&stream == home_.get()) home_lost = true;
  }

  Runtime& runtime_;
  const Place place_;
  const std::string user_;
  const std::string password_;
  const stream::SigningKey key_;
  bool driver_ = false;
  uint32_t asked_ = 0;
  std::unique_ptr<stream::MessageStream> login_, home_;
};

// The community of community_bed.h with users of the wire.
class ServicesTest : public CommunityTest {
 protected:
  // On a machine of its own, not logged in yet.
  TestWireUser& NewUser(const std::string& user, const std::string& password, size_t home = 0) {
    const auto number = static_cast<uint8_t>(machines_.size() + 1);
    machines_.push_back(std::make_unique<stream::TestRuntime>(
        world_, Ipv4Address::Of(203, 0, 113, number), 1000u + number));
    users_.push_back(std::make_unique<TestWireUser>(
        *machines_.back(),
        TestWireUser::Place{kLoginServer, network_.bootstrap_nodes.at(home), network_.root_key},
        user, password));
    return *users_.back();
  }
  TestWireUser& User(const std::string& user, const std::string& password, size_t home = 0) {
    TestWireUser& made = NewUser(user, password, home);
    made.LogIn();
    world_.RunFor(std::chrono::seconds(1));
    EXPECT_TRUE(made.registered) << user;
    return made;
  }
  TestWireUser& WireBond(size_t home = 0) { return User("james_bond", "shaken", home); }
  TestWireUser& WireAustin(size_t home = 1) { return User("austin_powers", "shagadelic", home); }
  TestWireUser& WireEvil(size_t home = 2) { return User("dr_evil", "million", home); }

  wire::ServiceReply Ask(TestWireUser& user, const wire::ServiceRequest& request) {
    user.Send(request);
    world_.RunFor(std::chrono::milliseconds(200));
    if (user.replies.empty() || user.replies.back().first != user.asked()) {
      ADD_FAILURE() << "no reply to " << user.name();
      return {};
    }
    return user.replies.back().second;
  }
  wire::AccountState StateOf(TestWireUser& user) {
    wire::ServiceRequest request;
    request.mutable_get_account();
    return Ask(user, request).account();
  }
  static wire::ServiceRequest Setting(const std::string& name, const std::string& value) {
    wire::ServiceRequest request;
    wire::Property* const property = request.mutable_set_properties()->add_properties();
    property->set_name(name);
    property->set_value(value);
    return request;
  }
  wire::ServiceResult Set(TestWireUser& user, const std::string& name, const std::string& value) {
    return Ask(user, Setting(name, value)).result();
  }
  wire::ServiceReply AddBuddy(TestWireUser& user, const std::string& name,
                              const std::string& text = "") {
    wire::ServiceRequest request;
    request.mutable_add_buddy()->set_name(name);
    request.mutable_add_buddy()->set_text(text);
    return Ask(user, request);
  }
  wire::ServiceResult RemoveBuddy(TestWireUser& user, const std::string& name) {
    wire::ServiceRequest request;
    request.mutable_remove_buddy()->set_name(name);
    return Ask(user, request).result();
  }
  wire::ServiceResult Answer(TestWireUser& user, const std::string& name,
                             wire::BuddyAnswer answer) {
    wire::ServiceRequest request;
    request.mutable_answer_buddy()->set_name(name);
    request.mutable_answer_buddy()->set_answer(answer);
    return Ask(user, request).result();
  }
  // "austin_powers is Online" …
  std::vector<std::string> ListOf(TestWireUser& user, bool presence = true) {
    std::vector<std::string> lines;
    wire::ServiceRequest request;
    request.mutable_get_buddies()->set_presence(presence);
    while (true) {
      const wire::ServiceReply reply = Ask(user, request);
      EXPECT_EQ(reply.result(), wire::SERVICE_DONE);
      for (const wire::Buddy& buddy : reply.buddies().buddies()) {
        lines.push_back(buddy.name() + " is " + std::string(peer::BuddyStatusName(buddy.status())));
        request.mutable_get_buddies()->set_after(buddy.name());
      }
      if (!reply.buddies().more()) return lines;
    }
  }
  wire::ServiceReply ProfileOf(TestWireUser& asker, const std::string& user) {
    wire::ServiceRequest request;
    request.mutable_get_profile()->set_name(user);
    return Ask(asker, request);
  }
  wire::ServiceReply Chat(TestWireUser& user, const std::string& to, const std::string& text) {
    wire::ServiceRequest request;
    request.mutable_send_chat()->set_to(to);
    request.mutable_send_chat()->set_text(text);
    return Ask(user, request);
  }
  // What the power's loss at this instant leaves, and a login server that starts with it.
  void LosePower(Duration away) {
    const auto disk = login_runtime_->disk.Copy();
    login_server_ = nullptr;
    login_runtime_->disk.Restore(disk);
    world_.RunFor(away);
    login_server_ = NewLogin();
  }

  std::vector<std::unique_ptr<stream::TestRuntime>> machines_;
  std::vector<std::unique_ptr<TestWireUser>> users_;
};

using Lines = std::vector<std::string>;

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_TEST_WIRE_USER_H_
