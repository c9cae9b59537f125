import { LIVE_KINDS } from "../../platform/live-notice.ts";
import { changeText, snapshotText } from "./messages.ts";
import type { LiveChange, Resumption, Snapshot } from "./organization-feed.ts";
import type { Outbox } from "./outbox.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** The alerts, commands and executions that one connection is shown. */
export class ShownItems {
  private readonly subscriptions: Subscriptions;
  private readonly outbox: Outbox;
  /** What it was shown and is still open, by kind and id: when that is no longer to be shown, it is told so. */
  private readonly open = new Set<string>();

  constructor(subscriptions: Subscriptions, outbox: Outbox) {
    this.subscriptions = subscriptions;
    this.outbox = outbox;
  }

  takeSnapshot({ items, truncated }: Snapshot, { number, missed, isComplete }: Resumption): void {
    const { subscriptions, outbox, open } = this;
    open.clear();
    const kinds = LIVE_KINDS.filter((kind) => subscriptions.wantsKind(kind));
    const lists = kinds.map((kind) => {
      const list = (items[kind] ?? []).filter((item) => subscriptions.wants(kind, item));
      for (const { id } of list) open.add(`${kind} ${id}`);
      return [kind, list] as const;
    });
    const selected = {
      items: Object.fromEntries(lists),
      truncated: truncated.filter((kind) => kinds.includes(kind)),
      isResumed: isComplete,
    };
    // A snapshot that is followed by what was missed does not bring the client up to this change by itself.
    if (missed.length === 0) outbox.reach(number);
    const following = missed.map(({ kind, id, item }) => {
      const isWanted = item !== undefined && subscriptions.wants(kind, item);
      return [`${kind} ${id}`, () => changeText(kind, id, isWanted ? item : null)] as const;
    });
    outbox.putSnapshot(() => snapshotText(selected), following);
  }

  takeChange({ kind, id, item, isOpen }: LiveChange): void {
    const { subscriptions, outbox, open } = this;
    if (!subscriptions.wantsKind(kind)) return;
    const key = `${kind} ${id}`;
    if (item !== undefined && subscriptions.wants(kind, item)) {
      if (isOpen) open.add(key);
      else open.delete(key);
      outbox.putChange(key, () => changeText(kind, id, item));
    } else if (open.delete(key)) {
      outbox.putChange(key, () => changeText(kind, id, null));
    }
  }
}
