// All that the community keeps, in one database.
#ifndef FAKE_SKYPE_NETWORK_RECORDS_H_
#define FAKE_SKYPE_NETWORK_RECORDS_H_

#include <memory>
#include <utility>

#include "fake_skype_network/accounts.h"
#include "fake_skype_network/buddy_lists.h"
#include "fake_skype_network/logins.h"
#include "fake_skype_network/numbers.h"
#include "fake_skype_network/profiles.h"
#include "fake_skype_network/store.h"
#include "fake_skype_network/till.h"
#include "fake_skype_network/waiting_messages.h"

namespace sfa::community {

struct Records {
  Records(Runtime& runtime, Store& store, Accounts::Cost cost)
      : accounts(runtime, store, cost),
        profiles(store),
        lists(store),
        till(store),
        numbers(store),
        chat(store),
        voicemails(store),
        logins(runtime, store) {}

  Accounts accounts;
  Profiles profiles;
  BuddyLists lists;
  Till till;
  Numbers numbers;
  WaitingChat chat;
  Voicemails voicemails;
  Logins logins;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_RECORDS_H_
