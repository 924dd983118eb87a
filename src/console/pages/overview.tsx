// What is wrong, in counts that lead into the filtered list, and whether one may believe them. The rest of the page comes
// with the other pages (overview_more.tsx): this is what the first look is for.
import { useApi, type Answer } from "../api.ts";
import { now, slowly } from "../clock.ts";
import { beginningOf, loadedText } from "../first_sweep.ts";
import { accounts as all, ahead, fleet, isUnheard } from "../fleet.ts";
import { count, counted, share } from "../money.ts";
import { route } from "../navigation.ts";
import { others } from "../others.ts";
import { Badge } from "../parts/badge.tsx";
import { Answered } from "../parts/panel.tsx";
import { Since } from "../parts/when.tsx";
import { formatHash, queryText } from "../route.ts";
import { zone } from "../settings.ts";
import type { Account, Overview as Facts } from "../shapes.ts";
import { forecastsFrom, orderOf, states, sumOf } from "../states.ts";
import { clockOf, dateOf, roughly, span } from "../time.ts";

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
  const More = others.value?.OverviewMore;
  if (accounts.length === 0)
    return account === "" ? <NoAccount /> : <div class="panel empty"><p>There is no account {account}. <a href="#/">All accounts</a></p></div>;
  return (
    <>
      <Accounts accounts={accounts} />
      <Tiles accounts={accounts} account={account} />
      {accounts.filter(({ held_removals }) => held_removals > 0).slice(0, mostHeld).map((one) => <Held key={one.account} account={one} />)}
      {More && <More facts={facts} account={account} />}
    </>
  );
}

const mostHeld = 3; // the link to the removals counts all

function NoAccount() {
  return (
    <div class="panel empty">
      <p><strong>No account has been mirrored yet.</strong></p>
      <p class="hint"><b>HINT</b> <code>simsync check</code> tries the accounts of the configuration; <code>simsync run</code> mirrors them.</p>
    </div>
  );
}

const few = 6;

function AccountChoice({ account }: { account: string }) {
  const names = all().map((each) => each.account);
  const Select = others.value?.AccountSelect;
  if (names.length > few) return Select ? <Select account={account} names={names} /> : null;
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
  if (isUnheard()) return <>counted at {clockOf(at, zone.value)}</>;
  return <>counted {roughly(Math.max(0, now.value + ahead.value - Date.parse(at)))} ago</>;
}

// --- may one believe it? ----------------------------------------------------------------------------------------------

function Accounts({ accounts }: { accounts: readonly Account[] }) {
  const Many = others.value?.ManyAccounts;
  if (accounts.length > few) return Many ? <Many accounts={accounts} /> : null;
  return <ul class="panel accounts" aria-label="Freshness">{accounts.map((account) => <AccountRow key={account.account} account={account} />)}</ul>;
}

export function AccountRow({ account }: { account: Account }) {
  return (
    <li>
      <b>{account.account}</b>
      <Freshness account={account} />
      <LastSweep account={account} />
      <Leader account={account} />
    </li>
  );
}

const beginnings = { failing: "never swept whole", loading: "loading", "under way": "first sweep under way", waiting: "never swept" } as const;

function Freshness({ account }: { account: Account }) {
  const { fresh, last_complete_sweep_at, loading } = account;
  const beginning = beginningOf(account);
  if (beginning || last_complete_sweep_at === null)
    return beginning && (
      <span>
        <Badge tone={beginning.state === "failing" ? "critical" : "info"}>{beginnings[beginning.state]}</Badge>{" "}
        {loadedText(beginning, " read")}
      </span>
    );
  const age = roughly(Math.max(0, now.value + ahead.value - Date.parse(last_complete_sweep_at)));
  return (
    <span>
      {!fresh ? <Badge tone="critical">stale</Badge> : isUnheard() ? <Badge tone="muted">was fresh</Badge> : <Badge tone="good">fresh</Badge>}{" "}
      <span title="Since the last complete sweep">{age} old</span>
      {loading && <> <Badge tone="info">loading</Badge> {loadedText(loading)}</>}
    </span>
  );
}

// Why it failed stands in the banner, as soon as there is one.
function LastSweep({ account: { account, sweeps, fresh, degraded_since } }: { account: Account }) {
  const last = sweeps.find(({ outcome }) => outcome !== "running");
  if (!last) return <span class="muted">no sweep has ended yet</span>;
  return (
    <span>
      <a href={formatHash("sweeps", [], { account })}>sweep {last.id}</a>{" "}
      {last.outcome !== "complete" && <Badge tone={last.outcome === "failed" ? "critical" : "warning"}>{last.outcome}</Badge>}{" "}
      {last.error && fresh && degraded_since === null && <span class="late">{last.error} </span>}
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
      {isUnheard() && "was "}led by <span class="strong">{leader.host}</span>{leader.pid !== null && ` (pid ${leader.pid})`}
      {leader.since && <> since <Since at={leader.since} /></>}
    </span>
  );
}

// --- what is wrong ----------------------------------------------------------------------------------------------------

const tiles = ["", "spent", "low", "runs_out", "ended", "ending", "blocked", "wrong_device"];
const within7Days = ["runs_out", "ending"];

function Tiles({ accounts, account }: { accounts: readonly Account[]; account: string }) {
  const sims = sumOf(accounts, "sims") ?? 0;
  const forecasts = forecastsFrom(accounts, slowly.value + ahead.value);
  return (
    <ul class="tiles">
      {tiles.map((word) => {
        const state = states.find((each) => each.word === word)!;
        const unknown = word === "runs_out" && forecasts?.isAll ? forecasts : null;
        const number = unknown ? null : sumOf(accounts, state.count);
        return (
          <li key={word}>
            <a href={formatHash("sims", [], { account, state: word, sort: orderOf(word) })} class={word === "" ? "all" : number ? state.tone : "muted"} title={unknown ? `${state.means}: a forecast needs three days of balances` : state.means}>
              <span class="figure">
                {number === null ? "–" : count(number)}
                {word !== "" && number !== null && number > 0 && <small>{share(number, sims)}</small>}
                {unknown?.at && <small>from {dateOf(unknown.at, zone.value)}</small>}
              </span>
              <span class="name">
                {word === "" ? "SIMs" : state.name.toLowerCase()}{within7Days.includes(word) && <span class="within"> in 7 days</span>}
              </span>
            </a>
          </li>
        );
      })}
    </ul>
  );
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
