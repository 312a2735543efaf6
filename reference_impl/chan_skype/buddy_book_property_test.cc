// Whatever comes in whatever order: the book holds what a plain model holds, and whoever applies
// its changes sees the same.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>

#include "chan_skype/buddy_book.h"
#include "chan_skype/text.h"

namespace sfa::skype {
namespace {

using Seen = std::pair<wire::BuddyStatus, std::string>;  // status and mood

// Names that differ in case only, and some that are none.
std::string Name() {
  return *rc::gen::element<std::string>("austin", "Austin", "basil", "felicity", "+4930", "", "a b",
                                        "x@y", "evil\r\n");
}

wire::Buddy AnyBuddy() {
  wire::Buddy buddy;
  buddy.set_name(Name());
  buddy.set_status(static_cast<wire::BuddyStatus>(*rc::gen::inRange(0, 15)));
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
    wire::Property& property = *buddy.mutable_profile()->add_properties();
    property.set_name(*rc::gen::element<std::string>("mood_text", "about", "nonsense"));
    property.set_value(*rc::gen::element<std::string>("", "one", "two", std::string(600, 'x')));
  }
  return buddy;
}

// What is to be seen of it.
Seen Expected(const wire::Buddy& buddy, bool presence) {
  if (!presence) return {wire::BUDDY_UNKNOWN, ""};
  Seen seen{wire::BuddyStatus_IsValid(buddy.status()) ? buddy.status() : wire::BUDDY_UNKNOWN, ""};
  for (const wire::Property& property : buddy.profile().properties()) {
    if (property.name() == "mood_text" && seen.second.empty() && property.value().size() <= 512) {
      seen.second = property.value();
    }
  }
  return seen;
}

RC_GTEST_PROP(BuddyBook, HoldsWhatItWasTold, ()) {
  BuddyBook book;
  std::map<std::string, Seen> model;     // by name in lower case
  std::set<std::string> unconfirmed;     // of before the list that is coming
  std::map<std::string, Seen> listener;  // whoever applies the changes
  const auto apply = [&](const std::vector<BuddyChange>& changes) {
    for (const BuddyChange& change : changes) {
      Seen& seen = listener[Lower(change.name)];
      RC_ASSERT(seen.first == change.before);
      seen = {change.after, change.mood};
      RC_ASSERT(change.listed || seen == Seen(wire::BUDDY_UNKNOWN, ""));
    }
  };
  const auto put = [&](const wire::Buddy& buddy, bool presence) {
    if (!IsName(buddy.name())) return;
    model[Lower(buddy.name())] = Expected(buddy, presence);
    unconfirmed.erase(Lower(buddy.name()));
  };

  const int steps = *rc::gen::inRange(0, 40);
  for (int step = 0; step < steps; ++step) {
    const bool presence = *rc::gen::inRange(0, 4) > 0;
    switch (*rc::gen::inRange(0, 5)) {
      case 0: {
        const wire::Buddy buddy = AnyBuddy();
        put(buddy, presence);
        apply(book.Update(buddy, presence));
        break;
      }
      case 1: {
        const std::string name = Name();
        model.erase(Lower(name));
        unconfirmed.erase(Lower(name));
        apply(book.Remove(name));
        break;
      }
      case 2:
        book.Begin();
        unconfirmed.clear();
        for (const auto& [key, seen] : model) unconfirmed.insert(key);
        break;
      case 3: {
        wire::BuddyList page;
        for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
          *page.add_buddies() = AnyBuddy();
          put(page.buddies(page.buddies_size() - 1), presence);
        }
        const bool last = *rc::gen::arbitrary<bool>();
        if (last) {
          for (const std::string& key : unconfirmed) model.erase(key);
          unconfirmed.clear();
        }
        apply(book.AddPage(page, last, presence));
        RC_ASSERT(!last || book.known());
        break;
      }
      default:
        model.clear();
        unconfirmed.clear();
        apply(book.Clear());
        RC_ASSERT(!book.known());
        break;
    }
    RC_ASSERT(book.size() == model.size());
    RC_ASSERT(book.List()->size() == model.size());
    auto at = model.begin();
    for (const Buddy& buddy : *book.List()) {
      RC_ASSERT(Lower(buddy.name) == at->first);
      RC_ASSERT(Seen(buddy.status, buddy.Property("mood_text")) == at->second);
      RC_ASSERT(book.Find(buddy.name) != nullptr);
      ++at;
    }
    for (const auto& [key, seen] : listener) {
      const auto known = model.find(key);
      RC_ASSERT(seen == (known == model.end() ? Seen(wire::BUDDY_UNKNOWN, "") : known->second));
    }
  }
}

}  // namespace
}  // namespace sfa::skype
