// One keyboard for all pages. Letters do nothing while something is being typed, or with Ctrl, Alt or Meta.
import { copy } from "./parts/copy.tsx";
import { go } from "./navigation.ts";
import { paused } from "./live.ts";

// Shown on the help page; what they do is below.
export const keys: readonly (readonly [string, string])[] = [
  ["/", "find a SIM, from every page"],
  ["g o", "Overview"],
  ["g s", "SIMs"],
  ["g e", "Events"],
  ["g w", "Sweeps"],
  ["j  k", "next row, previous row"],
  ["Enter", "open the row"],
  ["c", "copy the row's ICCID"],
  ["]  [", "next page, previous page"],
  ["p", "pause, and go on: while paused nothing changes by itself"],
  ["?", "this page"],
  ["Esc", "leave the search box"],
];

const pages: Record<string, string> = { o: "overview", s: "sims", e: "events", w: "sweeps" };
const patience = 1200; // for the second key after g

let awaitsPage = 0;
let started = false;

// Once, however often it is called.
export function startKeys(): void {
  if (started) return;
  started = true;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    const focused = document.activeElement;
    if (isTyped(focused)) {
      if (event.key === "Escape") (focused as HTMLElement).blur();
      return;
    }
    if (press(event.key)) event.preventDefault();
  });
}

function isTyped(element: Element | null): boolean {
  return element !== null && (element.matches("input:not([type=checkbox]):not([type=radio]), select, textarea") ||
    (element as HTMLElement).isContentEditable);
}

// Whether the key meant something.
function press(key: string): boolean {
  if (Date.now() < awaitsPage) {
    awaitsPage = 0;
    const page = pages[key];
    if (page) go(page);
    return page !== undefined;
  }
  switch (key) {
    case "g":
      awaitsPage = Date.now() + patience;
      return true;
    case "/": return search();
    case "j": return step(1);
    case "k": return step(-1);
    case "c": return copyRow();
    case "]": return click("[data-next]");
    case "[": return click("[data-back]");
    case "p":
      paused.value = !paused.value;
      return true;
    case "?":
      go("help");
      return true;
    default: return false;
  }
}

let sought = false;

// Whether the box that appears is what `/` was pressed for on another page.
export function isSought(): boolean {
  const was = sought;
  sought = false;
  return was;
}

// Who has a number at the ear has it wherever the page is.
function search(): boolean {
  const box = document.querySelector<HTMLInputElement>("[data-search]");
  if (box) focus(box);
  else {
    sought = true;
    go("sims");
  }
  return true;
}

export function focus(box: HTMLInputElement | null): void {
  box?.focus();
  box?.select();
}

function click(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector);
  element?.click();
  return element !== null;
}

// The focus itself walks, so Enter opens what is focused and who hears the page hears the row.
function step(by: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("tr[data-row]")];
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + by, 0), rows.length - 1)];
  if (!next) return false;
  const target = next.querySelector<HTMLElement>("a") ?? next;
  if (target === next) next.tabIndex = -1;
  target.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function copyRow(): boolean {
  const row = document.activeElement?.closest<HTMLElement>("tr[data-row]");
  const text = row?.dataset["copy"];
  if (!text) return false;
  void copy(text, "ICCID");
  return true;
}
