// One sentence for a moment: seen at the bottom of the page, and heard by who does not see it.
import { signal } from "@preact/signals";

export const announced = signal("");
let timer = 0;

export function announce(sentence: string): void {
  announced.value = sentence;
  clearTimeout(timer);
  timer = setTimeout(() => (announced.value = ""), 2500);
}
