// What the API answers (API.md), as types. Money, ids and decimals are strings; instants are RFC 3339 in UTC.

export type Severity = "info" | "warning" | "critical";

export interface Session {
  version: string;
  schema: number;
  user: string | null;
  may: string[];
  search_indexed: boolean;
}

export interface Overview {
  now: string;
  computed_at: string | null;
  accounts: Account[];
  events_by_hour: HourOfEvents[];
  tariffs: TariffCount[];
}

export interface Account {
  account: string;
  fresh: boolean;
  age_seconds: number | null;
  last_complete_sweep_at: string | null;
  degraded_since: string | null;
  leader: { host: string; pid: number; since: string } | null;
  sims: number;
  blocked: number;
  low: number;
  depleted: number;
  running_out?: number | null;
  expired: number;
  expiring: number;
  imei_mismatched: number;
  archived: number;
  removed: number;
  held_removals: number;
  held_since?: string | null;
  last_seq: number;
  sweeps: SweepBrief[];
  consumers: ConsumerPosition[];
}

export interface SweepBrief {
  id: number;
  outcome: string;
  duration_ms: number | null;
  items: number;
  changed: number;
  error: string | null;
}

export interface ConsumerPosition {
  consumer: string;
  behind: number;
  acked_at: string | null;
  on_this_stream: boolean;
}

export interface HourOfEvents {
  at: string;
  info: number;
  warning: number;
  critical: number;
}

export interface TariffCount {
  tariff_name: string | null;
  sims: number;
}

export interface Condition {
  kind: string;
  since: string;
}

export interface Sim {
  account: string;
  id: string;
  iccid_plastic: string | null;
  sim_id: string | null;
  is_blocked: boolean | null;
  balance: string | null;
  data_balance: string | null;
  fmcs: string[];
  caller_ids: string[];
  external_msisdns: string[];
  tariff_name: string | null;
  tariff_type: string | null;
  profile: string | null;
  description: string | null;
  latest_activity: string | null;
  tariff_expires_at: string | null;
  imei: string | null;
  imei_is_correct: boolean | null;
  is_archived: boolean | null;
  first_seen_at: string;
  changed_at: string;
  removed_at: string | null;
  revision: number;
  conditions: Condition[];
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
  total?: number | null;
}

export interface Event {
  account: string;
  seq: number;
  kind: string;
  severity: Severity;
  sim: string | null;
  iccid_plastic: string | null;
  observed_at: string;
  previous_observed_at: string | null;
  recorded_at: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  cause: string;
  sweep_id: number | null;
  action_id: number | null;
  dedup_key: string | null;
  standing: boolean | null;
  tariff_name: string | null;
  description: string | null;
  profile: string | null;
  number: string | null;
  requested_by: string | null;
}

// An `event: status` of the stream.
export interface Status {
  account: string;
  sweep_id: number;
  outcome: string;
  last_complete_sweep_at: string | null;
  fresh: boolean;
  last_seq: number;
}
