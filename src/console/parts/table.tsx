// A dense table: heads that sort and explain, rows that the keyboard walks (j, k, Enter, c: keys.ts).
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { restoreScroll } from "../navigation.ts";

export interface Column<Row> {
  name: string; // of the column in the database, where there is one
  head: ComponentChildren;
  tip?: string | undefined; // what the database says of it
  sort?: string; // the API's word; a column without one cannot be sorted by
  end?: boolean; // aligned to the end, as numbers are
  wide?: boolean; // takes what is left, and is cut
  class?: string; // of its cells, for what only its page draws
  sticky?: boolean; // stays in sight where the table is wider than the screen
  cell: (row: Row) => ComponentChildren;
}

interface TableProps<Row> {
  label: string; // names the table to who hears it
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  sort?: string; // the API's word, "-" before it for descending
  onSort?: (sort: string) => void;
  copies?: (row: Row) => string | null; // what `c` copies
  rowClass?: (row: Row) => string;
  foot?: ComponentChildren;
  still?: boolean; // its columns have widths of their own (style), whatever comes into them
}

// The first link of a row is what Enter, or a click anywhere on it, opens.
export function Table<Row>({ label, columns, rows, rowKey, sort, onSort, copies, rowClass, foot, still }: TableProps<Row>) {
  const box = useRef<HTMLDivElement>(null);
  useHeadThatStays(box);
  useEffect(() => {
    if (rows.length > 0) restoreScroll();
  });
  return (
    <div ref={box} class={still ? "table still" : "table"} role="region" aria-label={`${label}: table`} tabIndex={0}>
      <table aria-label={label}>
        <thead>
          <tr>{columns.map((column) => <Head key={column.name} column={column} sort={sort ?? ""} onSort={onSort} />)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} data-row data-copy={copies?.(row) ?? undefined} class={rowClass?.(row)} onClick={openRow}>
              {columns.map((column) => <td key={column.name} class={classOf(column)}>{column.cell(row)}</td>)}
            </tr>
          ))}
        </tbody>
        {foot && <tfoot><tr><td colSpan={columns.length}>{foot}</td></tr></tfoot>}
      </table>
    </div>
  );
}

// A table as wide as its place needs no scrolling sideways, which would keep its head from staying in sight.
function useHeadThatStays(box: { current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const place = box.current!;
    const table = place.querySelector("table")!;
    const observer = new ResizeObserver(() => place.classList.toggle("fits", table.offsetWidth <= place.clientWidth));
    observer.observe(place);
    observer.observe(table);
    return () => observer.disconnect();
  }, []);
}

function classOf<Row>({ end, wide, sticky, class: own }: Column<Row>): string | undefined {
  return [end && "end", wide && "wide", sticky && "sticky", own].filter(Boolean).join(" ") || undefined;
}

interface HeadProps<Row> {
  column: Column<Row>;
  sort: string;
  onSort: ((sort: string) => void) | undefined;
}

function Head<Row>({ column, sort, onSort }: HeadProps<Row>) {
  const { sort: word, head, tip } = column;
  const descending = sort === `-${word}`;
  const sorted = word !== undefined && (descending || sort === word);
  if (word === undefined || !onSort)
    return <th scope="col" class={classOf(column)} title={tip}>{head}</th>;
  return (
    <th scope="col" class={classOf(column)} aria-sort={sorted ? (descending ? "descending" : "ascending") : undefined}>
      <button type="button" class="head" title={tip} onClick={() => onSort(sorted && !descending ? `-${word}` : word)}>
        {head}
        <i aria-hidden="true">{sorted ? (descending ? "↓" : "↑") : "↕"}</i>
      </button>
    </th>
  );
}

// Not where it was meant for something else: a link, a button, or text that is being selected.
function openRow(event: MouseEvent & { currentTarget: HTMLElement }): void {
  if (event.defaultPrevented || (event.target as Element).closest("a, button, input, label, summary")) return;
  if (getSelection()?.isCollapsed === false) return;
  const link = event.currentTarget.querySelector("a");
  if (!link) return;
  if (event.ctrlKey || event.metaKey) open(link.href, "_blank", "noopener");
  else link.click();
}
