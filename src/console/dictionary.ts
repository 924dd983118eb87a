// What the database itself says of its columns (COMMENT ON), for heads to explain themselves.
import { Resource } from "./api.ts";
import type { Dictionary } from "./shapes.ts";

const known = new Resource<Dictionary>();
let asked = false;

// Asked for once, by who first needs it.
export function dictionary(relation: string, column: string): string | undefined {
  if (!asked) {
    asked = true;
    queueMicrotask(() => void known.ask("api/dictionary")); // not while the one who asks is being drawn
  }
  return known.answer.value.value?.[relation]?.[column];
}
