#include "protocol/license/license_file.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace sfa::license {
namespace {

constexpr std::string_view kVersion = "1";
constexpr size_t kMaxUserBytes = 200;
constexpr size_t kHostIdBytes = 20;
constexpr size_t kAuthorityBytes = 8;
constexpr char kLower[] = "0123456789abcdef";
constexpr char kUpper[] = "0123456789ABCDEF";

bool AllOf(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

bool IsKey(std::string_view text) {
  if (text.substr(0, kKeyPrefix.size()) != kKeyPrefix) return false;
  text.remove_prefix(kKeyPrefix.size());
  return text.size() >= 8 && text.size() <= 32 && AllOf(text, kUpper);
}

// Any product's, so that another product's file can be told for what it is.
bool IsAnyKey(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         AllOf(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");
}

bool IsText(std::string_view text) {
  return text.size() <= kMaxUserBytes && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<uint8_t>(c) < 0x20 || c == 0x7F;
         });
}

bool IsHostId(std::string_view text) {
  if (text.size() != 3 * kHostIdBytes - 1) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool good = i % 3 == 2 ? text[i] == ':' : AllOf(text.substr(i, 1), kLower);
    if (!good) return false;
  }
  return true;
}

// Decimal digits without a leading zero, 1 to kMaxChannels.
std::optional<int> ToChannels(std::string_view text) {
  if (text.empty() || text.size() > 5 || text[0] == '0' || !AllOf(text, "0123456789")) return {};
  int number = 0;
  for (const char digit : text) number = number * 10 + (digit - '0');
  return number <= kMaxChannels ? std::optional<int>(number) : std::nullopt;
}

bool IsDate(std::string_view text) {
  constexpr int kDays[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  int parts[3] = {0, 0, 0};
  int part = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == 4 || i == 7) {
      ++part;
    } else if (text[i] < '0' || text[i] > '9') {
      return false;
    } else {
      parts[part] = parts[part] * 10 + (text[i] - '0');
    }
  }
  return parts[1] >= 1 && parts[1] <= 12 && parts[2] >= 1 && parts[2] <= kDays[parts[1] - 1];
}

template <typename Bytes>
std::string ToHex(const Bytes& bytes, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    text += kLower[bytes[i] >> 4];
    text += kLower[bytes[i] & 0xF];
  }
  return text;
}

// Of digits that have been checked.
std::string FromHex(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    const auto value = [](char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; };
    bytes += static_cast<char>(value(text[i]) * 16 + value(text[i + 1]));
  }
  return bytes;
}

std::string NameOf(const stream::Key& authority) { return ToHex(authority, kAuthorityBytes); }

stream::Fields Signed(std::string_view lines) {
  return stream::Fields("sfa licence file").Add(lines);
}

// Takes one line after the other.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  // The value of the next line, which must be that field; "" with a problem otherwise.
  std::string_view Take(std::string_view field) {
    if (problem_) return "";
    ++number_;
    const std::string_view rest = text_.substr(at_);
    const size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    const std::string_view name = line.substr(0, field.size());
    if (end == std::string_view::npos && name == field.substr(0, name.size())) {
      problem_ = Authenticity::kTruncated;
      text_of_problem_ = "it is cut off in line " + std::to_string(number_);
      return "";
    }
    const std::string_view value = line.substr(name.size());
    if (name != field || value.substr(0, 2) != ": ") {
      Refuse(field);
      return "";
    }
    at_ += std::min(rest.size(), line.size() + 1);
    return value.substr(2);
  }

  // The line taken last, or the end, is not as it should be.
  void Refuse(std::string_view expected) {
    if (problem_) return;
    problem_ = Authenticity::kMalformed;
    text_of_problem_ = "line " + std::to_string(number_) + " is not '" + std::string(expected) +
                       ": …' as it must be";
  }
  void Check(bool good, std::string_view field) {
    if (!good) Refuse(field);
  }

  std::string_view before() const { return text_.substr(0, at_); }
  bool at_end() const { return at_ == text_.size(); }
  std::optional<Authenticity> problem() const { return problem_; }
  const std::string& text_of_problem() const { return text_of_problem_; }

 private:
  const std::string_view text_;
  size_t at_ = 0;
  int number_ = 0;
  std::optional<Authenticity> problem_;
  std::string text_of_problem_;
};

Reading Refused(Authenticity authenticity, std::string problem) {
  Reading reading;
  reading.authenticity = authenticity;
  reading.problem = std::move(problem);
  return reading;
}

