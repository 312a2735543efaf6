// Licence files: only what the authority has signed is believed, and it is believed as it was
// signed.
#include "fuzz/target.h"
#include "protocol/license/license_file.h"

namespace sfa::fuzz {
namespace {

const stream::SigningKey kAuthority = stream::SigningKeyOf({7});

std::string Genuine() {
  license::License license;
  license.key = "S4A-5E1F00D2C0FFEE07";
  license.user = "Goldfinger Ltd";
  license.host_id = "59:af:d7:c5:36:8c:2f:a9:c3:bc:3e:99:d9:fb:e0:43:cd:37:d1:4f";
  license.channels = 5;
  license.expires = "2999-12-31";
  return *license::Write(license, kAuthority);
}

void Check(std::string_view text) {
  const license::Reading reading = license::Read(text, kAuthority.public_key);
  const bool genuine = reading.authenticity == license::Authenticity::kGenuine;
  SFA_FUZZ_CHECK(genuine == reading.problem.empty());
  if (genuine) {
    SFA_FUZZ_CHECK(text == Genuine());
  } else {
    SFA_FUZZ_CHECK(reading.license.key.empty() && reading.license.channels == 0);
  }
}

// A file as it is, or the genuine one with pieces of it replaced.
void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  if (input.Flag()) return Check(TextOf(input.Rest()));
  std::string text = Genuine();
  while (!input.empty()) {
    const size_t at = input.U16() % (text.size() + 1);
    const size_t out = input.Byte();
    text.replace(at, out, TextOf(input.Take(input.Byte())));
    if (text.size() > 2 * license::kMaxFileBytes) return;
  }
  Check(text);
}

Seeds MakeSeeds() {
  const std::string text = Genuine();
  const auto channels = static_cast<uint16_t>(text.find("channels: ") + 10);
  return {
      {"genuine", Script().Byte(1).Put(text).bytes()},
      {"cut", Script().Byte(1).Put(std::string_view(text).substr(0, 150)).bytes()},
      {"more-channels", Script().Byte(0).U16(channels).Byte(1).Byte(2).Put("50").bytes()},
      {"unchanged", Script().Byte(0).U16(channels).Byte(1).Byte(1).Put("5").bytes()},
  };
}

}  // namespace

const Target kLicense = {"license", Run, MakeSeeds};

}  // namespace sfa::fuzz
