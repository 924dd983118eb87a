import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { balanceKinds, causes, kinds, severities } from "../kinds.ts";

// A second writing of the table on purpose: a kind that is forgotten here fails here. Tests run in src/console.
test("the kinds are those of model/event.cpp, with their severities", () => {
  const source = readFileSync("../model/event.cpp", "utf8");
  const table = [...source.matchAll(/Row\{\w+, "([a-z_.]+)", (\w+)[,}]/g)].map(([, kind, severity]) => [kind, severity]);
  assert.ok(table.length > 30);
  assert.deepEqual([...kinds], table);
});

test("what is left out by default is a kind", () => {
  for (const kind of balanceKinds) assert.equal(kinds.get(kind), "info");
  assert.deepEqual([...severities], ["info", "warning", "critical"]);
  assert.equal(causes.length, 5);
});
