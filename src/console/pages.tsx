// The pages by name. The overview comes with the console; the others are one file, fetched once the first view is drawn:
// from then on going elsewhere waits for nothing, not even for a daemon that is away.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fetchOthers, others } from "./others.ts";
import { Overview } from "./pages/overview.tsx";
import { Failed } from "./parts/panel.tsx";

export const titles: Record<string, string> = {
  overview: "Overview", sims: "SIMs", sim: "SIM", events: "Events", sweeps: "Sweeps", removals: "Removals", help: "Help",
};

const exported = { sims: "Sims", sim: "SimPage", events: "Events", sweeps: "Sweeps", removals: "Removals", help: "Help" } as const;

export function NamedPage({ name }: { name: string }) {
  if (name === "overview") return <Overview />;
  const Page: ComponentType | undefined = others.value?.[exported[name as keyof typeof exported]];
  return Page ? <Page /> : <Fetching />;
}

// Another version of simsync may run by now, whose files have other names.
function Fetching() {
  const [failed, setFailed] = useState(false);
  useEffect(() => void fetchOthers().catch(() => setFailed(true)), []);
  return failed ? (
    <Failed again={() => location.reload()} problem={{
      title: "this page could not be fetched", status: 0, hint: "",
      detail: "simsync does not answer, or it was updated since this tab was opened.",
    }} />
  ) : null;
}
