#include "chan_skype/settings.h"

#include <algorithm>
#include <utility>

#include "chan_skype/options.h"
#include "chan_skype/setvar.h"
#include "chan_skype/text.h"

namespace sfa::skype {
namespace {

constexpr const char* kFile = "chan_skype.conf";
// More accounts than any installation has; a bound for a file that a program writes.
constexpr size_t kMaxUsers = 10000;

bool IsUserName(std::string_view name) { return name.size() <= kMaxUserName && IsName(name); }

class Reader {
 public:
  Reader(const Complain& complain, Settings& settings) : complain_(complain), settings_(settings) {}

  void Read(const pbx_config_line& line) {
    where_ = std::string(line.file ? line.file : kFile) + ":" + std::to_string(line.line);
    if (!line.name) {
      Open(line);
      return;
    }
    const std::string name = Lower(Trim(line.name));
    const std::string_view value = Trim(line.value ? line.value : "");
    if (section_ == Section::kGeneral) Set(GeneralOptions(), settings_.general, name, value);
    if (section_ == Section::kUser) Set(UserOptions(), *user_, name, value);
    if (section_ == Section::kNone) Warn("\"" + OneLine(name) + "\" stands in no section; ignored");
  }

  void Finish() {
    for (UserDraft& draft : drafts_) {
      UserSettings& user = draft.settings;
      const std::string where = user.file + ":" + std::to_string(user.line) + ": ";
      if (user.secret.empty()) {
        complain_(PBX_LOG_WARNING, where + "user \"" + user.name +
                                       "\" has no secret and is not logged in; add a line secret=");
        continue;
      }
      if (user.exten.empty()) user.exten = user.name;
      Assign(user, draft.setvar_places);
      if (user.UsableCodecs(true).empty()) {
        complain_(PBX_LOG_WARNING, where + "user \"" + user.name +
                                       "\" allows neither ulaw nor alaw and cannot have calls");
      } else if (user.UsableCodecs(false).empty()) {
        complain_(PBX_LOG_NOTICE, where + "user \"" + user.name +
                                      "\" allows g729 only and can have calls only while a "
                                      "licensed codec_g729a is loaded");
      }
      settings_.users.push_back(std::move(user));
    }
    const std::string& default_user = settings_.general.default_user;
    if (!default_user.empty() && !settings_.FindUser(default_user)) {
      complain_(PBX_LOG_WARNING, std::string(kFile) + ": default_user=" + OneLine(default_user) +
                                     " is not a user of this file; Dial(Skype/<destination>) "
                                     "without an originator will fail");
    }
    if (!settings_.general.https_proxy.server.empty() &&
        !settings_.general.socks5_proxy.server.empty()) {
      complain_(PBX_LOG_WARNING, std::string(kFile) +
                                     ": both https_proxy and socks5_proxy are set; the first is "
                                     "taken, the other has no effect");
    }
  }

 private:
  enum class Section { kNone, kGeneral, kUser, kRefused };

  // What the lines `setvar` of a user mean; those that mean nothing are named.
  void Assign(UserSettings& user, const std::vector<std::string>& places) {
    for (size_t i = 0; i < user.setvar.size(); ++i) {
      Setvar setvar = ReadSetvar(user.setvar[i], user.name);
      switch (setvar.kind) {
        case Setvar::Kind::kMalformed:
          complain_(PBX_LOG_WARNING, places[i] + ": setvar=" + OneLine(user.setvar[i]) +
                                         " is ignored; expected " + setvar.why);
          break;
        case Setvar::Kind::kCallProperty:
          user.call_properties.emplace_back(std::move(setvar.name), std::move(setvar.value));
          break;
        case Setvar::Kind::kAccountProperty:
          user.account_properties.emplace_back(std::move(setvar.name), std::move(setvar.value));
          break;
        case Setvar::Kind::kVariable:
          user.channel_variables.push_back(user.setvar[i]);
          break;
      }
    }
  }

  void Warn(const std::string& text) { complain_(PBX_LOG_WARNING, where_ + ": " + text); }

