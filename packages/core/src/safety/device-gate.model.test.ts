import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CommandMessage, RunMessage, SetMessage, StopMessage } from "../commands/messages.ts";
import { checkDeviceLog } from "./check-device-log.ts";
import { VirtualDevice } from "./testing/virtual-device.ts";

/**
 * Random worlds: any order of commands, duplicates, power cuts inside any call, boots, lost links, a full disk. The device's
 * own log decides, and every kind of fault must have happened often enough to mean something.
 */
const LIMITS = {
  pump: { maxRunMs: 30_000, cooldownMs: 60_000, linkLossMs: 5_000, interlockGroup: "water" },
  valve: { maxRunMs: 20_000, cooldownMs: 0, interlockGroup: "water" },
};

type Step =
  | {
      kind: "run";
      actuator: "pump" | "valve";
      fenceStep: number;
      durationMs: number;
      validForMs: number;
      byWallClock: boolean;
    }
  | { kind: "again"; index: number }
  | { kind: "stop"; actuator: "pump" | "valve"; fenceStep: number | undefined; isTrip: boolean }
  | { kind: "release"; actuator: "pump" | "valve"; count: number }
  | { kind: "wait"; ms: number }
  | { kind: "cut"; calls: number; afterEffect: boolean }
  | { kind: "boot" | "lose-link" | "regain-link" | "fill-disk" | "free-disk" };

const actuator = fc.constantFrom("pump" as const, "valve" as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("run" as const),
      actuator,
      fenceStep: fc.integer({ min: -2, max: 3 }),
      durationMs: fc.integer({ min: 1, max: 60_000 }),
      validForMs: fc.integer({ min: -1_000, max: 30_000 }),
      byWallClock: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("again" as const), index: fc.nat(40) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("stop" as const),
      actuator,
      fenceStep: fc.option(fc.integer({ min: -2, max: 3 }), { nil: undefined }),
      isTrip: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("release" as const), actuator, count: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.oneof(fc.nat(2_000), fc.nat(90_000)) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("cut" as const),
      calls: fc.integer({ min: 1, max: 6 }),
      afterEffect: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: "boot" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("lose-link" as const, "regain-link" as const, "fill-disk" as const, "free-disk" as const),
    }),
  },
);

class World {
  readonly device: VirtualDevice;
  readonly sent: CommandMessage[] = [];
  readonly counts: Record<string, number> = {};
  private readonly fences = { pump: 0, valve: 0 };

  constructor(prepare: (device: VirtualDevice) => void = () => {}) {
    this.device = new VirtualDevice(LIMITS);
    prepare(this.device);
  }

  take(step: Step): void {
    const { device } = this;
    if (step.kind === "run") this.send(this.runMessage(step));
    else if (step.kind === "stop") this.send(this.stopMessage(step));
    else if (step.kind === "release") this.send(this.setMessage(step));
    else if (step.kind === "again") this.sendAgain(step.index);
    else if (step.kind === "wait") device.advance(step.ms);
    else if (step.kind === "cut") device.cutPowerAtCall(step.calls, step.afterEffect);
    else if (step.kind === "boot") device.boot();
    else if (step.kind === "lose-link") device.loseLink();
    else if (step.kind === "regain-link") device.regainLink();
    else device.failures.storage = step.kind === "fill-disk";
  }

  private sendAgain(index: number): void {
    const message = this.sent[index % Math.max(1, this.sent.length)];
    if (message !== undefined) this.device.deliver(message);
  }

  private stopMessage({ actuator, fenceStep, isTrip }: Extract<Step, { kind: "stop" }>): StopMessage {
    const fence = fenceStep === undefined ? {} : { fence: this.fence(actuator, fenceStep) };
    return { id: `stop-${this.sent.length}`, actuator, kind: "STOP", ...(isTrip ? { reason: "test" } : {}), ...fence };
  }

  private setMessage({ actuator, count }: Extract<Step, { kind: "release" }>): SetMessage {
    const stops = this.sent.filter(({ kind }) => kind === "STOP").slice(-count);
    const release = stops.map(({ id }) => id);
    return { id: `set-${this.sent.length}`, actuator, kind: "SET", fence: this.fence(actuator, 1), release };
  }

