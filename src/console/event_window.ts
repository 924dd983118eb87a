// The events that a page holds: a window of 500 over a log that grows at its top. Pure: each act gives a new one.
import type { Event } from "./shapes.ts";

export const mostRows = 500;

export interface EventWindow {
  readonly rows: readonly Event[]; // the newest first, without a gap
  readonly waiting: readonly Event[]; // came while paused, the newest first
  readonly unseen: number; // how many came while paused, at the least; more than `waiting` where that does not continue the rows
  readonly next: string | null; // the cursor behind the last row; null: there is none, or it was cut off
  readonly cut: "newest" | "oldest" | null; // what the window was too small for
}

export interface EventPage {
  items: readonly Event[];
  next: string | null;
}

export const nothingHeld: EventWindow = { rows: [], waiting: [], unseen: 0, next: null, cut: null };

export const keyOf = (event: Event) => `${event.account}#${event.seq}`;

function unknownOf(events: readonly Event[], known: readonly Event[]): Event[] {
  const keys = new Set(known.map(keyOf));
  return events.filter((event) => !keys.has(keyOf(event)) && keys.add(keyOf(event)));
}

export function firstPage(page: EventPage): EventWindow {
  return { ...nothingHeld, rows: page.items.slice(0, mostRows), next: page.next };
}

// `events`: as they came, the oldest first. While paused they wait; a row never moves under the eye.
export function arrived(held: EventWindow, events: readonly Event[], paused: boolean): EventWindow {
  const fresh = unknownOf([...events].reverse(), [...held.rows, ...held.waiting]);
  if (fresh.length === 0) return held;
  if (paused || held.cut === "newest" || held.unseen > 0)
    return {
      ...held,
      waiting: [...fresh, ...held.waiting].slice(0, mostRows),
      unseen: held.unseen + fresh.length,
    };
  return onTop(held, fresh);
}

// With the newest page as it is now: what came meanwhile, however it came. Rows that it does not reach are let go,
// unless the stream has overtaken it on its way.
export function caughtUp(held: EventWindow, page: EventPage, paused: boolean): EventWindow {
  const known = new Set([...held.rows, ...held.waiting].map(keyOf));
  if (page.items.length === 0) return known.size === 0 ? firstPage(page) : held;
  if (page.items.some((event) => known.has(keyOf(event)))) return arrived(held, [...page.items].reverse(), paused);
  if (known.size === 0) return firstPage(page);
  if (page.items[0]!.recorded_at <= (held.waiting[0] ?? held.rows[0]!).recorded_at) return held;
  if (!paused) return firstPage(page);
  return { ...held, waiting: [], unseen: held.unseen + page.items.length };
}

function onTop(held: EventWindow, fresh: readonly Event[]): EventWindow {
  const rows = [...fresh, ...held.rows];
  if (rows.length <= mostRows) return { ...held, rows, waiting: [], unseen: 0 };
  return { rows: rows.slice(0, mostRows), waiting: [], unseen: 0, next: null, cut: "oldest" };
}

// Whether what waits continues the rows; else the newest have to be asked for again.
export function canShowWaiting(held: EventWindow): boolean {
  return held.cut !== "newest" && held.unseen === held.waiting.length;
}

export function showWaiting(held: EventWindow): EventWindow {
  return held.unseen === 0 ? held : onTop(held, held.waiting);
}

// The rows before the last one, at its end; what is too much goes from the top, where one no longer looks.
export function withOlder(held: EventWindow, page: EventPage): EventWindow {
  const rows = [...held.rows, ...unknownOf(page.items, held.rows)];
  if (rows.length <= mostRows) return { ...held, rows, next: page.next, cut: held.cut === "newest" ? "newest" : null };
  return { ...held, rows: rows.slice(-mostRows), next: page.next, cut: "newest" };
}

// How to ask for what lies before the last row: by its cursor, or, where that was cut off, by an instant just
// behind it, for many events may share one (those that are held already are left out by withOlder).
export function olderThan(held: EventWindow): { cursor: string } | { until: string } | null {
  if (held.next !== null) return { cursor: held.next };
  const last = held.rows[held.rows.length - 1];
  if (held.cut !== "oldest" || !last) return null;
  return { until: new Date(Math.floor(Date.parse(last.observed_at)) + 1).toISOString() };
}
