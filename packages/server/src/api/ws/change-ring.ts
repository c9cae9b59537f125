import type { LiveKind } from "../../platform/live-notice.ts";

/** Changed things that an organization's ring remembers; past it the one that changed longest ago is forgotten. */
export const MAX_REMEMBERED = 10_000;

export interface RememberedChange {
  readonly kind: LiveKind;
  readonly id: string;
}

/** What has changed since when, by numbers that grow: each thing once, with its last change. */
export class ChangeRing {
  /** "kind id" → number of the last change, in the order of those. */
  private readonly last = new Map<string, { readonly change: RememberedChange; readonly number: number }>();
  /** Nothing is known of changes up to this one. */
  private floor: number;

  constructor(floor: number) {
    this.floor = floor;
  }

  add(change: RememberedChange, number: number): void {
    const key = `${change.kind} ${change.id}`;
    this.last.delete(key);
    this.last.set(key, { change, number });
    if (this.last.size <= MAX_REMEMBERED) return;
    for (const [oldest, { number: forgotten }] of this.last) {
      this.last.delete(oldest);
      this.floor = forgotten;
      return;
    }
  }

  /** Changes up to this one may have been missed. */
  forget(upTo: number): void {
    this.last.clear();
    this.floor = upTo;
  }

  /** What has changed after this one; undefined when that is not known any more. */
  since(number: number): readonly RememberedChange[] | undefined {
    if (number < this.floor) return undefined;
    return [...this.last.values()].filter((one) => one.number > number).map(({ change }) => change);
  }
}
