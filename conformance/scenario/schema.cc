#include "conformance/scenario/schema.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace sfa::conformance {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kKeywords[] = {
    "$schema",   "$id",        "$defs",    "$ref",          "title",         "description",
    "type",      "properties", "required", "minProperties", "maxProperties", "additionalProperties",
    "items",     "minItems",   "maxItems", "enum",          "pattern",       "minimum",
    "minLength", "maximum",    "anyOf"};

// Every keyword at every place where a schema may stand is one that Validator understands.
bool OnlyKnownKeywords(const Json& schema, std::string& unknown) {
  if (!schema.is_object()) return true;
  for (const auto& [key, value] : schema.items()) {
    if (std::find(std::begin(kKeywords), std::end(kKeywords), key) == std::end(kKeywords)) {
      unknown = key;
      return false;
    }
    if (key == "properties" || key == "$defs") {
      for (const auto& entry : value.items()) {
        if (!OnlyKnownKeywords(entry.value(), unknown)) return false;
      }
    } else if (key == "anyOf") {
      for (const Json& entry : value) {
        if (!OnlyKnownKeywords(entry, unknown)) return false;
      }
    } else if (key == "items" || key == "additionalProperties") {
      if (!OnlyKnownKeywords(value, unknown)) return false;
    }
  }
  return true;
}

std::string KindOf(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map:
      return "a mapping";
    case YAML::NodeType::Sequence:
      return "a list";
    case YAML::NodeType::Scalar:
      return "'" + node.Scalar().substr(0, 80) + "'";
    default:
      return "nothing";
  }
}

std::string NameOfType(const std::string& type) {
  if (type == "object") return "a mapping of keys to values";
  if (type == "array") return "a list";
  if (type == "integer") return "a whole number";
  if (type == "number") return "a number";
  if (type == "boolean") return "true or false";
  return "a text";
}

