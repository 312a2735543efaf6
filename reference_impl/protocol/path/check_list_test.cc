#include "protocol/path/check_list.h"

#include <gtest/gtest.h>

#include "protocol/path/candidate.h"

namespace sfa::path {
namespace {

Candidate Remote(uint32_t number, CandidateKind kind = CandidateKind::kHost) {
  Candidate candidate;
  candidate.kind = kind;
  candidate.endpoint = {{number}, 1};
  candidate.priority = number;
  return candidate;
}

Pair* Add(CheckList& list, const Candidate& remote, WayKind kind = WayKind::kUdp, WayId way = 0) {
  return list.Add({way, remote.endpoint}, kind, remote, PairState::kWaiting);
}

TEST(CheckList, TriggeredChecksComeFirstThenByClassAndPriority) {
  CheckList list;
  Pair& low = *Add(list, Remote(10));
  Pair& high = *Add(list, Remote(30));
  Pair& middle = *Add(list, Remote(20));
  Pair& relay = *Add(list, Remote(99), WayKind::kRelay, 1);
  list.SetPriorities(PathRole::kControlling);
  list.Trigger(relay);
  list.Trigger(low);
  list.Trigger(low);
  for (Pair* expected : {&relay, &low, &high, &middle}) {
    Pair* const next = list.Next();
    EXPECT_EQ(next, expected);
    next->state = PairState::kInProgress;
  }
  EXPECT_FALSE(list.HasNext());
  EXPECT_EQ(list.unfinished(), 4u);
  relay.state = PairState::kSucceeded;
  EXPECT_TRUE(list.HopesForBetterThan(relay));
  low.state = PairState::kSucceeded;
  EXPECT_EQ(list.BestValid(), &low);
  EXPECT_FALSE(list.HopesForBetterThan(low));  // what is left is better, but not another class
}

TEST(CheckList, ClassesAndRanks) {
  CheckList list;
  const Pair& lan = *Add(list, Remote(1));
  const Pair& wan = *Add(list, Remote(2, CandidateKind::kServerReflexive));
  const Pair& tcp = *Add(list, Remote(3), WayKind::kTcp, 1);
  const Pair& ours = *Add(list, Remote(4), WayKind::kRelay, 2);
  const Pair& theirs = *Add(list, Remote(5, CandidateKind::kRelayed));
  EXPECT_EQ(tcp.path_class(), PathClass::kTcp);
  EXPECT_EQ(ours.path_class(), PathClass::kRelay);
  EXPECT_EQ(theirs.path_class(), PathClass::kRelay);
  EXPECT_GT(Rank(lan), Rank(wan));
  EXPECT_GT(Rank(wan), Rank(tcp));
  EXPECT_GT(Rank(tcp), Rank(ours));
  EXPECT_EQ(Rank(ours), Rank(theirs));
}

TEST(CheckList, IsBoundedAndMakesRoomForWhatMayWork) {
  CheckList list;
  for (uint32_t i = 0; i < CheckList::kMaxPairs; ++i) {
    ASSERT_NE(Add(list, Remote(i)), nullptr);
    EXPECT_EQ(Add(list, Remote(i)), nullptr);  // one for each route
  }
  EXPECT_EQ(Add(list, Remote(1000)), nullptr);
  Pair& kept = *list.Find({0, Remote(3).endpoint});
  kept.state = PairState::kFailed;
  list.Keep(&kept);
  Pair& named = *list.Find({0, Remote(4).endpoint});
  named.state = PairState::kFailed;
  named.signalled = true;
  EXPECT_EQ(Add(list, Remote(1000)), nullptr);
  list.Find({0, Remote(5).endpoint})->state = PairState::kFailed;
  EXPECT_NE(Add(list, Remote(1000)), nullptr);
  EXPECT_EQ(list.Find({0, Remote(5).endpoint}), nullptr);
  EXPECT_EQ(list.pairs().size(), CheckList::kMaxPairs);
}

TEST(CheckList, WhatIsNotConnectedIsNeitherFoundNorChecked) {
  CheckList list;
  Pair& pair = *list.Add({}, WayKind::kTcp, Remote(1), PairState::kUnconnected);
  list.Trigger(pair);
  EXPECT_FALSE(list.HasNext());
  EXPECT_EQ(list.Find({}), nullptr);
  EXPECT_FALSE(list.HopesForAny());
}

}  // namespace
}  // namespace sfa::path
