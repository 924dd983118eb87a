import assert from "node:assert/strict";
import { test } from "node:test";
import { beginningOf } from "../first_sweep.ts";
import type { Account, Sweep } from "../shapes.ts";

const sweep = (outcome: Sweep["outcome"], error: string | null = null) => ({ outcome, error }) as Sweep;
const of = (account: Partial<Account>) =>
  beginningOf({ last_complete_sweep_at: null, first_sweep: null, degraded_since: null, degraded_error: null, sweeps: [], ...account });
const first_sweep = { id: 1, started_at: "2026-11-29T11:00:00Z", items: 412 };

test("the first sweep is under way while nothing has gone wrong", () => {
  assert.deepEqual(of({ first_sweep, sweeps: [sweep("running")] }), { state: "under way", items: 412 });
  assert.deepEqual(of({}), { state: "waiting", items: 0 });
});

test("an account whose sweeps fail is not told as one that is being filled", () => {
  assert.deepEqual(of({ first_sweep, sweeps: [sweep("running"), sweep("failed", "401")] }), { state: "failing", error: "401" });
  assert.deepEqual(of({ first_sweep, degraded_since: "2026-11-29T11:00:00Z", degraded_error: "no answer" }), { state: "failing", error: "no answer" });
  assert.deepEqual(of({ sweeps: [sweep("incomplete")] }), { state: "failing", error: null });
});

test("what was swept whole once is past its beginning", () => {
  assert.equal(of({ last_complete_sweep_at: "2026-11-29T11:00:00Z", sweeps: [sweep("failed", "401")] }), null);
});
