// What this browser remembers between visits. Where it may not remember (a private window), it forgets, and all works.
import { effect, signal, type Signal } from "@preact/signals";
import type { Zone } from "./time.ts";

const prefix = "simsync.";

// A signal kept in the browser as JSON. `accepts` guards against what another version left.
export function kept<T>(name: string, initial: T, accepts: (value: unknown) => boolean): Signal<T> {
  const kept = signal<T>(read(name, initial, accepts));
  let first = true;
  effect(() => {
    const text = JSON.stringify(kept.value);
    if (!first) write(name, text);
    first = false;
  });
  return kept;
}

function read<T>(name: string, initial: T, accepts: (value: unknown) => boolean): T {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(prefix + name) ?? "null");
    return accepts(value) ? (value as T) : initial;
  } catch {
    return initial;
  }
}

function write(name: string, text: string): void {
  try {
    localStorage.setItem(prefix + name, text);
  } catch {
    // it holds for this visit
  }
}

export const zone = kept<Zone>("zone", "local", (value) => value === "local" || value === "UTC");

// "Europe/Tallinn"; browsers that hide it say UTC.
export const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone || "local";