// Without leading zeros: to some readers of YAML they mean octal.
bool IsInteger(const std::string& text, long long& value) {
  const size_t first = text.starts_with('-') ? 1 : 0;
  if (text.size() > first + 1 && text[first] == '0') return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool HasType(const YAML::Node& node, const std::string& type) {
  if (type == "object") return node.IsMap();
  if (type == "array") return node.IsSequence();
  if (!node.IsScalar()) return false;
  if (type == "boolean") {
    bool ignored;
    return YAML::convert<bool>::decode(node, ignored);
  }
  if (type == "integer") {
    long long ignored;
    return IsInteger(node.Scalar(), ignored);
  }
  if (type == "number") {
    double ignored;
    return YAML::convert<double>::decode(node, ignored);
  }
  return true;
}

std::vector<std::string> Words(const Json& list) {
  std::vector<std::string> words;
  for (const Json& entry : list) words.push_back(entry.get<std::string>());
  return words;
}

class Validator {
 public:
  Validator(const Json& root, const std::map<std::string, std::regex>& patterns,
            const std::string& file, std::vector<InputError>& errors)
      : root_(root), patterns_(patterns), file_(file), errors_(errors) {}

  void Check(const Json& given, const YAML::Node& node, const std::string& what) {
    if (errors_.size() >= kMostErrors) return;
    const Json& schema = Resolve(given);
    if (schema.contains("anyOf")) {
      CheckAlternatives(schema["anyOf"], node, what);
      return;
    }
    const std::string type = schema.value("type", "string");
    if (!HasType(node, type)) {
      const std::string allowed = schema.value("description", NameOfType(type));
      Tell(node, what + " is " + KindOf(node) + "; expected " +
                     (type == "object" || type == "array" ? NameOfType(type) : allowed));
      return;
    }
    if (type == "object") {
      CheckObject(schema, node, what);
    } else if (type == "array") {
      CheckArray(schema, node, what);
    } else {
      CheckScalar(schema, node, what);
    }
  }

 private:
  const Json& Resolve(const Json& schema) const {
    const auto reference = schema.find("$ref");
    if (reference == schema.end()) return schema;
    const std::string name = reference->get<std::string>();
    return root_.at("$defs").at(name.substr(name.rfind('/') + 1));
  }

  void Tell(const YAML::Node& node, std::string message) {
    errors_.push_back({PlaceOf(node, file_), std::move(message)});
  }

  void CheckAlternatives(const Json& alternatives, const YAML::Node& node,
                         const std::string& what) {
    std::string allowed;
    for (const Json& alternative : alternatives) {
      const Json& schema = Resolve(alternative);
      const std::string type = schema.value("type", "string");
      if (HasType(node, type)) return Check(schema, node, what);
      if (!allowed.empty()) allowed += ", or ";
      allowed += schema.value("description", NameOfType(type));
    }
    Tell(node, what + " is " + KindOf(node) + "; expected " + allowed);
  }

  void CheckObject(const Json& schema, const YAML::Node& node, const std::string& what) {
    static const Json kNone = Json::object();
    const Json& properties = schema.contains("properties") ? schema["properties"] : kNone;
    std::vector<std::string> known;
    for (const auto& entry : properties.items()) known.push_back(entry.key());
    const bool open =
        !schema.contains("additionalProperties") || !schema["additionalProperties"].is_boolean();

    // First, because an alias costs a word and may stand for a mebibyte.
    if (!CheckCount(schema, node, what, "minProperties", "maxProperties", "keys")) return;
    std::set<std::string> seen;
    for (const auto& entry : node) {
      if (errors_.size() >= kMostErrors) return;
      if (!entry.first.IsScalar()) {
        Tell(entry.first, "a key of " + what + " is " + KindOf(entry.first) + "; expected a word");
        continue;
      }
      const std::string& key = entry.first.Scalar();
      if (!seen.insert(key).second) {
        Tell(entry.first, "key '" + key + "' stands twice in " + what);
        continue;
      }
      if (properties.contains(key)) {
        Check(properties[key], entry.second, key);
      } else if (!open) {
        Tell(entry.first,
             "unknown key '" + key + "' in " + what + "; allowed: " + AllowedWords(key, known));
      } else if (schema.contains("additionalProperties")) {
        Check(schema["additionalProperties"], entry.second, key);
      }
    }
    if (schema.contains("required")) {
      for (const std::string& key : Words(schema["required"])) {
        if (!seen.count(key)) Tell(node, what + " lacks the key '" + key + "'");
      }
    }
  }

  void CheckArray(const Json& schema, const YAML::Node& node, const std::string& what) {
    if (!CheckCount(schema, node, what, "minItems", "maxItems", "entries")) return;
    if (!schema.contains("items")) return;
    size_t number = 0;
    for (const YAML::Node& entry : node) {
      if (errors_.size() >= kMostErrors) return;
      Check(schema["items"], entry, "entry " + std::to_string(++number) + " of " + what);
    }
  }

  bool CheckCount(const Json& schema, const YAML::Node& node, const std::string& what,
                  const char* minimum, const char* maximum, const char* unit) {
    const size_t least = schema.value(minimum, size_t{0});
    const size_t most = schema.value(maximum, SIZE_MAX);
    if (node.size() >= least && node.size() <= most) return true;
    const bool few = node.size() < least;
    const size_t bound = few ? least : most;
    Tell(node, what + " has " + std::to_string(node.size()) + " " + unit + "; expected " +
                   (least == most ? "exactly "
                    : few         ? "at least "
                                  : "at most ") +
                   std::to_string(bound));
    return false;
  }

  void CheckScalar(const Json& schema, const YAML::Node& node, const std::string& what) {
    const std::string& text = node.Scalar();
    if (schema.contains("enum")) {
      const std::vector<std::string> words = Words(schema["enum"]);
      if (std::find(words.begin(), words.end(), text) == words.end()) {
        Tell(node, what + " is " + KindOf(node) + "; allowed: " + AllowedWords(text, words));
      }
    }
    if (text.size() < schema.value("minLength", size_t{0})) {
      Tell(node, what + " is empty; expected " + schema.value("description", "a text"));
    }
    if (schema.contains("pattern")) {
      // The expressions of <regex> recurse for each character; nothing that fits one is long.
      const bool fits = text.size() <= 256 &&
                        std::regex_match(text, patterns_.at(schema["pattern"].get<std::string>()));
      if (!fits) {
        Tell(node, what + " is " + KindOf(node) + "; expected " +
                       schema.value("description", schema["pattern"].get<std::string>()));
      }
    }
    long long value;
    if (IsInteger(text, value)) CheckRange(schema, node, what, value);
  }

  void CheckRange(const Json& schema, const YAML::Node& node, const std::string& what,
                  long long value) {
    if (schema.contains("minimum") && value < schema["minimum"].get<long long>()) {
      Tell(node,
           what + " is " + std::to_string(value) + "; the least is " + schema["minimum"].dump());
    }
    if (schema.contains("maximum") && value > schema["maximum"].get<long long>()) {
      Tell(node,
           what + " is " + std::to_string(value) + "; the most is " + schema["maximum"].dump());
    }
  }

  const Json& root_;
  const std::map<std::string, std::regex>& patterns_;
  const std::string& file_;
  std::vector<InputError>& errors_;
};

}  // namespace

Place PlaceOf(const YAML::Node& node, const std::string& file) {
  const YAML::Mark mark = node.Mark();
  if (mark.is_null()) return {file, 0, 0};
  return {file, mark.line + 1, mark.column + 1};
}

Schema::Schema(Json root) : root_(std::move(root)) {
  std::vector<const Json*> places = {&root_};
  while (!places.empty()) {
    const Json& place = *places.back();
    places.pop_back();
    if (place.is_object() && place.contains("pattern") && place["pattern"].is_string()) {
      const auto pattern = place["pattern"].get<std::string>();
      patterns_.try_emplace(pattern, pattern);
    }
    for (const Json& below : place) {
      if (below.is_structured()) places.push_back(&below);
    }
  }
}

Result<Schema> Schema::Parse(std::string_view text) {
  Json root = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (root.is_discarded() || !root.is_object()) {
    return Error{ErrorCode::kInvalid, "the schema is not a JSON object"};
  }
  std::string unknown;
  if (!OnlyKnownKeywords(root, unknown)) {
    return Error{ErrorCode::kInvalid, "the schema uses the keyword '" + unknown +
                                          "', which the loader does not understand"};
  }
  return Schema(std::move(root));
}

void Schema::Validate(const YAML::Node& node, const std::string& file,
                      std::vector<InputError>& errors) const {
  Validator(root_, patterns_, file, errors).Check(root_, node, "the scenario");
}

void Schema::ValidatePart(const std::string& definition, const YAML::Node& node,
                          const std::string& file, std::vector<InputError>& errors) const {
  Validator(root_, patterns_, file, errors).Check(root_["$defs"].at(definition), node, definition);
}

}  // namespace sfa::conformance
