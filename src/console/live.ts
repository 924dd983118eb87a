// What happens now: one EventSource for the visible tab, and what everybody does when there is none. Hidden tabs hold no
// stream, and paused ones only where they count what comes: browsers allow six connections to a host, the daemon sixteen
// streams.
import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { queryText, type Query } from "./route.ts";
import type { Event, Status } from "./shapes.ts";

// connecting  nothing known yet, or the stream is being taken up again
// live        events come as they are committed
// polling     the daemon's streams are all taken: everything is asked again every 10 s
// paused      a person wants to read: nothing changes by itself
// away        the daemon does not answer; tried again every 2 s
export type Connection = "connecting" | "live" | "polling" | "paused" | "away";

export const connection = signal<Connection>("connecting");
export const paused = signal(false);

// Grows whenever what is shown may be out of date: pages ask again.
export const refreshed = signal(0);

// What `lagged` said: events that this stream missed; lists of events ask for themselves again then.
export const missed = signal(0);

// How often a `reset` said that what is held is not continued.
export const resets = signal(0);

export function refresh(): void {
  if (!paused.value) refreshed.value += 1;
}

const pollEvery = 10_000;
const retryStreamEvery = 60_000; // while it is full
const retryEvery = 2_000; // while the daemon is away
// Statuses come after every sweep, which may be each second: a person does not read that fast, and the database is spared.
const refreshAtMostEvery = 5_000;

// --- what pages want of the stream ------------------------------------------------------------------------------------

// Without a page that wants events: statuses, which come in any case, and what is worth a look on every page.
const statusOnly: Query = { severity: "critical" };
const wanted = signal<Query>(statusOnly);
const readers = new Set<(event: Event) => void>();
const counted = signal(0);

// Events that match `filter` (account, sim, kind, severity: as of /api/stream), each once and in order, until unmounted.
// `after`: the `position` of the list that they continue; null while that is not there yet. Without it: from now on.
// While a person pauses they come too: a list shows none of them then, but how many there are.
export function useEvents(filter: Query, read: (event: Event) => void, after?: string | null): void {
  const text = queryText(filter);
  const ready = after !== null;
  useEffect(() => {
    if (!ready) return;
    lastId = after ?? "";
    lastFilter = text;
    wanted.value = { ...filter };
    return () => {
      wanted.value = statusOnly;
    };
  }, [text, ready]);
  useEffect(() => {
    readers.add(read);
    counted.value = readers.size;
    return () => {
      readers.delete(read);
      counted.value = readers.size;
    };
  }, [read]);
}

// --- the stream -------------------------------------------------------------------------------------------------------

let source: EventSource | null = null;
let lastId = "";
let lastFilter = "";
let timer = 0;

function open(filter: Query): void {
  close();
  const text = queryText(filter);
  if (text !== lastFilter) lastId = ""; // positions of another question: its page is asked anew
  lastFilter = text;
  const stream = (source = new EventSource(`api/stream${queryText({ ...filter, after: lastId })}`));

  // Events are continued; what else has changed meanwhile is asked.
  stream.onopen = () => {
    connection.value = paused.peek() ? "paused" : "live";
    refresh();
  };
  stream.onerror = () => {
    if (source !== stream) return;
    if (stream.readyState === EventSource.CLOSED) void refused();
    else void interrupted(stream);
  };
  stream.addEventListener("change", (message) => {
    note(message);
    const event = JSON.parse(message.data) as Event;
    for (const read of readers) read(event);
  });
  stream.addEventListener("status", (message) => {
    note(message);
    status.value = JSON.parse(message.data) as Status;
    refreshSoon();
  });
  stream.addEventListener("lagged", (message) => {
    note(message);
    missed.value += (JSON.parse(message.data) as { dropped: number }).dropped;
  });
  stream.addEventListener("reset", () => {
    lastId = "";
    missed.value = 0;
    resets.value += 1;
    refresh();
  });
}

export const status = signal<Status | null>(null);

function note(message: MessageEvent): void {
  if (message.lastEventId !== "") lastId = message.lastEventId;
}

function close(): void {
  clearTimeout(timer);
  source?.close();
  source = null;
}

// The browser tries again by itself (retry: 2000); meanwhile it is worth knowing whether anybody is there.
async function interrupted(stream: EventSource): Promise<void> {
  if (connection.value === "live") connection.value = "connecting";
  if (!(await answers()) && source === stream) connection.value = "away";
}

// It will not try again: all streams are taken (204), or the daemon was away or refuses. EventSource does not tell.
async function refused(): Promise<void> {
  close();
  const there = await answers();
  if (source !== null || paused.value || document.hidden) return;
  connection.value = there ? "polling" : "away";
  if (there) poll(0);
  else timer = setTimeout(() => open(wanted.peek()), retryEvery);
}

function poll(waited: number): void {
  timer = setTimeout(() => {
    refresh();
    if (waited + pollEvery >= retryStreamEvery) open(wanted.peek());
    else poll(waited + pollEvery);
  }, pollEvery);
}

async function answers(): Promise<boolean> {
  try {
    await fetch("healthz", { cache: "no-store" });
    return true;
  } catch {
    return false;
  }
}

// --- refreshing at a person's pace ------------------------------------------------------------------------------------

let refreshedAt = 0;
let pending = 0;

function refreshSoon(): void {
  if (pending !== 0) return;
  const wait = Math.max(0, refreshedAt + refreshAtMostEvery - Date.now());
  pending = setTimeout(() => {
    pending = 0;
    refreshedAt = Date.now();
    refresh();
  }, wait);
}

// Where no sweep ends nothing is told: nobody leads, or the database is away. What is shown shall not stay green for that.
function refreshWhereNothingIsTold(): void {
  if (connection.peek() === "live" && Date.now() - refreshedAt >= pollEvery) refreshSoon();
}

// --- when ---------------------------------------------------------------------------------------------------------

const visible = signal(!document.hidden);
document.addEventListener("visibilitychange", () => (visible.value = !document.hidden));

export function startLive(): void {
  setInterval(refreshWhereNothingIsTold, 1000);
  effect(() => {
    const filter = wanted.value;
    const reading = visible.value && (!paused.value || counted.value > 0);
    if (paused.value) connection.value = "paused";
    else if (connection.peek() === "paused") connection.value = "connecting";
    if (reading) open(filter);
    else close();
  });
}
