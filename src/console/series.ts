// The balance as what a chart draws and what a table says. Pure.
import { compareAmounts } from "./money.ts";

// [when, amount]: from then on the balance was that; null where it could not be read.
export type BalancePoint = readonly [string, string | null];

export interface Series {
  at: number[]; // seconds since 1970, ascending, without doubles
  balance: (number | null)[]; // holds from its instant to the next
  outlook: (number | null)[]; // a straight line from now on; null where none is drawn
}

export interface Outlook {
  from: number; // seconds
  amount: number;
  spentAt: number; // seconds; where it crosses zero
}

const seconds = (instant: string) => Date.parse(instant) / 1000;
const plotted = (amount: string | null) => (amount === null ? null : Number(amount));

// The points until `now`, the last of them held until then, and the outlook until `end`, both in seconds.
export function seriesOf(points: readonly BalancePoint[], now: number, outlook: Outlook | null, end: number): Series {
  const made: Series = { at: [], balance: [], outlook: [] };
  const add = (at: number, balance: number | null, line: number | null) => {
    if (made.at[made.at.length - 1] === at) {
      made.balance[made.balance.length - 1] = balance; // the later of two of one instant holds
      made.outlook[made.outlook.length - 1] = line;
      return;
    }
    made.at.push(at);
    made.balance.push(balance);
    made.outlook.push(line);
  };
  for (const [at, amount] of points) if (seconds(at) <= now) add(seconds(at), plotted(amount), null);
  if (made.at.length === 0) return made;
  add(now, made.balance[made.balance.length - 1]!, outlook ? outlook.amount : null);
  if (!outlook || outlook.spentAt <= now) return made;
  const upto = Math.min(outlook.spentAt, end);
  const left = (outlook.amount * (outlook.spentAt - upto)) / (outlook.spentAt - outlook.from);
  if (upto > now) add(upto, null, left);
  return made;
}

export interface Day {
  day: string;
  lowest: string;
  highest: string;
  last: string;
}

// A row for each day on which the balance moved, the newest first; `dayOf` says in which day an instant lies.
export function daysOf(points: readonly BalancePoint[], dayOf: (instant: string) => string): Day[] {
  const days: Day[] = [];
  for (const [at, amount] of points) {
    if (amount === null) continue;
    const day = dayOf(at);
    const current = days[days.length - 1];
    if (current?.day !== day) {
      days.push({ day, lowest: amount, highest: amount, last: amount });
      continue;
    }
    if (compareAmounts(amount, current.lowest) < 0) current.lowest = amount;
    if (compareAmounts(amount, current.highest) > 0) current.highest = amount;
    current.last = amount;
  }
  return days.reverse();
}

export interface Course {
  first: string;
  last: string;
  lowest: string;
  highest: string;
  rises: number; // recharges
}

// What a sentence can say of a chart; null where no amount is known.
export function courseOf(points: readonly BalancePoint[]): Course | null {
  const amounts = points.map((point) => point[1]).filter((amount): amount is string => amount !== null);
  const first = amounts[0];
  if (first === undefined) return null;
  const course: Course = { first, last: first, lowest: first, highest: first, rises: 0 };
  for (const amount of amounts) {
    if (compareAmounts(amount, course.last) > 0) ++course.rises;
    if (compareAmounts(amount, course.lowest) < 0) course.lowest = amount;
    if (compareAmounts(amount, course.highest) > 0) course.highest = amount;
    course.last = amount;
  }
  return course;
}

// The amount that held at that instant; null before the first, and where it could not be read.
export function amountAt(points: readonly BalancePoint[], at: number): BalancePoint | null {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (seconds(points[middle]![0]) <= at) low = middle + 1;
    else high = middle;
  }
  return points[low - 1] ?? null;
}
