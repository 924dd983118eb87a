// The pages by name. The overview comes with the console; the others are one file, fetched once the first view is drawn:
// from then on going elsewhere waits for nothing, not even for a daemon that is away.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Overview } from "./pages/overview.tsx";
import { Failed } from "./parts/panel.tsx";

type Others = typeof import("./pages/others.ts");

export const titles: Record<string, string> = {
  overview: "Overview", sims: "SIMs", sim: "SIM", events: "Events", sweeps: "Sweeps", removals: "Removals", help: "Help",
};

const exported: Record<string, Exclude<keyof Others, "startKeys">> = {
  sims: "Sims", sim: "SimPage", events: "Events", sweeps: "Sweeps", removals: "Removals", help: "Help",
};

let others: Others | null = null;

export async function fetchOthers(): Promise<void> {
  if (others) return;
  others = await import("./pages/others.ts");
  others.startKeys();
}

export function NamedPage({ name }: { name: string }) {
  const [, redraw] = useState(0);
  const [failed, setFailed] = useState(false);
  const isThere = name === "overview" || others !== null;

  useEffect(() => {
    if (!isThere) fetchOthers().then(() => redraw((n) => n + 1), () => setFailed(true));
  }, [isThere]);

  if (isThere) {
    const Page: ComponentType = name === "overview" ? Overview : others![exported[name]!];
    return <Page />;
  }
  // Another version of simsync may run by now, whose files have other names.
  return failed ? (
    <Failed again={() => location.reload()} problem={{
      title: "this page could not be fetched", status: 0, hint: "",
      detail: "simsync does not answer, or it was updated since this tab was opened.",
    }} />
  ) : null;
}
