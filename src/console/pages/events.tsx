// What happened, and what happens: the log of all accounts, newest first, without balances unless they are asked for.
import { useEffect, useRef, useState } from "preact/hooks";
import { canBeExported, filterOf, isLive, leastOf, queryOf, questionOf, severityFrom, type EventFilter } from "../event_filter.ts";
import { useEventLog } from "../event_log.ts";
import { accounts, isOneAccount } from "../fleet.ts";
import { causes, kinds } from "../kinds.ts";
import { connection, missed, paused } from "../live.ts";
import { count } from "../money.ts";
import { ask, route } from "../navigation.ts";
import { LogFoot, NewEvents } from "../parts/event_log_foot.tsx";
import { EventTable } from "../parts/event_table.tsx";
import { Panel } from "../parts/panel.tsx";
import { formatHash, queryText } from "../route.ts";
import { localZone, zone } from "../settings.ts";
import { absolute } from "../time.ts";
import { fieldIn, instantIn, spanOf } from "../zoned.ts";

export function Events() {
  const filter = filterOf(route.value.query);
  const list = useRef<HTMLDivElement>(null);
  const reading = useReading(list);
  const log = useEventLog({ filter, paused: paused.value || reading !== null });
  const change = (to: Partial<EventFilter>) => ask(queryOf({ ...filter, ...to }));

  return (
    <>
      <div class="title filters">
        <h1>Events</h1>
        <Filters filter={filter} change={change} />
        <div class="aside"><Pause /><Csv filter={filter} change={change} /></div>
      </div>
      <div class="tabbed">
        <Severities filter={filter} />
        <Following filter={filter} reading={reading} />
      </div>
      <Chips filter={filter} change={change} />
      {missed.value > 0 && (
        <p class="banner info">
          More happened than this page could follow: {count(missed.value)} events were passed over, and the list was loaded again.
          <button type="button" class="link" onClick={() => (missed.value = 0)}>Understood</button>
        </p>
      )}
      <div ref={list}>
        <NewEvents log={log} over={reading === "scrolled"} />
        <Panel label="Events" answer={log.answer} account={filter.account} isEmpty={({ rows }) => rows.length === 0} empty={<Nothing filter={filter} />}>
          {({ rows }) => (
            <EventTable label="Events, newest first" rows={rows} onKind={(kind) => change({ kind: [kind], without: [] })} fresh={log.isFresh} foot={<LogFoot log={log} />} />
          )}
        </Panel>
      </div>
    </>
  );
}

// --- pausing ----------------------------------------------------------------------------------------------------------

const topEdge = 60; // px: less is no scrolling down

// Why rows must not move now: what somebody reads further down, or has selected.
function useReading(list: { current: HTMLElement | null }): "scrolled" | "selected" | null {
  const [reading, setReading] = useState<"scrolled" | "selected" | null>(null);
  useEffect(() => {
    const look = () => setReading(scrollY > topEdge ? "scrolled" : isSelected(list.current) ? "selected" : null);
    const events: [EventTarget, string][] = [[window, "scroll"], [document, "selectionchange"], [document, "focusin"], [document, "focusout"]];
    for (const [target, name] of events) target.addEventListener(name, look, { passive: true });
    return () => {
      for (const [target, name] of events) target.removeEventListener(name, look);
    };
  }, []);
  return reading;
}

// Text, or the row on which the keyboard stands.
function isSelected(list: HTMLElement | null): boolean {
  const selection = getSelection();
  const hasText = selection !== null && !selection.isCollapsed && list?.contains(selection.anchorNode) === true;
  return hasText || (list?.querySelector("tbody")?.contains(document.activeElement) ?? false);
}

function Pause() {
  return <button type="button" aria-pressed={paused.value} title="p" onClick={() => (paused.value = !paused.value)}>{paused.value ? "Go on" : "Pause"}</button>;
}

function Following({ filter, reading }: { filter: EventFilter; reading: "scrolled" | "selected" | null }) {
  if (!isLive(filter)) return <span class="muted following">ends in the past: not followed</span>;
  if (paused.value) return <span class="muted following">paused: new events are counted, not shown</span>;
  if (connection.value !== "live") return null;
  const texts = { scrolled: "waits while you read further down", selected: "waits while a row is selected" };
  return <span class="muted following">{reading ? texts[reading] : "newest first, as they come"}</span>;
}

// --- filters ----------------------------------------------------------------------------------------------------------

interface FilterProps {
  filter: EventFilter;
  change: (to: Partial<EventFilter>) => void;
}

const spans = [["", "Any time"], ["1h", "Last hour"], ["24h", "Last 24 hours"], ["7d", "Last 7 days"], ["30d", "Last 30 days"]] as const;

function Severities({ filter }: { filter: EventFilter }) {
  const least = leastOf(filter.severity);
  const tab = (from: string, name: string) => (
    <a href={formatHash("events", [], queryOf({ ...filter, severity: severityFrom(from) }))} aria-current={least === from ? "true" : undefined}>{name}</a>
  );
  return (
    <nav class="tabs" aria-label="Severity">
      {tab("info", "All")}
      {tab("warning", "Warning and critical")}
      {tab("critical", "Critical")}
      {least === null && <a href={formatHash("events", [], queryOf(filter))} aria-current="true">{filter.severity.join(", ")}</a>}
    </nav>
  );
}

