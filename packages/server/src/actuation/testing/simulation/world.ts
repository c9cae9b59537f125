import { createHash } from "node:crypto";
import { LIVE_STATES } from "@sluice/core/commands/command.ts";
import type { ModelTables, ModelTransaction } from "../model-store/model-database.ts";
import { ModelDatabase } from "../model-store/model-database.ts";
import { judgeCommit } from "./check-commits.ts";
import { judgeWorld } from "./check-world.ts";
import { DeviceNode } from "./device-node.ts";
import { Faults } from "./faults.ts";
import { changesOf, type Found, History } from "./history.ts";
import { DeviceLink } from "./network.ts";
import { People } from "./people.ts";
import { planWorld } from "./plan.ts";
import { Random } from "./random.ts";
import { ServerProcess } from "./server-process.ts";
import { SimulatedAutomation } from "./simulated-automation.ts";
import { type Surroundings, Tally, WorldClocks } from "./surroundings.ts";
import { VirtualTime } from "./virtual-time.ts";

export interface WorldOptions {
  readonly seed: number;
  /** Keeps what happened, line by line, and hashes it. */
  readonly isTraced?: boolean | undefined;
}

export interface WorldReport {
  readonly seed: number;
  readonly found: readonly Found[];
  readonly counts: Readonly<Record<string, number>>;
  /** Of everything that could be seen, in its order; empty without a trace. */
  readonly hash: string;
  readonly trace: readonly string[];
}

/** Every so many worlds one is without faults. */
const CALM_EVERY = 10;
const SHORTEST_SETTLING_MS = 30_000;
/** A run that nobody has heard of is given up only once the jumps of the database's clock have passed as well. */
const LONGEST_SETTLING_MS = 5 * 3_600_000;
const PROCESSES = 2;

export async function runWorld({ seed, isTraced = false }: WorldOptions): Promise<WorldReport> {
  const world = new World(seed, isTraced);
  await world.live();
  return world.report();
}

/** Server processes on one database, devices with the real gate, the network between them, and whatever can go wrong. */
class World {
  private readonly seed: number;
  private readonly trace: string[] = [];
  private readonly history = new History();
  private readonly surroundings: Surroundings;
  private readonly database: ModelDatabase;
  private readonly automation: SimulatedAutomation;
  private readonly nodes: readonly DeviceNode[];
  private readonly links: readonly DeviceLink[];
  private readonly people: People;
  private readonly faults: Faults;
  private processes: ServerProcess[] = [];
  private started = 0;
  private backups: ModelTables[] = [];
  private isSettling = false;

