import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sweep } from "../shapes.ts";
import { barsOf, courseOf, courseText, endsOf, tookOf } from "../sweep_course.ts";

const now = Date.parse("2026-11-29T12:00:00Z");
const sweep = (of: Partial<Sweep>): Sweep => ({
  id: 812, started_at: "2026-11-29T11:59:00Z", finished_at: "2026-11-29T11:59:01.4Z", duration_ms: 1400, outcome: "complete", baseline: false,
  requests: 4, pages: 4, items: 2000, added: 0, changed: 42, unchanged: 1958, removed: 0, events: 60, error: null, set_aside: 0, set_aside_what: null, ...of,
});

test("a sweep that runs takes as long as it has run", () => {
  assert.equal(tookOf(sweep({}), now), 1400);
  assert.equal(tookOf(sweep({ duration_ms: null, outcome: "running" }), now), 60_000);
  assert.equal(tookOf(sweep({ duration_ms: null, outcome: "failed" }), now), null);
});

test("the median is of those that were complete", () => {
  const course = courseOf([
    sweep({ outcome: "running", duration_ms: null }), sweep({ duration_ms: 3000 }), sweep({ duration_ms: 1000 }), sweep({ duration_ms: 2000 }),
    sweep({ outcome: "failed", duration_ms: 90_000 }),
  ]);
  assert.deepEqual(course, { median: 2000, longest: 3000, broken: 1, of: 4 });
  assert.equal(courseText(course), "4 sweeps: 2.0 s at the median, 3.0 s at most, 1 not complete");
});

test("nothing is said of sweeps that are not there", () => {
  assert.equal(courseText(courseOf([])), "0 sweeps: all complete");
  assert.equal(courseText(courseOf([sweep({})])), "1 sweep: 1.4 s at the median, 1.4 s at most, all complete");
  assert.equal(endsOf([], "UTC"), null);
});

test("bars run with time and have their outcome's colour", () => {
  const bars = barsOf([sweep({}), sweep({ id: 811, outcome: "incomplete" })], now, "UTC");
  assert.deepEqual(bars.map(({ key, parts }) => [key, parts[0]?.tone, parts[0]?.value]), [["811", "incomplete", 1400], ["812", "complete", 1400]]);
});

test("the ends name the day only where there are two", () => {
  assert.deepEqual(endsOf([sweep({}), sweep({ started_at: "2026-11-29T10:00:00Z" })], "UTC"), { first: "10:00:00", last: "11:59:00" });
  assert.deepEqual(endsOf([sweep({}), sweep({ started_at: "2026-11-28T10:00:00Z" })], "UTC"), { first: "2026-11-28 10:00", last: "2026-11-29 11:59" });
});
