import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sim } from "../shapes.ts";
import { standingOf } from "../standing.ts";

const now = Date.parse("2026-11-29T12:00:00Z");
const sim: Sim = {
  account: "main", id: "10000029", iccid_plastic: null, sim_id: null, is_blocked: false, balance: "12.00", data_balance: null,
  fmcs: [], caller_ids: [], external_msisdns: [], tariff_name: null, tariff_type: null, profile: null, description: null,
  latest_activity: null, tariff_expires_at: "2027-01-16T12:00:00Z", imei: null, imei_is_correct: null, is_archived: false,
  first_seen_at: "2026-05-13T12:00:00Z", changed_at: "2026-11-29T11:00:00Z", removed_at: null, revision: 17, conditions: [],
};
const texts = (of: Partial<Sim>) => standingOf({ ...sim, ...of }, now, "UTC").map(({ tone, text }) => `${tone}: ${text}`);

test("a SIM with which nothing is wrong says so", () => {
  assert.deepEqual(texts({}), ["good: in order"]);
  assert.deepEqual(texts({ is_archived: true }), ["good: in order", "muted: archived"]);
});

test("what stands says since when", () => {
  assert.deepEqual(texts({
    is_blocked: true, balance: "4.85",
    conditions: [{ kind: "sim.blocked", since: "2026-11-29T11:02:09Z" }, { kind: "balance.low", since: "2026-11-27T09:30:44Z" }],
  }), ["warning: blocked since 11:02", "warning: balance low since Fri 09:30"]);
});

test("a block whose begin nobody knows is one", () => {
  assert.deepEqual(texts({ is_blocked: true }), ["warning: blocked"]);
});

test("spent is worse than low, and zero is spent", () => {
  assert.deepEqual(texts({ balance: "0.00" }), ["critical: balance spent"]);
  assert.deepEqual(texts({ balance: null }), ["good: in order"]);
});

test("a tariff that ends soon is told when it was told of; one that has ended always", () => {
  const soon = { tariff_expires_at: "2026-12-02T13:00:00Z" };
  assert.deepEqual(texts(soon), ["good: in order"]);
  assert.deepEqual(texts({ ...soon, conditions: [{ kind: "tariff.expiring", since: "2026-11-29T11:00:00Z" }] }), ["warning: tariff ends in 3 d"]);
  assert.deepEqual(texts({ tariff_expires_at: "2026-11-29T11:59:44Z" }), ["critical: tariff ended 16 s ago"]);
});

test("removed comes first, and the device is named", () => {
  assert.deepEqual(texts({ removed_at: "2026-05-13T12:00:00Z", imei_is_correct: false }), ["critical: removed since 2026-05-13", "warning: wrong device"]);
});
