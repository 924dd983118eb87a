// Amounts and counts as text. Pure. Amounts are decimals in strings and stay as the API spelled them: a number of the
// browser's would round them.

// -1, 0 or 1, for decimals of any length.
export function compareAmounts(left: string, right: string): number {
  const [a, b] = [decimal(left), decimal(right)];
  if (a.negative !== b.negative) return a.negative ? -1 : 1;
  const sign = a.negative ? -1 : 1;
  const width = Math.max(a.whole.length, b.whole.length);
  const places = Math.max(a.fraction.length, b.fraction.length);
  const [x, y] = [a, b].map(({ whole, fraction }) => whole.padStart(width, "0") + fraction.padEnd(places, "0"));
  if (x === y) return 0;
  return x! < y! ? -sign : sign;
}

interface Decimal {
  negative: boolean;
  whole: string;
  fraction: string;
}

function decimal(text: string): Decimal {
  const [, sign = "", whole = "0", fraction = ""] = /^([+-]?)0*(\d*)\.?(\d*)$/.exec(text.trim()) ?? [];
  const isZero = /^0*$/.test(whole + fraction);
  return { negative: sign === "-" && !isZero, whole, fraction };
}

// At or below zero: spent.
export function isSpent(amount: string): boolean {
  return compareAmounts(amount, "0") <= 0;
}

// "+3.65", "−1.20", "0": by how much it went up or down. Exact.
export function difference(before: string, after: string): string {
  const [a, b] = [decimal(before), decimal(after)];
  const places = Math.max(a.fraction.length, b.fraction.length);
  const units = scaled(b, places) - scaled(a, places);
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  if (units === 0n) return text;
  return `${units < 0n ? "−" : "+"}${text}`;
}

function scaled({ negative, whole, fraction }: Decimal, places: number): bigint {
  const units = BigInt((whole || "0") + fraction.padEnd(places, "0"));
  return negative ? -units : units;
}

// What an amount lacks of two decimals: "1.4" → "0", "12" → ".00". It is laid out and not seen, so that points stand below
// each other and amounts stay spelled as they were.
export function restOf(amount: string): string {
  const [, fraction] = amount.split(".");
  return fraction === undefined ? ".00" : "0".repeat(Math.max(0, 2 - fraction.length));
}

// "981,234"
export function count(number: number): string {
  return number.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

// "1 SIM", "2 SIMs", "1,234 removals"
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

// "4.9 %", "12 %", "<0.1 %"
export function share(part: number, whole: number): string {
  const percent = (100 * part) / Math.max(1, whole);
  return percent < 0.1 ? "<0.1 %" : `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}
