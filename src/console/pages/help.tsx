// What the keys do, what the words mean, and how one finds a SIM.
import { keys } from "../keys.ts";
import { Badge } from "../parts/badge.tsx";
import { formatHash } from "../route.ts";
import { states } from "../states.ts";

export function Help() {
  return (
    <>
      <div class="title"><h1>Help</h1></div>
      <div class="columns">
        <section class="panel" aria-labelledby="keys">
          <header><h2 id="keys">Keys</h2></header>
          <dl class="keys">
            {keys.map(([key, does]) => (
              <div key={key}>
                <dt>{key.split(" ").filter(Boolean).map((each) => <kbd key={each}>{each}</kbd>)}</dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section class="panel" aria-labelledby="words">
          <header><h2 id="words">States of a SIM</h2></header>
          <dl class="keys">
            {states.map(({ word, name, tone, means }) => (
              <div key={word}>
                <dt><a href={formatHash("sims", [], { state: word })}><Badge tone={tone}>{name.toLowerCase()}</Badge></a></dt>
                <dd>{means}.</dd>
              </div>
            ))}
          </dl>
        </section>
        <section class="panel" aria-labelledby="finding">
          <header><h2 id="finding">Finding, sharing, reading</h2></header>
          <div class="prose">
            <p>The search looks for any part of a SIM's id, ICCID, SIM id, IMEI, numbers and description; each word must be found. <kbd>+</kbd>, blanks and dashes between digits do not count.</p>
            <p>Filters can be typed, too: <code>state:low tariff:"Package 500" kasse</code> and <kbd>Enter</kbd>.</p>
            <p>The address says all that is chosen: a link shows a colleague the same list, and back returns to the one before.</p>
            <p>Times are relative in lists and absolute where their order matters; hover for the other, and for what the machine wrote.</p>
            <p>A balance is the API's own text; it names no currency.</p>
            <p>This page reads and never writes. <code>simsync sim</code> changes a SIM, <code>simsync removals</code> decides on held removals.</p>
          </div>
        </section>
      </div>
    </>
  );
}
