// Removals that the guard holds: a person must decide, so here is all that it takes, and the command to copy.
import { useEffect, useState } from "preact/hooks";
import { useApi } from "../api.ts";
import { accounts } from "../fleet.ts";
import { count, counted } from "../money.ts";
import { ask, go, route } from "../navigation.ts";
import { CopyButton } from "../parts/copy.tsx";
import { Panel } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Ago, Moment, Since } from "../parts/when.tsx";
import { formatHash, queryText } from "../route.ts";
import type { Account, HeldRemoval, Page } from "../shapes.ts";

const rowsAPage = 100;
const typing = 250; // ms: a pause in typing is a question

export function Removals() {
  const { path, query } = route.value;
  const account = path[0] ?? (accounts().find(({ held_removals }) => held_removals > 0) ?? accounts()[0])?.account ?? null;
  const known = accounts().find((each) => each.account === account);
  const { q = "", cursor = "" } = query;
  const place = account === null ? null : `api/accounts/${encodeURIComponent(account)}/removals`;
  const answer = useApi<Page<HeldRemoval>>(place && place + queryText({ q, limit: String(rowsAPage), cursor }), { about: account ?? "" });

  return (
    <>
      <div class="title">
        <h1>Removals</h1>
        {accounts().length > 1 && (
          <select aria-label="Account" value={account ?? ""} onChange={(event) => go("removals", [event.currentTarget.value])}>
            {accounts().map(({ account, held_removals }) => <option key={account} value={account}>{account}{held_removals > 0 ? ` (${count(held_removals)} held)` : ""}</option>)}
          </select>
        )}
        {(answer.value === null || answer.value.items.length > 0 || q !== "") && <Search q={q} />}
      </div>
      {known && known.held_removals > 0 && <Decide account={known} />}
      <Panel label="Held removals" answer={answer} account={account ?? ""} isEmpty={({ items }) => items.length === 0} empty={<Nothing account={account} q={q} />}>
        {({ items, next }) => <Held account={account ?? ""} items={items} next={next} />}
      </Panel>
    </>
  );
}

function Decide({ account: { account, held_removals, held_since } }: { account: Account }) {
  const accept = `simsync removals accept --account ${account}`;
  const reject = `simsync removals reject --account ${account}`;
  const list = `simsync removals --account ${account} --json`;
  return (
    <section class="panel decide" aria-label="To decide">
      <p>
        <strong>{counted(held_removals, "removal")} of {account} {held_removals === 1 ? "is" : "are"} held{held_since && <> since <Since at={held_since} /></>}.</strong>{" "}
        So many at once look like a partner's mistake, so nothing was removed. Ask the partner whether these SIMs are gone, then say so:
      </p>
      <dl>
        <div><dt>All as a list</dt><dd><code>{list}</code><CopyButton text={list} what="command" label="Copy" /></dd></div>
        <div><dt>They are gone</dt><dd><code>{accept}</code><CopyButton text={accept} what="command" label="Copy" /></dd></div>
        <div><dt>They are not</dt><dd><code>{reject}</code><CopyButton text={reject} what="command" label="Copy" /></dd></div>
      </dl>
    </section>
  );
}

function Search({ q }: { q: string }) {
  const [text, setText] = useState(q);
  useEffect(() => setText(q), [q]);
  useEffect(() => {
    if (text === q) return;
    const timer = setTimeout(() => ask({ ...route.peek().query, q: text, cursor: "" }, "replace"), typing);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div class="search" role="search">
      <input type="search" aria-label="Search the held removals" placeholder="SIM, ICCID, description" value={text} maxLength={100}
        spellcheck={false} autocomplete="off" onInput={(event) => setText(event.currentTarget.value)} />
    </div>
  );
}

function Held({ account, items, next }: { account: string; items: readonly HeldRemoval[]; next: string | null }) {
  const { query } = route.value;
  const someLapsed = items.some(({ decision, lapsed }) => decision === null && lapsed !== null);
  const columns: Column<HeldRemoval>[] = [
    { name: "sim", head: "SIM", sticky: true, cell: ({ sim }) => <a href={formatHash("sim", [account, sim])}>{sim}</a> },
    { name: "iccid_plastic", head: "ICCID", cell: ({ iccid_plastic }) => <span class="mono">{iccid_plastic ?? "–"}</span> },
    { name: "description", head: "Description", wide: true, cell: ({ description }) => <bdi title={description ?? ""}>{description ?? "–"}</bdi> },
    { name: "held_at", head: "Held since", cell: ({ held_at }) => <Moment at={held_at} /> },
    { name: "sweep_id", head: "Missed by", cell: ({ sweep_id }) => <span class="muted">sweep {sweep_id}</span> },
    { name: "decision", head: "Decision", cell: (removal) => <Decision removal={removal} someLapsed={someLapsed} /> },
  ];
  return (
    <Table label="SIMs whose removal is held" columns={columns} rows={items} rowKey={({ sim }) => sim} copies={({ iccid_plastic }) => iccid_plastic}
      foot={
        <div class="log-foot">
          <span>{count(items.length)} shown</span>
          {query["cursor"] && <button type="button" data-back onClick={() => ask({ ...query, cursor: "" })}>First</button>}
          {next !== null && <button type="button" data-next onClick={() => ask({ ...query, cursor: next })}>Next {rowsAPage}</button>}
        </div>
      } />
  );
}

// In the words of `simsync removals`. Where a decision has lapsed, what matters is which SIMs it was not made of.
function Decision({ removal, someLapsed }: { removal: HeldRemoval; someLapsed: boolean }) {
  const { decision, decided_by, decided_at, lapsed, lapsed_by, lapsed_at } = removal;
  if (decision !== null) return <>{decision} by <bdi>{decided_by ?? "–"}</bdi> <span class="muted"><Ago at={decided_at} /></span></>;
  if (lapsed === null) return <>to be decided{someLapsed && <>, <strong>new</strong></>}</>;
  return (
    <span title="SIMs are missing that the decision was not made of: decide anew">
      to be decided, was {lapsed} by <bdi>{lapsed_by ?? "–"}</bdi> <span class="muted"><Ago at={lapsed_at} /></span>
    </span>
  );
}

function Nothing({ account, q }: { account: string | null; q: string }) {
  if (q !== "")
    return <><p><strong>No held removal matches {q}.</strong></p><p><a href={formatHash("removals", account === null ? [] : [account])}>Clear the search</a></p></>;
  return (
    <>
      <p><strong>Nothing is held{account === null ? "" : ` for ${account}`}.</strong></p>
      <p>Where a sweep would remove more SIMs than <code>[removal] guard_fraction</code> allows, they wait here for a person to decide.</p>
    </>
  );
}
