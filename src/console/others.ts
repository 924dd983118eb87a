// What comes after the first view: one more file of script and one of style.
import { signal } from "@preact/signals";

type Others = typeof import("./pages/others.ts");

export const others = signal<Others | null>(null);

// Rejects where they cannot be had, and may be called again.
export async function fetchOthers(): Promise<void> {
  if (others.value) return;
  const [script] = await Promise.all([import("./pages/others.ts"), wearStyle()]);
  if (others.value) return;
  script.startKeys();
  others.value = script;
}

// Its name is in index.html, which is the only file that knows names.
function wearStyle(): Promise<void> {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = document.querySelector<HTMLMetaElement>("meta[name=others]")!.content;
  return new Promise((done, failed) => {
    link.onload = () => done();
    link.onerror = () => {
      link.remove();
      failed(new Error(link.href));
    };
    document.head.append(link);
  });
}
