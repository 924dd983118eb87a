import assert from "node:assert/strict";
import { test } from "node:test";
import { isSameView, isViews, nameFor, saved, shownColumns, sought, usualColumns } from "../sims_view.ts";

test("columns stand in their own order, and the SIM is always there", () => {
  assert.deepEqual(shownColumns({ columns: "imei,balance" }, null), ["id", "balance", "imei"]);
});

test("the address goes before what the browser keeps, and that before the usual", () => {
  assert.deepEqual(shownColumns({ columns: "imei" }, ["profile"]), ["id", "imei"]);
  assert.deepEqual(shownColumns({}, ["profile"]), ["id", "profile"]);
  assert.deepEqual(shownColumns({}, null), usualColumns);
  assert.deepEqual(shownColumns({ columns: "no_such" }, null), ["id"]);
});

test("the API is asked for what it knows, and for pages only where there are some", () => {
  const query = { q: "kasse 12", state: "low", sort: "-balance", columns: "imei", cursor: "abc", colour: "red" };
  assert.equal(sought(query, true), "?q=kasse%2012&state=low&sort=-balance&limit=50&cursor=abc");
  assert.equal(sought(query, false), "?q=kasse%2012&state=low&sort=-balance");
  assert.equal(sought({}, false), "");
});

test("SIMs without a tariff are asked for by an empty one", () => {
  assert.equal(sought({ tariff: "–" }, false), "?tariff=");
  assert.equal(sought({ tariff: "–", state: "low" }, false), "?state=low&tariff=");
});

test("a view is kept under its name, once, without the page one is at", () => {
  const views = saved(saved([], "low", { state: "low", cursor: "abc" }), "low", { state: "low", sort: "balance" });
  assert.deepEqual(views, [{ name: "low", query: { state: "low", sort: "balance" } }]);
  assert.ok(isSameView(views[0]!, { sort: "balance", state: "low", cursor: "xyz" }));
  assert.ok(!isSameView(views[0]!, { state: "low" }));
});

test("what the browser kept is a list of views or nothing", () => {
  assert.ok(isViews([]) && isViews([{ name: "a", query: { state: "low" } }]));
  for (const other of [null, {}, [1], [{ name: "a" }], [{ name: 1, query: {} }], [{ name: "a", query: { state: 1 } }]]) assert.ok(!isViews(other));
});

test("a view has a name before a person gives it one", () => {
  assert.equal(nameFor({ state: "wrong_device", tariff: "Package 500", q: "kasse", sort: "-tariff_expires_at" }), "wrong device, Package 500, “kasse”, by tariff expires at");
  assert.equal(nameFor({}), "all SIMs");
});
