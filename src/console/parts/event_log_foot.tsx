// What stands at both ends of a log of events: how many are new, and what lies before.
import type { EventLog } from "../event_log.ts";
import { mostRows } from "../event_window.ts";
import { count } from "../money.ts";
import { Failed } from "./panel.tsx";

// Sticks to the top of the page, where who scrolled down sees it: `over` rows, which it covers whole then.
export function NewEvents({ log, over = false }: { log: EventLog; over?: boolean }) {
  const { unseen, waiting, cut } = log.held;
  if (unseen === 0 && cut !== "newest") return null;
  const text = unseen === 0 ? "To the newest" : `${count(unseen)}${unseen > waiting.length ? "+" : ""} new`;
  return (
    <p class={over ? "new-events over" : "new-events"} role="status">
      <button type="button" class="primary" onClick={() => { log.latest(); scrollTo(0, 0); }}>{text} <span aria-hidden="true">↑</span></button>
    </p>
  );
}

export function LogFoot({ log }: { log: EventLog }) {
  const { rows } = log.held;
  return (
    <div class="log-foot">
      {log.problemOfOlder && <Failed problem={log.problemOfOlder} {...(log.older ? { again: log.older } : {})} />}
      <span>
        {count(rows.length)} shown{rows.length >= mostRows && ", the most that a page holds"}
        {log.held.next === null && log.held.cut !== "oldest" && ": these are all"}
      </span>
      {(log.older || log.loadingOlder) && (
        <button type="button" data-next disabled={log.loadingOlder} onClick={() => log.older?.()}>{log.loadingOlder ? "Loading…" : "Older"}</button>
      )}
    </div>
  );
}
