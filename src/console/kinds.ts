// The kinds of event with their severity, in the order of model/event.cpp: a test holds them to it.
export type Severity = "info" | "warning" | "critical";

export const severities: readonly Severity[] = ["info", "warning", "critical"];

export const causes = ["sweep", "action", "clock", "operator", "daemon"] as const;

export const kinds: ReadonlyMap<string, Severity> = new Map<string, Severity>([
  ["account.baselined", "info"],
  ["sim.added", "info"],
  ["sim.removed", "warning"],
  ["sim.restored", "info"],
  ["sim.blocked", "warning"],
  ["sim.unblocked", "info"],
  ["sim.archived", "info"],
  ["sim.unarchived", "info"],
  ["balance.changed", "info"],
  ["data_balance.changed", "info"],
  ["balance.low", "warning"],
  ["balance.recovered", "info"],
  ["balance.depleted", "critical"],
  ["tariff.changed", "info"],
  ["tariff.expiry_changed", "info"],
  ["tariff.expiring", "warning"],
  ["tariff.expired", "critical"],
  ["tariff.renewed", "info"],
  ["caller_id.attached", "info"],
  ["caller_id.detached", "info"],
  ["did.attached", "info"],
  ["did.detached", "info"],
  ["fmc.attached", "info"],
  ["fmc.detached", "info"],
  ["imei.changed", "warning"],
  ["imei.mismatched", "warning"],
  ["imei.matched", "info"],
  ["attributes.changed", "info"],
  ["action.confirmed", "info"],
  ["action.failed", "warning"],
  ["account.degraded", "critical"],
  ["account.recovered", "info"],
  ["account.auth_failed", "critical"],
  ["account.removals_held", "critical"],
  ["account.removals_released", "info"],
  ["account.schema_drift", "warning"],
  ["account.events_lost", "critical"],
]);

// Seven events of ten, and seldom what one looks for.
export const balanceKinds: readonly string[] = ["balance.changed", "data_balance.changed"];
