// Where we are, as a signal, and how to get elsewhere. The address is the state: nothing else remembers a page's filters.
import { signal } from "@preact/signals";
import { formatHash, parseHash, type Query, type Route } from "./route.ts";

export const route = signal<Route>(parseHash(location.hash));

// What an entry of the history knows beside its address: how many rows lie before its page, where one paged to it.
export interface Entry {
  before?: number;
}

export function entry(): Entry {
  return (history.state ?? {}) as Entry;
}

// Where each visited entry was scrolled to, for back and forward: the browser cannot know, rows come later.
const scrolled = new Map<string, number>();
history.scrollRestoration = "manual";
let shown = location.hash;
let restoring: number | null = null;

function arrive(scrollTo: number | null): void {
  shown = location.hash;
  restoring = scrollTo;
  route.value = parseHash(location.hash);
}

function leave(): void {
  scrolled.set(shown, scrollY);
}

// Links are plain <a href="#/…">; both they and back and forward end here.
addEventListener("popstate", () => {
  if (location.hash === shown) return;
  arrive(scrolled.get(location.hash) ?? 0);
});
addEventListener("click", (event) => {
  const link = (event.target as Element | null)?.closest?.("a");
  if (link?.hash.startsWith("#/")) {
    leave();
    scrolled.delete(link.hash); // who follows a link begins at the top
  }
});
addEventListener("scrollend", leave);

export function isRestoring(): boolean {
  return restoring !== null;
}

// Called when rows were drawn: takes effect once for each arrival.
export function restoreScroll(): void {
  if (restoring === null) return;
  const top = restoring;
  restoring = null;
  scrollTo(0, top);
}

// Another entry in the history: back returns to this one.
export function go(page: string, path: readonly string[] = [], query: Query = {}, state: Entry = {}): void {
  const hash = formatHash(page, path, query);
  if (hash === location.hash) return;
  leave();
  history.pushState(state, "", hash);
  arrive(state.before === undefined ? null : 0);
}

// The same page asked differently. `push` for a choice that back should undo, `replace` for what is still being typed.
export function ask(query: Query, how: "push" | "replace" = "push"): void {
  const { page, path } = route.value;
  const hash = formatHash(page, path, query);
  if (hash === location.hash) return;
  if (how === "push") {
    leave();
    history.pushState({}, "", hash);
  } else {
    history.replaceState(history.state, "", hash);
  }
  arrive(null);
}
