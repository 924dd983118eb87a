import assert from "node:assert/strict";
import { test } from "node:test";
import { forecastText, type Forecasted } from "../forecast.ts";
import type { Forecast } from "../shapes.ts";

const now = Date.parse("2026-11-29T12:00:00Z"); // a Sunday
const sim: Forecasted = {
  is_blocked: false, balance: "12.00", tariff_type: "PREPAID_PACKAGE", tariff_expires_at: null, removed_at: null,
};
const runsOut: Forecast = {
  state: "runs_out", spend_per_day: "2.4000", low_at: "2026-12-02T13:00:00Z", runs_out_at: "2026-12-04T13:00:00Z", based_on_days: 14,
};
const nothing: Forecast = { state: "none", spend_per_day: null, low_at: null, runs_out_at: null, based_on_days: 14 };
const said = (forecast: Partial<Forecast>, of: Partial<Forecasted> = {}, low: string | null = "5.00") =>
  forecastText({ ...runsOut, ...forecast }, { ...sim, ...of }, low, now, "UTC");

test("what is spent a day, when it is low and when spent", () => {
  assert.equal(said({}), "Spends 2.40 a day (14 days seen): low in 3 d (Wed), spent in 5 d (Fri).");
});

test("beyond a week the date stands for the weekday", () => {
  assert.equal(said({ low_at: null, runs_out_at: "2027-01-16T13:00:00Z" }, {}, null), "Spends 2.40 a day (14 days seen): spent in 48 d (2027-01-16).");
});

test("what is low already will not become so", () => {
  assert.equal(said({ low_at: null, runs_out_at: "2026-12-01T13:00:00Z" }, { balance: "4.85" }),
    "Spends 2.40 a day (14 days seen): low already, spent in 2 d (Tue).");
});

test("a rate keeps its digits and has two of them at least", () => {
  assert.match(said({ spend_per_day: "0.0125" }), /^Spends 0\.0125 a day/);
  assert.match(said({ spend_per_day: "3" }), /^Spends 3\.00 a day/);
  assert.match(said({ based_on_days: 1 }), /\(1 day seen\)/);
});

test("a tariff that ends first is said first", () => {
  assert.equal(said({ state: "tariff_ends", runs_out_at: "2027-01-16T13:00:00Z" }, { tariff_expires_at: "2026-12-02T13:00:00Z" }),
    "The tariff ends first, in 3 d (Wed). Spends 2.40 a day (14 days seen). The balance alone would last until 2027-01-16.");
  assert.equal(said({ state: "tariff_ends" }, { tariff_expires_at: "2026-11-27T11:00:00Z" }),
    "The tariff ended 2 d ago (2026-11-27). Spends 2.40 a day (14 days seen). The balance alone would last until 2026-12-04.");
});

test("steady, where nothing or next to nothing is spent", () => {
  assert.equal(said({ state: "steady", spend_per_day: "0.0000" }), "Steady: nothing was spent in 14 days.");
  assert.equal(said({ state: "steady", spend_per_day: "0.0010" }), "Spends 0.001 a day (14 days seen): lasts for more than ten years.");
});

test("too early to say, and why", () => {
  assert.equal(said({ state: "accumulating", based_on_days: 0 }), "No forecast yet: the balance was watched for less than a day; it takes 3.");
  assert.equal(said({ state: "accumulating", based_on_days: 1 }), "No forecast yet: the balance was watched for 1 day; it takes 3.");
  assert.equal(said({ state: "accumulating", based_on_days: 9 }), "No forecast yet: the balance fell only once in 9 days; it takes two falls.");
});

test("spent says how far", () => {
  assert.equal(said({ state: "spent" }, { balance: "-1.20" }), "Spent: the balance is -1.20.");
});

test("where none can be made the reason is named", () => {
  const why = (of: Partial<Forecasted>) => said(nothing, of);
  assert.equal(why({ is_blocked: true }), "No forecast: a blocked SIM spends nothing.");
  assert.equal(why({ balance: null }), "No forecast: the balance is not known.");
  assert.equal(why({ tariff_type: "POSTPAID_MINUTE" }), "No forecast: the tariff is paid afterwards (POSTPAID_MINUTE).");
});

test("nothing is forecast of a SIM that has gone", () => {
  assert.equal(said({}, { removed_at: "2026-11-01T00:00:00Z", is_blocked: true }), "No forecast: the partner's list has the SIM no more.");
});
