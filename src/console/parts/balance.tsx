// A SIM's balance: what it is, how it came to be, and how long it lasts. The picture can be read as a table.
import { useCallback, useMemo, useState } from "preact/hooks";
import { useAgain } from "../again.ts";
import { useApi } from "../api.ts";
import { slowly } from "../clock.ts";
import { ahead } from "../fleet.ts";
import { forecastText } from "../forecast.ts";
import { isSpent } from "../money.ts";
import { ask, route } from "../navigation.ts";
import { queryText } from "../route.ts";
import { amountAt, courseOf, daysOf, seriesOf, type BalancePoint, type Outlook } from "../series.ts";
import { zone } from "../settings.ts";
import type { Balances, Sim } from "../shapes.ts";
import { absolute, dateOf, type Zone } from "../time.ts";
import { BalanceChart } from "./balance_chart.tsx";
import { Panel } from "./panel.tsx";

const day = 86_400_000;
const ranges = [["7d", "7 d", 7], ["30d", "30 d", 30], ["90d", "90 d", 90], ["all", "all", null]] as const;
const byDefault = "30d";
const mostPoints = 1000;

// From a whole hour on: the same question for an hour.
function questionOf(days: number | null, now: number): string {
  const from = days === null ? "" : new Date(Math.floor((now - days * day) / 3_600_000) * 3_600_000).toISOString().replace(".000Z", "Z");
  return queryText({ from, points: String(mostPoints) });
}

// `news` grows whenever something of the SIM has changed.
export function Balance({ sim, news }: { sim: Sim; news: number }) {
  const range = ranges.find(([name]) => name === route.value.query["range"]) ?? ranges.find(([name]) => name === byDefault)!;
  const [asTable, setAsTable] = useState(false);
  const now = slowly.value + ahead.value;
  const end = sim.removed_at === null ? now : Date.parse(sim.removed_at);
  const place = `api/sims/${encodeURIComponent(sim.account)}/${encodeURIComponent(sim.id)}/balances`;
  const answer = useApi<Balances>(place + questionOf(range[2], end));
  useAgain(answer.again, news);
  const aside = (
    <>
      <span class="choice" role="group" aria-label="Range">
        {ranges.map(([name, text]) => (
          <button key={name} type="button" aria-pressed={name === range[0]} onClick={() => ask({ ...route.value.query, range: name === byDefault ? "" : name })}>{text}</button>
        ))}
      </span>
      <button type="button" class="link" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>{asTable ? "As a chart" : "As a table"}</button>
    </>
  );
  return (
    <Panel title="Balance" aside={aside} answer={answer} account={sim.account}>
      {(history) => (
        <div class="balance">
          <p class="outlook">
            {sim.balance !== null && <strong class={isSpent(sim.balance) ? "amount spent" : "amount"}>{sim.balance}</strong>}
            <span>{forecastText(history.forecast, sim, history.low_limit, now, zone.value)}</span>
          </p>
          {courseOf(history.points) === null
            ? <p class="empty">{sim.balance === null ? "The partner tells no balance of this SIM." : "Nothing is known of this range."}</p>
            : asTable
              ? <BalanceTable points={history.points} zone={zone.value} />
              : <Course history={history} sim={sim} days={range[2]} zone={zone.value} />}
        </div>
      )}
    </Panel>
  );
}

interface CourseProps {
  history: Balances;
  sim: Sim;
  days: number | null;
  zone: Zone;
}

function Course({ history, sim, days, zone }: CourseProps) {
  const [pointed, setPointed] = useState<BalancePoint | null>(null);
  const { points, low_limit, thinned } = history;
  const drawn = useMemo(() => {
    // Of a removed SIM nothing is known since.
    const now = Math.floor((sim.removed_at === null ? Date.now() + ahead.peek() : Date.parse(sim.removed_at)) / 1000);
    // What was not known yet is not drawn as a void; an hour is the least that is a picture.
    const known = Math.min(Math.floor(Date.parse(points[0]![0]) / 1000), now - 3600);
    const from = days === null ? known : Math.max(known, now - days * 86_400);
    const outlook = outlookOf(history, sim, now);
    // A third of the range lies ahead at most: what was is measured, what comes is a guess.
    const until = outlook === null ? now : Math.min(outlook.spentAt, now + Math.floor(Math.max(now - from, 86_400) / 3));
    return { series: seriesOf(points, now, outlook, until), from, until, now, lowLimit: low_limit === null ? null : Number(low_limit), zone };
  }, [history, sim.balance, sim.removed_at, days, zone]);
  const onPoint = useCallback((second: number | null) => setPointed(second === null ? null : amountAt(points, second)), [points]);

  return (
    <>
      <BalanceChart drawn={drawn} label={describe(history, zone)} onPoint={onPoint}
        pointed={pointed && [Date.parse(pointed[0]) / 1000, pointed[1] === null ? null : Number(pointed[1])]} />
      <p class="legend">
        <span class="trace line">balance</span>
        {low_limit !== null && <span class="trace limit">low below {low_limit}</span>}
        {drawn.until > drawn.now && <span class="trace ahead">if it goes on so</span>}
        {sim.removed_at !== null && <span>until it was removed, {absolute(sim.removed_at, zone).slice(0, 16)}</span>}
        {thinned && <span>thinned: the extremes are all there</span>}
        <span class="pointed">{pointed ? `${absolute(pointed[0], zone)}  ${pointed[1] ?? "not readable"}` : ""}</span>
      </p>
    </>
  );
}

function outlookOf({ forecast }: Balances, { balance, removed_at }: Sim, now: number): Outlook | null {
  const draws = forecast.state === "runs_out" || forecast.state === "tariff_ends";
  if (!draws || forecast.runs_out_at === null || balance === null || removed_at !== null) return null;
  return { from: now, amount: Number(balance), spentAt: Date.parse(forecast.runs_out_at) / 1000 };
}

function describe({ points, low_limit }: Balances, zone: Zone): string {
  const course = courseOf(points);
  if (!course) return "No balance is known.";
  const limit = low_limit === null ? "" : ` It is low below ${low_limit}.`;
  const rises = course.rises === 0 ? "no recharge" : course.rises === 1 ? "1 recharge" : `${course.rises} recharges`;
  return `Balance since ${dateOf(points[0]![0], zone)}: ${course.first} at first, ${course.last} now, between ${course.lowest} and ${course.highest}, ${rises}.${limit} The table says each day.`;
}

function BalanceTable({ points, zone }: { points: readonly BalancePoint[]; zone: Zone }) {
  return (
    <div class="table tall" role="region" aria-label="Balance by day" tabIndex={0}>
      <table>
        <thead>
          <tr><th scope="col">Day</th><th scope="col" class="end">Lowest</th><th scope="col" class="end">Highest</th><th scope="col" class="end">Last</th></tr>
        </thead>
        <tbody>
          {daysOf(points, (at) => dateOf(at, zone)).map(({ day, lowest, highest, last }) => (
            <tr key={day}><th scope="row">{day}</th><td class="end">{lowest}</td><td class="end">{highest}</td><td class="end">{last}</td></tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
