import assert from "node:assert/strict";
import { test } from "node:test";
import { compareAmounts, count, counted, difference, isSpent, restOf, share } from "../money.ts";

test("amounts are compared as decimals, however they are spelled and however long", () => {
  const less: [string, string][] = [
    ["-1.20", "0"], ["4.85", "5"], ["9.99", "10"], ["-10", "-9.99"], ["0.1", "0.10001"], ["90071992547409920.1", "90071992547409920.2"],
  ];
  for (const [small, large] of less) {
    assert.equal(compareAmounts(small, large), -1, `${small} < ${large}`);
    assert.equal(compareAmounts(large, small), 1, `${large} > ${small}`);
  }
  for (const [one, other] of [["5", "5.00"], ["0", "-0.00"], ["007.5", "7.50"], ["+1", "1"]] as const)
    assert.equal(compareAmounts(one, other), 0, `${one} = ${other}`);
});

test("spent is at zero and below", () => {
  assert.deepEqual(["-1.20", "0", "0.00", "-0", "0.01", "12"].map(isSpent), [true, true, true, true, false, false]);
});

test("a difference is exact and signed", () => {
  assert.equal(difference("12.50", "4.85"), "−7.65");
  assert.equal(difference("4.85", "12.5"), "+7.65");
  assert.equal(difference("0.1", "0.3"), "+0.2");
  assert.equal(difference("-1.20", "-0.20"), "+1.00");
  assert.equal(difference("5", "5.00"), "0.00");
  assert.equal(difference("90071992547409920.01", "90071992547409920.02"), "+0.01");
});

test("counts are grouped by thousands", () => {
  assert.deepEqual([0, 999, 1000, 981_234, 1_000_000, -1234].map(count), ["0", "999", "1,000", "981,234", "1,000,000", "-1,234"]);
  assert.deepEqual([0, 1, 1234].map((number) => counted(number, "removal")), ["0 removals", "1 removal", "1,234 removals"]);
});

test("a share is as exact as it helps", () => {
  assert.deepEqual([share(49_012, 981_234), share(112_040, 981_234), share(1, 981_234), share(0, 0), share(5, 5)], ["5.0 %", "11 %", "<0.1 %", "<0.1 %", "100 %"]);
});

test("what is not spelled of an amount keeps its place", () => {
  assert.deepEqual(["1.4", "12", "4.85", "0.125", "-3."].map(restOf), ["0", ".00", "", "", "00"]);
});
