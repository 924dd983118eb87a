// Events as rows: when, what kind, of which SIM, in words. On a SIM's own page without the SIM and with the window of
// each change, which no list of numbers tells.
import type { ComponentChildren } from "preact";
import { isOneAccount } from "../fleet.ts";
import { formatHash } from "../route.ts";
import { zone } from "../settings.ts";
import type { Event } from "../shapes.ts";
import { causeOf, clausesOf, isDoneAtPartner, originOf, shortWindowOf, summaryOf, windowOf, type Clause } from "../summary.ts";
import { absolute } from "../time.ts";
import { Table, type Column } from "./table.tsx";

interface EventTableProps {
  label: string;
  rows: readonly Event[];
  ofOneSim?: boolean;
  onKind?: (kind: string) => void; // asked for more of this kind
  foot?: ComponentChildren;
  fresh?: (event: Event) => boolean; // came while one looks
}

export function EventTable({ label, rows, ofOneSim = false, onKind, foot, fresh }: EventTableProps) {
  const at = (instant: string) => absolute(instant, zone.value);
  const columns: Column<Event>[] = [
    { name: "observed_at", head: "Seen", cell: (event) => <Seen at={event.observed_at} text={at(event.observed_at)} /> },
    { name: "kind", head: "Kind", cell: (event) => <Kind event={event} onKind={onKind} /> },
    ...(ofOneSim ? [] : [{ name: "sim", head: "SIM", cell: (event: Event) => <Subject event={event} /> }]),
    { name: "after", head: "What", wide: true, cell: (event) => <What event={event} at={at} /> },
    { name: "window", head: ofOneSim ? "Happened" : "Between", class: "window", cell: (event) => <span class="muted">{ofOneSim ? windowOf(event, at) : shortWindowOf(event, at)}</span> },
    { name: "cause", head: "Cause", cell: (event) => <Cause event={event} whole={ofOneSim} /> },
    { name: "seq", head: "#", end: true, cell: (event) => <span class="muted">{event.seq}</span> },
  ];
  return (
    <div class={ofOneSim ? "events of-one" : "events"}>
      <Table label={label} columns={columns} rows={rows} rowKey={({ account, seq }) => `${account}#${seq}`}
        copies={({ iccid_plastic }) => iccid_plastic} rowClass={(event) => (fresh?.(event) ? "fresh" : "")} foot={foot} />
    </div>
  );
}

// In a list of a day the time is what differs.
function Seen({ at, text }: { at: string; text: string }) {
  return <time class="moment" dateTime={at} title={at}><span class="muted"><span class="year">{text.slice(0, 5)}</span>{text.slice(5, 10)}</span>{text.slice(10)}</time>;
}

function Kind({ event: { kind, severity }, onKind }: { event: Event; onKind: ((kind: string) => void) | undefined }) {
  const inside = <><i aria-hidden="true">{severity === "critical" ? "◆" : "▲"}</i>{kind}<span class="offscreen"> {severity}</span></>;
  const look = `kind ${severity}${kind === "sim.removed" ? " gone" : ""}`; // grey, as what is removed is everywhere
  if (!onKind) return <span class={look}>{inside}</span>;
  return <button type="button" class={look} tabIndex={-1} title={`${severity}\nOnly ${kind}`} onClick={() => onKind(kind)}>{inside}</button>;
}

// An event of the account itself has no SIM.
function Subject({ event: { account, sim, iccid_plastic, description } }: { event: Event }) {
  const name = isOneAccount() ? "" : account;
  if (sim === null) return <span class="muted">{account}</span>;
  return (
    <a href={formatHash("sim", [account, sim])} title={[`ICCID ${iccid_plastic ?? "–"}`, description ?? ""].filter(Boolean).join("\n")}>
      {name && <span class="muted">{name} </span>}{sim}
    </a>
  );
}

// Where several columns changed, what is cut off is in the title.
function What({ event, at }: { event: Event; at: (instant: string) => string }) {
  return (
    <span class="what" title={summaryOf(event, at)}>
      {clausesOf(event, at).map((clause, index) => <Words key={index} clause={clause} />)}
      {event.standing === true && <span class="note">stood before simsync first saw it</span>}
    </span>
  );
}

// Texts of the partner's may turn the direction of writing: each keeps to itself.
function Words({ clause: { what, was, is, note } }: { clause: Clause }) {
  return (
    <span class="clause">
      {what && <><span class="column">{what}</span> </>}
      {was !== undefined && <><bdi class="was">{was}</bdi> <span class="arrow">→</span> </>}
      <bdi class="is">{is}</bdi>
      {note && <span class="note"> {note}</span>}
    </span>
  );
}

// Of one SIM in whole words; a list of many tells sweeps from actions at a glance.
function Cause({ event, whole }: { event: Event; whole: boolean }) {
  const { requested_by } = event;
  if (isDoneAtPartner(event)) {
    const title = "Done at the partner, not by simsync: nobody here knows by whom";
    return <span class="muted" title={title}>{whole ? originOf(event) : `partner, ${causeOf(event)}`}</span>;
  }
  return <span class="muted" title={originOf(event)}>{causeOf(event)}{requested_by && <>, <bdi>{requested_by}</bdi></>}</span>;
}
