// The forecast of a balance as one sentence, whatever its outlook. Pure.
import { compareAmounts } from "./money.ts";
import type { Forecast, Sim } from "./shapes.ts";
import { dateOf, roughly, weekdayOf, type Zone } from "./time.ts";

const day = 86_400_000;

// What is known beside the forecast: a sentence names the reason, and not only the state.
export type Forecasted = Pick<
  Sim,
  "is_blocked" | "balance" | "tariff_type" | "tariff_expires_at" | "removed_at"
>;

export function forecastText(
  forecast: Forecast, sim: Forecasted, lowLimit: string | null, now: number, zone: Zone,
): string {
  if (sim.removed_at !== null) return `No forecast: ${whyNone(sim)}.`;
  switch (forecast.state) {
    case "runs_out":
      return `${spending(forecast)}: ${[lowText(forecast, sim, lowLimit, now, zone), spentText(forecast, now, zone)]
        .filter((part) => part !== "").join(", ")}.`;
    case "tariff_ends":
      return tariffText(forecast, sim, now, zone);
    case "steady":
      return steadyText(forecast);
    case "accumulating":
      return accumulatingText(forecast);
    case "spent":
      return `Spent: the balance is ${sim.balance ?? "0"}.`;
    default:
      return `No forecast: ${whyNone(sim)}.`;
  }
}

const spending = (forecast: Forecast) => `Spends ${rate(forecast)} a day (${seen(forecast)})`;

// "2.4000" → "2.40": no more zeros than money has, no digit less than it says.
function rate(forecast: Forecast): string {
  const [whole = "0", fraction = ""] = (forecast.spend_per_day ?? "0").split(".");
  return `${whole}.${fraction.replace(/0+$/, "").padEnd(2, "0")}`;
}

function seen({ based_on_days }: Forecast): string {
  return based_on_days === 1 ? "1 day seen" : `${based_on_days} days seen`;
}

// "in 3 d (Wed)" within a week, "in 48 d (2027-01-16)" beyond; "now" is over before it is read.
export function ahead(instant: string, now: number, zone: Zone): string {
  const away = Date.parse(instant) - now;
  const on = away < 7 * day ? weekdayOf(instant, zone) : dateOf(instant, zone);
  return away <= 0 ? `due since ${dateOf(instant, zone)}` : `in ${roughly(away)} (${on})`;
}

function lowText(forecast: Forecast, sim: Forecasted, lowLimit: string | null, now: number, zone: Zone): string {
  if (forecast.low_at !== null) return `low ${ahead(forecast.low_at, now, zone)}`;
  const isLow = lowLimit !== null && sim.balance !== null && compareAmounts(sim.balance, lowLimit) < 0;
  return isLow ? "low already" : "";
}

const spentText = (forecast: Forecast, now: number, zone: Zone) =>
  forecast.runs_out_at === null ? "" : `spent ${ahead(forecast.runs_out_at, now, zone)}`;

function tariffText(forecast: Forecast, sim: Forecasted, now: number, zone: Zone): string {
  const ends = sim.tariff_expires_at;
  const would = forecast.runs_out_at === null ? "" : ` The balance alone would last until ${dateOf(forecast.runs_out_at, zone)}.`;
  if (ends === null) return `The tariff ends before the balance is spent. ${spending(forecast)}.${would}`;
  const away = Date.parse(ends) - now;
  const first = away <= 0 ? `The tariff ended ${roughly(-away)} ago (${dateOf(ends, zone)})` : `The tariff ends first, ${ahead(ends, now, zone)}`;
  return `${first}. ${spending(forecast)}.${would}`;
}

function steadyText(forecast: Forecast): string {
  const isNothing = forecast.spend_per_day === null || /^0*\.?0*$/.test(forecast.spend_per_day);
  const days = forecast.based_on_days === 1 ? "a day" : `${forecast.based_on_days} days`;
  return isNothing ? `Steady: nothing was spent in ${days}.` : `${spending(forecast)}: lasts for more than ten years.`;
}

function accumulatingText({ based_on_days }: Forecast): string {
  return based_on_days < 3
    ? `No forecast yet: the balance was watched for ${based_on_days === 0 ? "less than a day" : based_on_days === 1 ? "1 day" : `${based_on_days} days`}; it takes 3.`
    : `No forecast yet: the balance fell only once in ${based_on_days} days; it takes two falls.`;
}

function whyNone(sim: Forecasted): string {
  if (sim.removed_at !== null) return "the partner's list has the SIM no more";
  if (sim.is_blocked === true) return "a blocked SIM spends nothing";
  if (sim.balance === null) return "the balance is not known";
  if (sim.tariff_type === "POSTPAID_MINUTE" || sim.tariff_type === "MARGIN_CALCULATE")
    return `the tariff is paid afterwards (${sim.tariff_type})`;
  return "nothing can be said of this balance";
}
