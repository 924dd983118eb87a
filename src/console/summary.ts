// An event in words: what changed, when at the earliest, and who or what brought it. Pure.
import { counted, count, difference } from "./money.ts";
import type { Event } from "./shapes.ts";

export type Fields = Record<string, unknown>;

// One thing that an event says: "balance 12.50 → 4.85 (−7.65)". Drawn with a weight for each part.
export interface Clause {
  what: string; // column, or a word; may be empty
  was?: string; // not there: no earlier state is known
  is: string; // may be empty
  note?: string;
}

// How an instant is written; the zone is the page's affair.
export type InstantText = (instant: string) => string;

const nothing = "–";
const longestValue = 160;

// Columns as the pages call them; the rest are words already.
const columnWords: Record<string, string> = {
  is_blocked: "blocked", is_archived: "archived", iccid_plastic: "ICCID", sim_id: "SIM id", imei: "IMEI", imei_is_correct: "right device",
  external_msisdns: "DIDs", fmcs: "FMC", data_balance: "data", tariff_name: "tariff", tariff_expires_at: "tariff ends", latest_activity: "last activity",
};
const wordFor = (column: string) => (Object.hasOwn(columnWords, column) ? columnWords[column]! : column.replaceAll("_", " "));

const isInstant = (text: string) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text);

function cut(text: string): string {
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}

function valueText(value: unknown, at: InstantText): string {
  if (value === null || value === undefined) return nothing;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value === "" ? '""' : isInstant(value) ? at(value) : cut(value);
  if (Array.isArray(value)) return value.length === 0 ? nothing : cut(value.map((each) => valueText(each, at)).join(" "));
  return cut(typeof value === "object" ? JSON.stringify(value) : String(value));
}

// "+37255500003", "−37255500003": what came and what went, for the whole list may be long.
function listSteps(was: readonly unknown[], is: readonly unknown[], at: InstantText): string {
  const gone = was.filter((value) => !is.includes(value)).map((value) => `−${valueText(value, at)}`);
  const come = is.filter((value) => !was.includes(value)).map((value) => `+${valueText(value, at)}`);
  return [...gone, ...come].join(" ");
}

// "−7.65"; nothing where one of the two is no amount, or both are the same.
function changeOf(was: unknown, is: unknown): string | undefined {
  if (!isDecimal(was) || !isDecimal(is)) return undefined;
  const step = difference(was, is);
  return /[1-9]/.test(step) ? step : undefined;
}

const isDecimal = (value: unknown): value is string => typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value);

const isAmount = (column: string) => column === "balance" || column === "data_balance";

function stepOf(column: string, before: Fields | null, is: unknown, at: InstantText): Clause {
  const what = wordFor(column);
  if (before === null || !(column in before)) return { what, is: valueText(is, at) };
  const was = before[column];
  if (Array.isArray(was) && Array.isArray(is)) return { what, is: listSteps(was, is, at) };
  const note = isAmount(column) ? changeOf(was, is) : undefined;
  return { what, was: valueText(was, at), is: valueText(is, at), ...(note === undefined ? {} : { note }) };
}

function stepsOf(event: Event, at: InstantText): Clause[] {
  return Object.entries(event.after ?? {}).map(([column, value]) => stepOf(column, event.before, value, at));
}

const wordOf = (after: Fields, name: string, at: InstantText) => (after[name] === undefined ? "" : valueText(after[name], at));

// Counts are numbers; what is none counts nothing.
const numberOf = (value: unknown) => (typeof value === "number" ? value : 0);

// A new SIM's event holds its whole row; people look that up on its page.
function ofNewSim(event: Event, after: Fields, at: InstantText): Clause[] {
  const clauses: Clause[] = [];
  for (const column of ["iccid_plastic", "tariff_name", "balance"])
    if (after[column] !== null && after[column] !== undefined) clauses.push({ what: wordFor(column), is: valueText(after[column], at) });
  return clauses.length === 0 && event.iccid_plastic ? [{ what: wordFor("iccid_plastic"), is: event.iccid_plastic }] : clauses;
}

function ofReturn(before: Fields, at: InstantText): Clause[] {
  const gone = wordOf(before, "removed_at", at);
  return [{ what: "", is: "the partner's list has it again" }, ...(gone === "" ? [] : [{ what: "removed", is: gone }])];
}

function ofBaseline(after: Fields): Clause[] {
  const { sims, ...standing } = after;
  const clauses: Clause[] = [{ what: "", is: counted(numberOf(sims), "SIM") }];
  for (const [kind, many] of Object.entries(standing))
    if (numberOf(many) > 0) clauses.push({ what: kind, is: count(numberOf(many)) });
  return clauses;
}

function ofAction(after: Fields, at: InstantText): Clause[] {
  const { operation, error, ...argumentsOf } = after;
  const clauses: Clause[] = [{ what: "", is: valueText(operation, at) }];
  for (const [name, value] of Object.entries(argumentsOf)) clauses.push({ what: name, is: valueText(value, at) });
  if (error !== undefined && error !== null) clauses.push({ what: "error", is: valueText(error, at) });
  return clauses;
}

