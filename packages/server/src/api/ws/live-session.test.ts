import { SluiceError } from "@sluice/core/errors.ts";
import { pino } from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../../actuation/testing/manual-clock.ts";
import type { Principal } from "../../auth/index.ts";
import { LatestValues } from "../../telemetry/index.ts";
import { LiveHub } from "./live-hub.ts";
import {
  LiveSession,
  MAX_FAILED_RECHECKS,
  MAX_QUEUED,
  MAX_SNAPSHOTS_A_SECOND,
  RECHECK_MS,
  STALLED_MS,
} from "./live-session.ts";
import { ReadingsFeed, TICK_MS } from "./readings-feed.ts";
import { MAX_SUBSCRIPTIONS } from "./subscriptions.ts";
import { type ReadDevices, readDevices } from "./testing/read-devices.ts";

/** A socket that keeps what it was given, and hands it on unless it is full. */
class KeptSocket {
  bufferedAmount = 0;
  readonly messages: { readonly type: string; readonly item?: unknown; readonly items?: unknown }[] = [];
  closedWith: number | undefined;
  isTerminated = false;
  isFull = false;
  private readonly waiting: (() => void)[] = [];

  send(text: string, onWritten: () => void): void {
    this.messages.push(JSON.parse(text));
    if (!this.isFull) {
      onWritten();
      return;
    }
    this.bufferedAmount += 1_000_000;
    this.waiting.push(onWritten);
  }
  drain(): void {
    this.isFull = false;
    this.bufferedAmount = 0;
    for (const written of this.waiting.splice(0)) written();
  }
  close(code: number): void {
    this.closedWith = code;
  }
  terminate(): void {
    this.isTerminated = true;
  }
  ping(): void {}
}

const OPERATOR = { kind: "user", organizationId: 1, roles: new Set(["operator"]) } as unknown as Principal;

let clock: ManualClock;
let socket: KeptSocket;
let principal: Promise<Principal>;
let session: LiveSession;
let latest: LatestValues;
let fleet: ReadDevices;
let registryVersion: number;

beforeEach(async () => {
  clock = new ManualClock();
  socket = new KeptSocket();
  principal = Promise.resolve(OPERATOR);
  const reader = { open: async () => [], byIds: async () => [], isOpen: () => true };
  const readers = { alert: reader, command: reader, execution: reader };
  const hub = new LiveHub({ readers, clock, logger: pino({ level: "silent" }) });
  latest = new LatestValues();
  registryVersion = 1;
  const readings = new ReadingsFeed({
    latestValues: () => latest,
    telemetry: { latestOf: async () => new Map() },
    clock,
    logger: pino({ level: "silent" }),
  });
  fleet = readDevices(latest, readings);
  session = new LiveSession({
    socket,
    clock,
    hub,
    readings,
    findDevices: async (_organizationId, { devices }) =>
      fleet.devices.filter(({ uid }) => devices?.includes(uid) !== false),
    registryVersion: async () => String(registryVersion),
    streamId: "test",
    token: "token",
    authenticate: () => principal,
    admit: () => true,
  });
  session.start();
});