  constructor(seed: number, isTraced: boolean) {
    this.seed = seed;
    const random = new Random(seed);
    const time = new VirtualTime();
    const plan = planWorld(random, seed % CALM_EVERY === 0);
    const note = isTraced
      ? (who: string, what: string): void => void this.trace.push(`${time.nowMs.toFixed(3)} ${who}: ${what}`)
      : (): void => {};
    const defect = (where: string, error: unknown): void =>
      this.history.violation(0, `${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    const clocks = new WorldClocks(plan.startMicros, time);
    this.surroundings = { plan, rates: plan.faults, time, random, tally: new Tally(), clocks, note, defect };
    this.database = new ModelDatabase(plan.plant, {
      nowMicros: () => clocks.databaseMicros(),
      after: (delayMs, callback) => time.after(delayMs, callback),
      committed: (tx) => this.committed(tx),
    });
    this.automation = new SimulatedAutomation(this.surroundings, this.database);
    this.nodes = plan.devices.map((device) => new DeviceNode(this.surroundings, device));
    this.links = this.nodes.map(
      (node) =>
        new DeviceLink(this.surroundings, this.history, node, () => this.processes.find(({ isOwner }) => isOwner)),
    );
    this.people = new People(this.surroundings, this.history, () => this.processes);
    this.faults = new Faults(this.surroundings, {
      processes: () => this.processes,
      nodes: this.nodes,
      links: this.links,
      history: this.history,
      restartDatabase: (downMs) => this.restartDatabase(downMs),
      restoreDatabase: () => this.restoreDatabase(),
    });
  }

  async live(): Promise<void> {
    const { time, plan } = this.surroundings;
    for (let index = 0; index < PROCESSES; index++) this.startProcess();
    this.seekOwner();
    this.keepBackups();
    this.letPeopleAsk();
    this.letSensorsRead();
    await time.run(() => time.nowMs >= plan.activeMs);
    this.settle();
    const startedMs = time.nowMs;
    const hasSettled = (): boolean => time.nowMs > startedMs + SHORTEST_SETTLING_MS && this.unrest().length === 0;
    await time.run(() => hasSettled() || time.nowMs > startedMs + LONGEST_SETTLING_MS);
    for (const node of this.nodes) node.sayHello();
    const endMs = time.nowMs + 5_000;
    await time.run(() => time.nowMs >= endMs);
    for (const node of this.nodes) node.let(() => {});
    const { nodes, database, history, people, surroundings: world } = this;
    const { answers } = people;
    const { readings } = this.automation;
    judgeWorld({ world, nodes, database, history, answers, readings, unrest: this.unrest() });
  }

  report(): WorldReport {
    const { seed, history, surroundings, trace } = this;
    const hash = trace.length === 0 ? "" : createHash("sha256").update(trace.join("\n")).digest("hex");
    return { seed, found: history.found, counts: surroundings.tally.counts, hash, trace };
  }

  private committed(tx: ModelTransaction): void {
    const { history, surroundings, database } = this;
    const { time, random, rates, note } = surroundings;
    const changes = changesOf(tx);
    judgeCommit(surroundings, history, database, tx, changes);
    history.keep(changes, time.nowMs, (id) => database.tables.executions.get(tx, id)!.requestedBy);
    for (const { before, after } of changes) {
      if (after.table !== "command" && after.table !== "execution") continue;
      const { id } = after;
      const is = after.table === "command" ? after.state : after.status;
      note("commit", before === undefined ? JSON.stringify(after) : `${after.table} ${id} is ${is}`);
    }
    for (const payload of tx.notices) {
      if (rates.lostNotice > 0 && random.chance(rates.lostNotice)) continue;
      for (const process of this.processes) {
        time.after(1 + random.float() * 5, () => process.proceed(() => process.gateway.onNotice(payload)));
      }
    }
  }

  private startProcess(): void {
    const { automation, database, surroundings: world } = this;
    const process = new ServerProcess(`process ${++this.started}`, {
      world,
      database,
      readPermissives: async ({ id, envelope }) =>
        (envelope.permissives ?? []).map(() => {
          const timeMicros = automation.readings.get(id * 10 + 1)?.at(-1);
          return timeMicros === undefined ? undefined : { timeMicros, value: timeMicros % 5 === 0 ? 5 : 50 };
        }),
      followUp: (process) => automation.followUp(process),
      workOnce: (process) => automation.workOnce(process),
      onDeath: (dead) => this.replace(dead),
    });
    this.processes.push(process);
    process.nudge();
  }

  private replace(dead: ServerProcess): void {
    const { time, random } = this.surroundings;
    this.processes = this.processes.filter((process) => process !== dead);
    for (const link of this.links) link.processLost(dead, 500);
    time.after(random.between(300, 6_000), () => {
      if (this.processes.length < PROCESSES) this.startProcess();
    });
  }

  /** Whoever is there becomes the owner, a moment after the last one has gone. */
  private seekOwner(): void {
    const { time, random } = this.surroundings;
    time.after(200 + random.below(1_000), () => {
      const candidates = this.processes.filter(({ state }) => state === "running");
      if (!this.processes.some(({ isOwner }) => isOwner) && candidates.length > 0 && this.database.isUp) {
        void this.own(random.pick(candidates));
      }
      for (const process of this.processes) {
        if (process.isOwner && process.state === "paused")
          for (const link of this.links) link.processLost(process, 6_000);
      }
      this.seekOwner();
    });
  }

  private async own(process: ServerProcess): Promise<void> {
    process.isOwner = true;
    try {
      await process.gateway.start();
    } catch {
      process.kill();
    }
  }

  /** Its owner has lost its lock: it takes it again, or somebody else does, and then it ends. */
  private restartDatabase(downMs: number): void {
    const { time, random, note } = this.surroundings;
    note("database", "crashes");
    this.database.crash();
    time.after(downMs, () => {
      this.database.isUp = true;
      note("database", "is back");
      const owner = this.processes.find(({ isOwner }) => isOwner);
      if (owner === undefined) return;
      if (random.chance(0.5)) owner.proceed(() => void this.ownAgain(owner));
      else {
        owner.isOwner = false;
        time.after(random.below(3_000), () => owner.proceed(() => owner.kill()));
      }
    });
  }

  private async ownAgain(owner: ServerProcess): Promise<void> {
    await owner.gateway.stop();
    await this.own(owner);
    for (const deviceId of owner.listeningDeviceIds()) owner.gateway.onListening(deviceId);
  }

  /** All processes end, an older state of the database comes back, and others begin with it. */
  private restoreDatabase(): void {
    const { time, random, note } = this.surroundings;
    const backup = random.pick(this.backups);
    for (const process of [...this.processes]) process.kill();
    note("database", "is lost, and an older one restored");
    this.database.restore(backup);
    this.history.loseDatabase(time.nowMs);
  }

  private keepBackups(): void {
    this.backups.push(this.database.backup());
    this.surroundings.time.after(10_000, () => {
      if (!this.isSettling) this.keepBackups();
    });
  }

  private letPeopleAsk(): void {
    const { time, random } = this.surroundings;
    time.after(300 + random.below(7_000), () => {
      if (this.isSettling) return;
      this.people.wantSomething();
      this.letPeopleAsk();
    });
  }

  /** What rules watch is read, or not; sometimes it makes a rule fire, or ends that. */
  private letSensorsRead(): void {
    const { time, random, plan } = this.surroundings;
    time.after(500 + random.below(4_000), () => {
      if (this.isSettling) return;
      for (const { id } of plan.rules) if (random.chance(0.3)) this.read(id, random.chance(0.3));
      for (const { id } of plan.plant.actuators) if (random.chance(0.3)) this.read(id * 10 + 1, false);
      this.letSensorsRead();
    });
  }

  private read(ruleId: number, isNews: boolean): void {
    const { clocks, plan } = this.surroundings;
    const readingMicros = Math.floor(clocks.databaseMicros());
    const { automation } = this;
    const { transitions } = automation;
    automation.read(ruleId, readingMicros);
    if (!isNews || !plan.rules.some(({ id }) => id === ruleId)) return;
    const last = transitions.findLast((transition) => transition.ruleId === ruleId);
    transitions.push({ ruleId, state: last?.state === "firing" ? "resolved" : "firing", readingMicros });
    for (const process of this.processes) process.proceed(() => process.nudge());
  }

  private settle(): void {
    this.isSettling = true;
    this.faults.end();
    if (!this.database.isUp) this.database.isUp = true;
    const { plan, time } = this.surroundings;
    for (const { id } of plan.rules) {
      const last = this.automation.transitions.findLast(({ ruleId }) => ruleId === id);
      if (last?.state === "firing") this.read(id, true);
    }
    for (const delayMs of [5_000, 15_000]) time.after(delayMs, () => this.people.letGo());
  }

  /** What may still lead to something. */
  private unrest(): string[] {
    const { commands, executions } = this.database.tables;
    const live = [...commands.cells.values()].flatMap(({ committed: row }) =>
      row !== undefined && LIVE_STATES.includes(row.state) ? [`${row.kind} ${row.id} is ${row.state}`] : [],
    );
    const waiting = [...executions.cells.values()].flatMap(({ committed: row }) =>
      (row?.status === "PENDING" || row?.status === "WAITING") && !row.reason?.endsWith("_per_day")
        ? [`${row.action} ${row.id} is ${row.status} ${row.reason}`]
        : [],
    );
    const away = this.links.filter(({ isUp }) => !isUp).map(({ node }) => `device ${node.id} is not connected`);
    return [...live, ...waiting, ...away];
  }
}