function lapseOf(after: Fields, at: InstantText): Clause[] {
  if (after["lapsed"] === undefined) return [];
  return [{ what: "lapsed:", is: `${wordOf(after, "lapsed", at)} by ${wordOf(after, "lapsed_by", at)}` }];
}

function ofHeldRemovals(after: Fields, at: InstantText): Clause[] {
  return [{ what: "", is: `${counted(numberOf(after["held_removals"]), "removal")} held for a person to decide` }, ...lapseOf(after, at)];
}

function ofReleasedRemovals(after: Fields, at: InstantText): Clause[] {
  const decision = wordOf(after, "decision", at);
  return [{ what: "", is: decision === "" ? "nothing is held any more" : decision }, ...lapseOf(after, at)];
}

function ofDrift(after: Fields, at: InstantText): Clause[] {
  return [{ what: wordOf(after, "field", at), is: wordOf(after, "error", at) }];
}

// The numbers say how many; the stream that they were of is gone.
function ofLostEvents(after: Fields, at: InstantText): Clause[] {
  return [{ what: "lost with a server: events", is: `${wordOf(after, "first_lost", at)} to ${wordOf(after, "last_lost", at)}` }];
}

// An error is a sentence; no label stands before it.
function ofError(event: Event, after: Fields, at: InstantText): Clause[] {
  const { error, ...rest } = after;
  const others = stepsOf({ ...event, after: rest }, at);
  return error === undefined ? others : [{ what: "", is: valueText(error, at) }, ...others];
}

export function clausesOf(event: Event, at: InstantText): Clause[] {
  const after = event.after ?? {};
  switch (event.kind) {
    case "sim.added":
      return ofNewSim(event, after, at);
    case "sim.removed":
      return [{ what: "", is: "the partner's list has it no more" }];
    case "sim.restored":
      return ofReturn(event.before ?? {}, at);
    case "account.baselined":
      return ofBaseline(after);
    case "action.confirmed":
    case "action.failed":
      return ofAction(after, at);
    case "account.removals_held":
      return ofHeldRemovals(after, at);
    case "account.removals_released":
      return ofReleasedRemovals(after, at);
    case "account.schema_drift":
      return ofDrift(after, at);
    case "account.events_lost":
      return ofLostEvents(after, at);
    case "account.degraded":
    case "account.auth_failed":
      return ofError(event, after, at);
    default:
      return stepsOf(event, at);
  }
}

function clauseText({ what, was, is, note }: Clause): string {
  const step = was === undefined ? is : `${was} → ${is}`;
  return [what, step, note === undefined ? "" : `(${note})`].filter((part) => part !== "").join(" ");
}

// The same as one line of text: for a table that is read aloud, a tooltip, a copy.
export function summaryOf(event: Event, at: InstantText): string {
  return clausesOf(event, at).map(clauseText).join(", ");
}

// What somebody does to a SIM. A sweep that finds it done knows that it was not done by simsync, and not who did it; the
// rest, as a balance, comes about.
const deeds = /^(sim|tariff|caller_id|did|fmc|attributes)\.(?!expir(ed|ing)$)/;

export const isDoneAtPartner = ({ cause, kind }: Event) => cause === "sweep" && deeds.test(kind);

// "sweep 811", "action 12", "clock".
export function causeOf(event: Event): string {
  if (event.cause === "sweep" && event.sweep_id !== null) return `sweep ${event.sweep_id}`;
  if (event.cause === "action" && event.action_id !== null) return `action ${event.action_id}`;
  return event.cause;
}

// "at the partner, seen by sweep 811", "sweep 811", "action 12, asked by maria".
export function originOf(event: Event): string {
  if (isDoneAtPartner(event)) return `at the partner, seen by ${causeOf(event)}`;
  return event.requested_by === null || event.requested_by === "" ? causeOf(event) : `${causeOf(event)}, asked by ${event.requested_by}`;
}

// In which the change happened: "between 11:01:08 and 11:02:09", with dates and to the minute where it began on
// another day; empty where there is none. `at` writes "2026-11-29 11:02:09".
export function windowOf(event: Event, at: InstantText): string {
  if (event.previous_observed_at === null) return "";
  const from = at(event.previous_observed_at);
  const to = at(event.observed_at);
  if (from === to) return `at ${to.slice(11)}`;
  return from.slice(0, 10) === to.slice(0, 10)
    ? `between ${from.slice(11)} and ${to.slice(11)}`
    : `between ${from.slice(0, 16)} and ${to.slice(0, 16)}`;
}

// The same as short as it stays clear: "11:01:08 – 11:02:09", "2026-11-28 23:59 – 11:02:09".
export function shortWindowOf(event: Event, at: InstantText): string {
  if (event.previous_observed_at === null) return "";
  const from = at(event.previous_observed_at);
  const to = at(event.observed_at);
  return `${from.slice(0, 10) === to.slice(0, 10) ? from.slice(11) : from.slice(0, 16)} – ${to.slice(11)}`;
}
