// A part of a page that shows an answer of the API, in each of its six states: on its way, there, empty because nothing
// matches, empty because the first sweep is under way, failed, and the daemon or its database away (the layout says so once
// for all: banners.tsx). What answers another question than the one that is asked is out of sight after 150 ms (style.css),
// and gone where there will be no answer: nobody shall act on the rows of another search.
import type { ComponentChildren } from "preact";
import type { Answer, Problem } from "../api.ts";
import { firstSweepOf, isAsOfAbove, isToldAbove } from "../fleet.ts";
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
  const answersOther = answer.asked !== undefined && answer.path !== answer.asked; // asking the same again is not worth a flicker
  const isTold = problem !== null && isToldAbove(problem);
  if (value === null || (answersOther && problem !== null))
    return isTold ? <Waiting /> : problem ? <Failed problem={problem} again={again} /> : <Loading />;
  return (
    <>
      {problem !== null && asOf !== null && (isTold
        ? !isAsOfAbove(asOf) && <p class="as-of">As of {clockOf(new Date(asOf).toISOString(), zone.value)}</p>
        : <Failed problem={problem} again={again} asOf={asOf} />)}
      {loading && answersOther && <Loading />}
      <div class={`answer${loading && answersOther ? " loading" : ""}`}>
        {isEmpty?.(value) ? <Empty account={account}>{empty}</Empty> : children(value)}
      </div>
    </>
  );
}

function Waiting() {
  return <div class="empty"><p>There is no answer to this yet. It is asked again by itself.</p></div>;
}

function Loading() {
  return (
    <div class="skeleton" role="status">
      <span class="offscreen">Loading</span>
      <i /><i /><i /><i />
    </div>
  );
}

export function Failed({ problem, again, asOf = null }: { problem: Problem; again?: (() => void) | undefined; asOf?: number | null }) {
  return (
    <div class={`failed${asOf === null ? "" : " strip"}`} role="alert">
      <p>
        <strong>{sentence(problem.title)}</strong>{" "}
        {asOf !== null && <span class="muted">What you see is as of {clockOf(new Date(asOf).toISOString(), zone.value)}.</span>}
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
