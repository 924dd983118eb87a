// The overview, known to every page: the layout warns of stale accounts, lists offer the accounts and tariffs there are,
// and an empty list knows whether the first sweep is still under way.
import { effect, signal } from "@preact/signals";
import { Resource, type Problem } from "./api.ts";
import { beginningOf, loadedText } from "./first_sweep.ts";
import { connection, refreshed } from "./live.ts";
import type { Account, Overview, Session } from "./shapes.ts";
import { sentence } from "./words.ts";

export const fleet = new Resource<Overview>();
export const session = new Resource<Session>();

export function startFleet(): void {
  effect(() => {
    refreshed.value;
    void fleet.ask("api/overview");
    if (session.answer.peek().value === null) void session.ask("api/session");
  });
}

export function accounts(): readonly Account[] {
  return fleet.answer.value.value?.accounts ?? [];
}

// Whether a name of the account tells anything.
export function isOneAccount(): boolean {
  return accounts().length < 2;
}

// Nothing is green while the daemon, or its database, does not say so.
export function isUnheard(): boolean {
  return connection.value === "away" || fleet.answer.value.problem !== null;
}

// What fails for every page alike is said once, above all of them (banners.tsx).
export function isToldAbove({ status, title }: Problem): boolean {
  const common = fleet.answer.value.problem;
  return (status === 0 && connection.value === "away") || (common !== null && common.status === status && common.title === title);
}

// To the second, as it is written.
export function isAsOfAbove(asOf: number): boolean {
  return Math.abs((fleet.answer.value.asOf ?? 0) - asOf) < 1000;
}

// By how much the daemon's clock is ahead of this browser's, in ms: ages are the daemon's.
export const ahead = signal(0);
effect(() => {
  const { value, asOf } = fleet.answer.value;
  if (value && asOf !== null) ahead.value = Date.parse(value.now) - asOf;
});

// Where others are mirrored, one that never was is no reason why nothing matches: its banner speaks of it.
export function firstSweepOf(account: string): { account: string; isFailing: boolean; told: string } | null {
  const asked = accounts().filter((each) => account === "" || each.account === account);
  const first = asked.every((each) => each.last_complete_sweep_at === null) ? asked[0] : undefined;
  if (!first) return null;
  const failing = asked.find((each) => beginningOf(each)?.state === "failing");
  const { account: name } = failing ?? first;
  const beginning = beginningOf(failing ?? first);
  if (beginning?.state === "failing") return { account: name, isFailing: true, told: sentence(beginning.error ?? "its sweeps do not end well") };
  return { account: name, isFailing: false, told: `${beginning ? loadedText(beginning, " read so far. ") : ""}This page fills by itself.` };
}
