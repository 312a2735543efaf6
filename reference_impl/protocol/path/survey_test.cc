#include "protocol/path/survey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "protocol/path/test_world.h"
#include "protocol/stun/server.h"

namespace sfa::path {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

// Sightings as text: a port of 203.0.113.5 each, "-" for no answer, or a whole endpoint.
std::vector<MediaPort::Sighting> Sightings(const std::vector<std::string>& texts) {
  std::vector<MediaPort::Sighting> sightings;
  for (const std::string& text : texts) {
    MediaPort::Sighting sighting;
    sighting.node = {Ipv4Address::Of(198, 51, 100, static_cast<uint8_t>(sightings.size() + 1)),
                     33033};
    sighting.round_trip = milliseconds(20);
    if (text.find(':') != std::string::npos) {
      sighting.mapped = Endpoint::Parse(text);
    } else if (text != "-") {
      sighting.mapped = Endpoint::Parse("203.0.113.5:" + text);
    }
    sightings.push_back(sighting);
  }
  return sightings;
}

struct Case {
  const char* name;
  std::vector<std::string> seen;
  const char* mapping;
  int step = 0;
};

class ConclusionTest : public ::testing::TestWithParam<Case> {};

TEST_P(ConclusionTest, IsRight) {
  const Surroundings result =
      Conclude(Sightings(GetParam().seen),
               {*Endpoint::Parse("192.168.1.10:5000"), *Endpoint::Parse("192.0.2.1:5000")});
  EXPECT_STREQ(ToString(result.mapping), GetParam().mapping);
  EXPECT_EQ(result.port_step, GetParam().step);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ConclusionTest,
    ::testing::Values(
        Case{"NobodyAsked", {}, "unknown"}, Case{"OneSilent", {"-"}, "unknown"},
        Case{"OneAnswer", {"4000", "-", "-"}, "unknown"},
        Case{"AllSilent", {"-", "-", "-"}, "blocked"},
        Case{"NoNat", {"192.0.2.1:5000", "-", "192.0.2.1:5000"}, "none"},
        Case{"OurAddressAnotherPort", {"192.0.2.1:5001", "192.0.2.1:5001"}, "endpoint-independent"},
        Case{"OneForAll", {"4000", "4000", "4000"}, "endpoint-independent"},
        Case{"StepsOfOne", {"4000", "4001", "4002", "4003"}, "sequential", 1},
        Case{"StepsOfTwo", {"4000", "4002", "4004"}, "sequential", 2},
        Case{"Downwards", {"4000", "3999", "3998"}, "sequential", -1},
        Case{"TwoAreEnough", {"4000", "4001"}, "sequential", 1},
        // The dead nodes took a port each.
        Case{"Gaps", {"4000", "-", "4002", "-", "-", "4005"}, "sequential", 1},
        Case{"OthersInBetween", {"4000", "4001", "4004", "4005", "4009"}, "sequential", 1},
        Case{"AroundTheEnd", {"65533", "65534", "65535", "1024", "1025"}, "sequential", 1},
        Case{"TwoJumps", {"4000", "4001", "9000", "9001", "7000", "7001"}, "unpredictable"},
        Case{"Random", {"40123", "1950", "33021", "60111"}, "unpredictable"},
        Case{"TwoAtRandom", {"40123", "1950"}, "unpredictable"},
        Case{"BackAndForth", {"4000", "4001", "4000", "4001"}, "unpredictable"},
        Case{"TwoAddresses", {"203.0.113.5:4000", "203.0.113.6:4001"}, "unpredictable"}),
    [](const auto& param) { return param.param.name; });

TEST(Conclusion, TheNearestNodeComesFirst) {
  auto sightings = Sightings({"1", "-", "1", "1"});
  sightings[0].round_trip = milliseconds(90);
  sightings[1].round_trip = milliseconds(1);
  sightings[2].round_trip = milliseconds(30);
  sightings[3].round_trip = milliseconds(30);
  std::vector<Endpoint> nodes;
  for (const SeenNode& seen : Conclude(sightings, {}).nodes) nodes.push_back(seen.node);
  EXPECT_THAT(nodes, ElementsAre(sightings[2].node, sightings[3].node, sightings[0].node));
}

class Node final : private UdpReceiver {
 public:
  Node(TestWorld& world, const Endpoint& at)
      : world_(world), socket_(world.AddHost(at.address.ToString()).OpenUdp(at, *this).value()) {}
  std::vector<MonotonicTime> asked;
  bool answers = true;

