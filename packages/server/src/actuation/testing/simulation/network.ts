import { isSluiceError } from "@sluice/core/errors.ts";
import { parseCommand } from "@sluice/protocol/commands/command-codec.ts";
import { parseConfig, parseHello } from "@sluice/protocol/commands/hello-codec.ts";
import type { DeviceNode, Uplink } from "./device-node.ts";
import type { History } from "./history.ts";
import type { ServerProcess, ServerSession } from "./server-process.ts";
import type { Surroundings } from "./surroundings.ts";

/** A side that hears nothing of the other gives it up after this. */
const DEVICE_KEEPALIVE_MS = 3_000;
const SERVER_KEEPALIVE_MS = 4_500;
const RECONNECT_MS = 400;
/** What the server could not store is said again after this. */
const SAY_AGAIN_MS = 1_000;
/** Bytes of a session that is gone may still be worked on. */
const LATE_CHANCE = 0.3;

export type Direction = "up" | "down";

/**
 * The way between one device and whoever owns the gateway: sessions that come and go, and that one side may think open while
 * the other does not; messages that are lost, late, doubled and out of order.
 */
export class DeviceLink implements Uplink {
  readonly node: DeviceNode;
  /** As the device sees it. */
  session: Session | undefined;
  private readonly world: Surroundings;
  private readonly history: History;
  private readonly owner: () => ServerProcess | undefined;
  private readonly blocked = { up: 0, down: 0 };
  private isConnecting = false;

  constructor(world: Surroundings, history: History, node: DeviceNode, owner: () => ServerProcess | undefined) {
    this.world = world;
    this.history = history;
    this.node = node;
    this.owner = owner;
    node.uplink = this;
    this.connect();
  }

  get isUp(): boolean {
    return this.session !== undefined;
  }

  send(channel: "evidence" | "hello", payload: string): void {
    const { session } = this;
    if (session === undefined) return;
    this.carry("up", () => this.arriveAtServer(session, channel, payload));
  }

  powerLost(): void {
    const { session } = this;
    this.world.note(`device ${this.node.id}`, "has no power");
    this.session = undefined;
    if (session !== undefined) this.serverNoticesWithin(session, SERVER_KEEPALIVE_MS);
  }

  powerCame(): void {
    this.connect();
  }

  /** Both sides notice, each in its own time. */
  reset(): void {
    const { session } = this;
    if (session === undefined) return;
    this.serverNoticesWithin(session, 200);
    this.deviceNoticesWithin(session, 200);
  }

  /** One side closes, and the other finds out by its keepalive, or by a new session. */
  breakOneSide(side: "device" | "server"): void {
    const { session } = this;
    if (session === undefined) return;
    if (side === "device") this.closeAtDevice(session);
    else this.closeAtServer(session);
    if (side === "device") this.serverNoticesWithin(session, SERVER_KEEPALIVE_MS);
    else this.deviceNoticesWithin(session, DEVICE_KEEPALIVE_MS);
  }

  partition(directions: readonly Direction[], ms: number): void {
    const { time, random } = this.world;
    for (const direction of directions) this.blocked[direction] += 1;
    const { session } = this;
    time.after(DEVICE_KEEPALIVE_MS + random.below(500), () => {
      if (session !== undefined && this.isBlocked()) this.closeAtDevice(session);
    });
    if (session !== undefined && directions.includes("up")) {
      time.after(SERVER_KEEPALIVE_MS, () => {
        if (this.blocked.up > 0) this.closeAtServer(session);
      });
    }
    time.after(ms, () => {
      for (const direction of directions) this.blocked[direction] = Math.max(0, this.blocked[direction] - 1);
    });
  }

  /** The way is free again, however long it was to be blocked. */
  mend(): void {
    this.blocked.up = 0;
    this.blocked.down = 0;
  }

  /** The process of its session is gone, or answers no more. */
  processLost(process: ServerProcess, withinMs: number): void {
    const { session } = this;
    if (session?.process === process) this.deviceNoticesWithin(session, withinMs);
  }

  sendDown(session: Session, channel: "command" | "config", payload: string): void {
    const { world, history, node } = this;
    if (channel === "command")
      history.keepSent(world.time.nowMs, node.id, payload, session.process.greetedBy.has(node.id));
    world.note(`to device ${node.id}`, payload);
    if (session.isOpenAtServer) this.carry("down", () => this.arriveAtDevice(channel, payload));
  }

  private isBlocked(): boolean {
    return this.blocked.up + this.blocked.down > 0;
  }

