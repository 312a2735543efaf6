#include "protocol/peer/properties.h"

#include <algorithm>

#include "protocol/stream/keys.h"

namespace sfa::peer {
namespace {

// ISO 639 with a region or script: "zh-hant-tw".
constexpr size_t kMaxLanguageBytes = 16;

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
}

// RFC 3629 section 3: the bytes of a character after its first are 10xxxxxx.
bool IsInsideCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

std::string BoundedText(const std::string& text, size_t bytes) {
  size_t size = std::min(text.size(), bytes);
  while (size > 0 && size < text.size() && IsInsideCharacter(text[size])) --size;
  std::string bounded = text.substr(0, size);
  bounded.erase(std::remove_if(bounded.begin(), bounded.end(), IsControl), bounded.end());
  return bounded;
}

std::vector<std::string> LanguagesOf(const std::string& text) {
  std::vector<std::string> languages;
  size_t begin = 0;
  while (begin < text.size() && languages.size() < kMaxCallLanguages) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    if (end > begin) languages.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return languages;
}

void SetProperties(const CallProperties& properties, wire::CallOffer* offer) {
  offer->set_topic(BoundedText(properties.topic, kMaxCallPropertyBytes));
  offer->set_token(BoundedText(properties.token, kMaxCallPropertyBytes));
  for (const std::string& language : properties.languages) {
    if (offer->languages_size() == static_cast<int>(kMaxCallLanguages)) break;
    offer->add_languages(BoundedText(language, kMaxLanguageBytes));
  }
  offer->set_forwarded_by(BoundedText(properties.forwarded_by, kMaxCallNameBytes));
  offer->set_presented_caller(BoundedText(properties.presented_caller, kMaxCallNameBytes));
  offer->set_target_identity(BoundedText(properties.target_identity, kMaxCallNameBytes));
}

CallProperties PropertiesOf(const wire::CallOffer& offer, bool by_service, bool to_service) {
  CallProperties properties;
  properties.topic = BoundedText(offer.topic(), kMaxCallPropertyBytes);
  properties.token = BoundedText(offer.token(), kMaxCallPropertyBytes);
  for (const std::string& language : offer.languages()) {
    if (properties.languages.size() == kMaxCallLanguages) break;
    properties.languages.push_back(BoundedText(language, kMaxLanguageBytes));
  }
  properties.forwarded_by = BoundedText(offer.forwarded_by(), kMaxCallNameBytes);
  if (by_service) {
    properties.presented_caller = BoundedText(offer.presented_caller(), kMaxCallNameBytes);
  }
  if (by_service || to_service) {
    properties.target_identity = BoundedText(offer.target_identity(), kMaxCallNameBytes);
  }
  return properties;
}

std::string SignedWords(const wire::CallOffer& offer) {
  stream::Fields fields("sfa call properties");
  fields.Add(offer.caller().fullname())
      .Add(offer.topic())
      .Add(offer.token())
      .Add(offer.forwarded_by())
      .Add(offer.presented_caller())
      .Add(offer.target_identity())
      .Add(static_cast<uint64_t>(offer.languages_size()));
  for (const std::string& language : offer.languages()) fields.Add(language);
  return stream::ToString(fields.bytes());
}

}  // namespace sfa::peer