 private:
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
    asked.push_back(world_.Now());
    const auto answer = stun::AnswerBinding(*stun::Message::Parse(bytes), from);
    if (answers) static_cast<void>(socket_->Send(from, answer->bytes()));
  }
  TestWorld& world_;
  std::unique_ptr<UdpSocket> socket_;
};

class SurveyTest : public ::testing::Test {
 protected:
  void AddNodes(int count) {
    for (int i = 1; i <= count; ++i) {
      const Endpoint at{Ipv4Address::Of(198, 51, 100, static_cast<uint8_t>(i)), 33033};
      nodes_.emplace_back(world_, at);
      endpoints_.push_back(at);
    }
  }
  // When it was done, from its begin; nothing if it is not within two minutes.
  std::optional<Duration> Run(MediaPort& port) {
    const MonotonicTime begin = world_.Now();
    std::optional<Duration> took;
    auto survey =
        std::make_unique<Survey>(runtime_, port, endpoints_, [&](const Surroundings& result) {
          EXPECT_FALSE(took);
          took = world_.Now() - begin;
          result_ = result;
        });
    EXPECT_FALSE(took);
    world_.RunFor(seconds(120));
    return took;
  }
  std::unique_ptr<MediaPort> Port(bool udp = true) {
    PortSettings settings;
    settings.udp = udp;
    settings.listen_tcp = false;
    return NewMediaPort(runtime_, settings).value();
  }

  TestWorld world_;
  TestNat& nat_ = world_.AddNat("203.0.113.5", true);
  TestHost& runtime_ = world_.AddHost("192.168.1.10", &nat_);
  std::deque<Node> nodes_;
  std::vector<Endpoint> endpoints_;
  Surroundings result_;
};

TEST_F(SurveyTest, AsksTwentyInFiveRounds) {
  AddNodes(25);
  const auto port = Port();
  // Four requests at a pace of 200 ms, and the last answer: 620 ms a round.
  EXPECT_EQ(Run(*port), milliseconds(5 * 620));
  EXPECT_EQ(result_.mapping, Mapping::kSequential);
  EXPECT_EQ(result_.port_step, 1);
  EXPECT_EQ(result_.nodes.size(), 20u);
  for (size_t i = 0; i < nodes_.size(); ++i) {
    EXPECT_EQ(nodes_[i].asked.size(), i < 20 ? 1u : 0u) << i;
  }
}

TEST_F(SurveyTest, ARoundWaitsFiveSecondsForTheSilent) {
  AddNodes(6);
  nodes_[1].answers = false;
  const auto port = Port();
  EXPECT_EQ(Run(*port), seconds(5) + milliseconds(220));
  EXPECT_EQ(result_.nodes.size(), 5u);
  EXPECT_EQ(result_.mapping, Mapping::kSequential);
}

TEST_F(SurveyTest, BlockedTakesAllItsRounds) {
  AddNodes(20);
  for (Node& node : nodes_) node.answers = false;
  const auto port = Port();
  EXPECT_EQ(Run(*port), seconds(25));
  EXPECT_EQ(result_.mapping, Mapping::kBlocked);
}

TEST_F(SurveyTest, IsOverSoonWithoutNodesOrUdp) {
  const auto port = Port();
  EXPECT_EQ(Run(*port), Duration{});
  EXPECT_EQ(result_.mapping, Mapping::kUnknown);
  AddNodes(4);
  const auto without = Port(false);
  EXPECT_EQ(Run(*without), Duration{});
  EXPECT_TRUE(nodes_[0].asked.empty());
}

TEST_F(SurveyTest, NothingRunsAfterItsEnd) {
  AddNodes(4);
  const auto port = Port();
  auto survey = std::make_unique<Survey>(runtime_, *port, endpoints_,
                                         [](const Surroundings&) { FAIL() << "destroyed"; });
  world_.RunFor(milliseconds(210));
  survey.reset();
  world_.RunFor(seconds(60));
  EXPECT_EQ(nodes_[2].asked.size(), 0u);
}

TEST_F(SurveyTest, MayBeDestroyedByItsEnd) {
  AddNodes(2);
  const auto port = Port();
  int done = 0;
  std::unique_ptr<Survey> survey;
  survey = std::make_unique<Survey>(runtime_, *port, endpoints_, [&](const Surroundings&) {
    survey.reset();
    ++done;
  });
  world_.RunFor(seconds(60));
  EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace sfa::path
