#include "conformance/matrix/login_times.h"

#include <fmt/format.h>

namespace sfa::conformance {
namespace {

struct Published {
  const char* kind;
  int least_seconds, most_seconds;
  const char* bytes;
};

// The study's NAT is not described further than that its owner had set nothing up.
constexpr Published kPublished[] = {
    {"public", 3, 7, "10 KB"},
    {"linux-masquerade", 3, 7, "11 KB"},
    {"udp-blocked", 30, 35, "7 KB"},
};

}  // namespace

void JudgeLogin(const NetworkKind& kind, MatrixLogin& login) {
  login.expected = kind.connected() ? "succeeds" : "fails";
  for (const Published& published : kPublished) {
    if (kind.name != published.kind) continue;
    login.expected = fmt::format("{} to {} s", published.least_seconds, published.most_seconds);
    login.published = login.expected + ", " + published.bytes;
    if (login.verdict != Verdict::kPass || !login.time) return;
    const bool inside = *login.time >= std::chrono::seconds(published.least_seconds) &&
                        *login.time <= std::chrono::seconds(published.most_seconds);
    if (inside) return;
    login.verdict = Verdict::kFail;
    login.reason = "the time lies outside what was published";
  }
}

}  // namespace sfa::conformance
