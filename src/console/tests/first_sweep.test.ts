import assert from "node:assert/strict";
import { test } from "node:test";
import { beginningOf, loadedText } from "../first_sweep.ts";
import type { Account, Sweep } from "../shapes.ts";

const sweep = (outcome: Sweep["outcome"], error: string | null = null, started_at = "2026-11-29T11:00:00Z") => ({ outcome, error, started_at }) as Sweep;
const of = (account: Partial<Account>) =>
  beginningOf({ last_complete_sweep_at: null, first_sweep: null, loading: null, leader: null, degraded_since: null, degraded_error: null, sweeps: [], ...account });
const first_sweep = { id: 1, started_at: "2026-11-29T11:00:00Z", items: 412, expected: 5000 };

test("the first sweep is under way while nothing has gone wrong", () => {
  assert.deepEqual(of({ first_sweep, sweeps: [sweep("running")] }), { state: "under way", sims: 412, expected: 5000 });
  assert.deepEqual(of({}), { state: "waiting", sims: 0, expected: null });
});

test("what a leader reads before it sweeps is told as being loaded, and how far it is", () => {
  const loading = { sims: 3_200_000, expected: 10_000_000 };
  assert.deepEqual(of({ loading }), { state: "loading", ...loading });
  assert.equal(of({ loading, last_complete_sweep_at: "2026-11-29T11:00:00Z" }), null);
  assert.equal(loadedText(loading), "3,200,000 of about 10,000,000 SIMs");
  assert.equal(loadedText({ sims: 1, expected: null }, " read"), "1 SIM read");
  assert.equal(loadedText({ sims: 0, expected: 1200 }, " read"), "0 of about 1,200 SIMs read");
  assert.equal(loadedText({ sims: 0, expected: null }, " read"), "");
});

test("a sweep that an earlier leader left behind is no failure of this one's", () => {
  const leader = { host: "sim1", pid: 12, since: "2026-11-29T11:30:00.5Z" };
  const left = sweep("failed", "its process ended", "2026-11-29T11:30:00.4Z");
  assert.equal(of({ leader, first_sweep, sweeps: [sweep("running"), left] })?.state, "under way");
  assert.equal(of({ leader, first_sweep, sweeps: [sweep("running"), sweep("failed", "401", "2026-11-29T11:30:00.6Z"), left] })?.state, "failing");
});

test("an account whose sweeps fail is not told as one that is being filled", () => {
  assert.deepEqual(of({ first_sweep, sweeps: [sweep("running"), sweep("failed", "401")] }), { state: "failing", error: "401", sims: 412, expected: 5000 });
  assert.deepEqual(of({ first_sweep, degraded_since: "2026-11-29T11:00:00Z", degraded_error: "no answer" }), { state: "failing", error: "no answer", sims: 412, expected: 5000 });
  assert.deepEqual(of({ sweeps: [sweep("incomplete")] }), { state: "failing", error: null, sims: 0, expected: null });
});

test("what was swept whole once is past its beginning", () => {
  assert.equal(of({ last_complete_sweep_at: "2026-11-29T11:00:00Z", sweeps: [sweep("failed", "401")] }), null);
});
