// What happened last, what the fleet is made of, and who follows it: the lower part of the overview.
import type { ComponentChildren } from "preact";
import { useApi } from "../api.ts";
import { slowly } from "../clock.ts";
import { isUnheard } from "../fleet.ts";
import { foremost, latenessOf } from "../foremost.ts";
import { count, share } from "../money.ts";
import { go } from "../navigation.ts";
import { Badge } from "../parts/badge.tsx";
import { Bars, type Bar } from "../parts/bars.tsx";
import { Panel } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Ago } from "../parts/when.tsx";
import { formatHash, queryText } from "../route.ts";
import { zone } from "../settings.ts";
import type { Account, ConsumerPosition, Event, HourOfEvents, Overview as Facts, Page, TariffCount } from "../shapes.ts";
import { sumOf } from "../states.ts";
import { clockOf, roughly } from "../time.ts";

export function OverviewMore({ facts, account }: { facts: Facts; account: string }) {
  return (
    <div class="halves">
      <EventsOfTheDay hours={facts.events_by_hour} account={account} />
      <LastCritical account={account} />
      <Tariffs tariffs={facts.tariffs} accounts={facts.accounts} account={account} />
      <Consumers accounts={facts.accounts} />
    </div>
  );
}

// --- what happened ----------------------------------------------------------------------------------------------------

function EventsOfTheDay({ hours, account }: { hours: readonly HourOfEvents[]; account: string }) {
  const total = (severity: "info" | "warning" | "critical") => hours.reduce((sum, hour) => sum + hour[severity], 0);
  const [info, warning, critical] = [total("info"), total("warning"), total("critical")];
  const bars = hours.map((hour) => barOf(hour, account));
  const sum = info + warning + critical;
  return (
    <section class="panel" aria-labelledby="events-of-the-day">
      <header>
        <h2 id="events-of-the-day">Events of the last day</h2>
        <div class="aside"><a href={formatHash("events", [], { account })}>Events</a></div>
      </header>
      <Bars label={`Events by hour: ${count(sum)} in all, ${count(critical)} critical, ${count(warning)} warning`} head="Hour" bars={bars} say={count}
        ticks={(bar, at) => (at % 6 === 0 && at < 24 ? bar.label.slice(0, 5) : null)}
        aside={
          <>
            <b>{count(sum)}</b>{" "}
            <Key tone="critical" href={formatHash("events", [], { account, severity: "critical" })}>{count(critical)} critical</Key>{" "}
            <Key tone="warning" href={formatHash("events", [], { account, severity: "warning" })}>{count(warning)} warning</Key>{" "}
            <Key tone="info">{count(info)} info</Key>
          </>
        } />
    </section>
  );
}

function Key({ tone, href, children }: { tone: string; href?: string; children: ComponentChildren }) {
  return <span class="key"><i class={tone} aria-hidden="true" />{href ? <a href={href}>{children}</a> : children}</span>;
}

function barOf({ at, info, warning, critical }: HourOfEvents, account: string): Bar {
  const until = new Date(Date.parse(at) + 3_600_000).toISOString().replace(".000Z", "Z");
  return {
    key: at,
    label: `${clockOf(at, zone.value).slice(0, 5)}–${clockOf(until, zone.value).slice(0, 5)}`,
    parts: [
      { tone: "critical", name: "critical", value: critical },
      { tone: "warning", name: "warning", value: warning },
      { tone: "info", name: "info", value: info },
    ],
    open: () => go("events", [], { account, since: at, until }),
  };
}

function LastCritical({ account }: { account: string }) {
  const answer = useApi<Page<Event>>(`api/events${queryText({ account, severity: "critical", limit: "6" })}`, { about: account });
  const columns: Column<Event>[] = [
    { name: "observed_at", head: "Seen", class: "seen", cell: (event) => <Ago at={event.observed_at} /> },
    { name: "kind", head: "Kind", class: "of-kind", cell: (event) => <Badge tone="critical">{event.kind}</Badge> },
    {
      name: "sim", head: "SIM", class: "of-sim", cell: (event) => event.sim === null
        ? <span class="muted">{event.account}</span>
        : <a href={formatHash("sim", [event.account, event.sim])}>{event.sim}</a>,
    },
    { name: "description", head: "Description", wide: true, cell: (event) => <span class="muted" title={event.description ?? undefined}>{event.description}</span> },
  ];
  return (
    <Panel title="Last critical" answer={answer} account={account}
      aside={<a href={formatHash("events", [], { account, severity: "critical" })}>All critical</a>}
      isEmpty={({ items }) => items.length === 0} empty={<p>Nothing critical has happened.</p>}>
      {({ items }) => <Table label="Last critical events" still columns={columns} rows={items} rowKey={(event) => `${event.account} ${event.seq}`} copies={(event) => event.iccid_plastic} />}
    </Panel>
  );
}

// --- of what the fleet is, and who follows it -------------------------------------------------------------------------

