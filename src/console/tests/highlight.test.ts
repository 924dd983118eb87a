import assert from "node:assert/strict";
import { test } from "node:test";
import { piecesOf } from "../highlight.ts";

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
