#include "protocol/proxy/handshake.h"

#include <gtest/gtest.h>
// After GoogleTest, which it builds on.
#include <rapidcheck/gtest.h>

#include <string>

namespace sfa::proxy {
namespace {

using namespace std::string_literals;

const Endpoint kTarget{Ipv4Address::Of(192, 0, 2, 1), 33033};

Proxy Of(Kind kind, const std::string& user = "", const std::string& password = "") {
  return {kind, {Ipv4Address::Of(198, 51, 100, 7), 1080}, user, password};
}

std::string Text(const std::vector<uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

struct Outcome {
  std::string said;  // all of it, from the beginning
  bool open = false;
  std::optional<Error> refused;
  std::string rest;  // what was not taken
};

// The proxy says `answers`, in pieces of so many bytes.
Outcome Talk(const Proxy& proxy, const std::string& answers, size_t piece = 1000000) {
  const auto handshake = NewHandshake(proxy, kTarget);
  Outcome outcome;
  outcome.said = Text(handshake->Begin());
  const std::vector<uint8_t> bytes(answers.begin(), answers.end());
  std::span<const uint8_t> left(bytes);
  while (!left.empty() && !outcome.open && !outcome.refused) {
    std::span<const uint8_t> now = left.first(std::min(piece, left.size()));
    const size_t before = now.size();
    const Progress progress = handshake->Take(now);
    outcome.said += Text(progress.answer);
    outcome.open = progress.open;
    outcome.refused = progress.refused;
    left = left.subspan(before - now.size());
  }
  outcome.rest.assign(left.begin(), left.end());
  return outcome;
}

// RFC 1928 sections 3, 4 and 6.
TEST(Socks5, ConnectsWithoutAUser) {
  const Outcome outcome =
      Talk(Of(Kind::kSocks5), "\5\0"s + "\5\0\0\1\xC6\x33\x64\7\x12\x34"s + "hello");
  EXPECT_EQ(outcome.said, "\5\1\0"s + "\5\1\0\1\xC0\0\2\1\x81\x09"s);
  EXPECT_TRUE(outcome.open);
  EXPECT_EQ(outcome.rest, "hello");
}

// RFC 1929 section 2.
TEST(Socks5, SaysUserAndPasswordWhenAsked) {
  const Outcome outcome =
      Talk(Of(Kind::kSocks5, "james", "shaken"), "\5\2"s + "\1\0"s + "\5\0\0\1\0\0\0\0\0\0"s);
  EXPECT_EQ(outcome.said, "\5\2\0\2"s + "\1\5james\6shaken"s + "\5\1\0\1\xC0\0\2\1\x81\x09"s);
  EXPECT_TRUE(outcome.open);
}

TEST(Socks5, TakesReplyWithAnyKindOfAddress) {
  EXPECT_TRUE(Talk(Of(Kind::kSocks5), "\5\0\5\0\0\3\4host\0\1"s).open);
  EXPECT_TRUE(Talk(Of(Kind::kSocks5), "\5\0\5\0\0\4"s + std::string(18, 'x')).open);
}

TEST(Socks5, SaysWhyNot) {
  const auto code = [](const Proxy& proxy, const std::string& answers) {
    const Outcome outcome = Talk(proxy, answers);
    EXPECT_FALSE(outcome.open);
    return outcome.refused ? outcome.refused->code : ErrorCode::kOther;
  };
  const Proxy anybody = Of(Kind::kSocks5), james = Of(Kind::kSocks5, "james", "stirred");
  EXPECT_EQ(code(anybody, "\5\xFF"s), ErrorCode::kPermissionDenied);
  EXPECT_EQ(code(james, "\5\xFF"s), ErrorCode::kPermissionDenied);
  EXPECT_EQ(code(james, "\5\2\1\1"s), ErrorCode::kPermissionDenied);
  EXPECT_EQ(code(anybody, "\4\0"s), ErrorCode::kInvalid);
  EXPECT_EQ(code(anybody, "\5\2"s), ErrorCode::kPermissionDenied);
  EXPECT_EQ(code(anybody, "\5\0\5\2\0\1\0\0\0\0\0\0"s), ErrorCode::kPermissionDenied);
  EXPECT_EQ(code(anybody, "\5\0\5\4\0\1\0\0\0\0\0\0"s), ErrorCode::kUnreachable);
  EXPECT_EQ(code(anybody, "\5\0\5\5\0\1\0\0\0\0\0\0"s), ErrorCode::kRefused);
  EXPECT_EQ(code(anybody, "\5\0\5\6\0\1\0\0\0\0\0\0"s), ErrorCode::kTimedOut);
  EXPECT_EQ(code(anybody, "\5\0\5\0\0\7\0\0\0\0\0\0"s), ErrorCode::kInvalid);
}

// RFC 9110 section 9.3.6.
TEST(Https, Connects) {
  const Outcome outcome =
      Talk(Of(Kind::kHttps), "HTTP/1.1 200 Connection established\r\nVia: 1.1 squid\r\n\r\nhello");
  EXPECT_EQ(outcome.said, "CONNECT 192.0.2.1:33033 HTTP/1.1\r\nHost: 192.0.2.1:33033\r\n\r\n");
  EXPECT_TRUE(outcome.open);
  EXPECT_EQ(outcome.rest, "hello");
}

// The user and password of RFC 7617's example in section 2.
TEST(Https, SaysWhoItIs) {
  const Outcome outcome =
      Talk(Of(Kind::kHttps, "Aladdin", "open sesame"), "HTTP/1.0 200 OK\r\n\r\n");
  EXPECT_NE(outcome.said.find("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"),
            std::string::npos);
  EXPECT_TRUE(outcome.open);
}

TEST(Https, SaysWhyNot) {
  const auto refusal = [](const std::string& line, const std::string& user = "") {
    const Outcome outcome = Talk(Of(Kind::kHttps, user, "stirred"), line + "\r\n\r\n");
    EXPECT_FALSE(outcome.open);
    return outcome.refused.value_or(Error{});
  };
  EXPECT_EQ(refusal("HTTP/1.1 407 Proxy Authentication Required").message, "it wants a user");
  EXPECT_EQ(refusal("HTTP/1.1 407 Who?", "james").message, "it refuses the user or the password");
  EXPECT_EQ(refusal("HTTP/1.1 403 Forbidden").code, ErrorCode::kPermissionDenied);
  EXPECT_EQ(refusal("HTTP/1.1 502 Bad Gateway").code, ErrorCode::kUnreachable);
  EXPECT_EQ(refusal("HTTP/1.1 504 Gateway Timeout").code, ErrorCode::kTimedOut);
  EXPECT_EQ(refusal("HTTP/1.1 418 I'm a teapot").code, ErrorCode::kRefused);
  EXPECT_EQ(refusal("HTTP/1.1 2000 OK").code, ErrorCode::kInvalid);
  EXPECT_EQ(refusal("SSH-2.0-OpenSSH_9.2").code, ErrorCode::kInvalid);
}

TEST(Https, GivesUpAnAnswerWithoutAnEnd) {
  const Outcome outcome = Talk(Of(Kind::kHttps), "HTTP/1.1 200 OK\r\n" + std::string(10000, 'x'));
  ASSERT_TRUE(outcome.refused);
  EXPECT_EQ(outcome.refused->code, ErrorCode::kInvalid);
}

TEST(Handshakes, NeverTellThePassword) {
  for (const std::string& answers :
       {"\5\2\1\1"s, "HTTP/1.1 407 shaken\r\n\r\n"s, "HTTP/1.1 500 shaken\r\n\r\n"s}) {
    for (const Kind kind : {Kind::kSocks5, Kind::kHttps}) {
      const Outcome outcome = Talk(Of(kind, "james", "shaken"), answers);
      const std::string told = outcome.refused ? outcome.refused->message : "";
      EXPECT_EQ(told.find("shaken"), std::string::npos);
    }
  }
}

// However the answers are cut, the same is said and the same comes out.
RC_GTEST_PROP(Handshakes, DoNotDependOnHowBytesArrive, ()) {
  const bool socks = *rc::gen::arbitrary<bool>();
  const auto tail = *rc::gen::arbitrary<std::string>();
  const std::string good = socks ? "\5\2\1\0\5\0\0\1\0\0\0\0\0\0"s : "HTTP/1.1 200 OK\r\n\r\n"s;
  std::string answers = good + tail;
  if (*rc::gen::arbitrary<bool>()) {
    answers[*rc::gen::inRange<size_t>(0, good.size())] = *rc::gen::arbitrary<char>();
  }
  const Proxy proxy = Of(socks ? Kind::kSocks5 : Kind::kHttps, "james", "shaken");
  const Outcome whole = Talk(proxy, answers);
  const Outcome cut = Talk(proxy, answers, *rc::gen::inRange<size_t>(1, 8));
  RC_ASSERT(whole.said == cut.said);
  RC_ASSERT(whole.open == cut.open);
  RC_ASSERT(whole.refused.has_value() == cut.refused.has_value());
  RC_ASSERT(whole.refused.has_value() || whole.rest == cut.rest);
}

}  // namespace
}  // namespace sfa::proxy
