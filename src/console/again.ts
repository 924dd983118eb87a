// What is asked again at once, and not when the question has rested (api.ts): the stream told of just this.
import { useEffect, useRef } from "preact/hooks";

export function useAgain(again: () => void, news: number): void {
  const seen = useRef(news);
  useEffect(() => {
    if (seen.current === news) return;
    seen.current = news;
    again();
  }, [news]);
}
