import assert from "node:assert/strict";
import { test } from "node:test";
import { afresh, chipsOf, typed, withChip, withoutChip, withParameter } from "../filters.ts";

const names = ["state", "tariff", "kind", "account"];

test("each condition of a query is a chip, and each value of a list is one", () => {
  const chips = chipsOf({ kind: "sim.blocked,balance.low", state: "low", tariff: "Package 500", q: "kasse", cursor: "x" }, names);
  assert.deepEqual(chips.map(({ text }) => text), ["state:low", 'tariff:"Package 500"', "kind:sim.blocked", "kind:balance.low"]);
});

test("a tariff with a comma is one chip", () => {
  assert.deepEqual(chipsOf({ tariff: "A, B" }, names).map(({ value }) => value), ["A, B"]);
});

test("a chip that comes replaces a single condition and joins a list, once", () => {
  assert.deepEqual(withChip({ state: "low" }, "state", "blocked"), { state: "blocked" });
  assert.deepEqual(withChip({ kind: "a" }, "kind", "b"), { kind: "a,b" });
  assert.deepEqual(withChip({ kind: "a,b" }, "kind", "b"), { kind: "a,b" });
});

test("a chip that goes takes its value along and leaves the others", () => {
  assert.deepEqual(withoutChip({ kind: "a,b", state: "low" }, { name: "kind", value: "a" }), { kind: "b", state: "low" });
  assert.deepEqual(withoutChip({ state: "low" }, { name: "state", value: "low" }), {});
});

test("every change of the question leaves the cursor behind", () => {
  const query = { state: "low", cursor: "abc" };
  assert.deepEqual(withChip(query, "state", "spent"), { state: "spent" });
  assert.deepEqual(withoutChip(query, { name: "state", value: "low" }), {});
  assert.deepEqual(withParameter(query, "q", "kasse"), { state: "low", q: "kasse" });
  assert.deepEqual(afresh(query), { state: "low" });
});

test("an empty value takes a parameter away", () => {
  assert.deepEqual(withParameter({ state: "low", q: "x" }, "q", ""), { state: "low" });
});

test("what is typed is taken apart into conditions and the rest", () => {
  assert.deepEqual(typed('  state:low  tariff:"Package 500" kasse 12 ', names), {
    chips: [{ name: "state", value: "low" }, { name: "tariff", value: "Package 500" }],
    rest: "kasse 12",
  });
});

test("what only looks like a condition is searched for", () => {
  assert.deepEqual(typed("http://x colour:red 12:30 state:", names), { chips: [], rest: "http://x colour:red 12:30 state:" });
});
