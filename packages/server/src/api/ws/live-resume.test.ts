import { setImmediate as nextTurn } from "node:timers/promises";
import { pino } from "pino";
import { expect, it } from "vitest";
import { ManualClock } from "../../actuation/testing/manual-clock.ts";
import type { Principal } from "../../auth/index.ts";
import { encodeLiveNotice } from "../../platform/live-notice.ts";
import { LiveHub } from "./live-hub.ts";
import { LiveSession, type LiveSocket } from "./live-session.ts";
import { COALESCE_MS, type LiveItem, type LiveReader } from "./organization-feed.ts";
import { ReadingsFeed } from "./readings-feed.ts";

/**
 * Random worlds: things begin, change, end and vanish, the client reads slowly, and its connection is cut at any moment, with
 * whatever is on its way. However it went, the client knows of everything how it ended.
 */
const WORLDS = 150;
const STEPS = 60;
/** A hundred of them let a client ask for further snapshots, and are less than what ends a connection. */
const A_WHILE_MS = 45;
const OPERATOR = { kind: "user", organizationId: 1, roles: new Set(["operator"]) } as unknown as Principal;
/** So small that a slow reader overflows. */
const LIMITS = { highWaterBytes: 1, maxWaiting: 3 };

interface Message {
  readonly type: string;
  readonly cursor?: string;
  readonly resumed?: boolean;
  readonly alerts?: readonly LiveItem[];
  readonly id?: string;
  readonly item?: LiveItem | null;
}

/** The way to a client that takes a message when the test says so. */
class SlowWay implements LiveSocket {
  readonly onItsWay: { readonly message: Message; readonly onWritten: () => void }[] = [];
  isClosed = false;

  get bufferedAmount(): number {
    return this.onItsWay.length;
  }
  send(text: string, onWritten: () => void): void {
    this.onItsWay.push({ message: JSON.parse(text), onWritten });
  }
  close(): void {
    this.isClosed = true;
  }
  terminate(): void {}
  ping(): void {}
}

class World {
  private readonly random: () => number;
  private readonly clock = new ManualClock();
  private readonly table = new Map<string, LiveItem>();
  private readonly hub: LiveHub;
  private readonly readings: ReadingsFeed;
  private created = 0;
  private way = new SlowWay();
  private session!: LiveSession;
  /** What the client knows. */
  readonly known = new Map<string, unknown>();
  private cursor: string | undefined;
  notResumed = 0;
  cuts = 0;

  constructor(random: () => number) {
    this.random = random;
    const { table, clock } = this;
    const logger = pino({ level: "silent" });
    // What is read is of the time at which the reading began, and comes later.
    const open = async () => {
      const found = [...table.values()].filter(({ isOpen }) => isOpen === true);
      await nextTurn();
      return found;
    };
    const byIds = async (_organizationId: number, ids: readonly string[]) => {
      const found = ids.flatMap((id) => table.get(id) ?? []);
      await nextTurn();
      return found;
    };
    const alert: LiveReader = { open, byIds, isOpen: ({ isOpen }) => isOpen === true };
    const nothing: LiveReader = { open: async () => [], byIds: async () => [], isOpen: () => true };
    this.hub = new LiveHub({ readers: { alert, command: nothing, execution: nothing }, clock, logger });
    const telemetry = { latestOf: async () => new Map() };
    this.readings = new ReadingsFeed({ latestValues: () => undefined, telemetry, clock, logger });
  }

  async run(): Promise<void> {
    await this.connect();
    // What ended before it ever heard anything is not its business.
    while (this.cursor === undefined) {
      this.receive(1);
      await this.pass(COALESCE_MS);
    }
    for (let step = 0; step < STEPS; step++) await this.step();
    // Nothing happens any more: everything on its way arrives.
    for (let round = 0; round < 100; round++) {
      this.receive(Number.POSITIVE_INFINITY);
      await this.pass(A_WHILE_MS);
    }
  }

  /** How everything is: null for what has vanished. */
  truth(): Map<string, unknown> {
    return new Map(
      Array.from({ length: this.created }, (_, index) => [`${index}`, this.table.get(`${index}`)?.version ?? null]),
    );
  }

  private async step(): Promise<void> {
    const dice = this.random();
    if (dice < 0.2) this.put(`${this.created++}`);
    else if (dice < 0.55) this.change(`${Math.floor(this.random() * this.created)}`);
    else if (dice < 0.75) await this.pass(COALESCE_MS);
    else if (dice < 0.92) this.receive(Math.ceil(this.random() * 3));
    else await this.connect();
  }

  private put(id: string, isOpen = true): void {
    const version = ((this.table.get(id)?.version as number | undefined) ?? 0) + 1;
    this.table.set(id, { id, version, isOpen, severity: "info" });
    this.hub.onNotice(encodeLiveNotice({ organizationId: 1, kind: "alert", id }));
  }

  private change(id: string): void {
    if (this.table.get(id)?.isOpen !== true) return;
    const dice = this.random();
    if (dice > 0.1) {
      this.put(id, dice > 0.5);
      return;
    }
    this.table.delete(id);
    this.hub.onNotice(encodeLiveNotice({ organizationId: 1, kind: "alert", id }));
  }

  private async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await nextTurn();
  }

  /** What was on its way is lost. */
  private async connect(): Promise<void> {
    this.session?.onClosed();
    this.cuts++;
    this.way = new SlowWay();
    this.session = new LiveSession({
      socket: this.way,
      clock: this.clock,
      hub: this.hub,
      readings: this.readings,
      findDevices: async () => [],
      registryVersion: async () => "",
      streamId: "here",
      token: "token",
      authenticate: async () => OPERATOR,
      admit: () => true,
      outboxLimits: LIMITS,
    });
    this.session.start();
    const resume = this.cursor === undefined ? {} : { resume: this.cursor };
    this.session.onMessage(JSON.stringify({ subscribe: { alerts: {} }, ...resume }));
    if (this.random() < 0.5) await nextTurn();
  }

  private receive(count: number): void {
    for (let left = count; left > 0; left--) {
      const next = this.way.onItsWay.shift();
      if (next === undefined) return;
      this.take(next.message);
      next.onWritten();
    }
  }

  private take({ cursor, type, alerts, resumed, id, item }: Message): void {
    this.cursor = cursor ?? this.cursor;
    if (type === "snapshot") for (const alert of alerts!) this.known.set(alert.id, alert.version);
    if (type === "change") this.known.set(id!, item?.version ?? null);
    if (resumed === false) this.notResumed++;
  }
}

/** Park and Miller's generator (Communications of the ACM 31, 1988, page 1192). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

it("whatever is cut, and however slowly a client reads, it learns how everything ended", async () => {
  let cuts = 0;
  for (let seed = 1; seed <= WORLDS; seed++) {
    const world = new World(seeded(seed * 7_919));
    await world.run();
    const known = [...world.known].filter(([, version]) => version !== null);
    const truth = [...world.truth()].filter(([, version]) => version !== null);
    expect({ seed, known: new Map(known.sort()) }).toEqual({ seed, known: new Map(truth.sort()) });
    expect({ seed, notResumed: world.notResumed }).toEqual({ seed, notResumed: 0 });
    cuts += world.cuts;
  }
  expect(cuts).toBeGreaterThan(WORLDS * 3);
});
