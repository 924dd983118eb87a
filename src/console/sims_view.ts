// What the list of SIMs shows: columns, the API's question, saved views. Pure.
import { afresh } from "./filters.ts";
import type { Field } from "./highlight.ts";
import { queryText, type Query } from "./route.ts";
import type { Sim } from "./shapes.ts";

// In the order in which they stand. `on`: shown where nobody chose.
export const columns = [
  { name: "id", head: "SIM", on: true },
  { name: "account", head: "Account", on: false },
  { name: "iccid_plastic", head: "ICCID", on: true },
  { name: "sim_id", head: "SIM id", on: false },
  { name: "caller_ids", head: "Numbers", on: true },
  { name: "external_msisdns", head: "DIDs", on: false },
  { name: "fmcs", head: "FMC", on: false },
  { name: "balance", head: "Balance", on: true },
  { name: "data_balance", head: "Data", on: false },
  { name: "tariff_name", head: "Tariff", on: true },
  { name: "tariff_type", head: "Tariff type", on: false },
  { name: "tariff_expires_at", head: "Ends", on: true },
  { name: "state", head: "State", on: true },
  { name: "imei", head: "IMEI", on: false },
  { name: "profile", head: "Profile", on: false },
  { name: "latest_activity", head: "Last activity", on: false },
  { name: "first_seen_at", head: "First seen", on: false },
  { name: "changed_at", head: "Changed", on: false },
  { name: "removed_at", head: "Removed", on: false },
  { name: "description", head: "Description", on: true },
] as const;

export type ColumnName = (typeof columns)[number]["name"];

export const usualColumns: readonly ColumnName[] = columns.filter(({ on }) => on).map(({ name }) => name);

// What the address says, else what this browser chose, else the usual; the SIM itself is always there.
export function shownColumns(query: Query, chosen: readonly string[] | null): ColumnName[] {
  const wanted = query["columns"] ? query["columns"].split(",") : (chosen ?? usualColumns);
  return columns.map(({ name }) => name).filter((name) => name === "id" || wanted.includes(name));
}

// What the search looks through.
const searched = ["id", "iccid_plastic", "sim_id", "caller_ids", "external_msisdns", "fmcs", "imei", "description"] as const;

export function fieldsOf(sim: Sim, shown: readonly ColumnName[]): Field[] {
  return columns.flatMap(({ name, head }) => {
    const value = searched.some((each) => each === name) ? sim[name as (typeof searched)[number]] : null;
    return value === null ? [] : [{ head, values: typeof value === "string" ? [value] : value, shown: shown.includes(name) }];
  });
}

// The conditions that chips show; the search itself is another.
export const conditions = ["state", "tariff", "profile", "account"] as const;

// What stands for "without one" in the address, as it does in the table: there an empty value means any.
export const without = "–";

// How many rows a page has.
export const pageSize = 50;

// As /api/sims takes it, or /api/sims.csv, which has no pages.
export function sought(query: Query, paged: boolean): string {
  const { columns: _columns, cursor = "", ...rest } = query;
  const named: [string, string][] = Object.entries(rest).filter(([name]) => ["q", "sort", ...conditions].includes(name));
  const text = queryText({ ...Object.fromEntries(named.filter(([, value]) => value !== without)), ...(paged ? { limit: String(pageSize), cursor } : {}) });
  const empty = named.filter(([, value]) => value === without).map(([name]) => `${name}=`);
  return empty.length === 0 ? text : `${text}${text === "" ? "?" : "&"}${empty.join("&")}`;
}

// A view that this browser keeps under a name: all of the address but where one has paged to.
export interface View {
  name: string;
  query: Query;
}

export function isViews(value: unknown): value is View[] {
  return Array.isArray(value) && value.every((view) =>
    typeof view?.name === "string" && typeof view.query === "object" && view.query !== null &&
    Object.values(view.query).every((each) => typeof each === "string"));
}

export function saved(views: readonly View[], name: string, query: Query): View[] {
  return [...views.filter((view) => view.name !== name), { name, query: afresh(query) }].sort((a, b) => a.name.localeCompare(b.name));
}

// The name that a view gets unless a person has a better one: "low, Package 500, by balance".
export function nameFor(query: Query): string {
  const words = [...conditions.map((name) => query[name]), query["q"] && `“${query["q"]}”`].filter(Boolean);
  const sort = query["sort"];
  const order = sort ? `by ${sort.replace("-", "").replaceAll("_", " ")}` : "";
  return [...words, order].filter(Boolean).join(", ").replaceAll("_", " ") || "all SIMs";
}

export function isSameView(view: View, query: Query): boolean {
  return queryText(sorted(view.query)) === queryText(sorted(afresh(query)));
}

function sorted(query: Query): Query {
  return Object.fromEntries(Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1)));
}
