// The events of a filter, kept at 500 rows: asked for once, then followed. A row never moves while somebody reads.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, useApi, type Answer, type Problem } from "./api.ts";
import { accepts, isLive, queryOf, questionOf, streamQuestionOf, type EventFilter } from "./event_filter.ts";
import { arrived, canShowWaiting, caughtUp, firstPage, keyOf, mostRows, nothingHeld, olderThan, showWaiting, withOlder, type EventWindow } from "./event_window.ts";
import { missed, resets, useEvents } from "./live.ts";
import { queryText, type Query } from "./route.ts";
import type { Event, Page } from "./shapes.ts";

const rowsAPage = 100;

export interface EventLog {
  answer: Answer<EventWindow> & { again: () => void };
  held: EventWindow;
  latest: () => void; // what waits, or the newest where it does not continue the rows
  older: (() => void) | null;
  loadingOlder: boolean;
  problemOfOlder: Problem | null;
  isFresh: (event: Event) => boolean; // came while one looked
}

export interface Following {
  filter: EventFilter;
  paused: boolean; // rows stay, what comes is counted
  stream?: Query; // what to hear of, where that is more than the filter shows
  heard?: (event: Event) => void; // of each event that came, shown or not
}

// `about`: the filter that the rows are of; `position`: what the stream goes on after.
type Held = EventWindow & { about: string; position: string | null | undefined };

export function useEventLog({ filter, paused, stream = streamQuestionOf(filter), heard }: Following): EventLog {
  const path = `api/events${withLimit(questionOf(filter, Date.now()))}`;
  const about = queryText(queryOf(filter));
  const [held, setHeld] = useState<Held>({ ...nothingHeld, about: "nothing", position: null });
  const [loadingOlder, setLoadingOlder] = useState(false);
  const [problemOfOlder, setProblem] = useState<Problem | null>(null);
  const answer = useApi<Page<Event>>(path);
  const now = useRef({ filter, paused, about });
  now.current = { filter, paused, about };
  const afresh = useRef(false);
  const change = useCallback((act: (before: EventWindow) => EventWindow) => setHeld((before) => ({ ...before, ...act(before) })), []);

  // The first page of a question is the list; a later one is caught up with. Each is taken once.
  const taken = useRef<{ page: Page<Event>; about: string } | null>(null);
  useEffect(() => {
    const page = answer.value;
    if (page === null || answer.path !== path || (page === taken.current?.page && about === taken.current.about)) return;
    const again = afresh.current;
    afresh.current = false;
    taken.current = { page, about };
    setHeld((before) =>
      before.about !== about || again
        ? { ...firstPage(page), about, position: page.position }
        : { ...before, ...caughtUp(before, page, now.current.paused) });
  }, [answer.value, answer.path, path, about]);

  const reload = () => {
    afresh.current = true;
    answer.again();
  };

  // Another stream, or one that left something out: what is held is not continued.
  const breaks = `${resets.value} ${missed.value}`;
  const seenBreaks = useRef(breaks);
  useEffect(() => {
    if (seenBreaks.current !== breaks) reload();
    seenBreaks.current = breaks;
  }, [breaks]);

  useEffect(() => {
    if (paused || held.unseen === 0) return;
    if (canShowWaiting(held)) change(showWaiting);
    else reload();
  }, [paused]);

  const came = useRef(new Set<string>());
  const read = useCallback((event: Event) => {
    heard?.(event);
    if (came.current.size > 2 * mostRows) came.current.clear();
    came.current.add(keyOf(event));
    const { filter, paused } = now.current;
    if (isLive(filter) && accepts(filter, event)) change((before) => arrived(before, [event], paused));
  }, [heard]);
  useEvents(stream, read, held.about === about ? (held.position ?? undefined) : null);

  const latest = () => {
    if (canShowWaiting(held)) change(showWaiting);
    else reload();
  };

  const further = olderThan(held);
  const older = further && (async () => {
    const question = withLimit({ ...questionOf(filter, Date.now()), ...further });
    setLoadingOlder(true);
    setProblem(null);
    try {
      const page = await get<Page<Event>>(`api/events${question}`);
      if (now.current.about === about) change((before) => withOlder(before, page));
    } catch (error) {
      if (error instanceof ApiError) setProblem(error.problem);
      else throw error;
    } finally {
      setLoadingOlder(false);
    }
  });

  // Rows of the last filter stay until there are others, but not beside a failure of this one.
  const isOfAnother = held.about !== about;
  const value = held.about === "nothing" || (isOfAnother && answer.problem !== null) ? null : held;
  return {
    answer: { ...answer, value, loading: isOfAnother }, // what follows by itself does not dim what is read
    held: value ?? nothingHeld,
    latest,
    older: older && !loadingOlder && !isOfAnother ? () => void older() : null,
    loadingOlder,
    problemOfOlder,
    isFresh: (event) => came.current.has(keyOf(event)),
  };
}

const withLimit = (question: Query) => queryText({ ...question, limit: String(rowsAPage) });