/** Nothing here waits for anything but promises. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const count = (type: string) => socket.messages.filter((message) => message.type === type).length;
const subscribe = () => session.onMessage(JSON.stringify({ subscribe: { alerts: {} } }));

describe("a live session", () => {
  it("remembers of what it was shown only what is open", async () => {
    subscribe();
    await settled();
    expect(count("snapshot")).toBe(1);
    const item = { id: "a", severity: "info" };
    session.takeChange({ kind: "alert", id: "a", item, isOpen: true });
    session.takeChange({ kind: "alert", id: "a", item: undefined, isOpen: false });
    expect(socket.messages.at(-1)).toMatchObject({ type: "change", item: null });
    session.takeChange({ kind: "alert", id: "b", item: { ...item, id: "b" }, isOpen: true });
    session.takeChange({ kind: "alert", id: "b", item: { ...item, id: "b" }, isOpen: false });
    session.takeChange({ kind: "alert", id: "b", item: undefined, isOpen: false });
    expect(socket.messages.at(-1)).toMatchObject({ type: "change", item: { id: "b" } });
  });

  it("whose client says too much while nobody can take it is closed", async () => {
    principal = new Promise(() => {});
    for (let message = 0; message < MAX_QUEUED; message++) subscribe();
    expect(socket.closedWith).toBeUndefined();
    subscribe();
    expect(socket.closedWith).toBe(4429);
  });

  it("that asks for one snapshot after the other is given so many a second, and the last of them then", async () => {
    for (let ask = 0; ask < MAX_SNAPSHOTS_A_SECOND + 3; ask++) {
      subscribe();
      await settled();
    }
    await settled();
    expect(count("snapshot")).toBe(MAX_SNAPSHOTS_A_SECOND);
    clock.advance(1_000);
    await settled();
    expect(count("snapshot")).toBe(MAX_SNAPSHOTS_A_SECOND + 1);
  });

  it("ends when its person may not read any more", async () => {
    await settled();
    expect(count("ready")).toBe(1);
    principal = Promise.resolve({ ...OPERATOR, roles: new Set() } as unknown as Principal);
    clock.advance(RECHECK_MS);
    await settled();
    expect(socket.closedWith).toBe(4403);
  });

  it("goes on while the database cannot say anything about its token", async () => {
    await settled();
    expect(count("ready")).toBe(1);
    principal = Promise.reject(new SluiceError("unavailable", "database.away", "It is away."));
    clock.advance(RECHECK_MS);
    await settled();
    expect(socket.closedWith).toBeUndefined();
    principal = Promise.reject(new SluiceError("unauthenticated", "auth.token_expired", "It has expired."));
    await principal.catch(() => {});
    clock.advance(RECHECK_MS);
    await settled();
    expect(socket.closedWith).toBe(4401);
  });
});

describe("a session that watches readings", () => {
  const watch = (readings: object, id?: string) =>
    session.onMessage(JSON.stringify({ subscribe: { readings }, ...(id === undefined ? {} : { id }) }));
  const tick = () => clock.advance(TICK_MS);
  const last = () => socket.messages.at(-1);

  it("is given the latest values, and then of each changed device those of the metrics it named", async () => {
    fleet.say(1, 1_000, { level: 5, ph: 7 });
    watch({ devices: ["device-1", "device-2"], metrics: ["level"] });
    await settled();
    expect(last()).toEqual({
      seq: 2,
      type: "readings",
      snapshot: true,
      items: [
        { device: "device-1", ts: 1_000, values: { level: 5 } },
        { device: "device-2", ts: null, values: {} },
      ],
    });
    fleet.say(1, 2_000, { ph: 7.1 });
    fleet.say(2, 2_000, { level: 6 });
    fleet.say(2, 3_000, { level: 7 });
    tick();
    expect(last()).toEqual({
      seq: 3,
      type: "readings",
      items: [{ device: "device-2", ts: 3_000, values: { level: 7 } }],
    });
  });

  it("is given a device of two subscriptions once, with the metrics of both, until one of them ends", async () => {
    watch({ devices: ["device-1"], metrics: ["level"] }, "a");
    watch({ devices: ["device-1"], metrics: ["ph"] }, "b");
    await settled();
    fleet.say(1, 1_000, { level: 5, ph: 7, flow: 1 });
    tick();
    expect(last()).toMatchObject({ items: [{ values: { level: 5, ph: 7 } }] });
    session.onMessage(JSON.stringify({ unsubscribe: "b" }));
    await settled();
    expect(last()).toMatchObject({ snapshot: true, items: [{ values: { level: 5 } }] });
    session.onMessage(JSON.stringify({ unsubscribe: "a" }));
    await settled();
    const before = socket.messages.length;
    fleet.say(1, 2_000, { level: 6 });
    tick();
    expect(socket.messages.length).toBe(before);
  });

  it("and reads slowly gets of each device the latest values once it reads again", async () => {
    watch({ devices: ["device-1", "device-2"] });
    await settled();
    const before = socket.messages.length;
    socket.isFull = true;
    for (let second = 1; second <= 50; second++) {
      fleet.say(1, second * 1_000, { level: second });
      fleet.say(2, second * 1_000, { level: -second });
      tick();
    }
    expect(socket.messages.length).toBe(before + 1);
    socket.drain();
    expect(socket.messages.length).toBe(before + 2);
    const items = last()!.items as { device: string; values: object }[];
    expect(Object.fromEntries(items.map(({ device, values }) => [device, values]))).toEqual({
      "device-1": { level: 50 },
      "device-2": { level: -50 },
    });
  });

  it("and reads nothing at all is closed, and cut off when it does not even take that", async () => {
    watch({ devices: ["device-1"] });
    await settled();
    socket.isFull = true;
    for (let second = 1; second <= 2; second++) {
      fleet.say(1, second * 1_000, { level: second });
      tick();
    }
    clock.advance(STALLED_MS);
    clock.advance(STALLED_MS);
    expect(socket.closedWith).toBe(4410);
    clock.advance(1_000);
    expect(socket.isTerminated).toBe(true);
  });

  it("lives on while its token cannot be checked, for a while", async () => {
    watch({ devices: ["device-1"] });
    await settled();
    principal = Promise.reject(new Error("the database is away"));
    principal.catch(() => {});
    for (let tried = 0; tried < MAX_FAILED_RECHECKS; tried++) {
      clock.advance(RECHECK_MS);
      await settled();
      session.onPong();
    }
    expect(socket.closedWith).toBeUndefined();
    clock.advance(RECHECK_MS);
    await settled();
    expect(socket.closedWith).toBe(1001);
  });

  it("of a site is told of a device that is new there", async () => {
    fleet.devices.pop();
    watch({ site: "north" });
    await settled();
    fleet.devices.push(...readDevices(latest).devices.slice(1));
    registryVersion++;
    clock.advance(RECHECK_MS);
    await settled();
    expect(last()).toMatchObject({ snapshot: true, items: [{ device: "device-1" }, { device: "device-2" }] });
  });

  it("needs the permission for that, also later on", async () => {
    const may = (...scopes: string[]) => ({ kind: "client", organizationId: 1, scopes: new Set(scopes) }) as never;
    principal = Promise.resolve(may("telemetry:read"));
    session.onMessage(JSON.stringify({ token: "of a program", subscribe: { readings: { devices: ["device-1"] } } }));
    await settled();
    expect(last()).toMatchObject({ type: "readings" });
    principal = Promise.resolve(may("alerts:read"));
    clock.advance(RECHECK_MS);
    await settled();
    expect(last()).toMatchObject({ type: "error", code: "auth.forbidden" });
    expect(socket.closedWith).toBe(4403);
  });

  it("has a limit of subscriptions", async () => {
    for (let name = 0; name <= MAX_SUBSCRIPTIONS; name++) {
      watch({ devices: ["device-1"] }, `${name}`);
      await settled();
    }
    expect(last()).toMatchObject({ type: "error", code: "stream.too_many_subscriptions" });
  });
});

it("a subscription needs the permission for each of its parts", async () => {
  const scopes = new Set(["alerts:read"]);
  principal = Promise.resolve({ kind: "client", organizationId: 1, scopes } as never);
  await settled();
  session.onMessage(JSON.stringify({ token: "of a program", subscribe: { alerts: {}, commands: {} } }));
  await settled();
  expect(socket.messages.at(-1)).toMatchObject({ type: "error", code: "auth.forbidden" });
  expect(socket.closedWith).toBe(4403);
});
