import assert from "node:assert/strict";
import { test } from "node:test";
import type { Account, Sim } from "../shapes.ts";
import { forecastsFrom, marksOf, orderAfter, sumOf } from "../states.ts";

const now = Date.parse("2026-11-29T12:00:00Z");
const sim = (changed: Partial<Sim>): Sim => ({
  account: "main", id: "1", iccid_plastic: null, sim_id: null, is_blocked: false, balance: "12.50", data_balance: null, fmcs: [], caller_ids: [],
  external_msisdns: [], tariff_name: null, tariff_type: null, profile: null, description: null, latest_activity: null, tariff_expires_at: null,
  imei: null, imei_is_correct: true, is_archived: false, first_seen_at: "2026-01-01T00:00:00Z", changed_at: "2026-01-01T00:00:00Z", removed_at: null,
  revision: 1, left_scope: false, conditions: [], ...changed,
});
const words = (changed: Partial<Sim>) => marksOf(sim(changed), now).map(({ text }) => text);
const stands = (kind: string) => ({ kind, since: "2026-11-28T00:00:00Z", standing: false });

test("a SIM of which nothing is to be said has no marks, and what is unknown is none", () => {
  assert.deepEqual(words({}), []);
  assert.deepEqual(words({ balance: null, is_blocked: null, imei_is_correct: null, is_archived: null }), []);
});

test("spent says that it is low, too", () => {
  assert.deepEqual(words({ balance: "4.85", conditions: [stands("balance.low")] }), ["low"]);
  assert.deepEqual(words({ balance: "0.00", conditions: [stands("balance.low")] }), ["spent"]);
});

test("a tariff that has ended does not end any more", () => {
  assert.deepEqual(words({ tariff_expires_at: "2026-12-01T00:00:00Z", conditions: [stands("tariff.expiring")] }), ["ending"]);
  assert.deepEqual(words({ tariff_expires_at: "2026-11-29T12:00:00Z", conditions: [stands("tariff.expiring")] }), ["ended"]);
});

test("all that is wrong is said, that it has gone first", () => {
  assert.deepEqual(words({ removed_at: "2026-11-28T00:00:00Z", is_blocked: true, imei_is_correct: false, is_archived: true }),
    ["removed", "blocked", "wrong device", "archived"]);
});

test("what could not be counted of one account cannot be summed", () => {
  const accounts = [{ blocked: 2, runs_out_in_7_days: 1 }, { blocked: 3, runs_out_in_7_days: null }] as Account[];
  assert.equal(sumOf(accounts, "blocked"), 5);
  assert.equal(sumOf(accounts, "runs_out_in_7_days"), null);
  assert.equal(sumOf([], "blocked"), 0);
});

test("nothing can be known of when balances run out before three days", () => {
  const of = (...begun: (string | null)[]) => forecastsFrom(begun.map((baselined_at) => ({ baselined_at })), now);
  assert.equal(of("2026-11-26T12:00:00Z"), null);
  assert.deepEqual(of("2026-11-26T12:00:01Z"), { at: "2026-11-29T12:00:01.000Z", isAll: true });
  assert.deepEqual(of("2026-11-29T10:00:00Z", "2026-11-28T10:00:00Z"), { at: "2026-12-01T10:00:00.000Z", isAll: true });
  assert.deepEqual(of("2026-01-01T00:00:00Z", "2026-11-28T10:00:00Z"), { at: "2026-12-01T10:00:00.000Z", isAll: false });
  assert.deepEqual(of(null), { at: "", isAll: true });
  assert.equal(of(), null);
});

test("from one state's list to another's an order that was the first one's own becomes the other's", () => {
  assert.equal(orderAfter("tariff_expires_at", "ending", "low"), "balance");
  assert.equal(orderAfter("balance", "low", "blocked"), "");
  assert.equal(orderAfter("latest_activity", "low", "ending"), "latest_activity");
  assert.equal(orderAfter("", "", "low"), "");
});
