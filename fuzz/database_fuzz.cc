// The engine's database: what is accepted is within its bounds and survives being written again.
#include "fuzz/target.h"
#include "skypeforasterisk/database_text.h"

namespace sfa::fuzz {
namespace {

void Run(std::span<const uint8_t> bytes) {
  const auto read = engine::DecodeDatabase(TextOf(bytes));
  if (!read.ok()) {
    SFA_FUZZ_CHECK(!read.error().message.empty());
    return;
  }
  SFA_FUZZ_CHECK(read->hosts.size() <= 200);
  SFA_FUZZ_CHECK(read->accounts.size() <= engine::kMostKnownAccounts);
  const std::string text = engine::EncodeDatabase(*read);
  const auto again = engine::DecodeDatabase(text);
  SFA_FUZZ_CHECK(again.ok());
  SFA_FUZZ_CHECK(again->hosts == read->hosts);
  SFA_FUZZ_CHECK(again->accounts.size() == read->accounts.size());
  SFA_FUZZ_CHECK(engine::EncodeDatabase(*again) == text);
}

Seeds MakeSeeds() {
  engine::DatabaseContent content;
  content.hosts = {{{0xC6336401}, 33033}, {{0xC6336402}, 443}};
  content.accounts["james_bond"] = {content.hosts[0], 1275350405};
  content.accounts["<&\"'>"] = {{}, -1};
  return {
      {"usual", Script().Put(engine::EncodeDatabase(content)).bytes()},
      {"deep", Script().Put("<skype version='1'><a><b><c><d/></c></b></a></skype>").bytes()},
      {"doctype", Script()
                      .Put("<!DOCTYPE skype [<!ENTITY a 'aa'>]><skype version='1'>&a;&#x41;"
                           "<![CDATA[x]]><!-- y --><?z?></skype>")
                      .bytes()},
  };
}

}  // namespace

const Target kDatabase = {"database", Run, MakeSeeds};

}  // namespace sfa::fuzz
