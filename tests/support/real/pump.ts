import type { Pool } from "pg";
import { eventually } from "../eventually.ts";
import type { RepeatingSender } from "../repeating-sender.ts";
import type { DeviceProcess } from "./device-process.ts";
import { METRIC } from "./install-pump.ts";
import type { Answer, OrderBook, WhoServes } from "./order-book.ts";

const DRY = 5;
const WET = 50;
/** Whatever was begun has ended within this, one way or another: the worst case of a command of which nobody speaks. */
const LONGEST_LIFE_MS = 90_000;

export interface PumpParts {
  readonly pool: Pool;
  readonly device: DeviceProcess;
  readonly actuatorId: number;
  readonly sender: RepeatingSender;
  readonly orders: OrderBook;
  readonly whoServes: WhoServes;
}

/** A pump on its device, as people command it, as the database knows it, and as its own log tells. */
export class Pump {
  readonly device: DeviceProcess;
  readonly sender: RepeatingSender;
  readonly orders: OrderBook;
  private readonly pool: Pool;
  private readonly actuatorId: number;
  private readonly whoServes: WhoServes;
  private onEdgesBefore = 0;

  constructor({ pool, device, actuatorId, sender, orders, whoServes }: PumpParts) {
    this.pool = pool;
    this.device = device;
    this.actuatorId = actuatorId;
    this.sender = sender;
    this.orders = orders;
    this.whoServes = whoServes;
  }

  get onEdges(): number {
    return this.device.log.edges.filter(({ edge }) => edge === "ON").length;
  }

  /** A life of it begins: from here on `hasRun` counts. Resolves when its last pause is over, so that it may start. */
  async begin(): Promise<void> {
    await this.rested();
    this.onEdgesBefore = this.onEdges;
  }

  /** Whether it has gone on since its life began. */
  get hasRun(): boolean {
    return this.onEdges > this.onEdgesBefore;
  }

  /** A reading that its rule acts on; resolves when it is acknowledged. */
  async report(moisture: "dry" | "wet"): Promise<void> {
    const body = { sensor_id: this.device.uid, timestamp: Date.now(), [METRIC]: moisture === "dry" ? DRY : WET };
    await this.sender.deliver("/api/sensors/data", JSON.stringify(body), false);
  }

  /** A person's order; rejects when it is refused. */
  async order(body: Readonly<Record<string, unknown>>): Promise<Answer> {
    const answer = await this.place(body);
    if (answer.status !== 201) throw new Error(`${JSON.stringify(body)} was answered ${JSON.stringify(answer)}`);
    return answer;
  }

  /**
   * A person wants it to run, and asks anew for as long as that is refused, here or at the device. Resolves when it has gone
   * on. A refusal is no fault: a hold may come to light, or a fence may have been passed.
   */
  async insistOnRun(durationMs: number): Promise<void> {
    await eventually(async () => {
      const { status, body } = await this.place({ kind: "RUN", durationMs, waitMs: 0 });
      if (status === 409) return undefined;
      if (status !== 201) throw new Error(`a RUN was answered ${JSON.stringify(body)}`);
      return (await this.hasRunOrEnded(body.id!)) === "ran" ? true : undefined;
    }, LONGEST_LIFE_MS);
  }

  /**
   * A person releases, and looks, until nothing is held any more: neither here nor at the device. A hold that only the device
   * knows of, from a server that died before it wrote it down, shows when the device has said hello.
   */
  async release(): Promise<void> {
    await eventually(async () => {
      if (await this.isHeld()) await this.place({ kind: "SET", release: true });
      await this.settled();
      return this.device.heldIds.size === 0 && !(await this.isHeld()) ? true : undefined;
    }, LONGEST_LIFE_MS);
  }

  async untilItRuns(): Promise<void> {
    await eventually(async () => this.hasRun || undefined, LONGEST_LIFE_MS);
  }

  /** The database has heard that it runs, or how that ended. */
  async untilKnownToRun(): Promise<void> {
    await eventually(async () => {
      const rows = await this.rows("select from command where state = any($2)", [
        ["QUEUED", "DISPATCHING", "ACCEPTED"],
      ]);
      return rows.length === 0 || undefined;
    }, LONGEST_LIFE_MS);
  }

  async untilQueued(): Promise<void> {
    await eventually(
      async () => (await this.rows("select from command where state = 'QUEUED'")).length > 0 || undefined,
    );
  }

  async untilStopped(): Promise<void> {
    await eventually(async () => this.device.log.events.some(({ event }) => event === "stop") || undefined);
  }

  /** The database knows that the device is away. */
  async untilGone(): Promise<void> {
    await eventually(async () => {
      const { rows } = await this.pool.query(
        "select from device_link l join actuator a on a.device_id = l.device_id where a.id = $1 and not l.is_connected",
        [this.actuatorId],
      );
      return rows.length > 0 || undefined;
    });
  }

  /** Nothing is under way and nothing waits: every command has ended, and every execution. */
  async settled(): Promise<void> {
    await eventually(async () => {
      const commands = await this.rows(
        `select id, kind, state, transmissions from command
          where state in ('QUEUED', 'DISPATCHING', 'ACCEPTED', 'RUNNING', 'UNKNOWN')`,
      );
      const executions = await this.rows(
        "select id, action, status, wait_until from execution where status in ('PENDING', 'WAITING', 'DISPATCHED')",
      );
      const open = [...commands, ...executions];
      if (open.length > 0) throw new Error(`still open: ${JSON.stringify(open)}`);
      return this.device.isPumpOn ? undefined : true;
    }, LONGEST_LIFE_MS);
  }

  async rested(): Promise<void> {
    await eventually(async () => {
      const rows = await this.rows("select from command where upper(lock_window) > clock_timestamp()");
      return rows.length === 0 || undefined;
    }, LONGEST_LIFE_MS);
  }

  /** Ids of the commands that the device refused for this reason. */
  async refusals(reason: string): Promise<readonly string[]> {
    const rows = await this.rows<{ id: string }>("select id from command where state = 'REJECTED' and reason = $2", [
      reason,
    ]);
    return rows.map(({ id }) => id);
  }

  /** Whether somebody holds the lock that deciders take. */
  async isLocked(): Promise<boolean> {
    const lock = "select from actuator where id = $1 for no key update skip locked";
    const { rows } = await this.pool.query(lock, [this.actuatorId]);
    return rows.length === 0;
  }

  private async isHeld(): Promise<boolean> {
    return (await this.rows("select from actuator_hold where released_at is null")).length > 0;
  }

  private hasRunOrEnded(commandId: string): Promise<"ran" | "ended"> {
    return eventually(async () => {
      if (this.hasRun) return "ran";
      const ended = await this.rows("select from command where id = $2 and ended_at is not null", [commandId]);
      return ended.length > 0 ? "ended" : undefined;
    }, LONGEST_LIFE_MS);
  }

  private place(body: Readonly<Record<string, unknown>>): Promise<Answer> {
    return this.orders.place(this.whoServes, this.actuatorId, body);
  }

  /** Of a query that ends with its conditions, those of this actuator. */
  private async rows<Row = unknown>(query: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.pool.query(`${query} and actuator_id = $1`, [this.actuatorId, ...values]);
    return rows;
  }
}
