import type { Clock } from "./clock.ts";

/** One question at a time, however many ask, and none while the last answer is young. A failure is kept by nobody. */
export function keptFor<T>(clock: Clock, keptMs: number, ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly answer: Promise<T>; readonly askedAtMs: number; isUnderWay: boolean } | undefined;
  return () => {
    const now = clock.monotonicMs();
    if (last !== undefined && (last.isUnderWay || now - last.askedAtMs < keptMs)) return last.answer;
    const asked = { answer: ask(), askedAtMs: now, isUnderWay: true };
    last = asked;
    asked.answer.then(
      () => {
        asked.isUnderWay = false;
      },
      () => {
        if (last === asked) last = undefined;
      },
    );
    return asked.answer;
  };
}
