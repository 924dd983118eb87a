// Instants. In lists relative, with the absolute time on hover; where order matters absolute. Both zones are one click
// away, and RFC 3339 is what the machine wrote.
import { now, slowly } from "../clock.ts";
import { zone } from "../settings.ts";
import { absolute, clockOf, dateOf, isNear, relative, since } from "../time.ts";

interface At {
  at: string | null | undefined;
  none?: string; // for what never was
}

function titleOf(at: string): string {
  return `${absolute(at, zone.value)} ${zone.value === "UTC" ? "UTC" : "local"}\n${at}`;
}

export function Ago({ at, none = "–" }: At) {
  if (!at) return <span class="none">{none}</span>;
  const time = isNear(at, slowly.value) ? now.value : slowly.value;
  return <time dateTime={at} title={titleOf(at)}>{relative(at, time)}</time>;
}

// "11:02", "Fri 11:02", "2026-05-13"
export function Since({ at, none = "–" }: At) {
  if (!at) return <span class="none">{none}</span>;
  return <time dateTime={at} title={titleOf(at)}>{since(at, slowly.value, zone.value)}</time>;
}

// "2026-11-29 13:53:17"; `short` leaves the date to the hover.
export function Moment({ at, none = "–", short = false }: At & { short?: boolean }) {
  if (!at) return <span class="none">{none}</span>;
  return <time class="moment" dateTime={at} title={titleOf(at)}>{short ? clockOf(at, zone.value) : absolute(at, zone.value)}</time>;
}

export function Day({ at, none = "–" }: At) {
  if (!at) return <span class="none">{none}</span>;
  return <time class="moment" dateTime={at} title={titleOf(at)}>{dateOf(at, zone.value)}</time>;
}
