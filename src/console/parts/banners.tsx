// What must not be overlooked on any page: the daemon that does not answer, and accounts whose data is old. A number of
// theirs is never shown without this above it.
import { now } from "../clock.ts";
import { accounts, ahead, fleet } from "../fleet.ts";
import { isStale } from "../first_sweep.ts";
import { connection } from "../live.ts";
import { counted } from "../money.ts";
import { zone } from "../settings.ts";
import type { Account } from "../shapes.ts";
import { sentence } from "../words.ts";
import { clockOf, span } from "../time.ts";
import { CopyButton } from "./copy.tsx";
import { Failed } from "./panel.tsx";

const mostBanners = 3;

export function Banners() {
  const { problem, asOf } = fleet.answer.value;
  const stale = accounts().filter(isStale);
  const more = stale.length - mostBanners;
  return (
    <>
      {connection.value === "away" ? <Away /> : problem && <Failed problem={problem} asOf={asOf} again={() => void fleet.ask("api/overview")} />}
      {connection.value === "polling" && (
        <p class="banner info">16 others watch live; this page refreshes every 10 s instead.</p>
      )}
      {stale.slice(0, mostBanners).map((account) => <Stale key={account.account} account={account} />)}
      {more > 0 && <p class="banner warning" role="status">{counted(more, "more account")} without a complete sweep for too long. <code>simsync status</code></p>}
    </>
  );
}

function Away() {
  const { asOf } = fleet.answer.value;
  return (
    <div class="banner critical" role="alert">
      <p>
        <strong>simsync does not answer.</strong>{" "}
        {asOf !== null && <>What you see is as of {clockOf(new Date(asOf).toISOString(), zone.value)}. </>}
        It is asked again every 2 s.
      </p>
      <p class="hint"><b>HINT</b> <code>systemctl status simsync</code></p>
    </div>
  );
}

function Stale({ account }: { account: Account }) {
  const { account: name, degraded_since, degraded_error, degraded_hint, last_complete_sweep_at, sweeps } = account;
  const error = degraded_error ?? sweeps.find(({ outcome }) => outcome !== "running")?.error;
  const old = last_complete_sweep_at === null ? null : span(Math.max(0, now.value + ahead.value - Date.parse(last_complete_sweep_at)));
  const command = "simsync status";
  return (
    <div class={`banner ${degraded_since === null ? "warning" : "critical"}`} role="status">
      <p>
        <strong>{name}: {old === null ? "no sweep has been complete yet" : `no complete sweep for ${old}`}.</strong>{" "}
        {error && <>{sentence(error)} </>}
        <a href={`#/sweeps?account=${encodeURIComponent(name)}`}>Sweeps</a>
      </p>
      <p class="hint"><b>HINT</b> {degraded_hint ?? <><code>{command}</code> <CopyButton text={command} what="command" /></>}</p>
    </div>
  );
}