std::string Body(const License& license, const stream::Key& authority) {
  return "license-file: " + std::string(kVersion) + "\nproduct: " + license.product +
         "\nkey: " + license.key + "\nuser: " + license.user + "\nhost-id: " + license.host_id +
         "\nchannels: " + std::to_string(license.channels) + "\nexpires: " + license.expires +
         "\nauthority: " + NameOf(authority) + "\n";
}

}  // namespace

Reading Read(std::string_view text, const stream::Key& authority) {
  if (text.size() > kMaxFileBytes) {
    return Refused(Authenticity::kMalformed,
                   "it is larger than " + std::to_string(kMaxFileBytes) + " bytes");
  }
  License license;
  Lines lines(text);
  lines.Check(lines.Take("license-file") == kVersion, "license-file");
  license.product = lines.Take("product");
  lines.Check(!license.product.empty() && IsText(license.product), "product");
  license.key = lines.Take("key");
  lines.Check(IsAnyKey(license.key), "key");
  license.user = lines.Take("user");
  lines.Check(IsText(license.user), "user");
  license.host_id = lines.Take("host-id");
  lines.Check(IsHostId(license.host_id), "host-id");
  const std::optional<int> channels = ToChannels(lines.Take("channels"));
  lines.Check(channels.has_value(), "channels");
  license.channels = channels.value_or(0);
  license.expires = lines.Take("expires");
  lines.Check(IsDate(license.expires), "expires");
  const std::string_view signer = lines.Take("authority");
  lines.Check(signer.size() == 2 * kAuthorityBytes && AllOf(signer, kLower), "authority");
  const std::string_view body = lines.before();
  const std::string_view signature = lines.Take("signature");
  lines.Check(signature.size() == 2 * sizeof(stream::Signature) && AllOf(signature, kLower),
              "signature");
  if (lines.problem()) return Refused(*lines.problem(), lines.text_of_problem());
  if (!lines.at_end()) {
    return Refused(Authenticity::kMalformed, "something follows its signature");
  }
  if (signer != NameOf(authority)) {
    return Refused(Authenticity::kOtherAuthority,
                   "it was signed by another authority (" + std::string(signer) +
                       ") than the one whose licences this module takes (" + NameOf(authority) +
                       ")");
  }
  if (!stream::Verify(authority, Signed(body), FromHex(signature))) {
    return Refused(Authenticity::kChanged, "it has been changed since it was issued");
  }
  Reading reading;
  reading.authenticity = Authenticity::kGenuine;
  reading.license = std::move(license);
  return reading;
}

Result<std::string> Write(const License& license, const stream::SigningKey& authority) {
  const char* wrong = nullptr;
  if (license.product.empty() || !IsText(license.product)) wrong = "product";
  const bool ours = license.product == kProduct;
  if (ours ? !IsKey(license.key) : !IsAnyKey(license.key)) wrong = "key";
  if (!IsText(license.user)) wrong = "user";
  if (!IsHostId(license.host_id)) wrong = "host-id";
  if (license.channels < 1 || license.channels > kMaxChannels) wrong = "channels";
  if (!IsDate(license.expires)) wrong = "expires";
  if (wrong) {
    return Error{ErrorCode::kInvalid, std::string("no licence can have this ") + wrong};
  }
  const std::string body = Body(license, authority.public_key);
  const stream::Signature signature = stream::Sign(authority, Signed(body));
  return body + "signature: " + ToHex(signature, signature.size()) + "\n";
}

std::string FileName(const License& license) { return license.key + std::string(kFileSuffix); }

bool IsFileName(std::string_view name) {
  return name.size() > kKeyPrefix.size() + kFileSuffix.size() &&
         name.substr(0, kKeyPrefix.size()) == kKeyPrefix &&
         name.substr(name.size() - kFileSuffix.size()) == kFileSuffix;
}

stream::Key SimulatedAuthority() {
  return {0xdf, 0x20, 0x62, 0x3c, 0x14, 0x5f, 0xa5, 0x34, 0xf4, 0x25, 0xec,
          0xad, 0xcd, 0xef, 0x49, 0xe9, 0x11, 0x00, 0xd5, 0xfa, 0xbf, 0x59,
          0xce, 0xf7, 0x2b, 0x10, 0x57, 0x71, 0x99, 0x99, 0x9c, 0xe7};
}

}  // namespace sfa::license
