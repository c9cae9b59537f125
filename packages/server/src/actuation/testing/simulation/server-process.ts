import { isSluiceError } from "@sluice/core/errors.ts";
import type { Logger } from "pino";
import type { Clock } from "../../../platform/clock.ts";
import type { MqttPublisher } from "../../../platform/mqtt-publisher.ts";
import { isTransient } from "../../../platform/postgres.ts";
import { type Actuation, CommandGateway, RequestBatches } from "../../index.ts";
import { connectionGone } from "../model-store/database-error.ts";
import type { ModelDatabase } from "../model-store/model-database.ts";
import { type CommitFate, createModelStore, type ModelClient } from "../model-store/model-store.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a server process is given by the world that it lives in. */
export interface ProcessParts {
  readonly world: Surroundings;
  readonly database: ModelDatabase;
  readonly readPermissives: Actuation["readPermissives"];
  readonly followUp: (process: ServerProcess) => Actuation["followUp"];
  /** One round of the worker that folds causes and decides what is due. */
  readonly workOnce: (process: ServerProcess) => Promise<void>;
  readonly onDeath: (process: ServerProcess) => void;
}

/** A connection of a device to this process, as the process sees it. */
export interface ServerSession {
  readonly deviceId: number;
  /** Puts bytes on the socket. */
  send(channel: "command" | "config", payload: string): void;
}

/** Idle in transaction, a connection is closed after this. */
const IDLE_TIMEOUT_MS = 2_000;
const WORKER_POLL_MS = 1_000;

/**
 * A server: the real use cases on its own connections to the database, its worker, and, while it is the owner, its gateway.
 *
 *   running → paused (SIGSTOP) → running
 *   running or paused → dead (SIGKILL): what it awaits never comes
 */
export class ServerProcess implements ModelClient, MqttPublisher {
  readonly name: string;
  readonly actuation: Actuation;
  readonly gateway: CommandGateway;
  readonly sessions = new Map<number, ServerSession>();
  /** Devices whose hello has reached it. */
  readonly greetedBy = new Set<number>();
  state: "running" | "paused" | "dead" = "running";
  isOwner = false;
  /** It dies at the point that brings this to 0. */
  pointsUntilCrash: number | undefined;
  private readonly parts: ProcessParts;
  private backlog: (() => void)[] = [];
  private pauses = 0;
  private isWorking = false;
  private isNudged = false;

  constructor(name: string, parts: ProcessParts) {
    this.name = name;
    this.parts = parts;
    const { world, database } = parts;
    this.actuation = {
      store: createModelStore(database, this),
      urgentStore: createModelStore(database, this),
      requests: new RequestBatches(),
      newId: () => world.random.id(),
      sendStopNow: (deviceId, payload) => this.gateway.sendStopNow(deviceId, payload),
      onQueued: (deviceId) => this.gateway.nudge(deviceId),
      onExecutionDue: () => this.nudge(),
      readPermissives: parts.readPermissives,
      recordChange: async () => this.point("recordChange"),
      followUp: parts.followUp(this),
    };
    this.gateway = new CommandGateway({
      actuation: this.actuation,
      publisher: this,
      clock: this.clock(),
      logger: this.logger(),
    });
    this.schedulePoll();
  }

  get isAlive(): boolean {
    return this.state !== "dead";
  }

  point(name: string): Promise<void> {
    const { world } = this.parts;
    if (this.pointsUntilCrash !== undefined && --this.pointsUntilCrash <= 0) {
      world.tally.add(`crash at ${name}`);
      this.kill();
    }
    if (this.state === "dead") return new Promise(() => {});
    return new Promise((resolve) => {
      world.time.after(this.latencyMs(name), () => this.proceed(resolve));
    });
  }

  fateOfCommit(): CommitFate {
    const { random, rates, tally } = this.parts.world;
    if (rates.lostCommit === 0 || !random.chance(rates.lostCommit)) return "answered";
    const fate = random.pick(["lost-before", "lost-after", "lost-and-late"] as const);
    tally.add(`commit ${fate}`);
    return fate;
  }

  kill(): void {
    if (this.state === "dead") return;
    const { world, database, onDeath } = this.parts;
    this.state = "dead";
    this.backlog = [];
    world.note(this.name, "dies");
    // Until the database notices, its locks are held.
    world.time.after(world.random.below(200), () => database.breakConnections(this));
    onDeath(this);
  }

  pause(ms: number): void {
    if (this.state !== "running") return;
    const { world, database } = this.parts;
    this.state = "paused";
    const pause = ++this.pauses;
    world.note(this.name, "is paused");
    world.time.after(IDLE_TIMEOUT_MS, () => {
      if (this.state !== "paused" || this.pauses !== pause) return;
      for (const tx of database.openTransactions(this)) {
        if (!tx.isWaiting) world.tally.add("paused in a transaction for too long");
        if (!tx.isWaiting) tx.breakOff(connectionGone());
      }
    });
    world.time.after(ms, () => {
      if (this.pauses === pause) this.resume();
    });
  }

  resume(): void {
    if (this.state !== "paused") return;
    this.state = "running";
    this.parts.world.note(this.name, "goes on");
    while (this.backlog.length > 0 && this.state === "running") this.backlog.shift()!();
  }

  /** Calls back at once, or once it goes on; never, when it is dead. */
  proceed(callback: () => void): void {
    if (this.state === "running") callback();
    else if (this.state === "paused") this.backlog.push(callback);
  }

  isListening(deviceId: number): boolean {
    return this.sessions.has(deviceId);
  }

  listeningDeviceIds(): readonly number[] {
    return [...this.sessions.keys()];
  }

  async publish(deviceId: number, channel: "command" | "config", payload: string): Promise<boolean> {
    await this.point("publish");
    const session = this.sessions.get(deviceId);
    if (session === undefined) return false;
    session.send(channel, payload);
    await this.point("published");
    return true;
  }

  nudge(): void {
    this.isNudged = true;
    if (this.isWorking || !this.isAlive) return;
    this.isWorking = true;
    void this.work();
  }

  private async work(): Promise<void> {
    while (this.isNudged) {
      this.isNudged = false;
      try {
        await this.parts.workOnce(this);
      } catch (error) {
        this.report("the worker", error);
      }
    }
    this.isWorking = false;
  }

  /** What a faulty world cannot explain is a defect of ours. */
  report(where: string, error: unknown): void {
    if (isTransient(error) || isSluiceError(error)) return;
    this.parts.world.defect(`${this.name}: ${where}`, error);
  }

  private schedulePoll(): void {
    const { world } = this.parts;
    if (!this.isAlive) return;
    world.time.after(WORKER_POLL_MS, () => {
      this.proceed(() => this.nudge());
      this.schedulePoll();
    });
  }

  private latencyMs(name: string): number {
    const { random, rates } = this.parts.world;
    const base = name === "committed" ? 1 : 0.2;
    if (rates.slowStatement > 0 && random.chance(rates.slowStatement)) return base + random.below(1_500);
    return base + random.float();
  }

  private clock(): Clock {
    const { time, clocks } = this.parts.world;
    return {
      nowMicros: () => clocks.trueMicros(),
      monotonicMs: () => time.nowMs,
      after: (delayMs, callback) => time.after(delayMs, () => this.proceed(callback)),
    };
  }

  private logger(): Logger {
    const log = (facts: { readonly err?: unknown }, message: string): void => {
      if (facts.err !== undefined) this.report(message, facts.err);
    };
    return { info: log, warn: log, error: log } as unknown as Logger;
  }
}
