// Asking the API. An answer keeps its last value while the next is on its way, and after a failure: nobody looks at an
// empty page because a database was restarted. ETags are the browser's business (Cache-Control: no-cache).
import { signal, type Signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { connection, refreshed } from "./live.ts";

// RFC 9457, and simsync's hint. A daemon that did not answer at all has status 0.
export interface Problem {
  title: string;
  status: number;
  detail: string;
  hint: string;
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
  }
}

// Paths are relative ("api/sims?state=low"): the console works under any prefix of a proxy's.
export async function get<T>(path: string, abort?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { headers: { Accept: "application/json" }, ...(abort ? { signal: abort } : {}) });
  } catch (error) {
    if (abort?.aborted) throw error;
    throw new ApiError(away);
  }
  if (!response.ok) throw new ApiError(await problemOf(response));
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (abort?.aborted) throw error;
    throw new ApiError({ ...away, title: "the answer broke off", detail: `${path} was not received whole.` });
  }
}

const away: Problem = {
  title: "simsync does not answer",
  status: 0,
  detail: "The daemon is stopped, restarting, or cannot be reached from here.",
  hint: "systemctl status simsync; journalctl -u simsync -n 50",
};

// A proxy in between answers in its own words: then the status is all there is.
async function problemOf(response: Response): Promise<Problem> {
  const told = (await response.json().catch(() => null)) as Partial<Problem> | null;
  return {
    title: told?.title ?? `the answer was ${response.status} ${response.statusText}`.trim(),
    status: response.status,
    detail: told?.detail ?? "",
    hint: told?.hint ?? "",
  };
}

// What a panel knows: the last value and when it came, whether a newer one is on its way, and what went wrong last.
export interface Answer<T> {
  value: T | null;
  path: string | null; // what `value` answers
  asked?: string | null; // what it shall answer, where that is another while it is on its way
  asOf: number | null;
  problem: Problem | null;
  loading: boolean;
}

// So that nobody who merely looks takes more than a twentieth of what answers.
const restAfterWork = 20;

const nothing = { value: null, path: null, asOf: null, problem: null, loading: false };

export class Resource<T> {
  readonly answer: Signal<Answer<T>> = signal({ ...nothing });
  #abort: AbortController | null = null;
  #path: string | null = null;
  #askedAt = 0;
  #took = 0;

  // Asks, and drops an older question that has not been answered. A path that was answered before shows that first.
  async ask(path: string): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    const known = path === this.#path ? undefined : recall<T>(path);
    this.#path = path;
    this.#askedAt = Date.now();
    this.answer.value = { ...this.answer.peek(), ...(known ? { ...known, path, problem: null } : {}), loading: true };
    try {
      const value = await get<T>(path, abort.signal);
      if (abort.signal.aborted) return;
      const asOf = Date.now();
      remember(path, { value, asOf });
      this.answer.value = { value, path, asOf, problem: null, loading: false };
    } catch (error) {
      if (abort.signal.aborted) return;
      const problem = error instanceof ApiError ? error.problem : { ...away, title: "the page failed", detail: String(error), hint: "" };
      this.answer.value = { ...this.answer.peek(), problem, loading: false };
    }
    this.#took = Date.now() - this.#askedAt;
  }

  // How long the same is not asked again by itself, in ms: a list that takes the database a second is not read each five.
  restsFor(path: string): number {
    if (path !== this.#path) return 0;
    if (this.answer.peek().loading) return 1000;
    return Math.max(0, this.#askedAt + restAfterWork * this.#took - Date.now());
  }

  // What is about something else is not shown meanwhile.
  forget(): void {
    this.#abort?.abort();
    this.#path = null;
    this.answer.value = { ...nothing };
  }
}

// The last answers by path, so that back is there at once.
interface Remembered<T> {
  value: T;
  asOf: number;
}
const remembered = new Map<string, Remembered<unknown>>();
const mostRemembered = 30;

// What is old comes anew in no time; only where nobody answers it is better than nothing, and says when it was so.
const freshFor = 60_000;

function recall<T>(path: string): Remembered<T> | undefined {
  const known = remembered.get(path) as Remembered<T> | undefined;
  return known && (Date.now() - known.asOf < freshFor || connection.peek() === "away") ? known : undefined;
}

function remember(path: string, answer: Remembered<unknown>): void {
  remembered.delete(path);
  remembered.set(path, answer);
  if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value!);
}

export interface Asking {
  // Another subject drops the last value; the same keeps it while a filter changes. Default: one subject.
  about?: string;
  // Asked again whenever something may have changed (live.ts). Default: true.
  follow?: boolean;
}

// `path` null: nothing to ask yet.
export function useApi<T>(path: string | null, { about = "", follow = true }: Asking = {}): Answer<T> & { again: () => void } {
  const resource = useMemo(() => new Resource<T>(), []);
  const subject = useRef(about);
  const version = follow ? refreshed.value : 0;
  const asked = useRef<string | null>(null);

  if (subject.current !== about) {
    subject.current = about;
    asked.current = null;
    resource.forget();
  }
  useEffect(() => {
    asked.current = path;
    if (path === null) return;
    let timer = 0;
    const askWhenRested = () => {
      const rest = resource.restsFor(path);
      if (rest > 0) timer = setTimeout(askWhenRested, rest);
      else void resource.ask(path);
    };
    askWhenRested();
    return () => clearTimeout(timer);
  }, [path, version, about]);
  useEffect(() => () => resource.forget(), []);

  const answer = resource.answer.value;
  return {
    ...answer,
    asked: path,
    loading: answer.loading || (path !== null && asked.current !== path),
    again: () => void (path !== null && resource.ask(path)),
  };
}
