// What is wrong with a SIM, since when, in the order in which it matters. Pure.
import { isSpent } from "./money.ts";
import type { Sim } from "./shapes.ts";
import { absolute, relative, since, type Zone } from "./time.ts";

export interface Standing {
  tone: "critical" | "warning" | "good" | "muted";
  text: string; // "blocked since 11:02"
  title: string; // the instant whole
}

export function standingOf(sim: Sim, now: number, zone: Zone): Standing[] {
  const begun = (kind: string) => sim.conditions.find((condition) => condition.kind === kind)?.since ?? null;
  const from = (at: string | null) => (at === null ? "" : ` since ${since(at, now, zone)}`);
  const whole = (at: string | null) => (at === null ? "" : absolute(at, zone));
  const found: Standing[] = [];
  const add = (tone: Standing["tone"], text: string, at: string | null = null) => found.push({ tone, text, title: whole(at) });

  if (sim.removed_at !== null) add("critical", `removed${from(sim.removed_at)}`, sim.removed_at);
  if (sim.is_blocked === true) add("warning", `blocked${from(begun("sim.blocked"))}`, begun("sim.blocked"));
  if (sim.balance !== null && isSpent(sim.balance)) add("critical", "balance spent");
  if (begun("balance.low") !== null) add("warning", `balance low${from(begun("balance.low"))}`, begun("balance.low"));
  const ends = sim.tariff_expires_at;
  if (ends !== null && Date.parse(ends) <= now) add("critical", `tariff ended ${relative(ends, now)}`, ends);
  else if (ends !== null && begun("tariff.expiring") !== null) add("warning", `tariff ends ${relative(ends, now)}`, ends);
  if (sim.imei_is_correct === false) add("warning", "wrong device");
  if (found.length === 0) add("good", "in order");
  if (sim.is_archived === true) add("muted", "archived");
  return found;
}
