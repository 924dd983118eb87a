// What is wrong, in counts that lead into the filtered list; whether one may believe them; and what happened last.
import type { ComponentChildren } from "preact";
import { useApi, type Answer } from "../api.ts";
import { now, slowly } from "../clock.ts";
import { accounts as all, ahead, fleet } from "../fleet.ts";
import { count, counted } from "../money.ts";
import { go, route } from "../navigation.ts";
import { Badge } from "../parts/badge.tsx";
import { Bars, type Bar } from "../parts/bars.tsx";
import { Answered, Panel } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Ago, Since } from "../parts/when.tsx";
import { formatHash, queryText, type Query } from "../route.ts";
import { zone } from "../settings.ts";
import type { Account, ConsumerPosition, Event, HourOfEvents, Overview as Facts, Page, TariffCount } from "../shapes.ts";
import { states, sumOf } from "../states.ts";
import { clockOf, roughly, span } from "../time.ts";

export function Overview() {
  const account = route.value.query["account"] ?? "";
  const whole = fleet.answer.value;
  const part = useApi<Facts>(account === "" ? null : `api/overview${queryText({ account })}`);
  const answer: Answer<Facts> & { again?: () => void } =
    account === "" ? { ...whole, again: () => void fleet.ask("api/overview") } : part;

  return (
    <>
      <div class="title">
        <h1>Overview</h1>
        <AccountChoice account={account} />
        <div class="aside muted small">{answer.value && <Counted at={answer.value.computed_at} />}</div>
      </div>
      <Answered answer={answer}>
        {(facts) => <Fleet facts={facts} account={account} />}
      </Answered>
    </>
  );
}

function Fleet({ facts, account }: { facts: Facts; account: string }) {
  const { accounts } = facts;
  if (accounts.length === 0)
    return account === "" ? <NoAccount /> : <div class="panel empty"><p>There is no account {account}. <a href="#/">All accounts</a></p></div>;
  return (
    <>
      <Accounts accounts={accounts} />
      <Tiles accounts={accounts} account={account} />
      {accounts.filter(({ held_removals }) => held_removals > 0).map((one) => <Held key={one.account} account={one} />)}
      <div class="halves">
        <EventsOfTheDay hours={facts.events_by_hour} account={account} />
        <LastCritical account={account} />
        <Tariffs tariffs={facts.tariffs} accounts={accounts} account={account} />
        <Consumers accounts={accounts} />
      </div>
    </>
  );
}

function NoAccount() {
  return (
    <div class="panel empty">
      <p><strong>No account has been mirrored yet.</strong></p>
      <p class="hint"><b>HINT</b> <code>simsync check</code> tries the accounts of the configuration; <code>simsync run</code> mirrors them.</p>
    </div>
  );
}

function AccountChoice({ account }: { account: string }) {
  const names = all().map((each) => each.account);
  if (names.length < 2) return null;
  return (
    <nav class="segments" aria-label="Account">
      {["", ...names].map((name) => (
        <a key={name} href={formatHash("overview", [], { account: name })} aria-current={name === account ? "true" : undefined}>
          {name === "" ? "All accounts" : name}
        </a>
      ))}
    </nav>
  );
}

function Counted({ at }: { at: string }) {
  return <>counted {roughly(Math.max(0, now.value + ahead.value - Date.parse(at)))} ago</>;
}

// --- may one believe it? ----------------------------------------------------------------------------------------------

function Accounts({ accounts }: { accounts: readonly Account[] }) {
  return (
    <ul class="panel accounts" aria-label="Freshness">
      {accounts.map((account) => (
        <li key={account.account}>
          <b>{account.account}</b>
          <Freshness account={account} />
          <LastSweep account={account} />
          <Leader account={account} />
        </li>
      ))}
    </ul>
  );
}