const mostTariffs = 8;

function Tariffs({ tariffs, accounts, account }: { tariffs: readonly TariffCount[]; accounts: readonly Account[]; account: string }) {
  const sims = sumOf(accounts, "sims") ?? 0;
  const shown = tariffs.slice(0, mostTariffs);
  const columns: Column<TariffCount>[] = [
    {
      name: "tariff_name", head: "Tariff",
      cell: ({ tariff_name }) => <a href={formatHash("sims", [], { account, tariff: tariff_name ?? "–" })}>{tariff_name ?? "without a tariff"}</a>,
    },
    { name: "share", head: <span class="offscreen">Share, drawn</span>, wide: true, cell: (tariff) => <Meter part={tariff.sims / Math.max(1, sims)} /> },
    { name: "percent", head: <span class="offscreen">Percent</span>, end: true, cell: (tariff) => <span class="muted">{share(tariff.sims, sims)}</span> },
    { name: "sims", head: "SIMs", end: true, cell: (tariff) => count(tariff.sims) },
  ];
  return (
    <section class="panel" aria-labelledby="tariffs">
      <header>
        <h2 id="tariffs">Tariffs</h2>
        {tariffs.length > mostTariffs && <div class="aside">the largest {mostTariffs} of {tariffs.length}</div>}
      </header>
      <div class="answer">
        {shown.length === 0 ? <div class="empty"><p>No SIM has been read yet.</p></div> : <Table label="Tariffs" columns={columns} rows={shown} rowKey={({ tariff_name }) => tariff_name ?? ""} />}
      </div>
    </section>
  );
}

function Meter({ part }: { part: number }) {
  return <svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width={(100 * part).toFixed(1)} height="6" /></svg>;
}

interface Follower extends ConsumerPosition {
  account: string;
}

const mostFollowers = 20;

function Consumers({ accounts }: { accounts: readonly Account[] }) {
  const followers: Follower[] = accounts.flatMap(({ account, consumers }) => consumers.map((consumer) => ({ ...consumer, account })));
  const { shown, others } = foremost(followers, mostFollowers, latenessOf);
  const columns: Column<Follower>[] = [
    { name: "consumer", head: "Consumer", cell: ({ consumer }) => consumer },
    ...(accounts.length > 1 ? [{ name: "account", head: "Account", cell: ({ account }: Follower) => <span class="muted">{account}</span> }] : []),
    { name: "state", head: "State", wide: true, cell: (follower) => <FollowerState follower={follower} /> },
    { name: "acked_at", head: "Last taken", cell: ({ acked_at }) => <Ago at={acked_at} /> },
    { name: "behind", head: "Behind", end: true, cell: (follower) => <Behind follower={follower} /> },
  ];
  return (
    <section class="panel" aria-labelledby="consumers">
      <header>
        <h2 id="consumers">Consumers</h2>
        {others.length > 0 && <div class="aside">the {mostFollowers} furthest behind of {count(followers.length)}</div>}
      </header>
      <div class="answer">
        {followers.length === 0
          ? (
            <div class="empty">
              <p>Nobody follows the events.</p>
              <p class="hint"><code>[[sink]]</code> in simsync.toml sends them to a webhook or to Alertmanager.</p>
            </div>
          )
          : <Table label="Consumers" columns={columns} rows={shown} rowKey={({ account, consumer }) => `${account} ${consumer}`} />}
      </div>
    </section>
  );
}

function FollowerState({ follower }: { follower: Follower }) {
  const { on_this_stream, down_since, down_error, down_hint, stuck_since, stuck_seq, stuck_error } = follower;
  if (!on_this_stream)
    return <Badge tone="critical" title="Its position is one of another stream: of a database before a restore">on another stream</Badge>;
  if (down_since === null && stuck_since !== null && stuck_seq !== null)
    return (
      <span title={stuck_error ?? ""}>
        <Badge tone="warning">stuck</Badge> <span class="muted">at event {count(stuck_seq)} for {roughly(Math.max(0, slowly.value - Date.parse(stuck_since)))}: {stuck_error}</span>
      </span>
    );
  if (down_since === null) return isUnheard() ? <Badge tone="muted">followed</Badge> : <Badge tone="good">follows</Badge>;
  return (
    <span title={[down_error, down_hint && `HINT: ${down_hint}`].filter(Boolean).join("\n")}>
      <Badge tone="critical">down</Badge> <span class="muted">for {roughly(Math.max(0, slowly.value - Date.parse(down_since)))}: {down_error}</span>
    </span>
  );
}

function Behind({ follower: { behind, waiting_since } }: { follower: Follower }) {
  if (behind === 0) return <span class="muted">0</span>;
  const waits = waiting_since === null ? null : Math.max(0, slowly.value - Date.parse(waiting_since));
  const late = waits !== null && waits > 60_000;
  return <span class={late ? "late" : ""}>{count(behind)}{late && ` (${roughly(waits)})`}</span>;
}
