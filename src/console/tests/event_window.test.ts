import assert from "node:assert/strict";
import { test } from "node:test";
import { arrived, canShowWaiting, caughtUp, firstPage, mostRows, olderThan, showWaiting, withOlder, type EventWindow } from "../event_window.ts";
import { anyEvent } from "./any_event.ts";

const event = (seq: number) => anyEvent({ seq, recorded_at: new Date(Date.UTC(2026, 10, 29) + seq * 1000).toISOString() });
// The newest first, as a page has them.
const page = (from: number, to: number, next: string | null = `behind ${to}`) => ({
  items: Array.from({ length: from - to + 1 }, (_, index) => event(from - index)), next,
});
const seqs = (held: EventWindow) => held.rows.map(({ seq }) => seq);
const between = (from: number, to: number) => page(from, to).items.map(({ seq }) => seq);
// The oldest first, as a stream brings them.
const stream = (from: number, to: number) => page(to, from).items.reverse();

test("what comes stands on top", () => {
  assert.deepEqual(seqs(arrived(firstPage(page(10, 8)), stream(11, 12), false)), [12, 11, 10, 9, 8]);
});

test("what came already, in a page or in the stream, does not come twice", () => {
  const held = arrived(firstPage(page(10, 8)), stream(9, 11), false);
  assert.deepEqual(seqs(arrived(held, stream(11, 11), false)), [11, 10, 9, 8]);
});

test("of two accounts the same number is two events", () => {
  const held = arrived(firstPage(page(10, 10)), [anyEvent({ account: "backup", seq: 10 })], false);
  assert.equal(held.rows.length, 2);
});

test("paused, no row moves; then all that came is there", () => {
  const paused = arrived(arrived(firstPage(page(10, 8)), stream(11, 11), true), stream(12, 13), true);
  assert.deepEqual(seqs(paused), [10, 9, 8]);
  assert.equal(paused.unseen, 3);
  assert.ok(canShowWaiting(paused));
  const shown = showWaiting(paused);
  assert.deepEqual(seqs(shown), [13, 12, 11, 10, 9, 8]);
  assert.equal(shown.unseen, 0);
});

test("what comes after a pause stays behind what waits still", () => {
  const held = arrived(arrived(firstPage(page(10, 8)), stream(11, 11), true), stream(12, 12), false);
  assert.deepEqual([seqs(held), held.unseen], [[10, 9, 8], 2]);
});

test("the window holds no more than its rows; the oldest go", () => {
  const held = arrived(firstPage(page(100, 51)), stream(101, 700), false);
  assert.equal(held.rows.length, mostRows);
  assert.deepEqual([held.rows[0]?.seq, held.rows.at(-1)?.seq], [700, 201]);
  assert.equal(held.next, null);
});

test("where the cursor was cut off, older ones are asked for by time, and those of that instant come once", () => {
  const held = arrived(firstPage(page(100, 51)), stream(101, 700), false);
  assert.deepEqual(olderThan(held), { until: "2026-11-29T11:02:09.001Z" });
  assert.deepEqual(olderThan(firstPage(page(10, 8))), { cursor: "behind 8" });
  assert.equal(olderThan(firstPage(page(10, 8, null))), null);
  assert.deepEqual(seqs(withOlder(firstPage(page(10, 8)), page(9, 6))), [10, 9, 8, 7, 6]);
});

test("reading back beyond the window lets go of the newest, and says so", () => {
  let held = firstPage(page(900, 701));
  held = withOlder(held, page(700, 501));
  assert.equal(held.cut, null);
  held = withOlder(held, page(500, 301));
  assert.deepEqual([held.rows.length, held.rows[0]?.seq, held.rows.at(-1)?.seq], [mostRows, 800, 301]);
  assert.equal(held.cut, "newest");
  assert.equal(held.next, "behind 301");
});

test("away from the newest, what comes is counted and cannot be put on top", () => {
  let held = firstPage(page(900, 701));
  for (const back of [page(700, 501), page(500, 301)]) held = withOlder(held, back);
  held = arrived(held, stream(901, 903), false);
  assert.equal(held.unseen, 3);
  assert.equal(canShowWaiting(held), false);
});

test("more than the window holds while paused is counted, and asked for again", () => {
  const held = arrived(firstPage(page(10, 8)), stream(11, 610), true);
  assert.deepEqual([held.unseen, held.waiting.length, canShowWaiting(held)], [600, mostRows, false]);
});

test("the newest page, asked for again, brings what came meanwhile", () => {
  assert.deepEqual(seqs(caughtUp(firstPage(page(10, 8)), page(12, 9), false)), [12, 11, 10, 9, 8]);
  const paused = caughtUp(firstPage(page(10, 8)), page(12, 9), true);
  assert.deepEqual([seqs(paused), paused.unseen, canShowWaiting(paused)], [[10, 9, 8], 2, true]);
});

test("a page that does not reach the rows takes their place, or waits where somebody reads", () => {
  assert.deepEqual(seqs(caughtUp(firstPage(page(10, 8)), page(300, 298), false)), [300, 299, 298]);
  const paused = caughtUp(firstPage(page(10, 8)), page(300, 298), true);
  assert.deepEqual([seqs(paused), paused.unseen, canShowWaiting(paused)], [[10, 9, 8], 3, false]);
});

test("an empty page takes nothing away, and fills an empty list with nothing", () => {
  assert.deepEqual(seqs(caughtUp(firstPage(page(10, 8)), { items: [], next: null }, false)), [10, 9, 8]);
  assert.deepEqual(seqs(caughtUp(firstPage({ items: [], next: null }), page(2, 1), true)), [2, 1]);
});

test("a page that the stream has overtaken changes nothing", () => {
  const held = arrived(firstPage(page(100, 51)), stream(101, 700), false);
  assert.equal(caughtUp(held, page(100, 51), false), held);
  assert.equal(caughtUp(held, page(100, 51), true), held);
});