function Freshness({ account: { fresh, last_complete_sweep_at, first_sweep } }: { account: Account }) {
  if (last_complete_sweep_at === null)
    return (
      <span>
        <Badge tone="info">{first_sweep ? "first sweep under way" : "never swept"}</Badge>{" "}
        {first_sweep && first_sweep.items > 0 && `${counted(first_sweep.items, "SIM")} read`}
      </span>
    );
  const age = roughly(Math.max(0, now.value + ahead.value - Date.parse(last_complete_sweep_at)));
  return (
    <span>
      <Badge tone={fresh ? "good" : "critical"}>{fresh ? "fresh" : "stale"}</Badge> <span title="Since the last complete sweep">{age} old</span>
    </span>
  );
}

function LastSweep({ account: { account, sweeps } }: { account: Account }) {
  const last = sweeps.find(({ outcome }) => outcome !== "running");
  if (!last) return <span class="muted">no sweep has ended yet</span>;
  return (
    <span>
      <a href={formatHash("sweeps", [], { account })}>sweep {last.id}</a>{" "}
      {last.outcome !== "complete" && <Badge tone={last.outcome === "failed" ? "critical" : "warning"}>{last.outcome}</Badge>}{" "}
      <span class="muted">
        {last.duration_ms !== null && `${span(last.duration_ms)}, `}{count(last.changed)} changed
        {last.added > 0 && `, ${count(last.added)} added`}{last.removed > 0 && `, ${count(last.removed)} removed`}
        {last.set_aside > 0 && `, ${count(last.set_aside)} not readable`}
      </span>
    </span>
  );
}

function Leader({ account: { leader } }: { account: Account }) {
  if (!leader) return <span class="muted">nobody leads it: no instance runs, or none was let in</span>;
  return (
    <span class="muted">
      led by <span class="strong">{leader.host}</span>{leader.pid !== null && ` (pid ${leader.pid})`}
      {leader.since && <> since <Since at={leader.since} /></>}
    </span>
  );
}

// --- what is wrong ----------------------------------------------------------------------------------------------------

const tiles = ["", "spent", "low", "runs_out", "ended", "ending", "blocked", "wrong_device"];
const names: Record<string, string> = {
  "": "SIMs", spent: "spent", low: "low balance", runs_out: "run out in 7 days", ended: "tariff ended", ending: "tariff ends in 7 days",
  blocked: "blocked", wrong_device: "wrong device",
};

