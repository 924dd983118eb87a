// The page: what is around every page, which page is shown, and where the focus goes when it changes.
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { announced } from "./announce.ts";
import { accounts, isUnheard, session, startFleet } from "./fleet.ts";
import { connection, paused, startLive } from "./live.ts";
import { count } from "./money.ts";
import { isRestoring, route } from "./navigation.ts";
import { fetchOthers } from "./others.ts";
import { NamedPage, titles } from "./pages.tsx";
import { Banners } from "./parts/banners.tsx";
import { formatHash } from "./route.ts";
import { localZone, zone } from "./settings.ts";
import type { Zone } from "./time.ts";

function App() {
  const { page, path } = route.value;
  const title = titles[page];
  const main = useRef<HTMLElement>(null);
  const place = [page, ...path].join("/");
  const arrived = useRef(false);

  // Who moves by keyboard or ear arrives in the page; who is already at work in it (the search box) is left there.
  useEffect(() => {
    document.title = `${page === "sim" ? `SIM ${path[1] ?? ""}` : (title ?? "Not found")} · simsync`;
    if (arrived.current && !main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
    if (arrived.current && !isRestoring()) scrollTo(0, 0);
    arrived.current = true;
  }, [place]);

  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>Skip to the page</a>
      <Top page={page} />
      <main id="main" ref={main} tabIndex={-1}>
        <Banners />
        {title ? <NamedPage key={place} name={page} /> : <NotFound />}
      </main>
      <Foot />
      <p class={`announcement${announced.value ? " shown" : ""}`} role="status">{announced.value}</p>
    </>
  );
}

function NotFound() {
  return (
    <div class="empty">
      <h1>There is no such page</h1>
      <p>The link may have been cut short. <a href="#/">Overview</a></p>
    </div>
  );
}

// --- around it --------------------------------------------------------------------------------------------------------

function Top({ page }: { page: string }) {
  const held = accounts().filter(({ held_removals }) => held_removals > 0);
  const inNav = page === "sim" ? "sims" : page;
  const link = (name: string, title: string, path: string[] = [], extra = "") => (
    <a href={formatHash(name, path)} aria-current={inNav === name ? "page" : undefined}>
      {title}{extra && <span class="number">{extra}</span>}
    </a>
  );
  const sum = held.reduce((all, { held_removals }) => all + held_removals, 0);
  return (
    <header class="top">
      <a class="brand" href="#/"><Mark />simsync</a>
      <nav aria-label="Pages">
        {link("overview", "Overview")}
        {link("sims", "SIMs")}
        {link("events", "Events")}
        {link("sweeps", "Sweeps")}
        {(held.length > 0 || page === "removals") && link("removals", "Removals", held[0] ? [held[0].account] : [], sum > 0 ? count(sum) : "")}
      </nav>
      <div class="tools">
        <Live />
        <label class="zone">
          <span>Times in</span>
          <select value={zone.value} onChange={(event) => (zone.value = event.currentTarget.value as Zone)}>
            <option value="local">{localZone}</option>
            {localZone !== "UTC" && <option value="UTC">UTC</option>}
          </select>
        </label>
        <a class="help" href="#/help" title="Help and keys (?)" aria-label="Help and keys" aria-current={page === "help" ? "page" : undefined}>?</a>
      </div>
    </header>
  );
}

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M4 1h6l3.5 3.5V13.5A1.5 1.5 0 0 1 12 15H4a1.5 1.5 0 0 1-1.5-1.5v-11A1.5 1.5 0 0 1 4 1z" />
      <path class="chip" d="M5 7.5h6V12H5zM5 9h6M5 10.5h6" />
    </svg>
  );
}

const connections = {
  connecting: ["connecting", "Connecting to the daemon's stream of events"],
  live: ["live", "Events appear as they are committed. Press to pause (p)"],
  polling: ["every 10 s", "16 others watch live; refreshing every 10 s instead. Press to pause (p)"],
  paused: ["paused", "Nothing changes by itself. Press to go on (p)"],
  unread: ["no data", "simsync answers, but cannot read; it is asked again every 10 s"],
  away: ["no answer", "The daemon does not answer; it is asked again every 2 s"],
} as const;

function Live() {
  const state = connection.value === "live" && isUnheard() ? "unread" : connection.value;
  const [word, title] = connections[state];
  return (
    <button type="button" class={`live is-${state}`} title={title} aria-pressed={paused.value}
      aria-label={`${word}: ${paused.value ? "go on" : "pause"}`} onClick={() => (paused.value = !paused.value)}>
      <i aria-hidden="true" />{word}
    </button>
  );
}

function Foot() {
  const about = session.answer.value.value;
  return (
    <footer class="foot">
      <span>simsync{about && ` ${about.version}, schema ${about.schema}`}</span>
      {about?.user && <span>signed in as {about.user}</span>}
      <nav aria-label="Other addresses">
        <a href="healthz">healthz</a> <a href="readyz">readyz</a> <a href="metrics">metrics</a> <a href="assets/licences.txt">licences</a>
      </nav>
    </footer>
  );
}

startLive();
startFleet();
setTimeout(() => fetchOthers().catch(() => {})); // told where such a page is asked for
render(<App />, document.getElementById("app")!);
