import assert from "node:assert/strict";
import { test } from "node:test";
import { foundElsewhere, piecesOf } from "../highlight.ts";

const marked = (text: string, words: string) => piecesOf(text, words).map(({ text: piece, found }) => (found ? `[${piece}]` : piece)).join("");

test("what was found is marked wherever it stands, in any case", () => {
  assert.equal(marked("Kasse 12, kasse", "KASSE"), "[Kasse] 12, [kasse]");
  assert.equal(marked("37251454656", "4656"), "3725145[4656]");
});

test("a number is found as it was read out", () => {
  assert.equal(marked("37251454656", "+372 5145-4656"), "[37251454656]");
});

test("words that overlap are one piece, and pieces make up the text", () => {
  assert.equal(marked("aabab", "aab ab"), "[aabab]");
  const pieces = piecesOf("Käufer & Söhne <b>", "söhne <b>");
  assert.equal(pieces.map(({ text }) => text).join(""), "Käufer & Söhne <b>");
});

test("nothing is marked where nothing was looked for", () => {
  assert.deepEqual(piecesOf("Kasse", ""), [{ text: "Kasse", found: false }]);
  assert.deepEqual(piecesOf("", "x"), []);
});

const fields = [
  { head: "SIM", values: ["10000005"], shown: true },
  { head: "Numbers", values: ["37251577181", "37251650817"], shown: true },
  { head: "IMEI", values: ["357181614011331"], shown: false },
  { head: "DIDs", values: ["37261007777", "37261004656"], shown: false },
  { head: "Description", values: ["Kasse 12-34"], shown: true },
];

test("a hit in what is not shown says where, with the value that has it", () => {
  assert.deepEqual(foundElsewhere(fields, "57181614"), [{ head: "IMEI", value: "357181614011331" }]);
  assert.deepEqual(foundElsewhere(fields, "+372 6100-4656"), [{ head: "DIDs", value: "37261004656" }]);
  assert.deepEqual(foundElsewhere(fields, "KASSE 4656"), [{ head: "DIDs", value: "37261004656" }]);
});

test("where what is shown says it all, nothing else does", () => {
  assert.deepEqual(foundElsewhere(fields, "7181"), []); // the IMEI has it, too
  assert.deepEqual(foundElsewhere(fields, "kasse 12-34"), []);
  assert.deepEqual(foundElsewhere(fields, "+372 5157 7181"), []);
  assert.deepEqual(foundElsewhere(fields, "3725157 10000005"), []);
  assert.deepEqual(foundElsewhere(fields, ""), []);
});
