import type { Permission } from "../../auth/index.ts";
import type { LiveEvents } from "../ws/live-events.ts";
import type { LatestQueue } from "./latest-queue.ts";
import { type LiveCaller, openLiveQueue } from "./live-queue.ts";

/** Open things that a subscription begins with, the newest; and that it remembers, to tell what becomes of them. */
export const MAX_OPEN_ITEMS = 1_000;

export interface LiveItemsContext extends LiveCaller {
  readonly organizationId: number;
  readonly deps: LiveCaller["deps"] & {
    readonly liveEvents: Pick<LiveEvents, "subscribeItems">;
    readonly logger: { warn(context: object, message: string): void };
  };
}

interface Identified {
  readonly id: string;
}

export interface ItemReader<Item> {
  /** Those that are open, newest first, `MAX_OPEN_ITEMS` at most. */
  readonly open: () => Promise<readonly Item[]>;
  /** What is gone is missing. */
  readonly byIds: (ids: readonly string[]) => Promise<readonly Item[]>;
  readonly isOpen: (item: Item) => boolean;
  readonly isWanted: (item: Item) => boolean;
}

/** What is open now, then every change; the same again is not told again. */
export async function subscribeItems<Item extends Identified>(
  context: LiveItemsContext,
  kind: "alert" | "command",
  permission: Permission,
  reader: ItemReader<Item>,
): Promise<LatestQueue<Item>> {
  const { queue, onEnd } = openLiveQueue<Item>(context, permission);
  const told = new ToldItems(reader, (item) => queue.push(item.id, item));
  try {
    onEnd(
      context.deps.liveEvents.subscribeItems(
        { organizationId: context.organizationId, kinds: [kind] },
        ({ id, item }) => told.onChange(id, item as unknown as Item | undefined),
        ({ items }) => {
          // The next snapshot asks again.
          const onError = (error: unknown) =>
            context.deps.logger.warn({ err: error }, "a subscription could not be told what has ended");
          told.onSnapshot((items[kind] ?? []) as unknown as readonly Item[]).catch(onError);
        },
      ),
    );
    await told.start();
  } catch (error) {
    queue.end();
    throw error;
  }
  return queue;
}

/**
 * What one subscriber has been told of and is still open. What is read is older than a change that came meanwhile: of that
 * thing only the change is told.
 */
class ToldItems<Item extends Identified> {
  private readonly reader: ItemReader<Item>;
  private readonly push: (item: Item) => void;
  /** Id → the last state that was told. */
  private readonly open = new Map<string, string>();
  /** For each read under way, what has changed since it began. */
  private readonly reads = new Set<Set<string>>();

  constructor(reader: ItemReader<Item>, push: (item: Item) => void) {
    this.reader = reader;
    this.push = push;
  }

  async start(): Promise<void> {
    await this.tellUnchanged(() => this.reader.open());
  }

  onChange(id: string, item: Item | undefined): void {
    for (const changed of this.reads) changed.add(id);
    if (item === undefined) this.open.delete(id);
    else this.tell(item);
  }

  /** Whoever is given a snapshot is not told what has ended meanwhile: it is not in there any more. */
  async onSnapshot(items: readonly Item[]): Promise<void> {
    const ended = new Set(this.open.keys());
    for (const item of items.toReversed()) {
      ended.delete(item.id);
      this.onChange(item.id, item);
    }
    if (ended.size > 0) await this.tellUnchanged(() => this.reader.byIds([...ended]));
  }

  private async tellUnchanged(read: () => Promise<readonly Item[]>): Promise<void> {
    const changed = new Set<string>();
    this.reads.add(changed);
    try {
      const items = await read();
      for (const item of items.toReversed()) if (!changed.has(item.id)) this.tell(item);
    } finally {
      this.reads.delete(changed);
    }
  }

  private tell(item: Item): void {
    const { open, reader } = this;
    const { id } = item;
    // Who was told of it is told, once, that it is none of theirs any more.
    const isWanted = reader.isWanted(item);
    if (!isWanted && !open.has(id)) return;
    const state = JSON.stringify(item);
    if (open.get(id) === state) return;
    open.delete(id);
    if (isWanted && reader.isOpen(item)) open.set(id, state);
    const [oldest] = open.keys();
    if (open.size > MAX_OPEN_ITEMS && oldest !== undefined) open.delete(oldest);
    this.push(item);
  }
}
