// An event of which a test names only what it is about.
import type { Event } from "../shapes.ts";

export function anyEvent(event: Partial<Event> = {}): Event {
  return {
    account: "main",
    seq: 1,
    kind: "sim.blocked",
    severity: "warning",
    sim: "10000029",
    iccid_plastic: "8997201000640672512",
    observed_at: "2026-11-29T11:02:09Z",
    previous_observed_at: "2026-11-29T11:01:08Z",
    recorded_at: "2026-11-29T11:02:09.5Z",
    before: { is_blocked: false },
    after: { is_blocked: true },
    cause: "sweep",
    sweep_id: 811,
    action_id: null,
    dedup_key: "main:10000029:sim.blocked",
    standing: false,
    tariff_name: null,
    description: null,
    profile: null,
    number: null,
    requested_by: null,
    ...event,
  };
}
