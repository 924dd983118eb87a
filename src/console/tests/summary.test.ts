import assert from "node:assert/strict";
import { test } from "node:test";
import { causeOf, clausesOf, isDoneAtPartner, originOf, shortWindowOf, summaryOf, windowOf } from "../summary.ts";
import { anyEvent } from "./any_event.ts";

const utc = (instant: string) => instant.slice(0, 19).replace("T", " ");
const text = (event: Parameters<typeof anyEvent>[0]) => summaryOf(anyEvent(event), utc);

test("a flag says what it was and what it is", () => {
  assert.equal(text({}), "blocked no → yes");
});

test("an amount also says by how much it moved", () => {
  const moved = { kind: "balance.changed", before: { balance: "12.50" }, after: { balance: "4.85" } };
  assert.deepEqual(clausesOf(anyEvent(moved), utc), [{ what: "balance", was: "12.50", is: "4.85", note: "−7.65" }]);
  assert.equal(text(moved), "balance 12.50 → 4.85 (−7.65)");
});

test("an amount that became unreadable has no difference", () => {
  assert.equal(text({ before: { balance: "12.50" }, after: { balance: null } }), "balance 12.50 → –");
});

test("what only looks like an amount has no difference", () => {
  assert.equal(text({ before: { imei: "350000185218880" }, after: { imei: "1" } }), "IMEI 350000185218880 → 1");
});

test("where there was no earlier state none is made up", () => {
  assert.equal(text({ kind: "balance.low", before: null, after: { balance: "4.85" } }), "balance 4.85");
});

test("an earlier null is a state", () => {
  assert.equal(text({ before: { description: null }, after: { description: "" } }), 'description – → ""');
});

test("a list says what came and what went", () => {
  assert.equal(text({
    before: { caller_ids: ["37251000001", "37251000002"] },
    after: { caller_ids: ["37251000002", "37251000003"] },
  }), "caller ids −37251000001 +37251000003");
});

test("several columns of one change stand one after the other", () => {
  assert.equal(text({
    before: { tariff_name: "Package 500", tariff_type: "PREPAID_PACKAGE" },
    after: { tariff_name: "Europe unlimited", tariff_type: "PREPAID_PACKAGE" },
  }), "tariff Package 500 → Europe unlimited, tariff type PREPAID_PACKAGE → PREPAID_PACKAGE");
});

test("an instant is written as the page writes it", () => {
  assert.equal(text({ kind: "tariff.expired", before: null, after: { tariff_expires_at: "2026-11-29T13:53:00Z" } }),
    "tariff ends 2026-11-29 13:53:00");
});

test("what only begins like an instant stays as it is", () => {
  assert.equal(text({ before: null, after: { description: "2026-11-29T13:53:00Z, noon" } }), "description 2026-11-29T13:53:00Z, noon");
});

test("a long text is cut where one can see it", () => {
  const said = text({ before: null, after: { description: "x".repeat(500) } });
  assert.ok(said.endsWith("x…"));
  assert.ok(said.length < 200);
});

test("a new SIM's whole row is not repeated", () => {
  assert.equal(text({
    kind: "sim.added", before: null,
    after: { id: "1", iccid_plastic: "8997", fmcs: [], tariff_name: "Package 500", balance: "1.00", imei: null },
  }), "ICCID 8997, tariff Package 500, balance 1.00");
  assert.equal(text({ kind: "sim.added", before: null, after: null }), "ICCID 8997201000640672512");
});

test("gone and back are said in words, with when it went", () => {
  const gone = "2026-11-29T11:02:09Z";
  assert.equal(text({ kind: "sim.removed", before: { removed_at: null }, after: { removed_at: gone } }), "the partner's list has it no more");
  assert.equal(text({ kind: "sim.restored", before: { removed_at: gone }, after: { removed_at: null } }),
    "the partner's list has it again, removed 2026-11-29 11:02:09");
  assert.equal(text({ kind: "sim.restored", before: null, after: { removed_at: null } }), "the partner's list has it again");
});

test("a baseline counts SIMs and what stands", () => {
  assert.equal(text({ kind: "account.baselined", sim: null, before: null, after: { sims: 981234, "balance.low": 49012, "tariff.expired": 0 } }),
    "981,234 SIMs, balance.low 49,012");
});

