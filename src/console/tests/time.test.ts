import assert from "node:assert/strict";
import { test } from "node:test";
import { absolute, clockOf, dateOf, isNear, relative, roughly, since, span } from "../time.ts";

const s = 1000, min = 60 * s, h = 60 * min, d = 24 * h;
const now = Date.parse("2026-11-29T12:00:00Z"); // a Sunday
const before = (ms: number) => new Date(now - ms).toISOString();

test("an instant is written in ISO's order and 24 hours", () => {
  assert.equal(absolute("2026-11-29T13:53:17Z", "UTC"), "2026-11-29 13:53:17");
  assert.equal(absolute("2026-11-29T00:00:05.25Z", "UTC"), "2026-11-29 00:00:05");
  assert.equal(dateOf("2026-01-02T23:59:59Z", "UTC"), "2026-01-02");
  assert.equal(clockOf("2026-01-02T23:59:59Z", "UTC"), "23:59:59");
});

test("what is no instant is said as it is", () => {
  for (const write of [absolute, clockOf, dateOf]) assert.equal(write("soon", "UTC"), "soon");
  assert.equal(relative("soon", now), "soon");
  assert.equal(since("soon", now, "UTC"), "soon");
});

test("away from now, in the largest unit that is whole", () => {
  const cases: [number, string][] = [
    [0, "now"], [999, "now"], [16 * s, "16 s ago"], [59.9 * s, "59 s ago"], [min, "1 min ago"], [h, "1 h ago"], [47 * h, "47 h ago"],
    [48 * h, "2 d ago"], [729 * d, "729 d ago"], [731 * d, "2 y ago"], [-16 * s, "in 16 s"], [-48 * d, "in 48 d"],
  ];
  for (const [ago, text] of cases) assert.equal(relative(before(ago), now), text);
  assert.equal(roughly(0), "0 s");
});

test("a span has two units", () => {
  const cases: [number, string][] = [
    [416, "416 ms"], [1416, "1.4 s"], [9999, "9.9 s"], [31_200, "31 s"], [125 * s, "2 min 5 s"], [2 * min, "2 min"],
    [2 * h + 2 * min, "2 h 2 min"], [3 * d + 4 * h, "3 d 4 h"], [d, "1 d"],
  ];
  for (const [length, text] of cases) assert.equal(span(length), text);
});

test("since when is as short as it stays clear", () => {
  assert.equal(since("2026-11-29T11:02:09Z", now, "UTC"), "11:02");
  assert.equal(since("2026-11-27T09:30:44Z", now, "UTC"), "Fri 09:30");
  assert.equal(since("2026-11-22T09:30:44Z", now, "UTC"), "2026-11-22"); // a Sunday too: its name would mislead
  assert.equal(since("2026-05-13T09:30:44Z", now, "UTC"), "2026-05-13");
});

test("what is near changes each second", () => {
  assert.equal(isNear(before(90 * s), now), true);
  assert.equal(isNear(before(3 * min), now), false);
  assert.equal(isNear(before(-90 * s), now), true);
});
