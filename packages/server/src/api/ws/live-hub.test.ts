import { pino } from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../../actuation/testing/manual-clock.ts";
import { encodeLiveNotice, type LiveKind } from "../../platform/live-notice.ts";
import { MAX_REMEMBERED } from "./change-ring.ts";
import { LiveHub, REMEMBER_MS, RENEW_MS } from "./live-hub.ts";
import {
  COALESCE_MS,
  type LiveChange,
  type LiveItem,
  type LiveReader,
  type LiveSubscriber,
  MAX_CHANGED,
  MAX_SNAPSHOT,
  RETRY_MS,
  type Resumption,
  type Snapshot,
} from "./organization-feed.ts";

/** A table of alerts that counts how often it is read. */
class Table implements LiveReader {
  readonly items = new Map<string, LiveItem>();
  queries = 0;
  isAway = false;
  /** An organization whose reads do not come back. */
  stuckOrganizationId: number | undefined;

  open = async (organizationId: number, limit: number) =>
    this.read(organizationId, [...this.items.values()].slice(0, limit));
  byIds = async (organizationId: number, ids: readonly string[]) =>
    this.read(
      organizationId,
      ids.flatMap((id) => this.items.get(id) ?? []),
    );
  isOpen = () => true;

  private read(organizationId: number, items: readonly LiveItem[]): readonly LiveItem[] | Promise<never> {
    this.queries++;
    if (organizationId === this.stuckOrganizationId) return new Promise(() => {});
    if (this.isAway) throw new Error("away");
    return items;
  }
}

class Listener implements LiveSubscriber {
  readonly organizationId: number;
  readonly heard: string[] = [];
  readonly snapshots: Snapshot[] = [];
  reached = 0;

  constructor(organizationId = 1) {
    this.organizationId = organizationId;
  }

  wantsKind(kind: LiveKind): boolean {
    return kind === "alert";
  }
  takeSnapshot(snapshot: Snapshot, { missed, isComplete }: Resumption): void {
    this.snapshots.push(snapshot);
    this.heard.push("snapshot");
    if (isComplete === false) this.heard.push("not resumed");
    for (const change of missed) this.takeChange(change);
  }
  endRound(number: number): void {
    this.reached = number;
  }
  takeChange({ id, item }: LiveChange): void {
    this.heard.push(item === undefined ? `${id} gone` : `${id} ${item.version}`);
  }
}

let table: Table;
let clock: ManualClock;
let hub: LiveHub;
let listener: Listener;

beforeEach(() => {
  table = new Table();
  clock = new ManualClock();
  const nothing = { open: async () => [], byIds: async () => [], isOpen: () => true };
  const readers = { alert: table, command: nothing, execution: nothing };
  hub = new LiveHub({ readers, clock, logger: pino({ level: "silent" }) });
  listener = new Listener();
});

function change(id: string, version: number, organizationId = 1): void {
  table.items.set(id, { id, version });
  hub.onNotice(encodeLiveNotice({ organizationId, kind: "alert", id }));
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await hub.settled();
}