test("an action says what was done, with what, and why it failed", () => {
  assert.equal(text({ kind: "action.confirmed", before: null, after: { operation: "attach-caller-id", msisdn: "37251000003" } }),
    "attach-caller-id, msisdn 37251000003");
  assert.equal(text({ kind: "action.failed", before: null, after: { operation: "block", error: "not yours" } }), "block, error not yours");
});

test("held removals are a person's", () => {
  assert.equal(text({ kind: "account.removals_held", before: null, after: { held_removals: 1 } }), "1 removal held for a person to decide");
  assert.equal(text({ kind: "account.removals_held", before: null, after: { held_removals: 812, lapsed: "rejected", lapsed_by: "maria" } }),
    "812 removals held for a person to decide, lapsed: rejected by maria");
  assert.equal(text({ kind: "account.removals_released", before: null, after: { held_removals: 0, decision: "accepted" } }), "accepted");
  assert.equal(text({ kind: "account.removals_released", before: null, after: { held_removals: 0 } }), "nothing is held any more");
});

test("events that were lost are named by their numbers", () => {
  const after = { stream_id: "7a1e", first_lost: 1041, last_lost: 1164 };
  assert.equal(text({ kind: "account.events_lost", before: { stream_id: "0c6f" }, after }), "lost with a server: events 1041 to 1164");
});

test("an error is a sentence of its own", () => {
  assert.equal(text({ kind: "account.degraded", before: null, after: { error: "the API answered 502" } }), "the API answered 502");
  assert.equal(text({ kind: "account.schema_drift", before: null, after: { field: "imei", error: "values do not fit the column: 3" } }),
    "imei values do not fit the column: 3");
});

test("a column is called as the pages call it", () => {
  assert.equal(text({ kind: "imei.matched", before: { imei_is_correct: null }, after: { imei_is_correct: true } }), "right device – → yes");
  assert.equal(text({ before: null, after: { external_msisdns: ["1"], constructor: "x" } }), "DIDs 1, constructor x");
});

test("what nobody foresaw is shown, and nothing breaks", () => {
  assert.equal(text({ kind: "sim.teleported", before: null, after: { from: { lat: 1 }, to: [1, null] } }), 'from {"lat":1}, to 1 –');
  assert.equal(text({ before: null, after: null }), "");
});

test("the window names the days only where it spans two", () => {
  assert.equal(windowOf(anyEvent(), utc), "between 11:01:08 and 11:02:09");
  assert.equal(windowOf(anyEvent({ previous_observed_at: "2026-11-28T23:59:30Z" }), utc), "between 2026-11-28 23:59 and 2026-11-29 11:02");
  assert.equal(windowOf(anyEvent({ previous_observed_at: null }), utc), "");
  assert.equal(windowOf(anyEvent({ previous_observed_at: "2026-11-29T11:02:09Z" }), utc), "at 11:02:09");
});

test("the short window has the day of its begin only where that was another", () => {
  assert.equal(shortWindowOf(anyEvent(), utc), "11:01:08 – 11:02:09");
  assert.equal(shortWindowOf(anyEvent({ previous_observed_at: "2026-11-28T23:59:30Z" }), utc), "2026-11-28 23:59 – 11:02:09");
  assert.equal(shortWindowOf(anyEvent({ previous_observed_at: null }), utc), "");
});

test("the cause is named by its number, and by who asked", () => {
  assert.equal(causeOf(anyEvent()), "sweep 811");
  assert.equal(causeOf(anyEvent({ cause: "clock", sweep_id: null })), "clock");
  assert.equal(originOf(anyEvent({ cause: "action", action_id: 12, requested_by: "maria" })), "action 12, asked by maria");
  assert.equal(originOf(anyEvent({ cause: "operator", sweep_id: null, requested_by: "" })), "operator");
});

test("what a sweep finds done was done at the partner; what comes about was not", () => {
  for (const kind of ["sim.blocked", "sim.removed", "tariff.changed", "caller_id.attached", "did.detached", "fmc.attached", "attributes.changed"])
    assert.equal(originOf(anyEvent({ kind })), "at the partner, seen by sweep 811", kind);
  for (const kind of ["balance.changed", "balance.low", "tariff.expired", "tariff.expiring", "imei.changed", "account.baselined"])
    assert.equal(originOf(anyEvent({ kind })), "sweep 811", kind);
  assert.equal(isDoneAtPartner(anyEvent({ cause: "action", action_id: 12 })), false);
});
