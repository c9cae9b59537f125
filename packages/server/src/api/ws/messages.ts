import { LIVE_KINDS, type LiveKind } from "../../platform/live-notice.ts";
import type { LiveItem } from "./organization-feed.ts";

/** A message of the stream as JSON, without its number. */
export type MessageText = `{"type":"${string}`;

/** Written down once, however many see it. */
const texts = new WeakMap<LiveItem, string>();

function textOf(item: LiveItem): string {
  const known = texts.get(item);
  if (known !== undefined) return known;
  const text = JSON.stringify(item);
  texts.set(item, text);
  return text;
}

export interface SelectedSnapshot {
  readonly items: Readonly<Partial<Record<LiveKind, readonly LiveItem[]>>>;
  readonly truncated: readonly LiveKind[];
  /** Whether a client that resumes is told all that it missed; undefined for one that does not. */
  readonly isResumed: boolean | undefined;
}

/** Kinds without items are left out. */
export function snapshotText({ items, truncated, isResumed }: SelectedSnapshot): MessageText {
  const lists = LIVE_KINDS.map((kind) => {
    const list = items[kind];
    return list === undefined ? "" : `"${kind}s":[${list.map(textOf).join(",")}],`;
  });
  const resumed = isResumed === undefined ? "" : `,"resumed":${isResumed}`;
  const cut = JSON.stringify(truncated.map((kind) => `${kind}s`));
  return `{"type":"snapshot",${lists.join("")}"truncated":${cut}${resumed}}`;
}

/** `item` is null for what is not to be shown any more. */
export function changeText(kind: LiveKind, id: string, item: LiveItem | null): MessageText {
  const text = item === null ? "null" : textOf(item);
  return `{"type":"change","kind":"${kind}","id":${JSON.stringify(id)},"item":${text}}`;
}

export function readingsText(states: Iterable<{ readonly text: string }>, isSnapshot: boolean): MessageText {
  const items = Array.from(states, ({ text }) => text).join(",");
  return `{"type":"readings",${isSnapshot ? '"snapshot":true,' : ""}"items":[${items}]}`;
}
