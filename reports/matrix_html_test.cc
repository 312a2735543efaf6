#include "reports/matrix_html.h"

#include <gtest/gtest.h>

namespace sfa::reports {
namespace {

using conformance::MatrixCell;
using conformance::MatrixLogin;
using conformance::MatrixResult;
using conformance::Verdict;

MatrixResult TwoNetworks() {
  MatrixResult matrix;
  matrix.target = "sim";
  matrix.seed = 7;
  matrix.kinds = {{"public", "a public address", false},
                  {"<closed>", "nothing & nobody", false},
                  {"one-nat", "both behind one", true}};
  MatrixCell cell;
  cell.from = cell.to = "public";
  cell.expected = cell.path = "direct";
  cell.verdict = Verdict::kPass;
  cell.set_up = std::chrono::milliseconds(168);
  cell.call_bytes = 322'044;
  cell.mos = 4.41;
  matrix.cells.push_back(cell);
  cell.to = "<closed>";
  cell.expected = "none";
  cell.verdict = Verdict::kFail;
  cell.reason = "the sound travelled by direct, which should be none";
  cell.reproduce = "./sfalab matrix --pair x";
  matrix.cells.push_back(cell);
  cell.from = cell.to = "one-nat";
  cell.verdict = Verdict::kPass;
  matrix.cells.push_back(cell);
  return matrix;
}

size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(MatrixHtml, HasACellForEachPairAndNamesWhatDidNotPass) {
  const std::string html = RenderMatrix(TwoNetworks());
  EXPECT_NE(html.find("2 of 3 calls took the expected path"), std::string::npos);
  EXPECT_EQ(Count(html, "<td class=\"direct\""), 2u);
  EXPECT_EQ(Count(html, "<td class=\"direct bad\""), 1u);
  EXPECT_NE(html.find("<b>direct</b>168 ms<br>MOS 4.41<br>322.0 KB"), std::string::npos);
  EXPECT_NE(html.find("the sound travelled by direct, which should be none"), std::string::npos);
  EXPECT_NE(html.find("./sfalab matrix --pair x"), std::string::npos);
  EXPECT_NE(html.find("Both ends behind one box"), std::string::npos);
}

TEST(MatrixHtml, NamesAreText) {
  const std::string html = RenderMatrix(TwoNetworks());
  EXPECT_EQ(html.find("<closed>"), std::string::npos);
  EXPECT_NE(html.find("&lt;closed&gt;"), std::string::npos);
  EXPECT_NE(html.find("nothing &amp; nobody"), std::string::npos);
}

TEST(MatrixHtml, ShowsLoginsBesideWhatWasPublished) {
  MatrixResult matrix = TwoNetworks();
  EXPECT_EQ(RenderMatrix(matrix).find("Logins"), std::string::npos);
  MatrixLogin login;
  login.kind = "public";
  login.time = std::chrono::milliseconds(4600);
  login.bytes = 9800;
  login.published = "3 to 7 s, 10 KB";
  login.verdict = Verdict::kPass;
  matrix.logins.push_back(login);
  const std::string html = RenderMatrix(matrix);
  EXPECT_NE(html.find("<td>4.6 s</td><td>9.8 KB</td><td>3 to 7 s, 10 KB</td>"), std::string::npos);
}

}  // namespace
}  // namespace sfa::reports
