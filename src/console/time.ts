// Instants as people read them. Pure: now and the zone are arguments. Instants are RFC 3339, as the API spells them.

export type Zone = "local" | "UTC";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

interface Parts {
  date: string; // 2026-11-29
  clock: string; // 13:53:17
  weekday: string; // Sun
}

const formats: Record<Zone, Intl.DateTimeFormat> = { local: format(undefined), UTC: format("UTC") };

// Taken apart and put together in ISO 8601's order, whatever the browser's language; the hour is never "24".
function format(timeZone: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-GB", {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    hourCycle: "h23", weekday: "short", ...(timeZone === undefined ? {} : { timeZone }),
  });
}

function partsOf(at: number, zone: Zone): Parts {
  const part: Record<string, string> = {};
  for (const { type, value } of formats[zone].formatToParts(at)) part[type] = value;
  return {
    date: `${part["year"]}-${part["month"]}-${part["day"]}`,
    clock: `${part["hour"]}:${part["minute"]}:${part["second"]}`,
    weekday: part["weekday"] ?? "",
  };
}

// "2026-11-29 13:53:17"; what is no instant is said as it is.
export function absolute(iso: string, zone: Zone): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return iso;
  const { date, clock } = partsOf(at, zone);
  return `${date} ${clock}`;
}

// "13:53:17"
export function clockOf(iso: string, zone: Zone): string {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? iso : partsOf(at, zone).clock;
}

// "2026-11-29"
export function dateOf(iso: string, zone: Zone): string {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? iso : partsOf(at, zone).date;
}

// "Sun"
export function weekdayOf(iso: string, zone: Zone): string {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? iso : partsOf(at, zone).weekday;
}

// "in 48 d", "16 s ago", "now"
export function relative(iso: string, now: number): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return iso;
  const away = at - now;
  if (Math.abs(away) < second) return "now";
  return away > 0 ? `in ${roughly(away)}` : `${roughly(-away)} ago`;
}

// The largest unit alone, cut and not rounded: "48 d". Years begin after two of them.
export function roughly(milliseconds: number): string {
  if (milliseconds < minute) return `${Math.floor(milliseconds / second)} s`;
  if (milliseconds < hour) return `${Math.floor(milliseconds / minute)} min`;
  if (milliseconds < 2 * day) return `${Math.floor(milliseconds / hour)} h`;
  if (milliseconds < 730 * day) return `${Math.floor(milliseconds / day)} d`;
  return `${Math.floor(milliseconds / (365.25 * day))} y`;
}

// Two units, for what is waited for or measured: "1.4 s", "2 min 5 s", "2 h 2 min", "3 d 4 h"; below a second "416 ms".
export function span(milliseconds: number): string {
  if (milliseconds < second) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 10 * second) return `${(Math.floor(milliseconds / 100) / 10).toFixed(1)} s`;
  if (milliseconds < minute) return `${Math.floor(milliseconds / second)} s`;
  if (milliseconds < hour) return two(milliseconds, minute, "min", second, "s");
  if (milliseconds < day) return two(milliseconds, hour, "h", minute, "min");
  return two(milliseconds, day, "d", hour, "h");
}

function two(milliseconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((milliseconds % large) / small);
  return `${Math.floor(milliseconds / large)} ${largeName}${rest === 0 ? "" : ` ${rest} ${smallName}`}`;
}

// Since when, as short as it stays clear: "11:02" today, "Fri 11:02" within six days, else "2026-05-13".
export function since(iso: string, now: number, zone: Zone): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return iso;
  const { date, clock, weekday } = partsOf(at, zone);
  const short = clock.slice(0, 5);
  if (date === partsOf(now, zone).date) return short;
  if (Math.abs(now - at) < 6 * day) return `${weekday} ${short}`;
  return date;
}

// How often a text of relative() changes, at the least: for how long one may leave it alone.
export function isNear(iso: string, now: number): boolean {
  return Math.abs(Date.parse(iso) - now) < 2 * minute;
}
