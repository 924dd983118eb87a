// A part of a page that shows an answer of the API, in each of its six states: on its way (the last value stays, dimmed
// after 150 ms by style.css where it answers another question), there, empty because nothing matches, empty because the
// first sweep is under way, failed, and the daemon away (the layout says so once for all: live.ts).
import type { ComponentChildren } from "preact";
import type { Answer, Problem } from "../api.ts";
import { firstSweepOf } from "../fleet.ts";
import { connection } from "../live.ts";
import { zone } from "../settings.ts";
import { clockOf } from "../time.ts";
import { sentence } from "../words.ts";

interface PanelProps<T> {
  title?: ComponentChildren;
  label?: string; // for a panel without a title to be seen
  aside?: ComponentChildren; // at the right of the title
  answer: Answer<T> & { again?: () => void };
  isEmpty?: (value: T) => boolean;
  empty?: ComponentChildren;
  account?: string; // of whose first sweep an empty panel speaks; any account's if it is not given
  plain?: boolean; // without a frame
  children: (value: T) => ComponentChildren;
}

export function Panel<T>({ title, label, aside, answer, isEmpty, empty, account, plain, children }: PanelProps<T>) {
  return (
    <section class={`panel${plain ? " plain" : ""}`} aria-label={label} aria-busy={answer.value === null && answer.loading}>
      {(title || aside) && (
        <header>
          {title && <h2>{title}</h2>}
          {aside && <div class="aside">{aside}</div>}
        </header>
      )}
      <Answered answer={answer} {...(isEmpty ? { isEmpty } : {})} empty={empty} account={account ?? ""}>
        {children}
      </Answered>
    </section>
  );
}

export function Answered<T>({ answer, isEmpty, empty, account = "", children }: Omit<PanelProps<T>, "title" | "aside" | "plain">) {
  const { value, problem, loading, asOf, again } = answer;
  if (value === null) return problem ? <Failed problem={problem} again={again} /> : <Loading />;
  const answersOther = answer.asked !== undefined && answer.path !== answer.asked; // asking the same again is not worth a flicker
  const isToldAbove = problem?.status === 0 && connection.value === "away";
  const stale = problem !== null && asOf !== null && !isToldAbove;
  return (
    <>
      {stale && <Failed problem={problem} again={again} asOf={asOf} />}
      <div class={`answer${loading && answersOther ? " loading" : ""}`}>
        {isEmpty?.(value) ? <Empty account={account}>{empty}</Empty> : children(value)}
      </div>
    </>
  );
}

function Loading() {
  return (
    <div class="skeleton" role="status">
      <span class="offscreen">Loading</span>
      <i /><i /><i /><i />
    </div>
  );
}

export function Failed({ problem, again, asOf }: { problem: Problem; again?: (() => void) | undefined; asOf?: number }) {
  return (
    <div class={`failed${asOf === undefined ? "" : " strip"}`} role="alert">
      <p>
        <strong>{sentence(problem.title)}</strong>{" "}
        {asOf !== undefined && <span class="muted">What you see is as of {clockOf(new Date(asOf).toISOString(), zone.value)}.</span>}
      </p>
      {problem.detail && <p>{sentence(problem.detail)}</p>}
      {problem.hint && <p class="hint"><b>HINT</b> <code>{problem.hint}</code></p>}
      {again && <button type="button" onClick={again}>Try again</button>}
    </div>
  );
}

// Nothing may be there for two reasons, and they ask for different things: patience, or another question.
function Empty({ account, children }: { account: string; children: ComponentChildren }) {
  const first = firstSweepOf(account);
  return (
    <div class="empty">
      {first
        ? <p><strong>{first.isFailing ? `${first.account} was never swept whole.` : `The first sweep of ${first.account} is under way.`}</strong> {first.told}</p>
        : children ?? <p>Nothing yet.</p>}
    </div>
  );
}
