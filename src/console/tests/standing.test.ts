import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sim } from "../shapes.ts";
import { standingOf, type Known } from "../standing.ts";
import { anyEvent } from "./any_event.ts";

const now = Date.parse("2026-11-29T12:00:00Z");
const sim: Sim = {
  account: "main", id: "10000029", iccid_plastic: null, sim_id: null, is_blocked: false, balance: "12.00", data_balance: null,
  fmcs: [], caller_ids: [], external_msisdns: [], tariff_name: null, tariff_type: null, profile: null, description: null,
  latest_activity: null, tariff_expires_at: "2027-01-16T12:00:00Z", imei: null, imei_is_correct: null, is_archived: false,
  first_seen_at: "2026-05-13T12:00:00Z", changed_at: "2026-11-29T11:00:00Z", removed_at: null, revision: 17, left_scope: false, conditions: [],
};
const texts = (of: Partial<Sim>, known?: Known) =>
  standingOf({ ...sim, ...of }, now, "UTC", known).map(({ tone, text, by }) => `${tone}: ${text}${by === undefined ? "" : ` by ${by}`}`);
const since = (kind: string, since: string, standing = false) => ({ kind, since, standing });

test("a SIM with which nothing is wrong says so", () => {
  assert.deepEqual(texts({}), ["good: in order"]);
  assert.deepEqual(texts({ is_archived: true }), ["good: in order", "muted: archived"]);
});

test("what stands says since when", () => {
  assert.deepEqual(texts({
    is_blocked: true, balance: "4.85",
    conditions: [since("sim.blocked", "2026-11-29T11:02:09Z"), since("balance.low", "2026-11-27T09:30:44Z")],
  }), ["warning: blocked since 11:02", "warning: balance low since Fri 09:30"]);
});

test("a block says by whom, if the event is of this block", () => {
  const at = "2026-11-29T11:02:09Z";
  const blocked = { is_blocked: true, conditions: [since("sim.blocked", at)] };
  const block = anyEvent({ observed_at: at });
  assert.deepEqual(texts(blocked, { block }), ["warning: blocked since 11:02 at the partner"]);
  assert.deepEqual(texts(blocked, { block: { ...block, cause: "action", action_id: 7, requested_by: "maria" } }), ["warning: blocked since 11:02 by maria"]);
  assert.deepEqual(texts(blocked, { block: { ...block, cause: "action", action_id: 7 } }), ["warning: blocked since 11:02 by action 7"]);
  assert.deepEqual(texts(blocked, { block: { ...block, observed_at: "2026-11-28T11:02:09Z" } }), ["warning: blocked since 11:02"]);
});

test("what stood before simsync came began before that", () => {
  const first = "2026-05-13T12:00:00Z";
  assert.deepEqual(texts({ is_blocked: true, conditions: [since("sim.blocked", first, true)] }), ["warning: blocked since before 2026-05-13"]);
  assert.deepEqual(texts({ conditions: [since("balance.low", first, true)] }), ["warning: balance low since before 2026-05-13"]);
});

test("a removal that is held comes before what was known last", () => {
  assert.deepEqual(texts({ is_blocked: true }, { held: true }), ["critical: removal held", "warning: blocked"]);
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
  assert.deepEqual(texts({ ...soon, conditions: [since("tariff.expiring", "2026-11-29T11:00:00Z")] }), ["warning: tariff ends in 3 d"]);
  assert.deepEqual(texts({ tariff_expires_at: "2026-11-29T11:59:44Z" }), ["critical: tariff ended 16 s ago"]);
});

test("removed comes first, and the device is named", () => {
  assert.deepEqual(texts({ removed_at: "2026-05-13T12:00:00Z", imei_is_correct: false }), ["muted: removed since 2026-05-13", "warning: wrong device"]);
});
