// Both halves of a proxy's conversation: the engine's against any proxy, the community's proxy
// against any client. However the bytes come in pieces, the same is said and the same comes out.
#include <optional>

#include "fake_skype_network/proxy_greeting.h"
#include "fuzz/target.h"
#include "protocol/proxy/handshake.h"

namespace sfa::fuzz {
namespace {

constexpr Endpoint kTarget{Ipv4Address::Of(192, 0, 2, 1), 33033};

struct Outcome {
  Bytes said;
  bool over = false;
  bool refused = false;
  size_t left = 0;  // bytes that were not taken
  Endpoint target;  // that a client has named
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

void Say(Outcome& outcome, const Bytes& answer) {
  outcome.said.insert(outcome.said.end(), answer.begin(), answer.end());
}

// `take` gets a piece, and takes from its front.
template <typename Take>
Outcome InPieces(std::span<const uint8_t> bytes, size_t piece, const Take& take) {
  Outcome outcome;
  while (!bytes.empty() && !outcome.over) {
    std::span<const uint8_t> now = bytes.first(std::min(piece, bytes.size()));
    const size_t size = now.size();
    take(now, outcome);
    SFA_FUZZ_CHECK(now.size() <= size);
    SFA_FUZZ_CHECK(outcome.over || now.empty());
    bytes = bytes.subspan(size - now.size());
  }
  outcome.left = outcome.refused ? 0 : bytes.size();
  return outcome;
}

Outcome AsClient(const proxy::Proxy& proxy, std::span<const uint8_t> bytes, size_t piece) {
  const auto handshake = proxy::NewHandshake(proxy, kTarget);
  Outcome begun;
  Say(begun, handshake->Begin());
  Outcome outcome = InPieces(bytes, piece, [&](std::span<const uint8_t>& now, Outcome& so_far) {
    const proxy::Progress progress = handshake->Take(now);
    SFA_FUZZ_CHECK(!(progress.open && progress.refused));
    Say(so_far, progress.answer);
    so_far.refused = progress.refused.has_value();
    so_far.over = progress.open || so_far.refused;
  });
  outcome.said.insert(outcome.said.begin(), begun.said.begin(), begun.said.end());
  return outcome;
}

Outcome AsProxy(const proxy::Proxy& proxy, std::span<const uint8_t> bytes, size_t piece) {
  const auto greeting = community::NewProxyGreeting(proxy.kind, proxy.user, proxy.password);
  return InPieces(bytes, piece, [&](std::span<const uint8_t>& now, Outcome& so_far) {
    const community::Greeted greeted = greeting->Take(now);
    SFA_FUZZ_CHECK(!(greeted.target && greeted.refused));
    Say(so_far, greeted.answer);
    so_far.refused = greeted.refused;
    so_far.over = greeted.target.has_value() || greeted.refused;
    so_far.target = greeted.target.value_or(Endpoint());
  });
}

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  proxy::Proxy proxy;
  proxy.kind = input.Flag() ? proxy::Kind::kSocks5 : proxy::Kind::kHttps;
  if (input.Flag()) proxy.user = "james", proxy.password = "shaken";
  const bool client = input.Flag();
  const size_t piece = 1 + input.Byte() % 16;
  const auto rest = input.Rest();
  const auto talk = client ? AsClient : AsProxy;
  const Outcome whole = talk(proxy, rest, rest.size() + 1);
  SFA_FUZZ_CHECK(whole == talk(proxy, rest, piece));
  // Nobody learns the password by asking.
  const std::string said(whole.said.begin(), whole.said.end());
  SFA_FUZZ_CHECK(client || said.find("shaken") == std::string::npos);
}

Seeds MakeSeeds() {
  using namespace std::string_literals;
  const auto script = [](int socks, int user, int client, const std::string& text) {
    return Script().Byte(socks).Byte(user).Byte(client).Byte(2).Put(text).bytes();
  };
  return {
      {"https-open", script(0, 1, 1, "HTTP/1.1 200 Connection established\r\n\r\nhello")},
      {"https-who", script(0, 0, 1, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")},
      {"https-connect", script(0, 0, 0, "CONNECT 192.0.2.1:443 HTTP/1.1\r\nHost: x\r\n\r\nhello")},
      {"https-known", script(0, 1, 0,
                             "CONNECT 192.0.2.1:443 HTTP/1.1\r\nProxy-Authorization: Basic "
                             "amFtZXM6c2hha2Vu\r\n\r\n")},
      {"socks5-open", script(1, 0, 1, "\5\0\5\0\0\1\0\0\0\0\0\0hello"s)},
      {"socks5-user", script(1, 1, 1, "\5\2\1\0\5\0\0\3\4host\0\1"s)},
      {"socks5-connect", script(1, 0, 0,
                                "\5\1\0\5\1\0\1\xC0\0\2\1\1\xBB"
                                "hello"s)},
      {"socks5-known", script(1, 1, 0, "\5\2\0\2\1\5james\6shaken\5\1\0\1\xC0\0\2\1\1\xBB"s)},
  };
}

}  // namespace

const Target kProxy = {"proxy", Run, MakeSeeds};

}  // namespace sfa::fuzz
