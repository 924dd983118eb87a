// Times as people type them ↔ instants. Pure.

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

// "90m", "24h", "7d" in milliseconds; null where it is no span.
export function spanOf(text: string): number | null {
  const found = /^(\d{1,4})([mhd])$/.exec(text.trim());
  return found ? Number(found[1]) * units[found[2]!]! : null;
}

// What a clock of that zone shows: milliseconds as if it were UTC.
function shownIn(zone: string | undefined, instant: number): number {
  const parts: Record<string, number> = {};
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  for (const { type, value } of format.formatToParts(instant)) parts[type] = Number(value);
  return Date.UTC(parts["year"]!, parts["month"]! - 1, parts["day"], parts["hour"], parts["minute"], parts["second"]);
}

// "2026-11-29 11:02" or "2026-11-29T11:02:09" of that zone as RFC 3339; null where it is no time. `zone`: an
// IANA name; undefined: the browser's. Of an hour that the clocks skip, what lies an hour on.
export function instantIn(zone: string | undefined, text: string): string | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text.trim());
  if (!found) return null;
  const [year, month, day, hour, minute, second] = found.slice(1).map((part) => Number(part ?? 0));
  const wanted = Date.UTC(year!, month! - 1, day, hour, minute, second);
  const written = new Date(wanted);
  if (written.getUTCMonth() !== month! - 1 || written.getUTCDate() !== day || written.getUTCHours() !== hour) return null;
  let instant = wanted;
  for (let round = 0; round < 2; ++round) instant += wanted - shownIn(zone, instant);
  return new Date(instant).toISOString().replace(".000Z", "Z");
}

// The inverse, as <input type="datetime-local"> has it: "2026-11-29T11:02".
export function fieldIn(zone: string | undefined, instant: string): string {
  const at = Date.parse(instant);
  return Number.isNaN(at) ? "" : new Date(shownIn(zone, at)).toISOString().slice(0, 16);
}
