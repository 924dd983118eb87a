// What the keys do, and what the words mean.
import { keys } from "../keys.ts";

export function Help() {
  return (
    <>
      <h1>Help</h1>
      <div class="columns">
        <section class="panel">
          <header><h2>Keys</h2></header>
          <dl class="keys">
            {keys.map(([key, does]) => (
              <div key={key}>
                <dt>{key.split(" ").filter(Boolean).map((each) => <kbd key={each}>{each}</kbd>)}</dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </>
  );
}
