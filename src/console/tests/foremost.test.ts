import assert from "node:assert/strict";
import { test } from "node:test";
import { isStale } from "../first_sweep.ts";
import { foremost, latenessOf, othersText, urgencyOf, type Standing } from "../foremost.ts";
import type { ConsumerPosition, Sweep } from "../shapes.ts";

const leader = { host: "sim1", pid: 12, since: "2026-11-29T11:30:00Z" };
const of = (account: Partial<Standing>): Standing => ({
  fresh: true, last_complete_sweep_at: "2026-11-29T11:40:00Z", first_sweep: null, loading: null, leader, degraded_since: null, degraded_error: null, sweeps: [], ...account,
});
const sweep = (outcome: Sweep["outcome"]) => ({ outcome, error: null, started_at: "2026-11-29T11:39:00Z" }) as Sweep;
const stale = of({ fresh: false, degraded_since: "2026-11-29T11:00:00Z" });

test("a few are all shown, as they stand", () => {
  assert.deepEqual(foremost([1, 3, 2], 3, (each) => each), { shown: [1, 3, 2], others: [] });
});

test("of many the most urgent are shown, those alike in their order", () => {
  const { shown, others } = foremost(["a0", "b2", "c0", "d2", "e1"], 3, (each) => Number(each[1]));
  assert.deepEqual(shown, ["b2", "d2", "e1"]);
  assert.deepEqual(others, ["a0", "c0"]);
});

test("stale comes before unled, that before one whose sweep did not end well, and that before all that is well", () => {
  assert.equal(urgencyOf(stale), 3);
  assert.equal(urgencyOf(of({ last_complete_sweep_at: null, fresh: false, sweeps: [sweep("failed")] })), 3);
  assert.equal(urgencyOf(of({ leader: null })), 2);
  assert.equal(urgencyOf(of({ sweeps: [sweep("running"), sweep("incomplete")] })), 1);
  assert.equal(urgencyOf(of({ last_complete_sweep_at: null, fresh: false })), 1);
  assert.equal(urgencyOf(of({ loading: { sims: 3, expected: null } })), 1);
  assert.equal(urgencyOf(of({ sweeps: [sweep("running"), sweep("complete")] })), 0);
});

test("one that was never swept is not stale while nothing has gone wrong", () => {
  assert.equal(isStale(of({ last_complete_sweep_at: null, fresh: false })), false);
});

test("how the others stand is a sum", () => {
  assert.equal(othersText([of({}), of({})]), "2 more accounts: all fresh");
  assert.equal(othersText([of({})]), "1 more account: all fresh");
  assert.equal(othersText([...Array(1200).fill(of({})), stale]), "1,201 more accounts: 1,200 fresh, 1 stale");
  assert.equal(othersText([of({}), of({ last_complete_sweep_at: null, fresh: false })]), "2 more accounts: 1 fresh");
});

test("a consumer that stands still is later than any that is behind", () => {
  const consumer = { on_this_stream: true, state: "reads", down_since: null, behind: 7 } as ConsumerPosition;
  assert.equal(latenessOf(consumer), 7);
  assert.equal(latenessOf({ ...consumer, down_since: "2026-11-29T11:00:00Z" }), Infinity);
  assert.equal(latenessOf({ ...consumer, state: "dropped" }), Infinity);
});
