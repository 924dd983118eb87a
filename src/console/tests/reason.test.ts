import assert from "node:assert/strict";
import { test } from "node:test";
import { reasonFirst } from "../reason.ts";

test("the reason comes before the address, ports and all", () => {
  assert.equal(reasonFirst("POST http://127.0.0.1:28080/partner/graphql: cannot connect: Connection refused"),
    "cannot connect: Connection refused (POST http://127.0.0.1:28080/partner/graphql)");
});

test("what names no address first stays as it is", () => {
  for (const error of ["", "the list shows none of the SIMs that are known", "page 3: the answer broke off", "POST http://127.0.0.1:1/"])
    assert.equal(reasonFirst(error), error);
});
