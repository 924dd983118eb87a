// One SIM: where a call ends. Its numbers to copy, what is wrong and since when, its balance, its life.
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useAgain } from "../again.ts";
import { useApi } from "../api.ts";
import { slowly } from "../clock.ts";
import { filterOf, queryOf, type EventFilter } from "../event_filter.ts";
import { useEventLog } from "../event_log.ts";
import { accounts, ahead, isOneAccount } from "../fleet.ts";
import { kinds } from "../kinds.ts";
import { paused } from "../live.ts";
import { isSpent } from "../money.ts";
import { ask, route } from "../navigation.ts";
import { Badge } from "../parts/badge.tsx";
import { Balance } from "../parts/balance.tsx";
import { Copied } from "../parts/copy.tsx";
import { LogFoot, NewEvents } from "../parts/event_log_foot.tsx";
import { EventTable } from "../parts/event_table.tsx";
import { Panel } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Ago, Day, Moment, Since } from "../parts/when.tsx";
import { formatHash, queryText } from "../route.ts";
import { zone } from "../settings.ts";
import type { Action, Event, HeldRemoval, Page, Sim } from "../shapes.ts";
import { standingOf } from "../standing.ts";
import { absolute, relative } from "../time.ts";

export function SimPage() {
  const [account, id] = route.value.path;
  if (account === undefined || id === undefined) return <CutShort />;
  return <Whole key={`${account}/${id}`} account={account} id={id} />;
}

function CutShort() {
  return (
    <div class="empty">
      <h1>Which SIM?</h1>
      <p>The link was cut short: it names an account and a SIM's id, as in <code>#/sim/main/10000029</code>. <a href="#/sims">Find it among the SIMs</a></p>
    </div>
  );
}

const placeOf = (account: string, id: string) => `api/sims/${encodeURIComponent(account)}/${encodeURIComponent(id)}`;

function Whole({ account, id }: { account: string; id: string }) {
  const answer = useApi<Sim>(placeOf(account, id));
  const { value: sim, problem } = answer;
  const { news, heard } = useNews();
  useAgain(answer.again, news);
  const block = useBlock(sim, news);
  const held = useHeld(sim, account, id);
  if (sim === null && problem?.status === 404) return <Unknown account={account} id={id} />;
  return (
    <>
      <Head account={account} id={id} sim={sim} block={block} held={held} />
      {sim?.removed_at && <Removed sim={sim} />}
      {held && <Held held={held} account={account} />}
      <Panel label="What is known of it" answer={answer} account={account}>{(sim) => <Facts sim={sim} />}</Panel>
      {sim && <Balance sim={sim} news={news} />}
      {sim && <Life sim={sim} heard={heard} />}
      {sim && <Actions sim={sim} news={news} />}
    </>
  );
}

// The last time that it was blocked: by whom.
function useBlock(sim: Sim | null, news: number): Event | null {
  const of = sim?.is_blocked && sim.removed_at === null ? { account: sim.account, sim: sim.id, kind: "sim.blocked", limit: "1" } : null;
  const answer = useApi<Page<Event>>(of && `api/events${queryText(of)}`);
  useAgain(answer.again, news);
  return (of && answer.value?.items[0]) ?? null;
}

const longestQuestion = 100; // characters of `q`

// Asked only where the account holds any.
function useHeld(sim: Sim | null, account: string, id: string): HeldRemoval | null {
  const holds = sim?.removed_at === null && id.length <= longestQuestion && (accounts().find((each) => each.account === account)?.held_removals ?? 0) > 0;
  const answer = useApi<Page<HeldRemoval>>(holds ? `api/accounts/${encodeURIComponent(account)}/removals${queryText({ q: id, limit: "200" })}` : null);
  return (holds && answer.value?.items.find((each) => each.sim === id)) || null;
}

// A commit's events come one by one: what they are about is asked once, when they are through.
const together = 100; // ms

