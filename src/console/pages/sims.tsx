// The fleet as a list: one search box over every number that a caller reads out, states one click away, and an address
// that says all of it.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useApi, type Answer } from "../api.ts";
import { slowly } from "../clock.ts";
import { dictionary } from "../dictionary.ts";
import { chipsOf, typed, withChip, withoutChip, withParameter } from "../filters.ts";
import { accounts, ahead, fleet, isOneAccount, session } from "../fleet.ts";
import { foundElsewhere, piecesOf } from "../highlight.ts";
import { focus, isSought } from "../keys.ts";
import { count, counted, isSpent, restOf } from "../money.ts";
import { ask, entry, go, route } from "../navigation.ts";
import { Badge } from "../parts/badge.tsx";
import { Menu } from "../parts/menu.tsx";
import { Panel } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Ago, Day } from "../parts/when.tsx";
import { formatHash, queryText, type Query } from "../route.ts";
import { kept, zone } from "../settings.ts";
import type { Page, Sim } from "../shapes.ts";
import {
  columns as allColumns, conditions, fieldsOf, isSameView, isViews, nameFor, pageSize, saved, shownColumns, sought, usualColumns, without,
  type ColumnName, type View,
} from "../sims_view.ts";
import { forecastsFrom, marksOf, orderAfter, states, sumOf } from "../states.ts";
import { absolute } from "../time.ts";

const chosenColumns = kept<readonly string[] | null>("sims.columns", null, (value) => value === null || Array.isArray(value));
const views = kept<readonly View[]>("sims.views", [], isViews);

export function Sims() {
  const { query } = route.value;
  const answer = useApi<Page<Sim>>(`api/sims${sought(query, true)}`);
  const shown = shownColumns(query, chosenColumns.value);
  return (
    <>
      <div class="title filters">
        <h1>SIMs</h1>
        <Search query={query} answer={answer} />
        <Choice label="Tariff" name="tariff" query={query} options={tariffs()} />
        {!isOneAccount() && <Choice label="Account" name="account" query={query} options={accounts().map(({ account }) => [account, account])} />}
        <div class="aside">
          <Views query={query} />
          <Columns query={query} shown={shown} />
          <a class="button" href={`api/sims.csv${sought(query, false)}`} download title="All SIMs of this list, as a file">CSV</a>
        </div>
      </div>
      <States query={query} />
      <Chips query={query} />
      <Panel label="List of SIMs" answer={answer} account={query["account"] ?? ""} isEmpty={({ items }) => items.length === 0} empty={<Nothing query={query} />}>
        {(page) => <List page={page} query={query} shown={shown} />}
      </Panel>
    </>
  );
}

// --- what is asked ----------------------------------------------------------------------------------------------------

const typingPause = 250;

// Asked while it is typed; Enter makes chips of what is one (state:low) and opens the only SIM that was found.
function Search({ query, answer: { value, path } }: { query: Query; answer: Answer<Page<Sim>> }) {
  const words = query["q"] ?? "";
  const box = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(words);
  const [, setTurn] = useState(0);
  const told = useRef(words);
  const timer = useRef(0);

  // Back, forward and chips change what is asked; what is being typed does so by itself.
  useEffect(() => {
    if (words !== told.current) setText(words);
    told.current = words;
  }, [words]);
  useEffect(() => () => clearTimeout(timer.current), []);
  // Before anything is painted: what is typed next belongs here already.
  useLayoutEffect(() => {
    if (isSought()) focus(box.current);
  }, []);

  // Of what Enter was pressed for, once that is answered: there may be one, several or none.
  const entered = useRef<string | null>(null);
  useEffect(() => {
    if (entered.current !== words || value === null || path !== `api/sims${sought(query, true)}`) return;
    entered.current = null;
    const [only, ...more] = value.items;
    if (only && more.length === 0 && value.next === null) go("sim", [only.account, only.id]);
  });

  const say = (value: string, how: "push" | "replace") => {
    clearTimeout(timer.current);
    told.current = value.trim();
    ask(withParameter(route.value.query, "q", value.trim()), how);
  };
  const onInput = (value: string) => {
    entered.current = null;
    setText(value);
    clearTimeout(timer.current);
    // The first letter is another entry of the history, so that back returns to the list as it was.
    if (typed(value, conditions).chips.length === 0)
      timer.current = setTimeout(() => say(value, (route.value.query["q"] ?? "") === "" ? "push" : "replace"), typingPause);
  };
  const onEnter = () => {
    const { chips, rest } = typed(text, conditions);
    clearTimeout(timer.current);
    told.current = rest;
    entered.current = rest === "" ? null : rest;
    setText(rest);
    ask(withParameter(chips.reduce((all, { name, value }) => withChip(all, name, value), route.value.query), "q", rest), "push");
    setTurn((turn) => turn + 1); // the answer may be there already
  };
  return (
    <div class="search" role="search">
      <input type="search" ref={box} data-search value={text} maxLength={100} aria-label="Search by ICCID, number, IMEI or description"
        placeholder="ICCID, number, IMEI, description" spellcheck={false} autocomplete="off"
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && onEnter()} />
      {text === "" && <kbd aria-hidden="true">/</kbd>}
    </div>
  );
}

