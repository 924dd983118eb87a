// A word with a meaning: its colour says how bad, and its shape says so to who sees no colour.
import type { ComponentChildren } from "preact";
import type { Severity } from "../shapes.ts";

export type Tone = "critical" | "warning" | "good" | "info" | "muted";

const marks: Record<Tone, string> = { critical: "◆", warning: "▲", good: "●", info: "", muted: "" };

export function Badge({ tone, children, title }: { tone: Tone; children: ComponentChildren; title?: string }) {
  const mark = marks[tone];
  return (
    <span class={`badge ${tone}`} title={title}>
      {mark && <i aria-hidden="true">{mark}</i>}
      {children}
    </span>
  );
}

export function SeverityBadge({ severity }: { severity: Severity }) {
  return <Badge tone={severity}>{severity}</Badge>;
}
