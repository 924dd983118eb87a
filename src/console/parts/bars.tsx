// Small stacked bars. What a picture says is also a table, one key away: not everybody sees it.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

export interface Bar {
  key: string;
  label: string; // "13:00"
  parts: readonly { tone: string; value: number; name: string }[]; // from the bottom to the top
  open?: () => void; // where its numbers lead; the table has it as a button
}

interface BarsProps {
  label: string; // what the picture shows, in a sentence with its numbers
  head: string; // of the table's first column
  bars: readonly Bar[];
  say: (value: number) => string;
  ticks?: (bar: Bar, at: number) => string | null; // what stands below a bar
  aside?: ComponentChildren;
}

const height = 56;

export function Bars({ label, head, bars, say, ticks, aside }: BarsProps) {
  const [asTable, setAsTable] = useState(false);
  return (
    <figure class="bars">
      <figcaption>
        <span>{aside}</span>
        <button type="button" class="link" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>{asTable ? "As bars" : "As a table"}</button>
      </figcaption>
      {asTable ? <BarTable head={head} bars={bars} say={say} label={label} /> : <Picture label={label} bars={bars} say={say} ticks={ticks} />}
    </figure>
  );
}

// Each bar's parts are drawn to one scale, and at least a pixel high: one critical among thousands is what matters.
function Picture({ label, bars, say, ticks }: Pick<BarsProps, "label" | "bars" | "say"> & { ticks: BarsProps["ticks"] }) {
  const most = Math.max(1, ...bars.map(total)); // something to divide by
  return (
    <div class="picture">
      <div class="drawn" role="img" aria-label={label}>
        {bars.map((bar) => (
          <span key={bar.key} class={bar.open ? "opens" : undefined} title={tip(bar, say)} onClick={bar.open}>
            <svg viewBox={`0 0 10 ${height}`} preserveAspectRatio="none" aria-hidden="true">{stack(bar, most)}</svg>
          </span>
        ))}
      </div>
      <span class="peak" aria-hidden="true">{bars.some((bar) => total(bar) > 0) && `peak ${say(most)}`}</span>
      {ticks && (
        <div class="ticks" aria-hidden="true">
          {bars.map((bar, at) => <span key={bar.key}>{ticks(bar, at)}</span>)}
        </div>
      )}
    </div>
  );
}

function stack(bar: Bar, most: number) {
  let top = height;
  return bar.parts.filter(({ value }) => value > 0).map(({ tone, value }) => {
    const high = Math.max(1.5, (value / most) * (height - 2));
    top -= high;
    return <rect key={tone} class={tone} x="0" y={top} width="10" height={high} />;
  });
}

function total({ parts }: Bar): number {
  return parts.reduce((sum, { value }) => sum + value, 0);
}

function tip(bar: Bar, say: (value: number) => string): string {
  return [bar.label, ...bar.parts.filter(({ value }) => value > 0).map(({ name, value }) => `${say(value)} ${name}`)].join("\n");
}

function BarTable({ label, head, bars, say }: Pick<BarsProps, "label" | "head" | "bars" | "say">) {
  const names = bars[0]?.parts.map(({ name }) => name) ?? [];
  return (
    <div class="table" role="region" aria-label={`${label}: table`} tabIndex={0}>
      <table aria-label={label}>
        <thead><tr><th scope="col">{head}</th>{names.map((name) => <th key={name} scope="col" class="end">{name}</th>)}</tr></thead>
        <tbody>
          {[...bars].reverse().map((bar) => (
            <tr key={bar.key}>
              <th scope="row">{bar.open ? <button type="button" class="link" onClick={bar.open}>{bar.label}</button> : bar.label}</th>
              {bar.parts.map(({ name, value }) => <td key={name} class="end">{say(value)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
