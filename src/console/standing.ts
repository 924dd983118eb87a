// What is wrong with a SIM, since when, in the order in which it matters. Pure.
import { isSpent } from "./money.ts";
import type { Event, Sim } from "./shapes.ts";
import { isDoneAtPartner } from "./summary.ts";
import { absolute, relative, since, type Zone } from "./time.ts";

export interface Standing {
  tone: "critical" | "warning" | "good" | "muted";
  text: string; // "blocked since 11:02"
  title: string; // the instant whole
  by?: string; // who did it: a text of somebody's
}

// What has to be known of a SIM beside itself.
export interface Known {
  block?: Event | null; // its last sim.blocked
  held?: boolean; // its removal
}

export function standingOf(sim: Sim, now: number, zone: Zone, { block = null, held = false }: Known = {}): Standing[] {
  const condition = (kind: string) => sim.conditions.find((condition) => condition.kind === kind);
  const begun = (kind: string) => condition(kind)?.since ?? null;
  const stoodBefore = (kind: string) => condition(kind)?.standing === true;
  const from = (at: string | null, before = false) => (at === null ? "" : ` since ${before ? "before " : ""}${since(at, now, zone)}`);
  const whole = (at: string | null) => (at === null ? "" : absolute(at, zone));
  const found: Standing[] = [];
  const add = (tone: Standing["tone"], text: string, at: string | null = null) => found.push({ tone, text, title: whole(at) });

  if (sim.removed_at !== null) add("muted", `removed${from(sim.removed_at)}`, sim.removed_at);
  if (held) add("critical", "removal held");
  if (sim.is_blocked === true) {
    const at = begun("sim.blocked");
    add("warning", `blocked${from(at, stoodBefore("sim.blocked"))}`, at);
    // Events come and go apart from the SIM: what is told is told of this block.
    if (block !== null && at !== null && block.observed_at === at) tellWho(found[found.length - 1]!, block);
  }
  if (sim.balance !== null && isSpent(sim.balance)) add("critical", "balance spent");
  if (begun("balance.low") !== null) add("warning", `balance low${from(begun("balance.low"), stoodBefore("balance.low"))}`, begun("balance.low"));
  const ends = sim.tariff_expires_at;
  if (ends !== null && Date.parse(ends) <= now) add("critical", `tariff ended ${relative(ends, now)}`, ends);
  else if (ends !== null && begun("tariff.expiring") !== null) add("warning", `tariff ends ${relative(ends, now)}`, ends);
  if (sim.imei_is_correct === false) add("warning", "wrong device");
  if (found.length === 0) add("good", "in order");
  if (sim.is_archived === true) add("muted", "archived");
  return found;
}

function tellWho(standing: Standing, block: Event): void {
  if (block.requested_by) standing.by = block.requested_by;
  else if (block.action_id !== null) standing.text += ` by action ${block.action_id}`;
  else if (isDoneAtPartner(block)) standing.text += " at the partner";
}
