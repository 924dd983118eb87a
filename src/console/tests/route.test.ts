import assert from "node:assert/strict";
import { test } from "node:test";
import { formatHash, parseHash, queryText } from "../route.ts";

test("a hash names a page, what it is about and its query", () => {
  assert.deepEqual(parseHash("#/sim/main/10000029?zoom=7d"), { page: "sim", path: ["main", "10000029"], query: { zoom: "7d" } });
});

test("nothing, and a bare slash, are the overview", () => {
  for (const hash of ["", "#", "#/", "#/?"]) assert.deepEqual(parseHash(hash), { page: "overview", path: [], query: {} });
});

test("the overview may have a query", () => {
  assert.equal(formatHash("overview", [], { account: "main" }), "#/?account=main");
  assert.deepEqual(parseHash("#/?account=main"), { page: "overview", path: [], query: { account: "main" } });
});

test("what a hash was made of is read from it again, whatever it holds", () => {
  const path = ["a/b c", "100%", "ä?&="];
  const query = { q: 'Käufer & "Söhne" + 1', tariff: "Package 500", kind: "sim.blocked,-balance.changed", since: "2026-11-29T11:00:00Z", "": "x" };
  assert.deepEqual(parseHash(formatHash("sims", path, query)), { page: "sims", path, query });
});

test("lists and times stay readable in the address", () => {
  assert.equal(queryText({ kind: "a,b", since: "2026-11-29T11:00:00Z" }), "?kind=a,b&since=2026-11-29T11:00:00Z");
});

test("empty words of a query are left out", () => {
  assert.equal(formatHash("sims", [], { q: "", state: "low" }), "#/sims?state=low");
  assert.equal(queryText({ q: "" }), "");
});

test("a plus in a query is a blank, as other programs write it", () => {
  assert.deepEqual(parseHash("#/sims?tariff=Package+500").query, { tariff: "Package 500" });
});

test("a link that was cut in the middle of an escape shows what it still says", () => {
  assert.deepEqual(parseHash("#/sims?state=low&q=K%C3"), { page: "sims", path: [], query: { state: "low", q: "K%C3" } });
});