  private connect(): void {
    const { time, random } = this.world;
    if (this.isConnecting) return;
    this.isConnecting = true;
    time.after(RECONNECT_MS * (0.2 + random.float()), () => {
      this.isConnecting = false;
      if (this.session !== undefined || !this.node.isPowered) return;
      const process = this.owner();
      if (process?.state !== "running" || this.isBlocked()) this.connect();
      else this.open(process);
    });
  }

  private open(process: ServerProcess): void {
    const { node, world } = this;
    const session = new Session(this, process);
    const before = process.sessions.get(node.id) as Session | undefined;
    if (before !== undefined) {
      before.isOpenAtServer = false;
      world.tally.add("session taken over");
    }
    process.sessions.set(node.id, session);
    world.note(`device ${node.id}`, `connects to ${process.name}`);
    this.session = session;
    node.let((device) => device.regainLink());
    process.gateway.onListening(node.id);
    node.sayHello();
  }

  private closeAtDevice(session: Session): void {
    if (this.session !== session) return;
    this.session = undefined;
    this.node.let((device) => device.loseLink());
    this.connect();
  }

  private closeAtServer(session: Session): void {
    const { process } = session;
    session.isOpenAtServer = false;
    if (process.sessions.get(this.node.id) !== session) return;
    process.proceed(() => {
      if (process.sessions.get(this.node.id) !== session) return;
      process.sessions.delete(this.node.id);
      process.gateway.onGone(this.node.id);
    });
  }

  private serverNoticesWithin(session: Session, ms: number): void {
    this.world.time.after(this.world.random.below(ms), () => this.closeAtServer(session));
  }

  private deviceNoticesWithin(session: Session, ms: number): void {
    this.world.time.after(this.world.random.below(ms), () => this.closeAtDevice(session));
  }

  private carry(direction: Direction, arrive: () => void): void {
    const { random, time, tally, rates } = this.world;
    const { drop, duplicate, delay } = rates;
    if (drop > 0 && random.chance(drop)) {
      tally.add("message dropped");
      return;
    }
    const isDoubled = duplicate > 0 && random.chance(duplicate);
    if (isDoubled) tally.add("message doubled");
    for (let copy = 0; copy < (isDoubled ? 2 : 1); copy++) {
      const isLate = delay > 0 && random.chance(delay);
      if (isLate) tally.add("message delayed");
      const lateMs = isLate ? random.pick([200, 1_000, 8_000, 35_000]) * random.float() : 0;
      time.after(2 + random.float() * 20 + lateMs, () => {
        if (this.blocked[direction] > 0) tally.add(`message lost in a partition ${direction}`);
        else arrive();
      });
    }
  }

  private arriveAtDevice(channel: "command" | "config", payload: string): void {
    const { node } = this;
    if (this.session === undefined || !node.isPowered) return;
    if (channel === "command") {
      node.receive(parseCommand(payload));
      return;
    }
    const config = parseConfig(payload);
    if ("ask" in config) node.sayHello();
    else node.configure(config);
  }

  private arriveAtServer(session: Session, channel: "evidence" | "hello", payload: string): void {
    const { process } = session;
    if (!session.isOpenAtServer && !this.world.random.chance(LATE_CHANCE)) return;
    process.proceed(() => void this.hear(session, channel, payload));
  }

  private async hear(session: Session, channel: "evidence" | "hello", payload: string): Promise<void> {
    const { node, world, history } = this;
    const { process } = session;
    world.note(`from device ${node.id}`, payload);
    try {
      if (channel === "evidence") await process.gateway.onEvidence(node.id, payload);
      else {
        process.greetedBy.add(node.id);
        const { epoch } = history;
        await process.gateway.onHello(node.id, payload);
        if (history.epoch === epoch) this.keepFences(payload);
      }
    } catch (error) {
      if (!isSluiceError(error)) process.report(`taking ${channel}`, error);
      world.tally.add(`${channel} not stored`);
      world.time.after(SAY_AGAIN_MS * (1 + world.random.float()), () => this.arriveAtServer(session, channel, payload));
    }
  }

  private keepFences(payload: string): void {
    const told = { ...this.history.toldFences.get(this.node.id) };
    for (const [key, fence] of Object.entries(parseHello(payload).fences)) told[key] = Math.max(told[key] ?? 0, fence);
    this.history.toldFences.set(this.node.id, told);
  }
}

export class Session implements ServerSession {
  readonly deviceId: number;
  readonly process: ServerProcess;
  isOpenAtServer = true;
  private readonly link: DeviceLink;

  constructor(link: DeviceLink, process: ServerProcess) {
    this.link = link;
    this.process = process;
    this.deviceId = link.node.id;
  }

  send(channel: "command" | "config", payload: string): void {
    this.link.sendDown(this, channel, payload);
  }
}
