// What the API answers (API.md), as types. Money, ids and decimals are strings; instants are RFC 3339 in UTC.

export type Severity = "info" | "warning" | "critical";

export interface Session {
  version: string;
  schema: number;
  user: string | null; // who asks, where a login or a proxy says so
  actions: string[]; // what may be done; nothing yet
  search_indexed: boolean;
  standby: boolean;
  accounts: string[];
}

export interface Overview {
  now: string;
  computed_at: string; // of the counts; the rest is as of now
  accounts: Account[];
  events_by_hour: HourOfEvents[];
  tariffs: TariffCount[];
  last_critical: Event[];
}

export interface Counts {
  sims: number;
  blocked: number;
  low: number;
  depleted: number;
  runs_out_in_7_days: number | null; // null: counting took too long
  expired: number;
  expiring: number;
  imei_mismatched: number;
  archived: number;
  removed: number;
}

export interface Loading {
  sims: number;
  expected: number | null; // about so many there are
}

export interface Account extends Counts {
  account: string;
  fresh: boolean;
  age_seconds: number | null;
  last_complete_sweep_at: string | null;
  baselined_at: string | null;
  first_sweep: { id: number; started_at: string; items: number; expected: number | null } | null;
  loading: Loading | null; // what is stored, by a leader that has just begun
  degraded_since: string | null;
  degraded_error: string | null;
  degraded_hint: string | null;
  leader: { host: string; pid: number | null; since: string | null } | null;
  held_removals: number;
  held_since: string | null;
  balance_low: string | null;
  last_seq: number;
  stream_id: string;
  sweeps: Sweep[]; // the newest first; the first may be running
  consumers: ConsumerPosition[];
}

export interface Sweep {
  id: number;
  started_at: string;
  finished_at: string | null;
  duration_ms: number | null;
  outcome: "running" | "complete" | "incomplete" | "failed";
  baseline: boolean;
  requests: number;
  pages: number;
  items: number;
  expected: number | null; // about so many are in the list
  added: number;
  changed: number;
  unchanged: number;
  removed: number;
  events: number;
  error: string | null;
  set_aside: number;
  set_aside_what: string | null;
}

export interface ConsumerPosition {
  consumer: string;
  behind: number;
  acked_seq: number;
  acked_at: string;
  waiting_since: string | null;
  on_this_stream: boolean;
  state: string;
  down_since: string | null;
  down_error: string | null;
  down_hint: string | null;
  stuck_since: string | null;
  stuck_seq: number | null;
  stuck_error: string | null;
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

export interface HeldRemoval {
  sim: string;
  iccid_plastic: string | null;
  description: string | null;
  sweep_id: number;
  held_at: string;
  decision: string | null;
  decided_by: string | null;
  decided_at: string | null;
  lapsed: string | null;
  lapsed_by: string | null;
  lapsed_at: string | null;
}

export interface Action {
  id: number;
  sim: string;
  operation: string;
  arguments: Record<string, string>;
  requested_at: string;
  requested_by: string | null;
  state: string;
  finished_at: string | null;
  error: string | null;
}

export interface Balances {
  now: string;
  points: [string, string | null][];
  thinned: boolean;
  low_limit: string | null;
  forecast: Forecast;
}

export interface Forecast {
  state: "none" | "spent" | "accumulating" | "steady" | "tariff_ends" | "runs_out";
  spend_per_day: string | null;
  low_at: string | null;
  runs_out_at: string | null;
  based_on_days: number;
}

// Relation → column → what the database says of it.
export type Dictionary = Record<string, Record<string, string>>;

export interface Condition {
  kind: string;
  since: string;
  standing: boolean; // it stood before simsync first saw the SIM
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
  left_scope: boolean; // removed because the filter changed
  conditions: Condition[];
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
  total?: number | null; // where it is known for nothing
  found_more?: boolean; // a search found more than its pages hold
  position?: string | null; // of events: what the stream goes on after
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
  sweep_id: number | null;
  outcome: string | null;
  last_complete_sweep_at: string | null;
  fresh: boolean;
  age_seconds: number | null;
  degraded_since: string | null;
  held_removals: number;
  last_seq: number;
}
