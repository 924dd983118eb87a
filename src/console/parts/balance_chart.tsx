// The balance of a SIM as a picture: a step for each change, the limit below which it is low, and where it goes if it
// goes on so. An SVG of our own: its colours are the page's, in both schemes and in print.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { amountTicks, area, scale, steps, timeTicks } from "../plot.ts";
import type { Series } from "../series.ts";
import type { Zone } from "../time.ts";

export interface Drawn {
  series: Series;
  from: number; // seconds: the left edge
  until: number; // seconds: the right edge
  now: number; // seconds: where what was ends and what may come begins
  lowLimit: number | null;
  zone: Zone;
}

interface BalanceChartProps {
  drawn: Drawn;
  label: string; // what the picture shows, in a sentence
  pointed: readonly [number, number | null] | null; // the step that the pointer is over: second, amount
  onPoint: (second: number | null) => void;
}

const height = 208;
const room = { top: 8, right: 4, bottom: 22 };
const tickWidth = 64;

export function BalanceChart({ drawn, label, pointed, onPoint }: BalanceChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  return (
    <div class="chart" ref={host}>
      {width > 0 && <Picture width={width} drawn={drawn} label={label} pointed={pointed} onPoint={onPoint} />}
    </div>
  );
}

function useWidth(host: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setWidth(host.current?.clientWidth ?? 0);
    const observer = new ResizeObserver(measure);
    observer.observe(host.current!);
    measure();
    return () => observer.disconnect();
  }, []);
  return width;
}

function Picture({ width, drawn, label, pointed, onPoint }: BalanceChartProps & { width: number }) {
  const { series, from, until, now, lowLimit, zone } = drawn;
  const amounts = [...series.balance, ...series.outlook].filter((amount): amount is number => amount !== null);
  const heights = amountTicks(Math.min(0, ...amounts), Math.max(1, lowLimit ?? 0, ...amounts), 6);
  const left = 14 + 7 * Math.max(...heights.map(({ text }) => text.length));
  const right = width - room.right;
  const ground = height - room.bottom;
  const x = scale(from, until, left, right);
  const y = scale(heights[0]!.at, heights[heights.length - 1]!.at, ground, room.top);
  // What held when the picture begins is drawn from its edge on.
  const places = series.at.filter((at) => at <= now)
    .map((at, index) => [Math.max(left, x(at)), series.balance[index] == null ? null : y(series.balance[index]!)] as const);
  const line = series.at.flatMap((at, index) => (series.outlook[index] == null ? [] : [`${x(at)} ${y(series.outlook[index]!)}`]));

  const point = (event: PointerEvent & { currentTarget: Element }) => {
    const place = event.clientX - event.currentTarget.getBoundingClientRect().left;
    onPoint(place < left || place > x(now) ? null : from + ((place - left) / (right - left)) * (until - from));
  };
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label} onPointerMove={point} onPointerLeave={() => onPoint(null)}>
      {heights.map(({ at, text }) => (
        <g key={text} class="tick">
          <path d={`M${left} ${y(at)}H${right}`} class={at === 0 ? "zero-line" : ""} />
          <text x={left - 8} y={y(at) + 4} text-anchor="end">{text}</text>
        </g>
      ))}
      {timeTicks(from, until, Math.max(2, Math.floor((right - left) / tickWidth)), zone).map(({ at, text }) => (
        <g key={at} class="tick">
          <path d={`M${x(at)} ${ground}v4`} />
          <text x={x(at)} y={height - 5} text-anchor={x(at) < left + 14 ? "start" : x(at) > right - 16 ? "end" : "middle"}>{text}</text>
        </g>
      ))}
      <path class="filled" d={area(places, y(Math.max(0, heights[0]!.at)))} />
      {lowLimit !== null && <path class="limit" d={`M${left} ${y(lowLimit)}H${right}`} />}
      {until > now && <path class="now" d={`M${x(now)} ${room.top}V${ground}`} />}
      <path class="line" d={steps(places)} />
      {line.length > 1 && <path class="ahead" d={`M${line.join("L")}`} />}
      {pointed && pointed[1] !== null && (
        <g class="pointer">
          <path d={`M${Math.max(left, x(pointed[0]))} ${room.top}V${ground}`} />
          <circle cx={Math.max(left, x(pointed[0]))} cy={y(pointed[1])} r="3.5" />
        </g>
      )}
    </svg>
  );
}
