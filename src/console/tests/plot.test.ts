import assert from "node:assert/strict";
import { test } from "node:test";
import { amountTicks, area, scale, steps, timeTicks } from "../plot.ts";

const seconds = (instant: string) => Date.parse(instant) / 1000;
const texts = (ticks: readonly { text: string }[]) => ticks.map(({ text }) => text);

test("a scale maps both ends, and one of no length divides by nothing", () => {
  const x = scale(100, 200, 40, 440);
  assert.deepEqual([x(100), x(150), x(200)], [40, 240, 440]);
  assert.equal(scale(5, 5, 0, 10)(5), 0);
});

test("amounts have round ticks that cover them", () => {
  assert.deepEqual(texts(amountTicks(0, 120, 6)), ["0", "25", "50", "75", "100", "125"]);
  assert.deepEqual(texts(amountTicks(0, 1, 6)), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
  assert.deepEqual(texts(amountTicks(-1.2, 8, 6)), ["-2", "0", "2", "4", "6", "8"]);
  assert.deepEqual(texts(amountTicks(0, 12_000, 4)), ["0", "5,000", "10,000", "15,000"]);
  for (const [low, high] of [[0, 0.013], [0, 99.99], [-250, 3], [0, 7e6]] as const) {
    const ticks = amountTicks(low, high, 6);
    assert.ok(ticks[0]!.at <= low && ticks.at(-1)!.at >= high && ticks.length <= 7, `${low} to ${high}: ${texts(ticks)}`);
    assert.equal(new Set(texts(ticks)).size, ticks.length);
  }
});

test("a week has its days", () => {
  assert.deepEqual(texts(timeTicks(seconds("2026-11-22T12:00:00Z"), seconds("2026-11-29T12:00:00Z"), 8, "UTC")),
    ["23 Nov", "24 Nov", "25 Nov", "26 Nov", "27 Nov", "28 Nov", "29 Nov"]);
});

test("hours begin at midnight, which says the day", () => {
  assert.deepEqual(texts(timeTicks(seconds("2026-11-28T20:00:00Z"), seconds("2026-11-29T07:00:00Z"), 6, "UTC")),
    ["20:00", "22:00", "29 Nov", "02:00", "04:00", "06:00"]);
});

test("an hour has its minutes", () => {
  assert.deepEqual(texts(timeTicks(seconds("2026-11-29T20:31:00Z"), seconds("2026-11-29T21:31:00Z"), 6, "UTC")),
    ["20:40", "20:50", "21:00", "21:10", "21:20", "21:30"]);
});

test("a year has its months, and January says the year", () => {
  assert.deepEqual(texts(timeTicks(seconds("2026-09-15T00:00:00Z"), seconds("2027-02-15T00:00:00Z"), 8, "UTC")), ["Oct", "Nov", "Dec", "2027", "Feb"]);
  assert.deepEqual(texts(timeTicks(seconds("2025-11-20T00:00:00Z"), seconds("2026-11-29T00:00:00Z"), 8, "UTC")), ["2026", "Mar", "May", "Jul", "Sep", "Nov"]);
});

test("never more ticks than there is room for, and all within", () => {
  for (const days of [0.1, 1, 3, 7, 30, 40, 90, 200, 400, 1500])
    for (const most of [3, 6, 12]) {
      const until = seconds("2026-11-29T12:00:00Z");
      const ticks = timeTicks(until - days * 86_400, until, most, "UTC");
      assert.ok(ticks.length <= most + 1, `${days} d, ${most}: ${texts(ticks)}`);
      assert.ok(ticks.every(({ at }) => at >= until - days * 86_400 && at <= until));
    }
});

test("a step holds until the next, and a gap is a gap", () => {
  assert.equal(steps([[0, 10], [5, 20], [9, 20]]), "M0 10H5V20H9V20");
  assert.equal(steps([[0, 10], [5, null], [7, null], [9, 3], [10, 3]]), "M0 10H5M9 3H10V3");
  assert.equal(steps([]), "");
});

test("an area stands on its ground", () => {
  assert.equal(area([[0, 10], [5, null], [9, 3], [10, 3]], 100), "M0 100V10H5V100ZM9 100V3H10V3V100Z");
});
