#include "conformance/results/matrix.h"

#include <gtest/gtest.h>

#include "conformance/results/json.h"

namespace sfa::conformance {
namespace {

TEST(MatrixResults, GoThroughJsonUnchanged) {
  MatrixCell cell;
  cell.from = "public";
  cell.to = "symmetric";
  cell.expected = "direct";
  cell.path = "relay";
  cell.verdict = Verdict::kFail;
  cell.reason = "why";
  cell.set_up_bytes = 1;
  cell.call_bytes = 2;
  cell.folder = "failures/x";
  cell.reproduce = "again";
  EXPECT_EQ(ToJson(*MatrixCellFromJson(Dump(ToJson(cell)))), ToJson(cell));
  cell.set_up = std::chrono::milliseconds(168);
  cell.mos = 4.25;
  cell.correlation = 0.5;
  EXPECT_EQ(ToJson(*MatrixCellFromJson(Dump(ToJson(cell)))), ToJson(cell));

  MatrixLogin login;
  login.kind = "public";
  login.expected = "succeeds";
  login.time = std::chrono::seconds(4);
  login.bytes = 9;
  login.published = "3 to 7 s";
  login.verdict = Verdict::kPass;
  EXPECT_EQ(ToJson(*MatrixLoginFromJson(Dump(ToJson(login)))), ToJson(login));
}

TEST(MatrixResults, WhatIsNoResultIsAnError) {
  for (const char* text : {"", "{", "[]", "7", "{\"from\": 3}", "{\"from\": \"public\"}"}) {
    EXPECT_FALSE(MatrixCellFromJson(text).ok()) << text;
    EXPECT_FALSE(MatrixLoginFromJson(text).ok()) << text;
  }
}

TEST(MatrixResults, OneBadCellSpoilsTheVerdict) {
  MatrixResult matrix;
  EXPECT_EQ(matrix.verdict(), Verdict::kInconclusive);
  matrix.cells.resize(2);
  matrix.cells[0].verdict = matrix.cells[1].verdict = Verdict::kPass;
  EXPECT_EQ(matrix.verdict(), Verdict::kPass);
  matrix.cells[1].verdict = Verdict::kFail;
  EXPECT_EQ(matrix.verdict(), Verdict::kFail);
}

}  // namespace
}  // namespace sfa::conformance
