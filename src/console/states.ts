// The states of a SIM that lists are filtered by: the API's word, what people call it, and where it is counted. Pure.
import { isSpent } from "./money.ts";
import type { Account, Counts, Sim } from "./shapes.ts";

export interface State {
  word: string; // as in ?state=
  name: string;
  count: keyof Counts;
  tone: "critical" | "warning" | "muted";
  means: string;
}

export const states: readonly State[] = [
  { word: "", name: "All", count: "sims", tone: "muted", means: "SIMs that the account holds" },
  { word: "blocked", name: "Blocked", count: "blocked", tone: "warning", means: "Blocked for service" },
  { word: "spent", name: "Balance spent", count: "depleted", tone: "critical", means: "The balance is 0 or below" },
  { word: "low", name: "Balance low", count: "low", tone: "warning", means: "The balance is below the limit of [alert] balance_low; the spent ones are among them" },
  { word: "runs_out", name: "Balance runs out", count: "runs_out_in_7_days", tone: "warning", means: "At its pace, the balance is spent within 7 days" },
  { word: "ended", name: "Tariff ended", count: "expired", tone: "critical", means: "The tariff has ended" },
  { word: "ending", name: "Tariff ends", count: "expiring", tone: "warning", means: "The tariff ends within 7 days" },
  { word: "wrong_device", name: "Wrong device", count: "imei_mismatched", tone: "warning", means: "Seen with another IMEI than the one it is bound to" },
  { word: "archived", name: "Archived", count: "archived", tone: "muted", means: "Archived by the partner" },
  { word: "removed", name: "Removed", count: "removed", tone: "muted", means: "The partner's list no longer has it" },
];

// Over these accounts; null where one of them could not be counted.
export function sumOf(accounts: readonly Account[], count: keyof Counts): number | null {
  let sum = 0;
  for (const account of accounts) {
    const one = account[count];
    if (one === null) return null;
    sum += one;
  }
  return sum;
}

// In which a list of such SIMs opens: what is most urgent first.
export function orderOf(state: string): string {
  if (["spent", "low", "runs_out"].includes(state)) return "balance";
  if (state === "ending") return "tariff_expires_at";
  return state === "ended" ? "-tariff_expires_at" : "";
}

// From one state's list to another's: an order that was the first one's own becomes the other's; one that was chosen stays.
export function orderAfter(sort: string, was: string, is: string): string {
  return sort !== "" && sort === orderOf(was) ? orderOf(is) : sort;
}

// Nothing can be said of when a balance runs out before it was watched that long (model/forecast.hpp).
const forecastNeeds = 3 * 86_400_000;

// From when on the first of these accounts has forecasts: null where all have them, "" where that is not known, for none was
// swept whole. `isAll`: none of them has any yet, so that no count of them means anything.
export function forecastsFrom(accounts: readonly Pick<Account, "baselined_at">[], now: number): { at: string; isAll: boolean } | null {
  const young = accounts.filter(({ baselined_at }) => baselined_at === null || now - Date.parse(baselined_at) < forecastNeeds);
  if (young.length === 0) return null;
  const begun = young.flatMap(({ baselined_at }) => (baselined_at === null ? [] : [Date.parse(baselined_at)]));
  const at = begun.length === 0 ? "" : new Date(Math.min(...begun) + forecastNeeds).toISOString();
  return { at, isAll: young.length === accounts.length };
}

export interface Mark {
  text: string;
  tone: "critical" | "warning" | "muted";
}

// What is to be said of a SIM in a list, worst first, in one word each. "ending" as the rules have told it.
export function marksOf(sim: Sim, now: number): Mark[] {
  const marks: Mark[] = [];
  const stands = (kind: string) => sim.conditions.some((condition) => condition.kind === kind);
  if (sim.removed_at !== null) marks.push({ text: "removed", tone: "muted" });
  if (sim.is_blocked) marks.push({ text: "blocked", tone: "warning" });
  if (sim.balance !== null && isSpent(sim.balance)) marks.push({ text: "spent", tone: "critical" });
  else if (stands("balance.low")) marks.push({ text: "low", tone: "warning" });
  if (sim.tariff_expires_at !== null && Date.parse(sim.tariff_expires_at) <= now) marks.push({ text: "ended", tone: "critical" });
  else if (stands("tariff.expiring")) marks.push({ text: "ending", tone: "warning" });
  if (sim.imei_is_correct === false) marks.push({ text: "wrong device", tone: "warning" });
  if (sim.is_archived) marks.push({ text: "archived", tone: "muted" });
  return marks;
}
