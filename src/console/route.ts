// The hash of the address ↔ a page, what it is about, and its query. Pure. The whole state of a page is in it, so that
// back, forward, reload and a link sent to a colleague show the same.

export type Query = Readonly<Record<string, string>>;

export interface Route {
  page: string; // "sims"; "overview" for nothing
  path: readonly string[]; // what follows the page: ["main", "10000029"]
  query: Query;
}

// Never throws: a link that was cut short on its way shows what it still says.
export function parseHash(hash: string): Route {
  const text = hash.replace(/^#\/?/, "");
  const [path = "", ...rest] = text.split("?");
  const [page = "", ...parts] = path.split("/").map(decoded);
  return { page: page || "overview", path: parts.filter((part) => part !== ""), query: parseQuery(rest.join("?")) };
}

// Words of the query that are empty are left out: "" and absent are the same to every page.
export function formatHash(page: string, path: readonly string[] = [], query: Query = {}): string {
  const where = [page === "overview" ? "" : page, ...path].map(encodeURIComponent).join("/");
  return `#/${where}${queryText(query)}`;
}

// "?state=low&q=a%20b", or "" for an empty query; for hashes and for the API alike.
export function queryText(query: Query): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== "");
  if (pairs.length === 0) return "";
  return `?${pairs.map(([name, value]) => `${encodeURIComponent(name)}=${readable(value)}`).join("&")}`;
}

function parseQuery(text: string): Query {
  const query: Record<string, string> = {};
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const [name = "", ...value] = pair.split("=");
    query[decoded(name)] = decoded(value.join("=").replaceAll("+", " "));
  }
  return query;
}

// People read and edit these links: what is harmless in a hash stays as it is.
function readable(value: string): string {
  return encodeURIComponent(value).replaceAll("%2C", ",").replaceAll("%3A", ":");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
