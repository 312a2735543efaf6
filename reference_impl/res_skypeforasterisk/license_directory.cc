#include "res_skypeforasterisk/license_directory.h"

#include <algorithm>
#include <ctime>
#include <set>
#include <utility>

#include "protocol/license/host_id.h"
#include "protocol/license/license_file.h"

namespace sfa::res {
namespace {

using license::Authenticity;
using license::License;

constexpr size_t kMaxNameBytes = 255;  // NAME_MAX

std::string Printable(std::string_view name) {
  std::string text(name.substr(0, kMaxNameBytes));
  for (char& c : text) {
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return text;
}

// What a file holds, or the status and the story of why it cannot be known.
struct Content {
  std::string text;
  std::string status;
  std::string problem;
};

Content ReadFile(FileSystem& files, const std::string& path) {
  Content content;
  const Result<std::unique_ptr<File>> file = files.Open(path, OpenMode::kRead);
  if (!file.ok()) {
    const bool no_file = file.error().code == ErrorCode::kInvalid;
    content.status = no_file ? "Not a file" : "Unreadable";
    content.problem = no_file ? "it is a directory or something else that is not a file"
                              : "it cannot be read, which the user that Asterisk runs as must be "
                                "able to: " +
                                    Printable(file.error().message);
    return content;
  }
  // One byte more than may be: whatever its size was said to be.
  std::vector<uint8_t> bytes(license::kMaxFileBytes + 1);
  const Result<size_t> got = (*file)->ReadAt(0, bytes);
  if (!got.ok()) {
    content.status = "Unreadable";
    content.problem = "it cannot be read: " + Printable(got.error().message);
  } else if (*got > license::kMaxFileBytes) {
    content.status = "Too large";
    content.problem = "it is larger than " + std::to_string(license::kMaxFileBytes) +
                      " bytes, which no licence file is";
  } else {
    content.text.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(*got));
  }
  return content;
}

const char* StatusOf(Authenticity authenticity) {
  switch (authenticity) {
    case Authenticity::kGenuine:
      return "OK";
    case Authenticity::kTruncated:
      return "Truncated";
    case Authenticity::kOtherAuthority:
      return "Unknown authority";
    case Authenticity::kChanged:
      return "Changed";
    default:
      return "Not a licence";
  }
}

// Reads the directory once.
class Reader {
 public:
  Reader(Runtime& runtime, const std::string& directory, const stream::Key& authority)
      : runtime_(runtime),
        directory_(directory),
        authority_(authority),
        today_(DateOf(runtime.WallNow())) {
    report_.host_id = license::HostId(runtime.NetworkInterfaces());
  }

  LicenseReport Read() {
    for (const std::string& name : Names()) Take(name);
    if (refused_ > kMaxRefusalsTold) {
      Log(LogLevel::kWarning, std::to_string(refused_ - kMaxRefusalsTold) +
                                  " further licence files in " + directory_ +
                                  " do not count; `skype show licenses` names them");
    }
    if (report_.channels > 0) {
      Log(LogLevel::kNotice, std::to_string(report_.channels) + " licensed channels");
    } else {
      Log(LogLevel::kWarning,
          "no licensed channels, so there will be no calls: " + directory_ +
              " holds no licence that is good for this machine (Host-ID: " +
              (report_.host_id.empty() ? "none, it has no Ethernet device" : report_.host_id) +
              ")");
    }
    return std::move(report_);
  }

 private:
  void Log(LogLevel level, const std::string& text) {
    runtime_.log().Write(level, "license", text);
  }

  std::vector<std::string> Names() {
    Result<std::vector<std::string>> listed = runtime_.files().List(directory_);
    if (!listed.ok()) {
      // Before the first registration there is none.
      if (listed.error().code == ErrorCode::kNotFound) return {};
      Log(LogLevel::kError, "the licences cannot be read: " + listed.error().message);
      return {};
    }
    std::vector<std::string> names;
    size_t further = 0;
    for (std::string& name : *listed) {
      if (!license::IsFileName(name)) continue;
      if (names.size() < kMaxLicenseFiles) {
        names.push_back(std::move(name));
      } else {
        ++further;
      }
    }
    if (further > 0) {
      Log(LogLevel::kError, directory_ + " holds " + std::to_string(names.size() + further) +
                                " licence files, of which only the first " +
                                std::to_string(kMaxLicenseFiles) +
                                " are read; remove those that are not needed");
    }
    return names;
  }

  void Take(const std::string& name) {
    SeenLicense seen;
    seen.file = Printable(name);
    const Content content = ReadFile(runtime_.files(), directory_ + "/" + name);
    if (!content.status.empty()) return Refuse(std::move(seen), content.status, content.problem);
    const license::Reading reading = license::Read(content.text, authority_);
    if (reading.authenticity != Authenticity::kGenuine) {
      const bool again = reading.authenticity != Authenticity::kOtherAuthority;
      return Refuse(std::move(seen), StatusOf(reading.authenticity),
                    reading.problem + (again ? "; restore it from a backup or register its key "
                                               "again"
                                             : ""));
    }
    Judge(reading.license, std::move(seen));
  }

  // A genuine one.
  void Judge(const License& license, SeenLicense seen) {
    seen.key = license.key;
    seen.host_id = license.host_id;
    seen.expires = license.expires;
    seen.channels = license.channels;
    if (license.product != license::kProduct) {
      return Refuse(
          std::move(seen), "Other product",
          "it is a licence of " + license.product + ", not of " + std::string(license::kProduct));
    }
    if (license.host_id != report_.host_id) {
      return Refuse(std::move(seen), "Other host",
                    "it was made for another host, " + license.host_id + ", and this one is " +
                        (report_.host_id.empty() ? "without an Ethernet device" : report_.host_id) +
                        "; a key must be registered again when an Ethernet device has been "
                        "changed, added or removed");
    }
    if (today_ > license.expires) {
      return Refuse(std::move(seen), "Expired",
                    "its last day was " + license.expires + ", and today is " + today_);
    }
    if (!keys_.insert(license.key).second) {
      return Refuse(std::move(seen), "Same key",
                    "its key " + license.key + " has been counted from another file");
    }
    seen.good = true;
    seen.status = "OK";
    report_.channels += license.channels;
    report_.licenses.push_back(std::move(seen));
  }

  void Refuse(SeenLicense seen, const std::string& status, const std::string& problem) {
    if (++refused_ <= kMaxRefusalsTold) {
      Log(LogLevel::kWarning,
          "the licence file " + directory_ + "/" + seen.file + " does not count: " + problem);
    }
    seen.status = status;
    report_.licenses.push_back(std::move(seen));
  }

  Runtime& runtime_;
  const std::string& directory_;
  const stream::Key& authority_;
  const std::string today_;
  LicenseReport report_;
  std::set<std::string> keys_;
  size_t refused_ = 0;
};

}  // namespace

LicenseReport ReadLicenses(Runtime& runtime, const std::string& directory,
                           const stream::Key& authority) {
  return Reader(runtime, directory, authority).Read();
}

std::string DateOf(WallTime time) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  std::tm date{};
  gmtime_r(&seconds, &date);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d", &date);
  return text;
}

}  // namespace sfa::res