function Tiles({ accounts, account }: { accounts: readonly Account[]; account: string }) {
  const sims = sumOf(accounts, "sims") ?? 0;
  return (
    <ul class="tiles">
      {tiles.map((word) => {
        const state = states.find((each) => each.word === word)!;
        const number = sumOf(accounts, state.count);
        return (
          <li key={word}>
            <a href={formatHash("sims", [], { account, state: word, ...orderOf(word) })} class={number ? state.tone : "muted"} title={state.means}>
              <span class="figure">
                {number === null ? "–" : count(number)}
                {word !== "" && number !== null && number > 0 && <small>{share(number, sims)}</small>}
              </span>
              <span class="name">{names[word]}</span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}

// A list that opens with what is most urgent.
function orderOf(state: string): Query {
  if (["spent", "low", "runs_out"].includes(state)) return { sort: "balance" };
  if (state === "ending") return { sort: "tariff_expires_at" };
  if (state === "ended") return { sort: "-tariff_expires_at" };
  return {};
}

function share(part: number, whole: number): string {
  const percent = (100 * part) / Math.max(1, whole);
  return percent < 0.1 ? "<0.1 %" : `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

function Held({ account: { account, held_removals, held_since } }: { account: Account }) {
  return (
    <p class="banner warning">
      <span>
        <strong>{counted(held_removals, "removal")} of {account} {held_removals === 1 ? "is" : "are"} held{held_since && <> since <Since at={held_since} /></>}:</strong>{" "}
        a person must decide. <a href={formatHash("removals", [account])}>Removals</a>
      </span>
    </p>
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
        ticks={(bar, at) => (at % 6 === 0 ? bar.label.slice(0, 5) : null)}
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
    { name: "observed_at", head: "Seen", cell: (event) => <Ago at={event.observed_at} /> },
    { name: "kind", head: "Kind", cell: (event) => <Badge tone="critical">{event.kind}</Badge> },
    {
      name: "sim", head: "SIM", cell: (event) => event.sim === null
        ? <span class="muted">{event.account}</span>
        : <a href={formatHash("sim", [event.account, event.sim])}>{event.sim}</a>,
    },
    { name: "description", head: "Description", wide: true, cell: (event) => <span class="muted" title={event.description ?? undefined}>{event.description}</span> },
  ];
  return (
    <Panel title="Last critical" answer={answer} account={account}
      aside={<a href={formatHash("events", [], { account, severity: "critical" })}>All critical</a>}
      isEmpty={({ items }) => items.length === 0} empty={<p>Nothing critical has happened.</p>}>
      {({ items }) => <Table label="Last critical events" columns={columns} rows={items} rowKey={(event) => `${event.account} ${event.seq}`} copies={(event) => event.iccid_plastic} />}
    </Panel>
  );
}

// --- of what the fleet is, and who follows it -------------------------------------------------------------------------

const mostTariffs = 8;

function Tariffs({ tariffs, accounts, account }: { tariffs: readonly TariffCount[]; accounts: readonly Account[]; account: string }) {
  const sims = sumOf(accounts, "sims") ?? 0;
  const most = Math.max(1, ...tariffs.map((tariff) => tariff.sims));
  const shown = tariffs.slice(0, mostTariffs);
  const columns: Column<TariffCount>[] = [
    {
      name: "tariff_name", head: "Tariff",
      cell: ({ tariff_name }) => <a href={formatHash("sims", [], { account, tariff: tariff_name ?? "–" })}>{tariff_name ?? "without a tariff"}</a>,
    },
    { name: "share", head: <span class="offscreen">Share</span>, wide: true, cell: (tariff) => <Meter part={tariff.sims / most} /> },
    { name: "percent", head: "", end: true, cell: (tariff) => <span class="muted">{share(tariff.sims, sims)}</span> },
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

function Consumers({ accounts }: { accounts: readonly Account[] }) {
  const followers: Follower[] = accounts.flatMap(({ account, consumers }) => consumers.map((consumer) => ({ ...consumer, account })));
  const columns: Column<Follower>[] = [
    { name: "consumer", head: "Consumer", cell: ({ consumer }) => consumer },
    ...(accounts.length > 1 ? [{ name: "account", head: "Account", cell: ({ account }: Follower) => <span class="muted">{account}</span> }] : []),
    { name: "state", head: "State", wide: true, cell: (follower) => <FollowerState follower={follower} /> },
    { name: "acked_at", head: "Last taken", cell: ({ acked_at }) => <Ago at={acked_at} /> },
    { name: "behind", head: "Behind", end: true, cell: (follower) => <Behind follower={follower} /> },
  ];
  return (
    <section class="panel" aria-labelledby="consumers">
      <header><h2 id="consumers">Consumers</h2></header>
      <div class="answer">
        {followers.length === 0
          ? (
            <div class="empty">
              <p>Nobody follows the events.</p>
              <p class="hint"><code>[[sink]]</code> in simsync.toml sends them to a webhook or to Alertmanager.</p>
            </div>
          )
          : <Table label="Consumers" columns={columns} rows={followers} rowKey={({ account, consumer }) => `${account} ${consumer}`} />}
      </div>
    </section>
  );
}

function FollowerState({ follower: { on_this_stream, down_since, down_error, down_hint } }: { follower: Follower }) {
  if (!on_this_stream)
    return <Badge tone="critical" title="Its position is one of another stream: of a database before a restore">on another stream</Badge>;
  if (down_since === null) return <Badge tone="good">follows</Badge>;
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
