import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DeviceLimits } from "@sluice/core/commands/messages.ts";
import { createPool } from "@sluice/server/platform/postgres.ts";
import type { Pool } from "pg";
import { eventually } from "../eventually.ts";
import { RepeatingSender } from "../repeating-sender.ts";
import { DatabaseProxy, passAnswer } from "./database-proxy.ts";
import { installPump } from "./install-pump.ts";
import { judge } from "./judge.ts";
import { LinkProxy } from "./link-proxy.ts";
import { OrderBook } from "./order-book.ts";
import { passAll, type Tap, type Verdict } from "./passage.ts";
import { Pump } from "./pump.ts";
import { ServerChild } from "./server-child.ts";
import { Witness } from "./witness.ts";

/** Short, so that a whole life is over in a second. */
export const LIMITS: DeviceLimits = { maxRunMs: 2_000, cooldownMs: 300, linkLossMs: 5_000 };

export interface WorldOptions {
  readonly databaseUrl: string;
  /** One `sluice serve` each, with its roles, or all of them ("all"); the first is started. One with all when absent. */
  readonly servers?: readonly string[];
  readonly limits?: DeviceLimits;
  /** Of all boots of the device; each has one of its own when absent. */
  readonly bootId?: string;
}

/** What happens to a pump, from a cause until nothing of it is left. */
export interface Life {
  readonly name: string;
  /** Rejects when it does not come to its end. */
  live(world: RealWorld): Promise<void>;
}

/** A database, servers and a device as separate processes, with every wire between them in the test's hands. */
export class RealWorld {
  readonly link: LinkProxy;
  readonly servers: readonly ServerChild[];
  readonly proxies: readonly DatabaseProxy[];
  readonly witness: Witness;
  readonly orders = new OrderBook();
  private readonly pool: Pool;
  private installed: Pump | undefined;
  private serving = 0;
  private readonly folder = mkdtempSync(path.join(tmpdir(), "sluice-devices-"));

  private constructor(pool: Pool, servers: readonly ServerChild[], proxies: readonly DatabaseProxy[]) {
    this.pool = pool;
    this.servers = servers;
    this.proxies = proxies;
    this.link = new LinkProxy(servers[0]!.mqttPort);
    this.witness = new Witness(pool);
    this.link.onTransmission = (transmission) => this.witness.see(transmission);
  }

  static async create({ databaseUrl, servers = ["all"], limits = LIMITS, bootId }: WorldOptions): Promise<RealWorld> {
    const proxies = servers.map(() => new DatabaseProxy(databaseUrl));
    await Promise.all(proxies.map((proxy) => proxy.start()));
    const children = servers.map((roles, i) => {
      const url = proxies[i]!.url;
      return ServerChild.prepare(roles === "all" ? { databaseUrl: url } : { databaseUrl: url, roles });
    });
    const pool = createPool({ connectionString: databaseUrl, name: "judge", max: 4, statementTimeoutMs: 30_000 });
    const world = new RealWorld(pool, await Promise.all(children), proxies);
    try {
      await world.start(limits, bootId);
      return world;
    } catch (error) {
      await world.remove();
      throw error;
    }
  }

  get pump(): Pump {
    if (this.installed === undefined) throw new Error("the pump is not installed yet");
    return this.installed;
  }

  /** The server that people and devices talk to. */
  get server(): ServerChild {
    return this.servers[this.serving]!;
  }

  /** Asked about everything that passes, on the way to the database and to the device. */
  set tap(tap: Tap) {
    this.link.tap = tap;
    this.proxies.forEach((proxy, server) => {
      proxy.tap = (passage) => tap({ ...passage, server });
    });
  }

  /** Leads a life from its beginning, when nothing stands against a start, to its end. */
  async lead(life: Life, tap: Tap = passAll): Promise<void> {
    await this.pump.begin();
    this.tap = tap;
    await life.live(this);
    this.tap = passAll;
  }

  /** Starts another server; resolves when it is ready, which for one that waits to take over may be long. */
  standBy(server: number): Promise<void> {
    this.servers[server]!.signInAs(this.server);
    return this.servers[server]!.start();
  }

  /** Its API answers, whether it owns anything or not. */
  async answers(server: number): Promise<void> {
    await eventually(
      async () => (await this.servers[server]!.request("GET", "/api/v1/commands?limit=1")).ok || undefined,
    );
  }

  /** People and the device turn to another server. */
  turnTo(server: number): void {
    this.serving = server;
    this.link.targetPort = this.server.mqttPort;
    this.pump.sender.url = this.server.httpUrl;
    this.link.cut(this.pump.device.uid);
  }

  /** Puts a server to sleep (SIGSTOP) once it has been given the pump's lock; resolves then. */
  pauseHoldingLock(server: number): Promise<void> {
    const proxy = this.proxies[server]!;
    return new Promise((resolve) => {
      proxy.onAnswered = async (statement): Promise<Verdict> => {
        const isLock = /from actuator\b/.test(statement) && /for no key update/.test(statement);
        if (isLock && (await this.pump.isLocked())) {
          this.servers[server]!.pause();
          proxy.onAnswered = passAnswer;
          resolve();
        }
        return "pass";
      };
    });
  }

  /** The device can reach nobody any more; resolves when the database knows. */
  async isolate(): Promise<void> {
    this.link.isolated.add(this.pump.device.uid);
    this.link.cut(this.pump.device.uid);
    await this.pump.untilGone();
  }

  reconnect(): void {
    this.link.isolated.delete(this.pump.device.uid);
  }

  /** The device has heard all that was sent to it: it hears in order, and a hello is what it says last. */
  async hasHeardAll(): Promise<void> {
    const { greetings } = this.witness;
    await this.link.inject(this.pump.device.uid, "to-device", "config", JSON.stringify({ ask: "hello" }));
    await eventually(async () => this.witness.greetings > greetings || undefined);
  }

  async databaseClockPasses(durationMs: number): Promise<void> {
    const after = "clock_timestamp() + $1 * interval '1 millisecond'";
    const { rows } = await this.pool.query<{ until: Date }>(`select ${after} as until`, [durationMs]);
    await eventually(async () => {
      const { rows: now } = await this.pool.query("select where clock_timestamp() >= $1", [rows[0]!.until]);
      return now.length > 0 || undefined;
    }, 2 * durationMs);
  }

  /** The contract's verdict. */
  async judge(): Promise<string[]> {
    const inconsistencies = this.orders.inconsistencies().map((what) => `14: ${what}`);
    return [...(await judge(this.pool, this.pump.device, this.witness.sent)), ...inconsistencies];
  }

  async remove(): Promise<void> {
    this.tap = passAll;
    this.installed?.sender.close();
    await this.installed?.device.cutPower();
    for (const server of this.servers) await server.remove();
    await this.link.stop();
    for (const proxy of this.proxies) await proxy.stop();
    await this.pool.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async start(limits: DeviceLimits, bootId: string | undefined): Promise<void> {
    await this.link.start();
    await this.server.start();
    const { pool, orders, folder: stateDirectory } = this;
    const pump = await installPump(this.server, { limits, bootId, url: this.link.url, stateDirectory });
    const sender = new RepeatingSender(this.server.httpUrl, pump.token);
    this.installed = new Pump({ ...pump, pool, orders, sender, whoServes: () => this.server });
  }
}
