// A value that people carry elsewhere, with the button that does it.
import { useRef, useState } from "preact/hooks";
import { announce } from "../announce.ts";

// `what` names it to who hears the page: "ICCID".
export function Copied({ value, what, mono = true }: { value: string; what: string; mono?: boolean }) {
  return (
    <span class="copied">
      <span class={mono ? "mono" : ""}>{value}</span>
      <CopyButton text={value} what={what} />
    </span>
  );
}

export function CopyButton({ text, what, label }: { text: string; what: string; label?: string }) {
  const [done, setDone] = useState(false);
  const timer = useRef(0);
  const act = async () => {
    if (!(await copy(text, what))) return;
    setDone(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setDone(false), 1500);
  };
  return (
    <button type="button" class={`copy ${label ? "button" : "icon"}${done ? " done" : ""}`} title={`Copy ${what}`}
      aria-label={label ? undefined : `Copy ${what} ${text}`} onClick={act}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {done ? <path d="M3 8.5l3.2 3.2L13 5" /> : <path d="M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z" />}
      </svg>
      {label && (done ? "Copied" : label)}
    </button>
  );
}

// Pages served over plain HTTP from elsewhere than this host have no clipboard: the browser selects instead.
export async function copy(text: string, what: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copyBySelection(text)) {
      announce(`This browser does not let the page copy. ${what}: ${text}`);
      return false;
    }
  }
  announce(`${what} ${text} copied`);
  return true;
}

function copyBySelection(text: string): boolean {
  const field = document.createElement("textarea");
  const focused = document.activeElement as HTMLElement | null;
  field.value = text;
  field.className = "offscreen";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return copied;
}