  private runMessage(step: Extract<Step, { kind: "run" }>): RunMessage {
    const { device } = this;
    const deadline = step.byWallClock
      ? { expiresAtMicros: (device.worldMs + step.validForMs) * 1000 }
      : { bootId: device.bootId, validUntilMonoMs: device.monoMs + step.validForMs };
    const { actuator, durationMs } = step;
    const fence = this.fence(actuator, step.fenceStep);
    return { id: `run-${this.sent.length}`, actuator, kind: "RUN", fence, durationMs, cooldownMs: 0, ...deadline };
  }

  private fence(key: "pump" | "valve", by: number): number {
    this.fences[key] = Math.max(1, this.fences[key] + by);
    return this.fences[key];
  }

  private send(message: CommandMessage): void {
    this.sent.push(message);
    this.device.deliver(message);
  }
}

/** Clause 3 needs what the command said, beside the log: no ON edge at or after its deadline, nor in another boot. */
function lateStarts(world: World): string[] {
  let bootId = "";
  let bootedAtMs = 0;
  return world.device.log.flatMap((event) => {
    if (event.event === "boot") {
      bootId = event.bootId;
      bootedAtMs = event.atMs;
    }
    if (event.event !== "on") return [];
    const message = world.sent.find(({ id }) => id === event.commandId) as RunMessage;
    const { validUntilMonoMs, expiresAtMicros } = message;
    const isLate =
      (validUntilMonoMs !== undefined && (message.bootId !== bootId || event.monoMs >= validUntilMonoMs)) ||
      (expiresAtMicros !== undefined && (bootedAtMs + event.monoMs) * 1000 >= expiresAtMicros);
    return isLate ? [`${event.commandId} started late`] : [];
  });
}

/** Evidence never claims an end that the log does not show: a run said to have been refused has no ON edge. */
function falseRefusals(world: World): string[] {
  const started = new Set(world.device.log.flatMap((event) => (event.event === "on" ? [event.commandId] : [])));
  const refused = world.device.evidence.filter(({ state }) => state === "REJECTED").map(({ id }) => id);
  return refused.filter((id) => started.has(id));
}

function violations(world: World): unknown[] {
  return [...checkDeviceLog(world.device.log, LIMITS), ...lateStarts(world), ...falseRefusals(world)];
}

function live(steps: readonly Step[], prepare?: (device: VirtualDevice) => void): World {
  const world = new World(prepare);
  for (const step of steps) world.take(step);
  world.device.advance(120_000);
  return world;
}

const worlds = fc.array(step, { minLength: 5, maxLength: 60 });
const RUNS = 3_000;

describe("in every world", () => {
  it("the device's own log keeps the contract, and the worlds are rough enough to prove it", () => {
    const seen = { starts: 0, interrupted: 0, stopped: 0, linkLost: 0, refused: 0, faults: 0, cuts: 0 };
    fc.assert(
      fc.property(worlds, (steps) => {
        const world = live(steps);
        expect(violations(world)).toEqual([]);
        const { device } = world;
        const { evidence } = device;
        seen.starts += device.onEdges();
        seen.interrupted += evidence.filter(({ state }) => state === "INTERRUPTED").length;
        seen.stopped += evidence.filter(({ state, reason }) => state === "ABORTED" && reason === "stop").length;
        seen.linkLost += evidence.filter(({ reason }) => reason === "link_loss").length;
        seen.refused += evidence.filter(({ state }) => state === "REJECTED").length;
        seen.faults += device.faults.length;
        seen.cuts += device.cutsInCalls;
      }),
      { numRuns: RUNS },
    );
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(RUNS / 100);
  });
});

/** Each breaks one promise below the gate; the checker must see it in some world, or it could see nothing. */
describe("the checker notices", () => {
  const controls: readonly [string, (device: VirtualDevice) => void][] = [
    [
      "a disk that saves after the output is on",
      (device) => {
        device.savesAtOnce = false;
      },
    ],
    [
      "timers that never fire",
      (device) => {
        device.hasTimers = false;
      },
    ],
    [
      "a disk that forgets everything",
      (device) => {
        device.forgets = true;
      },
    ],
  ];

  it.each(controls)("%s", (_what, prepare) => {
    const found = fc.check(
      fc.property(worlds, (steps) => violations(live(steps, prepare)).length === 0),
      { numRuns: RUNS, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
  });
});
