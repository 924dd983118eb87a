// What a hundred sweeps say together. Pure.
import { count } from "./money.ts";
import type { Bar } from "./parts/bars.tsx";
import type { Sweep } from "./shapes.ts";
import { absolute, clockOf, span, type Zone } from "./time.ts";

// How long it took, or takes since then; null where nobody knows: it was left behind by a crash.
export function tookOf(sweep: Sweep, now: number): number | null {
  if (sweep.duration_ms !== null) return sweep.duration_ms;
  return sweep.outcome === "running" ? Math.max(0, now - Date.parse(sweep.started_at)) : null;
}

export interface Course {
  median: number | null; // ms, of those that were complete
  longest: number | null;
  broken: number; // that were not complete
  of: number; // that are over
}

export function courseOf(sweeps: readonly Sweep[]): Course {
  const over = sweeps.filter(({ outcome }) => outcome !== "running");
  const took = over.filter(({ outcome }) => outcome === "complete").map(({ duration_ms }) => duration_ms).filter((ms): ms is number => ms !== null).sort((a, b) => a - b);
  return {
    median: took[(took.length - 1) >> 1] ?? null,
    longest: took[took.length - 1] ?? null,
    broken: over.filter(({ outcome }) => outcome !== "complete").length,
    of: over.length,
  };
}

// "100 sweeps: 1.4 s at the median, 12 s at most, 2 not complete"
export function courseText({ median, longest, broken, of }: Course): string {
  const parts = [
    ...(median === null ? [] : [`${span(median)} at the median`, `${span(longest!)} at most`]),
    broken === 0 ? "all complete" : `${count(broken)} not complete`,
  ];
  return `${count(of)} ${of === 1 ? "sweep" : "sweeps"}: ${parts.join(", ")}`;
}

// The oldest first, as time goes.
export function barsOf(sweeps: readonly Sweep[], now: number, zone: Zone): Bar[] {
  return [...sweeps].reverse().map((sweep) => ({
    key: String(sweep.id),
    label: `sweep ${sweep.id}, ${absolute(sweep.started_at, zone)}, ${sweep.outcome}`,
    parts: [{ tone: sweep.outcome, value: tookOf(sweep, now) ?? 0, name: "Duration" }],
  }));
}

// Below the first bar and the last: between them time does not run evenly.
export function endsOf(sweeps: readonly Sweep[], zone: Zone): { first: string; last: string } | null {
  const last = sweeps[0];
  const first = sweeps[sweeps.length - 1];
  if (!first || !last) return null;
  const isOneDay = absolute(first.started_at, zone).slice(0, 10) === absolute(last.started_at, zone).slice(0, 10);
  const text = (sweep: Sweep) => (isOneDay ? clockOf(sweep.started_at, zone) : absolute(sweep.started_at, zone).slice(0, 16));
  return { first: text(first), last: text(last) };
}