function Filters({ filter, change }: FilterProps) {
  return (
    <>
      <KindChoice filter={filter} change={change} />
      <Times filter={filter} change={change} />
      <select aria-label="Cause" class={filter.cause === "" ? "unset" : ""} value={filter.cause} onChange={(event) => change({ cause: event.currentTarget.value })}>
        <option value="">Any cause</option>
        {causes.map((cause) => <option key={cause} value={cause}>{cause}</option>)}
      </select>
      {(!isOneAccount() || filter.account !== "") && (
        <select aria-label="Account" class={filter.account === "" ? "unset" : ""} value={filter.account} onChange={(event) => change({ account: event.currentTarget.value })}>
          <option value="">Any account</option>
          {accounts().map(({ account }) => <option key={account} value={account}>{account}</option>)}
        </select>
      )}
      <input class="id" aria-label="SIM" value={filter.sim} placeholder="SIM's id" spellcheck={false} autocomplete="off"
        onChange={(event) => change({ sim: event.currentTarget.value.trim() })} />
      <label><input type="checkbox" checked={!filter.balances} onChange={(event) => change({ balances: !event.currentTarget.checked })} />hide balances</label>
    </>
  );
}

// Adds to what is chosen; the chips below take away.
function KindChoice({ filter, change }: FilterProps) {
  const choose = (choice: string) => {
    const kind = choice.slice(1);
    if (choice.startsWith("+")) change({ kind: [...filter.kind, kind], without: [] });
    if (choice.startsWith("-")) change({ without: [...filter.without, kind], kind: [] });
  };
  const left = [...kinds.keys()].filter((kind) => !filter.kind.includes(kind) && !filter.without.includes(kind));
  return (
    <select aria-label="Kind" class="unset kinds" value="" onChange={(event) => { choose(event.currentTarget.value); event.currentTarget.value = ""; }}>
      <option value="">{filter.kind.length > 0 ? "More kinds…" : filter.without.length > 0 ? "Without…" : "Any kind"}</option>
      {filter.without.length === 0 && <optgroup label="Only">{left.map((kind) => <option key={kind} value={`+${kind}`}>{kind}</option>)}</optgroup>}
      {filter.kind.length === 0 && <optgroup label="Without">{left.map((kind) => <option key={kind} value={`-${kind}`}>without {kind}</option>)}</optgroup>}
    </select>
  );
}

function Times({ filter, change }: FilterProps) {
  const isSpan = filter.until === "" && (filter.since === "" || spans.some(([span]) => span === filter.since));
  const [typing, setTyping] = useState(!isSpan);
  const inZone = zone.value === "UTC" ? "UTC" : undefined;
  const field = (name: "since" | "until") => (
    <label class="small">{name}
      <input type="datetime-local" value={spanOf(filter[name]) === null ? fieldIn(inZone, filter[name]) : ""} title={`in ${zone.value === "UTC" ? "UTC" : localZone}`}
        onChange={(event) => change({ [name]: instantIn(inZone, event.currentTarget.value) ?? "" })} />
    </label>
  );
  return (
    <>
      <select aria-label="Time" class={isSpan && filter.since === "" && !typing ? "unset" : ""} value={typing || !isSpan ? "between" : filter.since} onChange={(event) => {
        const choice = event.currentTarget.value;
        setTyping(choice === "between");
        if (choice !== "between") change({ since: choice, until: "" });
      }}>
        {spans.map(([span, text]) => <option key={span} value={span}>{text}</option>)}
        <option value="between">Between…</option>
      </select>
      {(typing || !isSpan) && <>{field("since")}{field("until")}</>}
    </>
  );
}

function Chips({ filter, change }: FilterProps) {
  const chips = [
    ...filter.kind.map((kind) => ({ text: `kind:${kind}`, off: { kind: filter.kind.filter((each) => each !== kind) } })),
    ...filter.without.map((kind) => ({ text: `without ${kind}`, off: { without: filter.without.filter((each) => each !== kind) } })),
    ...(filter.cause === "" ? [] : [{ text: `cause:${filter.cause}`, off: { cause: "" } }]),
    ...(filter.account === "" ? [] : [{ text: `account:${filter.account}`, off: { account: "" } }]),
    ...(filter.sim === "" ? [] : [{ text: `sim:${filter.sim}`, off: { sim: "" } }]),
    ...(filter.since === "" ? [] : [{ text: `since ${timeText(filter.since)}`, off: { since: "" } }]),
    ...(filter.until === "" ? [] : [{ text: `until ${timeText(filter.until)}`, off: { until: "" } }]),
  ];
  if (chips.length === 0) return null;
  return (
    <ul class="chips" aria-label="Filters">
      {chips.map(({ text, off }) => (
        <li key={text} class="chip"><span>{text}</span><button type="button" aria-label={`Remove the filter ${text}`} onClick={() => change(off)}>×</button></li>
      ))}
      <li><a href="#/events">Clear all</a></li>
    </ul>
  );
}

const timeText = (time: string) => (spanOf(time) === null ? absolute(time, zone.value) : `${time} ago`);

// Where nothing bounds it, a file would hold the events of a year: it is asked what is wanted.
function Csv({ filter, change }: FilterProps) {
  if (!canBeExported(filter))
    return <button type="button" title="A file needs a beginning: this sets the last 24 hours" onClick={() => change({ since: "24h" })}>CSV…</button>;
  return <a class="button" href={`api/events.csv${queryText(questionOf(filter, Date.now()))}`} download>CSV</a>;
}

function Nothing({ filter }: { filter: EventFilter }) {
  const set = Object.keys(queryOf(filter)).length;
  if (set === 0)
    return <p><strong>Nothing has happened yet.</strong> Changes appear here as sweeps find them. Balances are hidden: they are most of what happens.</p>;
  return (
    <>
      <p><strong>No event matches.</strong> {!filter.balances && filter.kind.length === 0 && "Balances are hidden."}</p>
      <p><a href="#/events">Clear the filters</a></p>
    </>
  );
}
