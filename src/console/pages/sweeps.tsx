// Is it us or the partner? Each walk over the fleet: how it ended, how long it took, what it found.
import { useApi } from "../api.ts";
import { now } from "../clock.ts";
import { beginningOf } from "../first_sweep.ts";
import { accounts, ahead, isOneAccount, isUnheard } from "../fleet.ts";
import { count } from "../money.ts";
import { ask, route } from "../navigation.ts";
import { reasonFirst } from "../reason.ts";
import { Badge, type Tone } from "../parts/badge.tsx";
import { Bars } from "../parts/bars.tsx";
import { Panel } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Ago, Moment, Since } from "../parts/when.tsx";
import { queryText, type Query } from "../route.ts";
import { zone } from "../settings.ts";
import type { Account, Page, Sweep } from "../shapes.ts";
import { barsOf, courseOf, courseText, endsOf, tookOf } from "../sweep_course.ts";
import { span } from "../time.ts";

const rowsAPage = 100; // as many as the bars show

export function Sweeps() {
  const { query } = route.value;
  const account = query["account"] ?? accounts()[0]?.account ?? null;
  const cursor = query["cursor"] ?? "";
  const place = account === null ? null : `api/accounts/${encodeURIComponent(account)}/sweeps`;
  const answer = useApi<Page<Sweep>>(place && place + queryText({ limit: String(rowsAPage), cursor }), { about: account ?? "" });
  const known = accounts().find((each) => each.account === account);
  const older = answer.value?.next ?? null;

  return (
    <>
      <div class="title">
        <h1>Sweeps</h1>
        <AccountChoice account={account} query={query} />
        {known && <Leader account={known} />}
      </div>
      <Panel label="How long they took" answer={answer} account={account ?? ""} isEmpty={({ items }) => items.length === 0} empty={<Nothing account={account} />}>
        {({ items }) => <Durations sweeps={items} />}
      </Panel>
      {answer.value !== null && answer.value.items.length > 0 && (
        <SweepTable sweeps={answer.value.items} older={older} back={cursor !== ""}
          onOlder={() => ask({ ...query, cursor: older! })} onNewest={() => ask({ ...query, cursor: "" })} />
      )}
    </>
  );
}

function AccountChoice({ account, query }: { account: string | null; query: Query }) {
  if (isOneAccount()) return null;
  return (
    <select aria-label="Account" value={account ?? ""} onChange={(event) => ask({ ...query, account: event.currentTarget.value, cursor: "" })}>
      {accounts().map(({ account }) => <option key={account} value={account}>{account}</option>)}
    </select>
  );
}

function Leader({ account: known }: { account: Account }) {
  const { account, leader, fresh, last_complete_sweep_at } = known;
  const beginning = beginningOf(known);
  return (
    <span class="muted following">
      {beginning && beginning.state !== "failing" ? <Badge tone="info">{beginning.state}</Badge> : !fresh ? <Badge tone="critical">stale</Badge> : isUnheard() ? <Badge tone="muted">was fresh</Badge> : <Badge tone="good">fresh</Badge>}{" "}
      {account}: {last_complete_sweep_at === null ? "no sweep has been complete yet" : <>last complete <Ago at={last_complete_sweep_at} /></>},{" "}
      {leader ? <>led by {leader.host}{leader.pid !== null && <> (pid {leader.pid})</>} since <Since at={leader.since} /></> : "led by nobody"}
    </span>
  );
}

function Durations({ sweeps }: { sweeps: readonly Sweep[] }) {
  const text = courseText(courseOf(sweeps));
  const ends = endsOf(sweeps, zone.value);
  const last = sweeps.length - 1;
  return (
    <div class="durations">
      <Bars label={`Durations of the last ${text}`} head="Sweep" bars={barsOf(sweeps, now.value + ahead.value, zone.value)} say={span} aside={text}
        ticks={(_bar, at) => (ends === null ? null : at === 0 ? ends.first : at === last ? ends.last : null)} />
    </div>
  );
}

// --- the list ---------------------------------------------------------------------------------------------------------

const tones: Record<Sweep["outcome"], Tone> = { running: "info", complete: "good", incomplete: "warning", failed: "critical" };

// What is zero is no news.
function Number({ of }: { of: number }) {
  return of === 0 ? <span class="zero">0</span> : <>{count(of)}</>;
}

const figures = [["requests", "Requests"], ["items", "SIMs"], ["added", "Added"], ["changed", "Changed"], ["removed", "Removed"], ["events", "Events"]] as const;

function columnsOf(time: number): Column<Sweep>[] {
  return [
    { name: "id", head: "#", cell: ({ id }) => id },
    { name: "started_at", head: "Began", cell: ({ started_at }) => <Moment at={started_at} /> },
    { name: "outcome", head: "Outcome", cell: ({ outcome, baseline }) => <>{outcome === "complete" ? <span class="muted">complete</span> : <Badge tone={tones[outcome]}>{outcome}</Badge>}{baseline && <Badge tone="muted" title="The first of its scope: it tells of no SIM as new">baseline</Badge>}</> },
    { name: "duration_ms", head: "Took", end: true, cell: (sweep) => <Took sweep={sweep} time={time} /> },
    ...figures.map(([name, head]) => ({ name, head, end: true, cell: (sweep: Sweep) => <><Number of={sweep[name]} />{name === "items" && <Of sweep={sweep} />}</> })),
    { name: "error", head: "What was wrong", class: "wrong", cell: (sweep) => <Wrong sweep={sweep} /> },
  ];
}

function Took({ sweep, time }: { sweep: Sweep; time: number }) {
  const took = tookOf(sweep, time);
  if (took === null) return <span class="none" title="Whoever ran it ended before it did">–</span>;
  return sweep.outcome === "running" ? <span class="muted">{span(took)} so far</span> : <>{span(took)}</>;
}

// Of the list, while it is walked.
function Of({ sweep: { outcome, expected } }: { sweep: Sweep }) {
  return outcome === "running" && expected !== null ? <span class="muted"> of {count(expected)}</span> : null;
}

function Wrong({ sweep: { error, set_aside, set_aside_what } }: { sweep: Sweep }) {
  const aside = set_aside > 0 ? `${count(set_aside)} set aside${set_aside_what ? `: ${set_aside_what}` : ""}` : "";
  const text = [reasonFirst(error ?? ""), aside].filter(Boolean).join("; ");
  return <bdi class={error ? "" : "muted"}>{text}</bdi>;
}

interface SweepTableProps {
  sweeps: readonly Sweep[];
  older: string | null;
  back: boolean;
  onOlder: () => void;
  onNewest: () => void;
}

function SweepTable({ sweeps, older, back, onOlder, onNewest }: SweepTableProps) {
  return (
    <Table label="Sweeps, newest first" columns={columnsOf(now.value + ahead.value)} rows={sweeps} rowKey={({ id }) => String(id)}
      foot={
        <div class="log-foot">
          <span>{count(sweeps.length)} shown</span>
          {back && <button type="button" data-back onClick={onNewest}>Newest</button>}
          {older !== null && <button type="button" data-next onClick={onOlder}>Older</button>}
        </div>
      } />
  );
}

function Nothing({ account }: { account: string | null }) {
  return (
    <>
      <p><strong>No sweep has begun yet{account === null ? "" : ` for ${account}`}.</strong></p>
      <p>The leader begins one at once when it starts: <code>systemctl status simsync</code> says whether one runs.</p>
    </>
  );
}
