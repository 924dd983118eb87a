// What of the events a page shows: its address, what it asks the API, and whether an event that just came is one. Pure.
import { balanceKinds, kinds, severities } from "./kinds.ts";
import type { Query } from "./route.ts";
import type { Event } from "./shapes.ts";
import { spanOf } from "./zoned.ts";

export interface EventFilter {
  severity: string[]; // empty: all
  kind: string[]; // empty: all
  without: string[]; // kinds
  balances: boolean; // whether changes of balances are shown
  account: string; // empty: all, and so on
  sim: string;
  cause: string;
  since: string; // RFC 3339, or a span before now: "24h"
  until: string;
}

export const everything: EventFilter = {
  severity: [],
  kind: [],
  without: [],
  balances: false,
  account: "",
  sim: "",
  cause: "",
  since: "",
  until: "",
};

const listOf = (text = "") => [...new Set(text.split(",").filter((word) => word !== ""))];

// As the address has it: `kind=sim.blocked,-tariff.changed`, `balances=shown`.
export function filterOf(query: Query): EventFilter {
  const words = listOf(query["kind"]);
  return {
    severity: listOf(query["severity"]),
    kind: words.filter((word) => !word.startsWith("-")),
    without: words.filter((word) => word.startsWith("-")).map((word) => word.slice(1)),
    balances: query["balances"] === "shown",
    account: query["account"] ?? "",
    sim: query["sim"] ?? "",
    cause: query["cause"] ?? "",
    since: query["since"] ?? "",
    until: query["until"] ?? "",
  };
}

const excluded = (these: readonly string[]) => these.map((kind) => `-${kind}`);

// Only what differs from the default.
export function queryOf(filter: EventFilter): Query {
  const { severity, kind, without, balances, ...rest } = filter;
  return filled({
    severity: severity.join(","),
    kind: [...kind, ...excluded(without)].join(","),
    balances: balances ? "shown" : "",
    ...rest,
  });
}

function filled(query: Query): Query {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ""));
}

function hiddenKinds(filter: EventFilter): string[] {
  return [...new Set([...filter.without, ...(filter.balances ? [] : balanceKinds)])];
}

// Kinds that are asked for say all; only without them there is something to leave out.
function askedKinds(filter: EventFilter): string[] {
  return filter.kind.length > 0 ? filter.kind : excluded(hiddenKinds(filter));
}

// As `/api/stream` takes it, which knows no cause and no time: `accepts` does.
export function streamQuestionOf(filter: EventFilter): Query {
  return filled({
    account: filter.account,
    sim: filter.sim,
    kind: askedKinds(filter).join(","),
    severity: filter.severity.join(","),
  });
}

// As `/api/events` takes it; `now` in milliseconds, for spans.
export function questionOf(filter: EventFilter, now: number): Query {
  return filled({
    ...streamQuestionOf(filter),
    cause: filter.cause,
    since: instantOf(filter.since, now),
    until: instantOf(filter.until, now),
  });
}

function instantOf(text: string, now: number): string {
  const span = spanOf(text);
  if (span === null) return text;
  const minute = 60_000; // whole minutes: the same question again has the same address, and may be answered by 304
  return new Date(Math.floor((now - span) / minute) * minute).toISOString();
}

// What the API would answer with this event among others. `since` and `until` are not looked at: what has just
// come is new, and a page that ends in the past follows nothing.
export function accepts(filter: EventFilter, event: Event): boolean {
  return (
    (filter.kind.length === 0 ? !hiddenKinds(filter).includes(event.kind) : filter.kind.includes(event.kind)) &&
    (filter.severity.length === 0 || filter.severity.includes(event.severity)) &&
    (filter.account === "" || filter.account === event.account) &&
    (filter.sim === "" || filter.sim === event.sim) &&
    (filter.cause === "" || filter.cause === event.cause)
  );
}

export const isLive = (filter: EventFilter) => filter.until === "";

// Rows of all time are no file that anybody wants: the API asks for one of these as well.
export const canBeExported = (filter: EventFilter) => filter.sim !== "" || filter.since !== "";

export function severityFrom(least: string): string[] {
  const from = severities.findIndex((severity) => severity === least);
  return from <= 0 ? [] : severities.slice(from);
}

// "warning" for warning and critical; null for a choice that is no "at least".
export function leastOf(severity: readonly string[]): string | null {
  if (severity.length === 0) return "info";
  const least = severities.find((each) => severity.includes(each));
  const all = severityFrom(least ?? "");
  const isAtLeast = all.length === severity.length && all.every((each) => severity.includes(each));
  return least !== undefined && isAtLeast ? least : null;
}

export const isKnownKind = (kind: string) => kinds.has(kind);

// How many of the filters are not as they are by default.
export const countOf = (filter: EventFilter) => Object.keys(queryOf(filter)).length;
