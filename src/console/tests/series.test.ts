import assert from "node:assert/strict";
import { test } from "node:test";
import { amountAt, courseOf, daysOf, seriesOf, type BalancePoint } from "../series.ts";

const at = (second: number) => new Date(second * 1000).toISOString();
const points: BalancePoint[] = [[at(100), "10.00"], [at(200), "8.50"], [at(300), "20.00"]];

test("the last balance holds until now", () => {
  assert.deepEqual(seriesOf(points, 400, null, 400), {
    at: [100, 200, 300, 400], balance: [10, 8.5, 20, 20], outlook: [null, null, null, null],
  });
});

test("the outlook begins where the balance is, and ends at zero", () => {
  const series = seriesOf(points, 400, { from: 400, amount: 20, spentAt: 800 }, 1000);
  assert.deepEqual(series.at, [100, 200, 300, 400, 800]);
  assert.deepEqual(series.balance.slice(-2), [20, null]);
  assert.deepEqual(series.outlook.slice(-2), [20, 0]);
});

test("an outlook beyond the end of the chart is cut on its line", () => {
  const series = seriesOf(points, 400, { from: 400, amount: 20, spentAt: 800 }, 600);
  assert.deepEqual([series.at.at(-1), series.outlook.at(-1)], [600, 10]);
});

test("instants ascend without doubles, and what lies ahead is no balance", () => {
  const series = seriesOf([[at(100), "1"], [at(100), "2"], [at(500), "3"]], 400, null, 400);
  assert.deepEqual(series.at, [100, 400]);
  assert.deepEqual(series.balance, [2, 2]);
});

test("a balance that could not be read is a gap", () => {
  assert.deepEqual(seriesOf([[at(100), "1"], [at(200), null]], 300, null, 300).balance, [1, null, null]);
});

test("nothing known draws nothing", () => {
  assert.deepEqual(seriesOf([], 400, { from: 400, amount: 1, spentAt: 500 }, 900).at, []);
});

test("a day's row has its lowest, highest and last amount, the newest day first", () => {
  const day = (instant: string) => instant.slice(0, 10);
  assert.deepEqual(daysOf([
    ["2026-11-28T08:00:00Z", "9.50"], ["2026-11-28T09:00:00Z", "10.50"], ["2026-11-28T10:00:00Z", null],
    ["2026-11-29T08:00:00Z", "-1.00"],
  ], day), [
    { day: "2026-11-29", lowest: "-1.00", highest: "-1.00", last: "-1.00" },
    { day: "2026-11-28", lowest: "9.50", highest: "10.50", last: "10.50" },
  ]);
});

test("amounts are compared as amounts, not as texts", () => {
  assert.deepEqual(courseOf([[at(1), "9.50"], [at(2), "10.00"], [at(3), "-2"], [at(4), "-10"]]),
    { first: "9.50", last: "-10", lowest: "-10", highest: "10.00", rises: 1 });
  assert.equal(courseOf([[at(1), null]]), null);
});

test("the amount at an instant is that of the step before it", () => {
  assert.equal(amountAt(points, 99), null);
  assert.equal(amountAt(points, 100)?.[1], "10.00");
  assert.equal(amountAt(points, 299)?.[1], "8.50");
  assert.equal(amountAt(points, 9999)?.[1], "20.00");
});
