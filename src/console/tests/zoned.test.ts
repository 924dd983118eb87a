import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldIn, instantIn, spanOf } from "../zoned.ts";

test("spans have a number and a unit", () => {
  assert.equal(spanOf("90m"), 90 * 60_000);
  assert.equal(spanOf(" 24h "), 24 * 3_600_000);
  assert.equal(spanOf("7d"), 7 * 86_400_000);
  for (const text of ["", "7", "d", "7 d", "-1d", "1w", "99999d"]) assert.equal(spanOf(text), null);
});

test("a typed time is one of the zone", () => {
  assert.equal(instantIn("UTC", "2026-11-29 11:02"), "2026-11-29T11:02:00Z");
  assert.equal(instantIn("Europe/Tallinn", "2026-11-29T11:02:09"), "2026-11-29T09:02:09Z");
  assert.equal(instantIn("Europe/Tallinn", "2026-06-29 11:02"), "2026-06-29T08:02:00Z");
  assert.equal(instantIn("UTC", "2026-11-29"), "2026-11-29T00:00:00Z");
});

test("it is right on both sides of a change of the clocks", () => {
  assert.equal(instantIn("Europe/Tallinn", "2026-10-25 02:59"), "2026-10-24T23:59:00Z");
  assert.equal(instantIn("Europe/Tallinn", "2026-10-25 04:01"), "2026-10-25T02:01:00Z");
  assert.equal(instantIn("America/New_York", "2026-03-08 01:59"), "2026-03-08T06:59:00Z");
  assert.equal(instantIn("America/New_York", "2026-03-08 03:01"), "2026-03-08T07:01:00Z");
});

test("what is no time is none", () => {
  for (const text of ["", "yesterday", "2026-13-01", "2026-02-30", "2026-11-29 25:00", "2026-11-29 11"]) assert.equal(instantIn("UTC", text), null);
});

test("a field shows what was typed into it", () => {
  assert.equal(fieldIn("Europe/Tallinn", instantIn("Europe/Tallinn", "2026-11-29 11:02")!), "2026-11-29T11:02");
  assert.equal(fieldIn("UTC", "no time"), "");
});
