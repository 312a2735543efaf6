// What an account sees of itself, and of others.
#ifndef FAKE_SKYPE_NETWORK_VIEWS_H_
#define FAKE_SKYPE_NETWORK_VIEWS_H_

#include <string>

#include "fake_skype_network/records.h"
#include "protocol/signalling.pb.h"

namespace sfa::community {

// What an account shows to those whom it has authorised.
struct Shown {
  wire::BuddyStatus status = wire::BUDDY_OFFLINE;
  wire::Profile profile;
};

class Views {
 public:
  explicit Views(Records& records) : records_(records) {}

  wire::AccountState StateOf(const std::string& user);
  Shown ShownBy(const std::string& user);
  wire::Profile ProfileFor(const std::string& asker, const std::string& user);

  // `shown` is what the relation's `name` shows.
  static wire::Buddy See(const Relation& relation, const Shown& shown);
  wire::Buddy See(const Relation& relation);

 private:
  Records& records_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_VIEWS_H_
