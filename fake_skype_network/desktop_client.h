// A person with a desktop client: calls, answers, hangs up, sends and hears digits and audio.
#ifndef FAKE_SKYPE_NETWORK_DESKTOP_CLIENT_H_
#define FAKE_SKYPE_NETWORK_DESKTOP_CLIENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/peer/peer.h"
#include "runtime/runtime.h"

namespace sfa::community {

// One thing that the person saw or heard.
struct ClientSight {
  MonotonicTime at;
  // "login" {state, reason}, "incoming" {from, fullname}, "ringing" {}, "answered" {codec},
  // "ended" {reason}, "digit" {digit, duration_ms},
  // "path" {path, local, remote, local_kind, remote_kind}: how media goes, after "answered" and
  // each time that it changes; path is direct, tcp or relay
  // "incoming" also has what the call brought: topic, token, forwarded_by, target_identity, when
  // not empty. "held" {on}, "transfer" {to} (the far end asks; the client calls `to` itself and
  // then ends this call), "transferred" {result}, "party" {user, fullname}, "progress" {}
  // Services: "done" {what, result}, "buddy" {buddy, status, fullname}, "buddy-removed" {buddy},
  // "asked" {from, text} (to be authorised), "chat" {from, to, text}, "account" {one field for each
  // property that has changed}, "voicemail" {from, seconds, waiting}
  std::string kind;
  std::vector<std::pair<std::string, std::string>> fields;
};

class ClientObserver {
 public:
  virtual void OnSight(const ClientSight& sight) = 0;

 protected:
  ~ClientObserver() = default;
};

// What was said and heard in a call, on one time line, 8 kHz mono linear; `*_start` is the instant
// of the first sample, every later frame follows at 20 ms.
struct AudioRecord {
  MonotonicTime sent_start, heard_start;
  std::vector<int16_t> sent, heard;
};

struct ClientSettings {
  std::string user;
  std::string password;
  peer::NetworkSettings network;
  path::PortSettings port;
  std::vector<media::Codec> codecs = {media::Codec::kPcmu, media::Codec::kPcma};
  // Incoming calls are answered after this time by themselves; negative: never.
  Duration answer_after{-1};
  // Refuse incoming calls with busy.
  bool busy = false;
  // Who asks for authorisation is answered at once; unset: the person answers.
  std::optional<wire::BuddyAnswer> answers_requests;
  // Seeds what the client says; different in each direction and for each client.
  uint64_t voice_seed = 1;
  bool record_audio = true;
};

class DesktopClient {
 public:
  virtual ~DesktopClient() = default;

  virtual void LogIn() = 0;
  virtual void LogOut() = 0;
  virtual void CallUser(const std::string& user, const peer::CallProperties& properties = {}) = 0;
  // Whether a call is being placed, rings or is answered; a person has one call at a time.
  virtual bool in_call() const = 0;
  virtual void Answer() = 0;
  virtual void Reject() = 0;
  virtual void HangUp() = 0;
  // Digits one after another, each `tone` long with `gap` between them.
  virtual void SendDigits(const std::string& digits, Duration tone = std::chrono::milliseconds(100),
                          Duration gap = std::chrono::milliseconds(100)) = 0;

  // In an answered call.
  virtual void Hold(bool held) = 0;
  virtual void Transfer(const std::string& user) = 0;

  // The community's services; what comes of each is a sight "done" {what, result}, result being
  // "done" or the reason ("unknown user").
  virtual void SetProperty(const std::string& name, const std::string& value) = 0;
  virtual void AddBuddy(const std::string& user, const std::string& text) = 0;
  virtual void RemoveBuddy(const std::string& user) = 0;
  // To somebody who has asked: wire::ANSWER_ACCEPT and so on.
  virtual void AnswerBuddy(const std::string& user, wire::BuddyAnswer answer) = 0;
  virtual void Chat(const std::string& user, const std::string& text) = 0;

  // Of the latest call; valid after it has ended, until the next one.
  virtual const AudioRecord& audio() const = 0;
  virtual peer::MediaStatistics statistics() const = 0;
  // Packets and messages of calls that came in and were nobody's, forged, garbled or old.
  virtual uint64_t dropped() const = 0;
};

std::unique_ptr<DesktopClient> NewDesktopClient(Runtime& runtime, ClientSettings settings,
                                                ClientObserver& observer);

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_DESKTOP_CLIENT_H_
