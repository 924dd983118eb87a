// Where a chart's lines and labels lie. Pure: instants are seconds since 1970, places are pixels.
import { clockOf, dateOf, type Zone } from "./time.ts";
import { instantIn } from "./zoned.ts";

export interface Tick {
  at: number;
  text: string;
}

// From `from` to `to` on what is measured, evenly onto pixels.
export function scale(from: number, to: number, low: number, high: number): (value: number) => number {
  const factor = (high - low) / (to - from || 1);
  return (value) => Math.round((low + (value - from) * factor) * 10) / 10;
}

// Round numbers, `most` at most, that cover [low, high]: the first and the last are the edges of the picture.
export function amountTicks(low: number, high: number, most: number): Tick[] {
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / most));
  const step = power * ([1, 2, 2.5, 5, 10, 20].find((times) => Math.ceil(high / (times * power)) - Math.floor(low / (times * power)) < most) ?? 20);
  const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9) + (step / 10 ** Math.floor(Math.log10(step) + 1e-9) === 2.5 ? 1 : 0));
  const ticks: Tick[] = [];
  for (let index = Math.floor(low / step); index <= Math.ceil(high / step); ++index) {
    const [whole = "", fraction] = (index * step).toFixed(places).split(".");
    ticks.push({ at: index * step, text: whole.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction ? `.${fraction}` : "") });
  }
  return ticks;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const clocks = [10 * minute, 20 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour];
const days = [1, 2, 4, 7, 14];
const months = [1, 2, 3, 6, 12];
const names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// Minutes, hours, days or months of the zone, `most` at most: "14:00", "29 Nov", "Nov", "2027".
export function timeTicks(from: number, until: number, most: number, zone: Zone): Tick[] {
  const span = until - from;
  const byClock = clocks.find((step) => span / step <= most);
  if (byClock) return stepsOf(from, until, zone, byClock, 1);
  const byDay = days.find((step) => span / (step * day) <= most);
  if (byDay) return stepsOf(from, until, zone, day, byDay);
  const byMonth = months.find((step) => span / (step * 30.4 * day) <= most) ?? 12;
  return monthsOf(from, until, zone, byMonth);
}

const midnightOf = (date: string, zone: Zone) => Date.parse(instantIn(zone === "UTC" ? "UTC" : undefined, date) ?? "") / 1000;
const iso = (at: number) => new Date(at * 1000).toISOString();

// Midnights of the zone, every `nth` of them, and between them every `step` seconds.
function stepsOf(from: number, until: number, zone: Zone, step: number, nth: number): Tick[] {
  const ticks: Tick[] = [];
  const first = dateOf(iso(from), zone);
  for (let index = 0; ; index += nth) {
    const date = new Date(Date.parse(`${first}T00:00:00Z`) + index * day * 1000).toISOString().slice(0, 10);
    const midnight = midnightOf(date, zone);
    if (midnight > until) return ticks;
    for (let at = midnight; at < midnight + day; at += step)
      if (at >= from && at <= until) ticks.push({ at, text: at === midnight ? dayText(date) : clockOf(iso(at), zone).slice(0, 5) });
  }
}

function dayText(date: string): string {
  return `${Number(date.slice(8))} ${names[Number(date.slice(5, 7)) - 1]}`;
}

function monthsOf(from: number, until: number, zone: Zone, nth: number): Tick[] {
  const ticks: Tick[] = [];
  const first = Number(dateOf(iso(from), zone).slice(0, 4));
  for (let month = 0; ; month += nth) {
    const year = first + Math.floor(month / 12);
    const at = midnightOf(`${year}-${String((month % 12) + 1).padStart(2, "0")}-01`, zone);
    if (!(at <= until)) return ticks;
    if (at >= from) ticks.push({ at, text: month % 12 === 0 ? String(year) : names[month % 12]! });
  }
}

export type Place = readonly [number, number];

// A line that holds each height until the next place, as a balance does; a gap where the height is null.
export function steps(places: readonly (readonly [number, number | null])[]): string {
  let path = "";
  let drawing = false;
  for (const [x, y] of places) {
    if (y === null) path += drawing ? `H${x}` : "";
    else path += drawing ? `H${x}V${y}` : `M${x} ${y}`;
    drawing = y !== null;
  }
  return path;
}

// The same as an area down to `ground`.
export function area(places: readonly (readonly [number, number | null])[], ground: number): string {
  return steps(places).replace(/M([\d.-]+) ([\d.-]+)([^M]*)/g, (_, x: string, y: string, rest: string) => `M${x} ${ground}V${y}${rest}V${ground}Z`);
}