  void Open(const pbx_config_line& line) {
    const std::string_view name = line.section ? line.section : "";
    if (EqualsIgnoreCase(name, "general")) {
      section_ = Section::kGeneral;
      return;
    }
    section_ = Section::kRefused;
    if (!IsUserName(name)) {
      Warn("[" + OneLine(name) +
           "] is not a Skype name: 1 to 63 characters without blanks, @ or /");
      return;
    }
    const auto same = std::find_if(drafts_.begin(), drafts_.end(), [&](const UserDraft& draft) {
      return EqualsIgnoreCase(draft.settings.name, name);
    });
    if (same == drafts_.end() && drafts_.size() >= kMaxUsers) {
      Warn("more than " + std::to_string(kMaxUsers) + " users; this one is ignored");
      return;
    }
    section_ = Section::kUser;
    if (same != drafts_.end()) {
      Warn("user \"" + same->settings.name + "\" has a second section; both are taken together");
      user_ = &*same;
      return;
    }
    drafts_.emplace_back();
    user_ = &drafts_.back();
    user_->settings.name = std::string(name);
    user_->settings.file = line.file ? line.file : kFile;
    user_->settings.line = line.line;
  }

  template <typename Target>
  void Set(const std::vector<Option<Target>>& options, Target& target, const std::string& name,
           std::string_view value) {
    const Option<Target>* option = FindOption(options, name);
    if (!option) {
      // The value is not shown: the misspelt key may be a secret's.
      std::vector<std::string> names;
      names.reserve(options.size());
      for (const Option<Target>& known : options) names.emplace_back(known.name);
      Warn("unknown option \"" + OneLine(CutText(name, 64)) + "\" ignored" +
           DidYouMean(name, names));
      return;
    }
    if (name != option->name) {
      Warn("\"" + name + "\" is written " + option->name + "; taken as that");
    }
    if (!option->set(target, value)) {
      const std::string shown = option->secret ? "" : "=" + OneLine(CutText(value, 128));
      Warn(option->name + shown + " is not possible; expected " + option->expected +
           ". The setting stays as it was");
    }
    NoteSetvar(target);
  }

  // Where each line `setvar` stands, for complaints at the end.
  void NoteSetvar(GeneralSettings&) {}
  void NoteSetvar(UserDraft& user) {
    user.setvar_places.resize(user.settings.setvar.size(), where_);
  }

  const Complain& complain_;
  Settings& settings_;
  Section section_ = Section::kNone;
  std::vector<UserDraft> drafts_;
  UserDraft* user_ = nullptr;  // in drafts_
  std::string where_;
};

}  // namespace

std::vector<pbx_codec> UserSettings::UsableCodecs(bool g729) const {
  std::vector<pbx_codec> usable;
  for (const std::string& codec : codecs) {
    if (codec == "ulaw") usable.push_back(PBX_CODEC_ULAW);
    if (codec == "alaw") usable.push_back(PBX_CODEC_ALAW);
    if (codec == "g729" && g729) usable.push_back(PBX_CODEC_G729);
  }
  return usable;
}

const UserSettings* Settings::FindUser(std::string_view name) const {
  for (const UserSettings& user : users) {
    if (EqualsIgnoreCase(user.name, name)) return &user;
  }
  return nullptr;
}

int ReadSettings(const pbx_host& host, void* pbx, const Complain& complain, Settings* settings) {
  *settings = Settings{};
  Reader reader(complain, *settings);
  const int result = host.read_config(
      pbx, kFile,
      [](void* context, const pbx_config_line* line) {
        static_cast<Reader*>(context)->Read(*line);
      },
      &reader);
  if (result == -1) {
    complain(PBX_LOG_ERROR,
             "chan_skype.conf is missing or cannot be read; Skype for Asterisk "
             "needs it in Asterisk's configuration directory");
  } else if (result != 0) {
    complain(PBX_LOG_ERROR, "chan_skype.conf cannot be parsed; the lines above say where");
  } else {
    reader.Finish();
  }
  return result;
}

const char* CodecName(pbx_codec codec) {
  switch (codec) {
    case PBX_CODEC_ULAW:
      return "ulaw";
    case PBX_CODEC_ALAW:
      return "alaw";
    case PBX_CODEC_G729:
      return "g729";
    default:
      return "none";
  }
}

}  // namespace sfa::skype
