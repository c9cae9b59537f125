import fc from "fast-check";
import type {
  CommandMessage,
  DeviceLimits,
  SetMessage,
  StartDeadline,
  StartMessage,
  StopMessage,
} from "../../commands/messages.ts";
import { VirtualDevice } from "./virtual-device.ts";

/** Actuators of every sort: two that exclude each other, one that doses, and one of each safe state. */
export const MODEL_LIMITS = {
  pump: { maxRunMs: 30_000, cooldownMs: 60_000, linkLossMs: 5_000, interlockGroup: "water" },
  valve: {
    maxRunMs: 20_000,
    cooldownMs: 0,
    minOffMs: 2_000,
    interlockGroup: "water",
    maxDose: { amount: 10, unit: "L" },
  },
  aerator: {
    maxRunMs: 40_000,
    cooldownMs: 8_000,
    minOffMs: 3_000,
    linkLossMs: 4_000,
    interlockGroup: "air",
    safeState: "on",
  },
  blower: { maxRunMs: 20_000, cooldownMs: 0, interlockGroup: "air" },
  charger: { maxRunMs: 20_000, cooldownMs: 1_000, safeState: "local" },
} as const satisfies Record<string, DeviceLimits>;

export type ModelLimits = Readonly<Record<keyof typeof MODEL_LIMITS, DeviceLimits>>;
type Key = keyof typeof MODEL_LIMITS;

export type Step =
  | {
      readonly kind: "start";
      readonly actuator: Key;
      readonly fenceStep: number;
      readonly durationMs: number;
      readonly cooldownMs: number;
      readonly validForMs: number;
      readonly clock: "mono" | "wall" | "both" | "none";
      readonly isOverride: boolean;
      /** Makes it a DOSE. */
      readonly amount: number | undefined;
    }
  | { readonly kind: "again"; readonly index: number }
  | { readonly kind: "stop"; readonly actuator: Key; readonly fenceStep: number | undefined; readonly isTrip: boolean }
  | {
      readonly kind: "set";
      readonly actuator: Key;
      readonly releases: number;
      readonly value: number | undefined;
    }
  | { readonly kind: "count"; readonly actuator: Key; readonly amount: number }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "cut"; readonly calls: number; readonly afterEffect: boolean }
  | { readonly kind: "clock"; readonly offsetMs: number; readonly knowsTime: boolean }
  | { readonly kind: "pace"; readonly saveMs: number; readonly tickMs: number; readonly timerSkewMs: number }
  | { readonly kind: "boot" | "lose-link" | "regain-link" | "fill-disk" | "free-disk" };

const HOUR_MS = 3_600_000;
const actuator = fc.constantFrom<Key>("pump", "valve", "valve", "aerator", "aerator", "blower", "charger");
const fenceStep = fc.constantFrom(1, 1, 1, 1, 2, 3, 0, -1, -2);

const start = {
  kind: fc.constant("start" as const),
  fenceStep,
  durationMs: fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 60_000 })),
  cooldownMs: fc.constantFrom(0, 0, 20_000),
  validForMs: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1_000, max: 100_000 }) },
    { weight: 1, arbitrary: fc.constantFrom(-100, 0, 1, 2, 3, 4, 5, 10) },
  ),
  clock: fc.constantFrom("mono", "mono", "mono", "wall", "wall", "both", "none") as fc.Arbitrary<
    Extract<Step, { kind: "start" }>["clock"]
  >,
  isOverride: fc.constantFrom(false, false, true),
};
const run = fc.record({ ...start, actuator, amount: fc.constant(undefined) });
const dose = fc.record({
  ...start,
  actuator: fc.constantFrom<Key>("valve", "valve", "valve", "valve", "pump"),
  amount: fc.constantFrom(0.5, 4, 4, 9.5, 11, -1),
});

const others: readonly fc.WeightedArbitrary<Step>[] = [
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("again" as const), index: fc.nat(40) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("stop" as const),
      actuator,
      fenceStep: fc.option(fenceStep, { nil: undefined }),
      isTrip: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("set" as const),
      actuator,
      releases: fc.constantFrom(0, 2, 20, 20),
      value: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("count" as const),
      actuator: fc.constantFrom<Key>("valve", "valve", "valve", "pump"),
      amount: fc.constantFrom(0.2, 1, 5, 9.7, 12, -1, Number.NaN, Number.POSITIVE_INFINITY),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      ms: fc.oneof(fc.nat(2_000), fc.nat(10_000), fc.nat(90_000)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("cut" as const),
      calls: fc.integer({ min: 1, max: 6 }),
      afterEffect: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("clock" as const),
      offsetMs: fc.constantFrom(-HOUR_MS, 0, HOUR_MS),
      knowsTime: fc.constantFrom(true, true, false),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("pace" as const),
      saveMs: fc.constantFrom(0, 5),
      tickMs: fc.constantFrom(0, 1),
      timerSkewMs: fc.constantFrom(-20, 0, 20),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: "boot" as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "lose-link" as const,
        "lose-link" as const,
        "regain-link" as const,
        "fill-disk" as const,
        "free-disk" as const,
      ),
    }),
  },
];