function tariffs(): [string, string][] {
  const known = fleet.answer.value.value?.tariffs ?? [];
  return known.map(({ tariff_name }) => [tariff_name ?? without, tariff_name ?? "without a tariff"]);
}

// What the address says is an option even where nobody knows it.
function Choice({ label, name, query, options }: { label: string; name: string; query: Query; options: readonly (readonly [string, string])[] }) {
  const value = query[name] ?? "";
  const known = value === "" || options.some(([word]) => word === value);
  return (
    <select aria-label={label} class={value === "" ? "unset" : ""} value={value} onChange={(event) => ask(withParameter(query, name, event.currentTarget.value))}>
      <option value="">{`Any ${label.toLowerCase()}`}</option>
      {!known && <option value={value}>{value}</option>}
      {options.map(([word, text]) => <option key={word} value={word}>{text}</option>)}
    </select>
  );
}

// Counts are of all SIMs: where something else narrows the list too, they would be of another, and leave their room empty.
function States({ query }: { query: Query }) {
  const { state = "", account = "" } = query;
  const among = accounts().filter((each) => account === "" || each.account === account);
  const ofThisList = !query["q"] && !query["tariff"] && !query["profile"];
  const noForecast = forecastsFrom(among, slowly.value + ahead.value)?.isAll;
  return (
    <nav class="tabs" aria-label="State">
      {states.map(({ word, name, count: which, tone, means }) => {
        const number = among.length > 0 ? sumOf(among, which) : null;
        const isKnown = word !== "runs_out" || !noForecast;
        const text = number === null ? "" : isKnown ? count(number) : "–";
        const to = withParameter({ ...query, sort: orderAfter(query["sort"] ?? "", state, word) }, "state", word);
        return (
          <a key={word} href={formatHash("sims", [], to)} aria-current={state === word ? "true" : undefined} title={means}>
            {name}{text !== "" && <span class={ofThisList ? (isKnown && number! > 0 ? tone : "muted") : "room"}>{text}</span>}
          </a>
        );
      })}
    </nav>
  );
}

function Chips({ query }: { query: Query }) {
  const chips = chipsOf(query, conditions);
  const words = query["q"] ?? "";
  if (chips.length === 0 && words === "") return null;
  return (
    <ul class="chips" aria-label="Filters">
      {words !== "" && <Chip text={`“${words}”`} drop={() => ask(withParameter(query, "q", ""))} />}
      {chips.map((chip) => <Chip key={chip.text} text={chip.text} drop={() => ask(withoutChip(query, chip))} />)}
      <li><a href={formatHash("sims", [], cleared(query))}>Clear all</a></li>
    </ul>
  );
}

function Chip({ text, drop }: { text: string; drop: () => void }) {
  return <li class="chip"><span>{text}</span><button type="button" aria-label={`Remove the filter ${text}`} onClick={drop}>×</button></li>;
}

function cleared({ columns = "", sort = "" }: Query): Query {
  return { columns, sort };
}

// --- how it is shown --------------------------------------------------------------------------------------------------

