// An account that was never swept whole: is that under way, or is something wrong? Pure.
import type { Account } from "./shapes.ts";

type Known = Pick<Account, "last_complete_sweep_at" | "first_sweep" | "degraded_since" | "degraded_error" | "sweeps">;

// null: it was swept whole. What went wrong last is said, and not that it is being tried again.
export type Beginning = { state: "failing"; error: string | null } | { state: "under way" | "waiting"; items: number } | null;

export function beginningOf({ last_complete_sweep_at, first_sweep, degraded_since, degraded_error, sweeps }: Known): Beginning {
  if (last_complete_sweep_at !== null) return null;
  const ended = sweeps.find(({ outcome }) => outcome !== "running");
  if (degraded_since !== null || ended) return { state: "failing", error: degraded_error ?? ended?.error ?? null };
  return { state: first_sweep ? "under way" : "waiting", items: first_sweep?.items ?? 0 };
}
