// An account that was never swept whole: is that under way, or is something wrong? And how far a fleet is loaded. Pure.
import { count, counted } from "./money.ts";
import type { Account, Loading } from "./shapes.ts";

type Known = Pick<Account, "last_complete_sweep_at" | "first_sweep" | "loading" | "leader" | "degraded_since" | "degraded_error" | "sweeps">;

// null: it was swept whole. What went wrong last is said, and not that it is being tried again. "loading": what an earlier
// leader had brought is read before the sweep begins.
export type Beginning = Loading & ({ state: "failing"; error: string | null } | { state: "loading" | "under way" | "waiting" }) | null;

export function beginningOf({ last_complete_sweep_at, first_sweep, loading, leader, degraded_since, degraded_error, sweeps }: Known): Beginning {
  if (last_complete_sweep_at !== null) return null;
  const since = Date.parse(leader?.since ?? ""); // how an earlier leader's ended is no news of this one
  const ended = sweeps.find(({ outcome, started_at }) => outcome !== "running" && !(Date.parse(started_at) < since));
  const so_far = loading ?? { sims: first_sweep?.items ?? 0, expected: first_sweep?.expected ?? null };
  if (degraded_since !== null || ended) return { ...so_far, state: "failing", error: degraded_error ?? ended?.error ?? null };
  return { ...so_far, state: loading ? "loading" : first_sweep ? "under way" : "waiting" };
}

// Its data is old, or there is none and something is wrong.
export function isStale(account: Known & Pick<Account, "fresh">): boolean {
  return account.degraded_since !== null || (account.last_complete_sweep_at === null ? beginningOf(account)?.state === "failing" : !account.fresh);
}

// "3,200,000 of about 10,000,000 SIMs", and what follows; "" while nothing is known.
export function loadedText({ sims, expected }: Loading, then = ""): string {
  if (expected !== null) return `${count(sims)} of about ${count(expected)} SIMs${then}`;
  return sims === 0 ? "" : `${counted(sims, "SIM")}${then}`;
}