// How often the stream told of this SIM. While a person pauses nothing moves; going on asks everything again (live.ts).
function useNews(): { news: number; heard: () => void } {
  const [news, setNews] = useState(0);
  const timer = useRef(0);
  const heard = useCallback(() => {
    clearTimeout(timer.current);
    if (!paused.peek()) timer.current = setTimeout(() => setNews((before) => before + 1), together);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  return { news, heard };
}

// --- not there --------------------------------------------------------------------------------------------------------

// It may be another account's: an id is one's own, and links are typed by hand.
function Unknown({ account, id }: { account: string; id: string }) {
  const elsewhere = useApi<Page<Sim>>(`api/sims${queryText({ q: id, limit: "20" })}`, { follow: false });
  const others = (elsewhere.value?.items ?? []).filter((sim) => sim.id === id && sim.account !== account);
  const isAccount = accounts().length === 0 || accounts().some((each) => each.account === account);
  return (
    <>
      <div class="title"><h1>SIM {id}</h1></div>
      <div class="panel empty">
        <p>
          <strong>{isAccount ? `Account ${account} has no SIM ${id}, and never had.` : `There is no account ${account}.`}</strong>
        </p>
        {others.map((sim) => (
          <p key={sim.account}>
            Account {sim.account} has one of this id: <a href={formatHash("sim", [sim.account, id])}>{sim.account} {id}</a>{" "}
            {sim.description && <bdi class="muted">{sim.description}</bdi>}
          </p>
        ))}
        {others.length === 0 && elsewhere.value !== null && <p>No other account has it either. A SIM that was added a moment ago appears with the next sweep.</p>}
        <p><a href={formatHash("sims", [], { q: id })}>Look for {id} among all numbers</a></p>
      </div>
    </>
  );
}

function Removed({ sim }: { sim: Sim }) {
  return (
    <div class="banner">
      <p>
        <strong>Removed <Ago at={sim.removed_at} />.</strong>{" "}
        {sim.left_scope
          ? "It is no longer among the SIMs that this account mirrors: the filter in simsync.toml was changed."
          : "The partner's list has it no more. What you see is what was known of it last; if it comes back, it goes on here."}
      </p>
    </div>
  );
}

function Held({ held: { sim, held_at, decision, decided_by }, account }: { held: HeldRemoval; account: string }) {
  return (
    <div class="banner critical">
      <p>
        <strong>Missing in the partner's list since <Since at={held_at} />; its removal is held.</strong>{" "}
        {decision === null ? "A person decides whether it is gone: what you see is what was known of it last." : <>It is {decision} by <bdi>{decided_by ?? "–"}</bdi>: the next sweep acts on it.</>}{" "}
        <a href={formatHash("removals", [account], { q: sim })}>Removals</a>
      </p>
    </div>
  );
}

// --- what it is -------------------------------------------------------------------------------------------------------

interface HeadProps {
  account: string;
  id: string;
  sim: Sim | null;
  block: Event | null;
  held: HeldRemoval | null;
}

function Head({ account, id, sim, block, held }: HeadProps) {
  const now = slowly.value + ahead.value;
  return (
    <div class="sim-head">
      <p class="trail"><a href="#/sims">SIMs</a>{!isOneAccount() && <> <span aria-hidden="true">/</span> {account}</>}</p>
      <h1>SIM {id}</h1>
      <p class="standing">
        {sim && standingOf(sim, now, zone.value, { block, held: held !== null }).map(({ tone, text, title, by }) => (
          <Badge key={text} tone={tone} title={title}>{text}{by && <> by <bdi>{by}</bdi></>}</Badge>
        ))}
      </p>
      {sim?.description && <p class="description"><bdi>{sim.description}</bdi></p>}
    </div>
  );
}

function Facts({ sim }: { sim: Sim }) {
  return (
    <div class="facts">
      <dl aria-label="What is printed and built in">
        <Fact name="ICCID">{sim.iccid_plastic && <Copied value={sim.iccid_plastic} what="ICCID" />}</Fact>
        <Fact name="SIM id">{sim.sim_id && <Copied value={sim.sim_id} what="SIM id" />}</Fact>
        <Fact name="IMEI">{sim.imei && <><Copied value={sim.imei} what="IMEI" /><Bound is={sim.imei_is_correct} /></>}</Fact>
        <Fact name="Profile"><bdi>{sim.profile}</bdi></Fact>
      </dl>
      <dl aria-label="Numbers">
        <Fact name="Caller ids"><Numbers these={sim.caller_ids} what="caller id" /></Fact>
        <Fact name="DIDs"><Numbers these={sim.external_msisdns} what="DID" /></Fact>
        <Fact name="FMC"><Numbers these={sim.fmcs} what="FMC number" /></Fact>
      </dl>
      <dl aria-label="What it costs">
        <Fact name="Balance">{sim.balance && <span class={isSpent(sim.balance) ? "spent" : ""}>{sim.balance}</span>}</Fact>
        <Fact name="Data">{sim.data_balance}</Fact>
        <Fact name="Tariff">{sim.tariff_name && <><bdi>{sim.tariff_name}</bdi>{sim.tariff_type && <span class="muted small"> {sim.tariff_type}</span>}</>}</Fact>
        <Fact name="Ends">{sim.tariff_expires_at && <Ends at={sim.tariff_expires_at} />}</Fact>
      </dl>
      <dl aria-label="When">
        <Fact name="Last activity">{sim.latest_activity && <Ago at={sim.latest_activity} />}</Fact>
        <Fact name="Changed"><Ago at={sim.changed_at} /></Fact>
        <Fact name="First seen"><Day at={sim.first_seen_at} /></Fact>
        <Fact name="Version">{String(sim.revision)}</Fact>
      </dl>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  const isNothing = children === null || children === undefined || children === "";
  return <div><dt>{name}</dt><dd>{isNothing ? <span class="none">–</span> : children}</dd></div>;
}

function Numbers({ these, what }: { these: readonly string[]; what: string }) {
  if (these.length === 0) return <span class="none">–</span>;
  return <span class="numbers">{these.map((number) => <Copied key={number} value={number} what={what} />)}</span>;
}

function Bound({ is }: { is: boolean | null }) {
  if (is === null) return null;
  return is ? <span class="bound good">✓ bound to it</span> : <span class="bound bad">✗ not the one it is bound to</span>;
}

function Ends({ at }: { at: string }) {
  const now = slowly.value + ahead.value;
  const isOver = Date.parse(at) <= now;
  return (
    <>
      <time class="moment" dateTime={at} title={at}>{absolute(at, zone.value).slice(0, 16)}</time>{" "}
      <span class={`moment ${isOver ? "spent" : "muted"}`}>{relative(at, now)}</span>
    </>
  );
}

// --- its life ---------------------------------------------------------------------------------------------------------

// The kinds that a SIM can have; those of the account are not its own.
const simKinds = [...kinds.keys()].filter((kind) => !kind.startsWith("account."));

function Life({ sim, heard }: { sim: Sim; heard: () => void }) {
  const { query } = route.value;
  const filter = { ...filterOf(query), account: sim.account, sim: sim.id };
  const log = useEventLog({ filter, paused: paused.value, stream: { account: sim.account, sim: sim.id }, heard });
  const change = (to: Partial<EventFilter>) => {
    const { account: _account, sim: _sim, ...own } = queryOf({ ...filter, ...to });
    ask({ ...(query["range"] ? { range: query["range"] } : {}), ...own });
  };
  const kind = filter.kind.length === 1 ? filter.kind[0]! : "";
  const aside = (
    <>
      <select aria-label="Kind" class={kind === "" ? "unset" : ""} value={kind} onChange={(event) => change({ kind: event.currentTarget.value === "" ? [] : [event.currentTarget.value] })}>
        <option value="">Any kind</option>
        {simKinds.map((each) => <option key={each} value={each}>{each}</option>)}
      </select>
      <label><input type="checkbox" checked={!filter.balances} disabled={kind !== ""} onChange={(event) => change({ balances: !event.currentTarget.checked })} />without balances</label>
      <a href={formatHash("events", [], queryOf(filter))}>Open in Events</a>
    </>
  );
  return (
    <>
      <NewEvents log={log} />
      <Panel title="What happened" aside={aside} answer={log.answer} account={sim.account} isEmpty={({ rows }) => rows.length === 0}
        empty={<NothingHappened filter={filter} sim={sim} showAll={() => change({ kind: [], balances: true })} />}>
        {({ rows }) => <EventTable label="What happened to this SIM, newest first" rows={rows} ofOneSim onKind={(kind) => change({ kind: [kind] })} fresh={log.isFresh} foot={<LogFoot log={log} />} />}
      </Panel>
    </>
  );
}

function NothingHappened({ filter, sim, showAll }: { filter: EventFilter; sim: Sim; showAll: () => void }) {
  if (filter.balances && filter.kind.length === 0)
    return <p><strong>Nothing happened to it since <Day at={sim.first_seen_at} />.</strong> Changes appear here with the window in which they happened.</p>;
  return (
    <p>
      <strong>{filter.kind.length > 0 ? `No ${filter.kind.join(", ")} of this SIM.` : "Nothing but its balance has changed."}</strong>{" "}
      <button type="button" class="link" onClick={showAll}>Show everything</button>
    </p>
  );
}

// --- what people asked for --------------------------------------------------------------------------------------------

const tones: Record<string, "good" | "warning" | "critical" | "muted"> = { confirmed: "good", failed: "critical", unknown: "warning" };

function Actions({ sim, news }: { sim: Sim; news: number }) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors[cursors.length - 1] ?? "";
  const answer = useApi<Page<Action>>(`api/accounts/${encodeURIComponent(sim.account)}/actions${queryText({ sim: sim.id, limit: "20", cursor })}`);
  useAgain(answer.again, news);
  const columns: Column<Action>[] = [
    { name: "requested_at", head: "Asked", cell: ({ requested_at }) => <Moment at={requested_at} /> },
    { name: "operation", head: "What", wide: true, cell: (action) => <Asked action={action} /> },
    { name: "requested_by", head: "By", cell: ({ requested_by }) => <bdi>{requested_by ?? "–"}</bdi> },
    { name: "state", head: "How it ended", cell: ({ state, error }) => <><Badge tone={tones[state] ?? "muted"}>{state}</Badge>{error && <> <bdi class="muted">{error}</bdi></>}</> },
    { name: "finished_at", head: "Over", cell: ({ finished_at }) => <Moment at={finished_at} none="not yet" /> },
    { name: "id", head: "#", end: true, cell: ({ id }) => <span class="muted">{id}</span> },
  ];
  return (
    <Panel title="Actions" answer={answer} account={sim.account} isEmpty={({ items }) => items.length === 0 && cursor === ""}
      empty={<p>Nobody asked simsync to change this SIM.{sim.removed_at === null && <> <code>simsync sim block {sim.id} --account {sim.account}</code> and others do, and are listed here with who and when.</>}</p>}>
      {({ items, next }) => (
        <Table label="Actions of this SIM, newest first" columns={columns} rows={items} rowKey={({ id }) => String(id)}
          foot={(next !== null || cursor !== "") && (
            <div class="log-foot">
              {cursor !== "" && <button type="button" onClick={() => setCursors(cursors.slice(0, -1))}>Newer</button>}
              {next !== null && <button type="button" onClick={() => setCursors([...cursors, next])}>Older</button>}
            </div>
          )} />
      )}
    </Panel>
  );
}

function Asked({ action: { operation, arguments: given } }: { action: Action }) {
  return (
    <span class="clause">
      <span class="is">{operation}</span>
      {Object.entries(given).map(([name, value]) => <span key={name}> <span class="column">{name}</span> <bdi>{value}</bdi></span>)}
    </span>
  );
}
