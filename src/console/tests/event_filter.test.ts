import assert from "node:assert/strict";
import { test } from "node:test";
import {
  accepts, canBeExported, countOf, everything, filterOf, isLive, leastOf, queryOf, questionOf, severityFrom, streamQuestionOf,
} from "../event_filter.ts";
import { anyEvent } from "./any_event.ts";

const now = Date.parse("2026-11-29T12:00:30Z");
const withoutBalances = "-balance.changed,-data_balance.changed";

test("the address is the filter and back", () => {
  const query = {
    severity: "warning,critical", kind: "sim.blocked,balance.low", account: "main", sim: "10000029", cause: "sweep",
    since: "24h", until: "2026-11-29T11:00:00Z", balances: "shown",
  };
  assert.deepEqual(queryOf(filterOf(query)), query);
  assert.deepEqual(filterOf(queryOf(everything)), everything);
  assert.deepEqual(queryOf(filterOf({ kind: "-sim.added" })), { kind: "-sim.added" });
  assert.equal(countOf(filterOf(query)), 8);
});

test("a kind that is named twice is one", () => {
  assert.deepEqual(filterOf({ kind: "sim.blocked,,sim.blocked" }).kind, ["sim.blocked"]);
});

test("balances are left out unless they are asked for", () => {
  assert.deepEqual(questionOf(everything, now), { kind: withoutBalances });
  assert.deepEqual(questionOf({ ...everything, balances: true }, now), {});
  assert.deepEqual(questionOf({ ...everything, without: ["sim.added"] }, now), { kind: `-sim.added,${withoutBalances}` });
});

test("kinds that are asked for are all that is asked for", () => {
  assert.deepEqual(questionOf({ ...everything, kind: ["balance.changed"] }, now), { kind: "balance.changed" });
});

test("a span before now becomes a whole minute", () => {
  assert.equal(questionOf({ ...everything, since: "24h" }, now)["since"], "2026-11-28T12:00:00.000Z");
  assert.equal(questionOf({ ...everything, since: "2026-11-29T11:02:09Z" }, now)["since"], "2026-11-29T11:02:09Z");
});

test("the stream is asked for what it knows", () => {
  assert.deepEqual(streamQuestionOf({ ...everything, severity: ["critical"], cause: "clock", since: "24h" }),
    { kind: withoutBalances, severity: "critical" });
});

test("an event that came is shown only where the API would show it", () => {
  const seen = (filter: Partial<typeof everything>, event = {}) => accepts({ ...everything, ...filter }, anyEvent(event));
  assert.ok(seen({}));
  assert.ok(!seen({}, { kind: "balance.changed" }));
  assert.ok(seen({ balances: true }, { kind: "balance.changed" }));
  assert.ok(seen({ kind: ["balance.changed"] }, { kind: "balance.changed" }));
  assert.ok(!seen({ kind: ["balance.low"] }));
  assert.ok(!seen({ without: ["sim.blocked"] }));
  assert.ok(seen({ severity: ["warning", "critical"] }) && !seen({ severity: ["critical"] }));
  assert.ok(seen({ account: "main" }) && !seen({ account: "backup" }));
  assert.ok(seen({ sim: "10000029" }) && !seen({ sim: "1" }) && !seen({ sim: "1" }, { sim: null }));
  assert.ok(seen({ cause: "sweep" }) && !seen({ cause: "clock" }));
});

test("what ends in the past is not live, and what has no bound is no file", () => {
  assert.ok(isLive(everything) && !isLive({ ...everything, until: "1h" }));
  assert.ok(!canBeExported(everything));
  assert.ok(canBeExported({ ...everything, since: "7d" }) && canBeExported({ ...everything, sim: "1" }));
});

test("a severity and all above it", () => {
  assert.deepEqual(severityFrom("warning"), ["warning", "critical"]);
  assert.deepEqual(severityFrom("info"), []);
  assert.equal(leastOf([]), "info");
  assert.equal(leastOf(["critical", "warning"]), "warning");
  assert.equal(leastOf(["critical"]), "critical");
  assert.equal(leastOf(["info", "critical"]), null);
  assert.equal(leastOf(["grave"]), null);
});
