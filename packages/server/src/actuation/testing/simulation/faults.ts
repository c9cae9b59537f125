import { encodeEvidence } from "@sluice/protocol/commands/evidence-codec.ts";
import type { DeviceNode } from "./device-node.ts";
import type { History } from "./history.ts";
import type { DeviceLink } from "./network.ts";
import { FAULT_NAMES, type FaultName, NO_FAULTS } from "./plan.ts";
import type { ServerProcess } from "./server-process.ts";
import type { Surroundings } from "./surroundings.ts";

/** What can go wrong, and with what. */
export interface FaultTargets {
  readonly processes: () => readonly ServerProcess[];
  readonly nodes: readonly DeviceNode[];
  readonly links: readonly DeviceLink[];
  readonly history: History;
  restartDatabase(downMs: number): void;
  restoreDatabase(): void;
}

const HOUR_MS = 3_600_000;
/** Past every timeout there is. */
const LONG_PAUSES_MS = [500, 3_000, 8_000, 40_000];
const STATES = ["ACCEPTED", "RUNNING", "COMPLETED", "ABORTED", "INTERRUPTED", "REJECTED"] as const;

/** Lets faults happen, each sort at its own pace, until the world settles. */
export class Faults {
  private readonly world: Surroundings;
  private readonly targets: FaultTargets;
  private isOver = false;

  constructor(world: Surroundings, targets: FaultTargets) {
    this.world = world;
    this.targets = targets;
    for (const name of FAULT_NAMES) this.schedule(name);
  }

  /** No fault begins any more, and what they have left is mended. */
  end(): void {
    this.isOver = true;
    this.world.rates = NO_FAULTS;
    for (const process of this.targets.processes()) {
      process.pointsUntilCrash = undefined;
      process.resume();
    }
    for (const link of this.targets.links) link.mend();
    for (const node of this.targets.nodes) {
      node.wallStepMs = 0;
      node.device.failures.storage = false;
      node.device.cutPowerAtCall(Number.POSITIVE_INFINITY, false);
      if (!node.isPowered) node.boot();
    }
  }

  private schedule(name: FaultName): void {
    const { time, random, rates, tally, note } = this.world;
    const everyMs = rates.everyMs[name];
    if (everyMs === 0) return;
    time.after(everyMs * (0.3 + 1.4 * random.float()), () => {
      if (this.isOver) return;
      if (this.happen[name]()) {
        tally.add(`fault: ${name}`);
        note("fault", name);
      }
      this.schedule(name);
    });
  }

  /** Each answers whether it could happen. */
  private readonly happen: Readonly<Record<FaultName, () => boolean>> = {
    crash: () => this.withProcess((process) => this.crash(process)),
    pause: () => this.withProcess((process) => process.pause(this.world.random.pick(LONG_PAUSES_MS))),
    "power cut": () => this.withNode((node) => this.cutPower(node)),
    "power cut in a call": () => this.withNode((node) => this.cutPowerInCall(node)),
    "storage full": () => this.withNode((node) => this.fillStorage(node)),
    reset: () => this.withLink((link) => link.reset()),
    "half-open": () => this.withLink((link) => link.breakOneSide(this.world.random.pick(["device", "server"]))),
    partition: () => this.withLink((link) => this.partition(link)),
    "database restart": () => {
      this.targets.restartDatabase(this.world.random.pick([100, 2_000, 6_000]));
      return true;
    },
    "database restored": () => {
      this.targets.restoreDatabase();
      return true;
    },
    "device clock step": () => this.withNode((node) => this.stepClock(node)),
    "database clock step": () => {
      this.world.clocks.stepDatabase(this.world.random.pick([40_000, HOUR_MS]));
      return true;
    },
    "strange evidence": () => this.sayStrangeThings(),
  };

  private withProcess(happen: (process: ServerProcess) => void): boolean {
    const running = this.targets.processes().filter(({ state }) => state === "running");
    if (running.length > 0) happen(this.world.random.pick(running));
    return running.length > 0;
  }

  private withNode(happen: (node: DeviceNode) => void): boolean {
    const powered = this.targets.nodes.filter(({ isPowered }) => isPowered);
    if (powered.length > 0) happen(this.world.random.pick(powered));
    return powered.length > 0;
  }

  private withLink(happen: (link: DeviceLink) => void): boolean {
    const up = this.targets.links.filter(({ isUp }) => isUp);
    if (up.length > 0) happen(this.world.random.pick(up));
    return up.length > 0;
  }

  /** At once, or at one of its next points: before or after a commit, a statement, a publish. */
  private crash(process: ServerProcess): void {
    const { random } = this.world;
    if (random.chance(0.2)) process.kill();
    else process.pointsUntilCrash = random.between(1, 40);
  }

  private cutPower(node: DeviceNode): void {
    node.cutPower();
    this.bootLater(node);
  }

  private cutPowerInCall(node: DeviceNode): void {
    const { random } = this.world;
    node.device.cutPowerAtCall(random.between(1, 6), random.chance(0.5));
    this.bootLater(node);
  }

  private bootLater(node: DeviceNode): void {
    const { time, random } = this.world;
    time.after(random.pick([100, 2_000, 10_000, 30_000]), () => {
      if (!node.isPowered) node.boot();
      // Power that has not gone yet may still go.
      else if (!this.isOver) this.bootLater(node);
    });
  }

  private fillStorage(node: DeviceNode): void {
    node.device.failures.storage = true;
    this.world.time.after(this.world.random.between(1_000, 15_000), () => {
      node.device.failures.storage = false;
    });
  }

  private partition(link: DeviceLink): void {
    const { random } = this.world;
    const directions = random.pick([["up"], ["down"], ["up", "down"]] as const);
    link.partition(directions, random.pick([1_000, 6_000, 20_000, 45_000]));
  }

  private stepClock(node: DeviceNode): void {
    node.wallStepMs = this.world.random.pick([-HOUR_MS, 0, HOUR_MS]);
    node.let(() => {});
  }

  /** Of a device that the command is not for, with a fence that it does not have, or of a command that nobody knows. */
  private sayStrangeThings(): boolean {
    const { random } = this.world;
    const { history, links } = this.targets;
    const sent = history.sent.at(-1 - random.below(5));
    const others = links.filter(({ node }) => node.id !== sent?.deviceId);
    if (sent === undefined) return false;
    const { id, actuator, fence = 1 } = sent.message;
    const base = { id, actuator, fence, state: random.pick(STATES), bootId: "boot-1", monoMs: 2 ** 40, ranMs: 1 };
    const sort = random.pick(["device", "fence", "future", "command"] as const);
    const link = sort === "device" ? others[0] : links.find(({ node }) => node.id === sent.deviceId);
    if (link?.session === undefined) return false;
    const { deviceId: _deviceId, ...said } = { deviceId: 0, ...base };
    if (sort === "fence") said.fence += 1;
    if (sort === "future") said.fence += 1_000;
    if (sort === "command") said.id = random.id();
    this.world.tally.add(`evidence of the wrong ${sort}`);
    link.send("evidence", encodeEvidence(said));
    return true;
  }
}
