// Chips ↔ query ↔ what is typed. Pure. A chip is one condition of a list; the query holds it under its name, and who
// types `state:low tariff:"Package 500" kasse` into a search box means two chips and a search for the rest.
import type { Query } from "./route.ts";

export interface Chip {
  name: string; // of the query's parameter
  value: string; // one of its values
  text: string; // state:low
}

// Parameters that hold several values, separated by commas; the others hold one.
const lists = new Set(["kind", "severity"]);

export function valuesOf(query: Query, name: string): string[] {
  const value = query[name] ?? "";
  if (value === "") return [];
  return lists.has(name) ? value.split(",").filter((each) => each !== "") : [value];
}

// In the order of `names`, which are the conditions that a page knows.
export function chipsOf(query: Query, names: readonly string[]): Chip[] {
  return names.flatMap((name) => valuesOf(query, name).map((value) => ({ name, value, text: `${name}:${quoted(value)}` })));
}

// Without a cursor: another list begins at its beginning.
export function withChip(query: Query, name: string, value: string): Query {
  const values = valuesOf(query, name);
  const all = lists.has(name) && !values.includes(value) ? [...values, value] : lists.has(name) ? values : [value];
  return afresh({ ...query, [name]: all.join(",") });
}

export function withoutChip(query: Query, { name, value }: Pick<Chip, "name" | "value">): Query {
  return afresh({ ...query, [name]: valuesOf(query, name).filter((each) => each !== value).join(",") });
}

// Sets one parameter; "" takes it away.
export function withParameter(query: Query, name: string, value: string): Query {
  return afresh({ ...query, [name]: value });
}

export function afresh({ cursor: _, ...query }: Query): Query {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ""));
}

// What is typed, taken apart: NAME:VALUE or NAME:"VALUE" for the names that a page knows, and the rest as it is.
export function typed(text: string, names: readonly string[]): { chips: { name: string; value: string }[]; rest: string } {
  const chips: { name: string; value: string }[] = [];
  const rest = text.replace(/(^|\s)([a-z_]+):(?:"([^"]*)"|(\S+))/g, (whole, _space, name: string, long?: string, short?: string) => {
    const value = long ?? short ?? "";
    if (!names.includes(name) || value === "") return whole;
    chips.push({ name, value });
    return " ";
  });
  return { chips, rest: rest.trim().replace(/\s+/g, " ") };
}

function quoted(value: string): string {
  return /[\s"]/.test(value) ? `"${value}"` : value;
}