export const modelStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: run },
  { weight: 4, arbitrary: dose },
  ...others,
);

/** A virtual device, and a sender without any care. */
export class ModelWorld {
  readonly device: VirtualDevice;
  readonly sent: CommandMessage[] = [];
  /** Times that the wall clock was set forward or back. */
  clockSteps = 0;
  private readonly fences: Record<Key, number> = { pump: 0, valve: 0, aerator: 0, blower: 0, charger: 0 };

  constructor(limits: ModelLimits) {
    this.device = new VirtualDevice(limits);
  }

  take(step: Step): void {
    const { device } = this;
    if (step.kind === "start") this.send(this.startMessage(step));
    else if (step.kind === "stop") this.send(this.stopMessage(step));
    else if (step.kind === "set") this.send(this.setMessage(step));
    else if (step.kind === "again") this.sendAgain(step.index);
    else if (step.kind === "count") device.count(step.actuator, step.amount);
    else if (step.kind === "wait") device.advance(step.ms);
    else if (step.kind === "cut") device.cutPowerAtCall(step.calls, step.afterEffect);
    else if (step.kind === "boot") device.boot();
    else this.changeSurroundings(step);
  }

  /** Faults end, and what is under way comes to its end. */
  settle(): void {
    this.device.failures.storage = false;
    this.device.advance(200_000);
  }

  private changeSurroundings(
    step: Exclude<Step, { kind: "start" | "stop" | "set" | "again" | "count" | "wait" | "cut" }>,
  ) {
    const { device } = this;
    if (step.kind === "lose-link") device.loseLink();
    else if (step.kind === "regain-link") device.regainLink();
    else if (step.kind === "clock") {
      if (device.wallClockOffsetMs !== step.offsetMs) this.clockSteps += 1;
      device.wallClockOffsetMs = step.offsetMs;
      device.knowsTime = step.knowsTime;
    } else if (step.kind === "pace") {
      device.saveMs = step.saveMs;
      device.tickMs = step.tickMs;
      device.timerSkewMs = step.timerSkewMs;
    } else device.failures.storage = step.kind === "fill-disk";
  }

  private sendAgain(index: number): void {
    const message = this.sent[index % Math.max(1, this.sent.length)];
    if (message !== undefined) this.device.deliver(message);
  }

  private startMessage(step: Extract<Step, { kind: "start" }>): StartMessage {
    const { actuator, durationMs, cooldownMs, isOverride, amount } = step;
    const base = {
      id: `start-${this.sent.length}`,
      actuator,
      fence: this.fence(actuator, step.fenceStep),
      durationMs,
      cooldownMs,
      ...(isOverride ? ({ override: true } as const) : {}),
      ...this.deadline(step),
    };
    return amount === undefined ? { ...base, kind: "RUN" } : { ...base, kind: "DOSE", amount, unit: "L" };
  }

  /** By the device's own clocks, as they are now. */
  private deadline({ clock, validForMs }: Extract<Step, { kind: "start" }>): StartDeadline {
    const { device } = this;
    const mono = { bootId: device.bootId, validUntilMonoMs: device.monoMs + validForMs };
    const wall = { expiresAtMicros: (device.worldMs + device.wallClockOffsetMs + validForMs) * 1000 };
    if (clock === "none") return {};
    return { ...(clock === "wall" ? {} : mono), ...(clock === "mono" ? {} : wall) };
  }

  private stopMessage({ actuator, fenceStep, isTrip }: Extract<Step, { kind: "stop" }>): StopMessage {
    const fence = fenceStep === undefined ? {} : { fence: this.fence(actuator, fenceStep) };
    return { id: `stop-${this.sent.length}`, actuator, kind: "STOP", ...(isTrip ? { reason: "test" } : {}), ...fence };
  }

  private setMessage({ actuator, releases, value }: Extract<Step, { kind: "set" }>): SetMessage {
    const stops = this.sent.filter(({ kind }) => kind === "STOP");
    const release = releases === 0 ? [] : stops.slice(-releases).map(({ id }) => id);
    const base = { id: `set-${this.sent.length}`, actuator, fence: this.fence(actuator, 1), release };
    return { ...base, kind: "SET", ...(value === undefined ? {} : { value }) };
  }

  private fence(key: Key, by: number): number {
    this.fences[key] = Math.max(1, this.fences[key] + by);
    return this.fences[key];
  }

  private send(message: CommandMessage): void {
    this.sent.push(message);
    this.device.deliver(message);
  }
}
