// The time of day as signals: texts that say "16 s ago" read `now`, older ones `slowly`. Hidden tabs do not tick.
import { signal } from "@preact/signals";

export const now = signal(Date.now());
export const slowly = signal(Date.now());

const slow = 15_000;

function tick(): void {
  if (document.hidden) return;
  now.value = Date.now();
  if (now.value - slowly.value >= slow) slowly.value = now.value;
}

setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
