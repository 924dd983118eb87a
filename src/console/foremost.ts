// Of a thousand accounts those to be looked at first, and how many there are beside them. Pure.
import { beginningOf, isStale } from "./first_sweep.ts";
import { count, counted } from "./money.ts";
import type { Account, ConsumerPosition } from "./shapes.ts";

export interface Foremost<Item> {
  shown: readonly Item[];
  others: readonly Item[];
}

// All where they are few, as they stand; else those of the highest rank, and of one rank as they stand.
export function foremost<Item>(all: readonly Item[], most: number, rankOf: (item: Item) => number): Foremost<Item> {
  if (all.length <= most) return { shown: all, others: [] };
  const ranked = all.map((item) => ({ item, rank: rankOf(item) })).sort((one, other) => other.rank - one.rank).map(({ item }) => item);
  return { shown: ranked.slice(0, most), others: ranked.slice(most) };
}

export type Standing = Pick<Account, "fresh" | "last_complete_sweep_at" | "first_sweep" | "loading" | "leader" | "degraded_since" | "degraded_error" | "sweeps">;

// 3 is stale, 2 is led by nobody, 1 has not begun or did not end its last sweep well, 0 is well.
export function urgencyOf(account: Standing): number {
  if (isStale(account)) return 3;
  if (account.leader === null) return 2;
  const ended = account.sweeps.find(({ outcome }) => outcome !== "running");
  return beginningOf(account) !== null || account.loading !== null || (ended && ended.outcome !== "complete") ? 1 : 0;
}

// "992 more accounts: all fresh", "…: 3 stale".
export function othersText(others: readonly Standing[]): string {
  const stale = others.filter(isStale).length;
  const fresh = others.filter((account) => account.fresh && !isStale(account)).length;
  const text = fresh === others.length ? "all fresh" : [`${count(fresh)} fresh`, ...(stale > 0 ? [`${count(stale)} stale`] : [])].join(", ");
  return `${counted(others.length, "more account")}: ${text}`;
}

// What stands still comes before what is merely behind, and that by how far.
export function latenessOf({ on_this_stream, state, down_since, behind }: ConsumerPosition): number {
  return !on_this_stream || state !== "reads" || down_since !== null ? Infinity : behind;
}