describe("the hub", () => {
  it("reads what changes within a few milliseconds once, for all who listen", async () => {
    const other = new Listener();
    hub.attach(listener);
    hub.attach(other);
    for (let version = 1; version <= 100; version++) for (const id of ["a", "b"]) change(id, version);
    await pass(COALESCE_MS);
    expect(table.queries).toBe(1);
    expect(listener.heard).toEqual(["a 100", "b 100"]);
    expect(other.heard).toEqual(listener.heard);
  });

  it("reads nothing when nobody listens, or only another organization or kind is meant", async () => {
    change("a", 1);
    const detach = hub.attach(listener);
    change("a", 2, 2);
    hub.onNotice(encodeLiveNotice({ organizationId: 1, kind: "command", id: "c" }));
    hub.onNotice("something of a newer version");
    detach();
    change("a", 3);
    await pass(COALESCE_MS);
    expect(table.queries).toBe(0);
  });

  it("gives everybody everything anew after an empty notice, and now and then, as long as somebody listens", async () => {
    const detach = hub.attach(listener);
    hub.onNotice("");
    await pass(0);
    expect(listener.heard).toEqual(["snapshot"]);
    await pass(RENEW_MS);
    await pass(RENEW_MS);
    expect(listener.heard).toEqual(["snapshot", "snapshot", "snapshot"]);
    detach();
    const { queries } = table;
    await pass(10 * RENEW_MS);
    expect(table.queries).toBe(queries);
  });

  it("tells what has vanished", async () => {
    hub.attach(listener);
    change("a", 1);
    table.items.delete("a");
    await pass(COALESCE_MS);
    expect(listener.heard).toEqual(["a gone"]);
  });

  it("gives everybody everything after a gap", async () => {
    hub.attach(listener);
    table.items.set("a", { id: "a", version: 1 });
    hub.onGap();
    await hub.settled();
    expect(listener.snapshots).toEqual([{ items: { alert: [{ id: "a", version: 1 }] }, truncated: [] }]);
  });

  it("makes a snapshot of a flood, and says where a snapshot is cut", async () => {
    hub.attach(listener);
    for (let id = 0; id <= MAX_CHANGED; id++) change(`${id}`, 1);
    await pass(COALESCE_MS);
    expect(listener.heard).toEqual(["snapshot"]);
    expect(listener.snapshots[0]!.items.alert!.length).toBe(MAX_SNAPSHOT);
    expect(listener.snapshots[0]!.truncated).toEqual(["alert"]);
  });

  it("gives a snapshot to everybody concerned once the database answers again", async () => {
    hub.attach(listener);
    table.isAway = true;
    change("a", 1);
    await pass(COALESCE_MS);
    table.isAway = false;
    await pass(RETRY_MS - 1);
    expect(listener.heard).toEqual([]);
    await pass(1);
    expect(listener.heard).toEqual(["snapshot"]);
  });

  it("reads what comes while it reads in its next round", async () => {
    hub.attach(listener);
    change("a", 1);
    clock.advance(COALESCE_MS);
    change("a", 2);
    change("b", 1);
    await hub.settled();
    await pass(COALESCE_MS);
    expect(listener.heard.at(-2)).toBe("a 2");
    expect(listener.heard.at(-1)).toBe("b 1");
  });

  it("keeps nobody waiting for another organization whose read hangs", async () => {
    const other = new Listener(2);
    hub.attach(listener);
    hub.attach(other);
    table.stuckOrganizationId = 2;
    change("b", 1, 2);
    clock.advance(COALESCE_MS);
    change("a", 1);
    clock.advance(COALESCE_MS);
    await new Promise((resolve) => setImmediate(resolve));
    expect(listener.heard).toEqual(["a 1"]);
    expect(other.heard).toEqual([]);
  });

  it("reads nothing more once it has stopped", async () => {
    hub.attach(listener);
    change("a", 1);
    await hub.stop();
    await pass(COALESCE_MS);
    expect(table.queries).toBe(0);
  });
});

describe("whoever was away", () => {
  /** Listens, is gone, and comes back after `meanwhile`. */
  async function comeBack(meanwhile: () => Promise<void>, since?: number): Promise<Listener> {
    const detach = hub.attach(listener);
    change("a", 1);
    await pass(COALESCE_MS);
    detach();
    await meanwhile();
    const again = new Listener();
    hub.attach(again);
    hub.requestSnapshot(again, since ?? listener.reached);
    await pass(0);
    return again;
  }

  it("is told what has changed since, also when nobody else listened", async () => {
    const again = await comeBack(async () => {
      change("b", 1);
      change("c", 1);
      table.items.clear();
      await pass(REMEMBER_MS - 1);
    });
    expect(again.heard).toEqual(["snapshot", "b gone", "c gone"]);
  });

  it("is told nothing twice: what is in the snapshot is in there", async () => {
    const again = await comeBack(async () => change("a", 2));
    expect(again.heard).toEqual(["snapshot"]);
    expect(again.snapshots[0]!.items.alert).toEqual([{ id: "a", version: 2 }]);
  });

  it.each([
    ["too long ago", () => pass(REMEMBER_MS).then(() => hub.attach(new Listener(2))())],
    ["before a gap", async () => hub.onGap()],
    [
      "before more changes than can be told",
      async () => {
        for (let id = 0; id <= MAX_CHANGED; id++) change(`x${id}`, 1);
      },
    ],
    [
      "before more changes than are remembered",
      async () => {
        for (let id = 0; id <= MAX_REMEMBERED; id++) change(`x${id}`, 1);
      },
    ],
  ])("%s is told that something may be missing", async (_when, meanwhile) => {
    expect((await comeBack(meanwhile)).heard).toEqual(["snapshot", "not resumed"]);
  });

  it("from a number that was never given is told that something may be missing", async () => {
    expect((await comeBack(async () => {}, -1)).heard).toEqual(["snapshot", "not resumed"]);
  });

  it("while the database was away misses nothing either", async () => {
    hub.attach(listener);
    change("a", 1);
    await pass(COALESCE_MS);
    table.isAway = true;
    change("b", 1);
    await pass(COALESCE_MS);
    table.isAway = false;
    table.items.delete("b");
    await pass(RETRY_MS);
    expect(listener.heard).toEqual(["a 1", "snapshot", "b gone"]);
  });
});