function Columns({ query, shown }: { query: Query; shown: readonly ColumnName[] }) {
  const choose = (names: readonly ColumnName[]) => {
    const usual = names.join() === usualColumns.join();
    chosenColumns.value = usual ? null : names;
    ask({ ...query, columns: usual ? "" : names.join(",") }, "replace");
  };
  return (
    <Menu label="Columns">
      <fieldset class="ticks">
        <legend class="offscreen">Columns shown</legend>
        {allColumns.filter(({ name }) => name !== "id").map(({ name, head }) => (
          <label key={name} title={dictionary("sim", name)}>
            <input type="checkbox" checked={shown.includes(name)}
              onChange={({ currentTarget: { checked } }) => choose(allColumns.map((each) => each.name).filter((each) => (each === name ? checked : shown.includes(each))))} />
            {head}
          </label>
        ))}
      </fieldset>
      <button type="button" class="link" onClick={() => choose(usualColumns)}>The usual ones</button>
    </Menu>
  );
}

function Views({ query }: { query: Query }) {
  const [name, setName] = useState<string | null>(null);
  const current = views.value.find((view) => isSameView(view, query));
  const suggested = nameFor(query);
  const save = () => {
    views.value = saved(views.value, (name ?? suggested).trim() || suggested, query);
    setName(null);
  };
  return (
    <Menu label={current ? `View: ${current.name}` : "Views"}>
      {views.value.length === 0
        ? <p class="muted">A view is this list's filters, order and columns under a name. This browser keeps it; the address says it all, so a link shares it.</p>
        : (
          <ul class="views">
            {views.value.map((view) => (
              <li key={view.name}>
                <a href={formatHash("sims", [], view.query)} aria-current={view === current ? "true" : undefined}>{view.name}</a>
                <button type="button" class="plain" aria-label={`Forget the view ${view.name}`} onClick={() => (views.value = views.value.filter((each) => each !== view))}>×</button>
              </li>
            ))}
          </ul>
        )}
      <div class="save">
        <input aria-label="Name of the view" value={name ?? suggested} maxLength={60} onInput={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Enter" && save()} />
        <button type="button" class="primary" onClick={save}>Save view</button>
      </div>
    </Menu>
  );
}

// --- the list ---------------------------------------------------------------------------------------------------------

function List({ page, query, shown }: { page: Page<Sim>; query: Query; shown: readonly ColumnName[] }) {
  const words = query["q"] ?? "";
  const names = allColumns.map(({ name }) => name).filter((name) => shown.includes(name) ||
    (name === "account" && !isOneAccount() && !query["account"]) || (name === "removed_at" && query["state"] === "removed"));
  const columns = names.map((name) => columnOf(name, words));
  // A row says why it is there, also where that is in a column that is not.
  if (words !== "" && page.items.some((sim) => foundElsewhere(fieldsOf(sim, names), words).length > 0)) {
    const place = names.indexOf("description");
    columns.splice(place < 0 ? names.length : place, 0, { name: "found", head: "Found in", cell: (sim) => <FoundIn sim={sim} names={names} words={words} /> });
  }
  return (
    <>
      <Table label="SIMs" columns={columns} rows={page.items} rowKey={({ account, id }) => `${account} ${id}`}
        sort={query["sort"] ?? "id"} onSort={(sort) => ask(withParameter(query, "sort", sort === "id" ? "" : sort))} copies={(sim) => sim.iccid_plastic} />
      <Pager page={page} query={query} />
    </>
  );
}

// The row's address, of which the filters are no part: it is about the SIM.
function simHash({ account, id }: Sim): string {
  return formatHash("sim", [account, id]);
}

function columnOf(name: ColumnName, words: string): Column<Sim> {
  const { head } = allColumns.find((column) => column.name === name)!;
  return { name, head, ...withTip(name, shapes(words)[name]) };
}

function withTip(name: ColumnName, shape: Omit<Column<Sim>, "name" | "head">): Omit<Column<Sim>, "name" | "head"> {
  const tip = shape.tip ?? dictionary("sim", name);
  return { ...shape, tip: shape.sort && shape.sort !== "id" && tip ? tip + slow : tip };
}

const slow = " Without a filter it sorts the whole fleet: about a second for a million SIMs.";

function shapes(words: string): Record<ColumnName, Omit<Column<Sim>, "name" | "head">> {
  const found = (text: string | null) => (text === null || text === "" ? <None /> : <Found text={text} words={words} />);
  const numbers = (list: readonly string[]) => (list.length === 0 ? <None /> : <Numbers list={list} words={words} />);
  return {
    id: { sort: "id", sticky: true, cell: (sim) => <a class="mono" href={simHash(sim)}><Found text={sim.id} words={words} /></a> },
    account: { cell: ({ account }) => account },
    iccid_plastic: { cell: ({ iccid_plastic }) => <span class="mono">{found(iccid_plastic)}</span> },
    sim_id: { cell: ({ sim_id }) => <span class="mono">{found(sim_id)}</span> },
    caller_ids: { cell: (sim) => numbers(sim.caller_ids) },
    external_msisdns: { cell: (sim) => numbers(sim.external_msisdns) },
    fmcs: { cell: (sim) => numbers(sim.fmcs) },
    balance: { sort: "balance", end: true, cell: ({ balance }) => <Amount amount={balance} /> },
    data_balance: { end: true, cell: ({ data_balance }) => (data_balance === null ? <None /> : <span class="decimal" data-rest={restOf(data_balance)}>{data_balance}</span>) },
    tariff_name: { cell: ({ tariff_name }) => tariff_name ?? <None /> },
    tariff_type: { cell: ({ tariff_type }) => <span class="muted">{tariff_type ?? "–"}</span> },
    tariff_expires_at: { sort: "tariff_expires_at", cell: ({ tariff_expires_at }) => <Ago at={tariff_expires_at} /> },
    state: { tip: "What is to be said of the SIM, worst first", cell: (sim) => marksOf(sim, slowly.value).map(({ text, tone }) => <Badge key={text} tone={tone}>{text}</Badge>) },
    imei: { cell: ({ imei, imei_is_correct }) => <span class={`mono${imei_is_correct === false ? " late" : ""}`}>{found(imei)}</span> },
    profile: { cell: ({ profile }) => profile ?? <None /> },
    latest_activity: { sort: "latest_activity", cell: ({ latest_activity }) => <Ago at={latest_activity} none="never" /> },
    first_seen_at: { cell: ({ first_seen_at }) => <Day at={first_seen_at} /> },
    changed_at: { cell: ({ changed_at }) => <Ago at={changed_at} /> },
    removed_at: { cell: ({ removed_at }) => <Ago at={removed_at} /> },
    description: { wide: true, cell: ({ description }) => <span title={description ?? undefined}>{found(description)}</span> },
  };
}

function None() {
  return <span class="none">–</span>;
}

function Found({ text, words }: { text: string; words: string }) {
  if (words === "") return <>{text}</>;
  return <>{piecesOf(text, words).map((piece, at) => (piece.found ? <mark key={at}>{piece.text}</mark> : piece.text))}</>;
}

function FoundIn({ sim, names, words }: { sim: Sim; names: readonly ColumnName[]; words: string }) {
  return (
    <span class="numbers">
      {foundElsewhere(fieldsOf(sim, names), words).map(({ head, value }) => (
        <span key={head}><span class="muted">{head}</span> <bdi class={head === "Description" ? "" : "mono"}><Found text={value} words={words} /></bdi></span>
      ))}
    </span>
  );
}

// The one that was looked for stands first: there may be more than a row has room for.
const mostNumbers = 2;

function Numbers({ list, words }: { list: readonly string[]; words: string }) {
  const isFound = (number: string) => words !== "" && piecesOf(number, words).some((piece) => piece.found);
  const ordered = [...list].sort((a, b) => Number(isFound(b)) - Number(isFound(a)));
  const more = ordered.length - mostNumbers;
  return (
    <span class="mono numbers" title={list.length > 1 ? list.join("\n") : undefined}>
      {ordered.slice(0, mostNumbers).map((number) => <span key={number}><Found text={number} words={words} /></span>)}
      {more > 0 && <span class="muted">+{more}</span>}
    </span>
  );
}

function Amount({ amount }: { amount: string | null }) {
  if (amount === null) return <None />;
  return <span class={`decimal${isSpent(amount) ? " spent" : ""}`} data-rest={restOf(amount)}>{amount}</span>;
}

// --- on and back ------------------------------------------------------------------------------------------------------

// Next is an entry of the history, so the browser's back and ours are the same, and both return to what was there.
function Pager({ page: { items, next, total, found_more }, query }: { page: Page<Sim>; query: Query }) {
  const paged = (query["cursor"] ?? "") !== "";
  const { before } = entry();
  const first = paged ? before : 0;
  const goOn = () => next !== null && go("sims", [], { ...query, cursor: next }, { before: (first ?? 0) + items.length });
  const goBack = () => (before === undefined ? ask(withParameter(query, "cursor", "")) : history.back());
  const range = first === undefined || (first === 0 && next === null) ? counted(items.length, "SIM") : `${count(first + 1)}–${count(first + items.length)}`;
  const known = typeof total === "number" && total > items.length ? ` of ${count(total)}` : "";
  return (
    <div class="pager">
      <span class="muted">
        {range}{known}
        {found_more && " · more than 1,000 match: type more"}
      </span>
      <span class="turn">
        <button type="button" data-back disabled={!paged} onClick={goBack}>{before === undefined && paged ? "First" : "Back"} <kbd aria-hidden="true">[</kbd></button>
        <button type="button" data-next disabled={next === null} onClick={goOn}>Next {pageSize} <kbd aria-hidden="true">]</kbd></button>
      </span>
    </div>
  );
}

// --- nothing ----------------------------------------------------------------------------------------------------------

function Nothing({ query }: { query: Query }) {
  const words = query["q"] ?? "";
  const narrowed = conditions.some((name) => query[name]);
  if (words === "" && !narrowed) return <p>The partner's list holds no SIM.</p>;
  const everywhere = formatHash("sims", [], { ...cleared(query), q: words });
  const { account = "", state } = query;
  const forecasts = state === "runs_out" ? forecastsFrom(accounts().filter((each) => account === "" || each.account === account), slowly.value + ahead.value) : null;
  return (
    <>
      {forecasts ? <NoForecastYet {...forecasts} /> : <p><strong>No SIM matches.</strong></p>}
      {words !== "" && narrowed && <p><a href={everywhere}>Search for “{words}” without the filters</a></p>}
      {!(words !== "" && narrowed) && <p><a href={formatHash("sims", [], cleared(query))}>Clear the filters</a></p>}
      {words !== "" && query["state"] !== "removed" && <AmongRemoved words={words} query={query} />}
      {words !== "" && words.replace(/\s/g, "").length < 3 && <p>Type three characters at least.</p>}
      {words !== "" && session.answer.value.value?.search_indexed === false && (
        <p class="small">Searched: id, ICCID, SIM id, IMEI, numbers and description, any part of them.</p>
      )}
    </>
  );
}

// None is known to run out, which is not the same as that none does.
function NoForecastYet({ at, isAll }: { at: string; isAll: boolean }) {
  return (
    <>
      <p><strong>{isAll ? "Whose balance runs out is not known yet." : "No SIM matches, and not all accounts have forecasts yet."}</strong></p>
      <p>
        A forecast needs three days of balances{at !== "" && <>: the first can be made <time dateTime={at}>{absolute(at, zone.value).slice(0, 16)}</time>, <Ago at={at} /></>}.
        {" "}<a href={formatHash("sims", [], { state: "low", sort: "balance" })}>Whose balance is low now</a>
      </p>
    </>
  );
}

// Who asks for a SIM that has gone shall not be told that there never was one.
function AmongRemoved({ words, query }: { words: string; query: Query }) {
  const { account = "" } = query;
  const { value } = useApi<Page<Sim>>(`api/sims${queryText({ account, q: words, state: "removed", limit: "3" })}`, { follow: false, about: `${account} ${words}` });
  if (!value || value.items.length === 0) return null;
  return (
    <div>
      <p>{value.next === null ? "Removed from the partner's list:" : "Among those removed from the partner's list:"}</p>
      <ul>
        {value.items.map((sim) => (
          <li key={sim.id}>
            <a class="mono" href={simHash(sim)}>{sim.id}</a> <span class="mono">{sim.iccid_plastic}</span> {sim.description} <Badge tone="muted">removed</Badge> <Ago at={sim.removed_at} />
          </li>
        ))}
      </ul>
      {value.next !== null && <p><a href={formatHash("sims", [], { ...query, state: "removed" })}>All removed that match</a></p>}
    </div>
  );
}
