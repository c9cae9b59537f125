import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDeviceLog, type Violation } from "./check-device-log.ts";
import { MODEL_LIMITS, type ModelLimits, ModelWorld, modelStep, type Step } from "./testing/model-world.ts";
import type { Sabotage } from "./testing/virtual-ports.ts";

/**
 * Random worlds: any order of commands, duplicates, power cuts inside any call, boots, lost links, a full disk, slow saves,
 * timers early and late, wall clocks that jump. The device's own log decides, and every kind of fault must have happened often
 * enough to mean something. The seeds are a fixed list, so that every run is the same; a failure prints its seed and path.
 */
const SEEDS = [1, 2, 3, 4, 5, 6];
const RUNS_PER_SEED = 500;
/** Of everything that has to happen in all worlds together, the least. */
const OFTEN_ENOUGH = 25;
/** So much longer than it takes that a busy machine does not matter. */
const TIMEOUT_MS = 120_000;

const worlds = fc.array(modelStep, { minLength: 5, maxLength: 80, size: "max" });

function live(
  steps: readonly Step[],
  sabotage: Partial<Sabotage> = {},
  limits: ModelLimits = MODEL_LIMITS,
): ModelWorld {
  const world = new ModelWorld(limits);
  Object.assign(world.device.sabotage, sabotage);
  for (const step of steps) world.take(step);
  world.settle();
  return world;
}

function violations({ device }: ModelWorld): readonly Violation[] {
  return checkDeviceLog(device.log, MODEL_LIMITS, { endMs: device.isPowered ? device.worldMs : undefined });
}

/** Evidence never claims what the log does not show: what is said to have been refused has no ON edge. */
function falseRefusals({ device }: ModelWorld): string[] {
  const started = new Set(device.log.flatMap((event) => (event.event === "on" ? [event.commandId] : [])));
  const refused = device.evidence.filter(({ state }) => state === "REJECTED").map(({ id }) => id);
  return refused.filter((id) => started.has(id));
}

/** Every end of a DOSE that the device saw says how much was counted, and COMPLETED only if it was enough. */
function falseAmounts({ device, sent }: ModelWorld): string[] {
  const doses = sent.filter((message) => message.kind === "DOSE");
  const ordered = new Map(doses.map(({ id, amount }) => [id, amount]));
  return device.evidence.flatMap(({ id, state, amount }) => {
    const wanted = ordered.get(id);
    if (wanted === undefined || (state !== "COMPLETED" && state !== "ABORTED")) return [];
    const isTrue = amount !== undefined && (state === "COMPLETED" ? amount >= wanted : amount < wanted);
    return isTrue ? [] : [`${id} ${state} with ${amount} of ${wanted}`];
  });
}

/** COMPLETED means the whole duration, however early its timer fires. */
function shortRuns({ device, sent }: ModelWorld): string[] {
  const runs = new Map(sent.map((message) => [message.id, message]));
  return device.evidence.flatMap(({ id, actuator, state, reason, ranMs = 0 }) => {
    const message = runs.get(id);
    if (message?.kind !== "RUN" || state !== "COMPLETED") return [];
    const limitMs = Math.min(message.durationMs, MODEL_LIMITS[actuator as keyof ModelLimits].maxRunMs);
    return ranMs < limitMs ? [`${id} COMPLETED ${reason} after ${ranMs} of ${limitMs} ms`] : [];
  });
}

/** The driver has the set-point that is kept, whatever happened since. */
function strayedSetPoints({ device }: ModelWorld): string[] {
  if (!device.isPowered) return [];
  return Object.keys(MODEL_LIMITS).filter((key) => {
    const kept = device.savedSetPoint(key);
    return kept !== undefined && device.setPoints.get(key)?.value !== kept.value;
  });
}

class Tally {
  readonly counts: Record<string, number> = {};

  add(what: string, count: number): void {
    this.counts[what] = (this.counts[what] ?? 0) + count;
  }

  take(world: ModelWorld): void {
    this.takeLog(world);
    this.takeEvidence(world);
    for (const [port, count] of Object.entries(world.device.cutsInCalls)) this.add(`power lost in ${port}`, count);
    for (const [what, count] of Object.entries(world.device.delays)) this.add(what, count);
    this.add("steps of the wall clock", world.clockSteps);
    for (const where of ["storage", "meter"] as const) {
      this.add(`fault of ${where}`, world.device.faults.filter((fault) => fault === where).length);
    }
  }

  private takeLog({ device }: ModelWorld): void {
    const before = new Map<string, string>();
    for (const event of device.log) {
      if (event.event === "boot") before.clear();
      if (event.event === "set") this.add("set-points", 1);
      if (event.event === "on") {
        this.add(event.amount === undefined ? "runs" : "doses", 1);
        this.add("overrides", event.isOverride ? 1 : 0);
        this.add("runs out of a safe state", before.get(event.actuator) === "safe" ? 1 : 0);
      }
      if (event.event === "safe") {
        this.add(`safe states ${event.state} by ${event.reason}`, 1);
        this.add("runs that became a safe state", before.get(event.actuator) === "on" ? 1 : 0);
      }
      if (event.event === "off") this.add(`off by ${event.reason}`, 1);
      if (event.event === "on" || event.event === "off" || event.event === "safe")
        before.set(event.actuator, event.event);
    }
  }

  private takeEvidence({ device, sent }: ModelWorld): void {
    const trips = new Set(sent.flatMap((message) => (message.kind === "STOP" && message.reason ? [message.id] : [])));
    for (const { id, state, reason } of device.evidence) {
      if (state === "REJECTED" || state === "ABORTED") this.add(`${state} ${reason}`, 1);
      else this.add(trips.has(id) ? "trips" : state, 1);
    }
  }
}

const EXPECTED: readonly string[] = [
  ...["runs", "doses", "overrides", "set-points", "trips", "INTERRUPTED"],
  ...["runs out of a safe state", "runs that became a safe state"],
  ...[
    "safe states on by boot",
    "safe states on by link_loss",
    "safe states local by boot",
    "safe states local by link_loss",
  ],
  ...[
    "off by duration",
    "off by amount",
    "off by amount_not_reached",
    "off by stop",
    "off by link_loss",
    "off by handover",
  ],
  ...["REJECTED held", "REJECTED already_running", "REJECTED interlock", "REJECTED min_off", "REJECTED cooldown"],
  ...["REJECTED expired", "REJECTED other_boot", "REJECTED no_clock", "REJECTED no_deadline", "REJECTED stale_fence"],
  ...["REJECTED dose_unsupported", "REJECTED invalid_amount", "ABORTED expired", "ABORTED link_loss", "ABORTED stop"],
  ...["power lost in save", "power lost in on", "power lost in off", "power lost in safe", "power lost in set"],
  ...["power lost in send", "fault of storage", "fault of meter"],
  ...["early", "late", "slowSaves", "steps of the wall clock"],
];

describe("in every world", () => {
  it(
    "the device's own log keeps the contract, and the worlds are rough enough to prove it",
    () => {
      const tally = new Tally();
      for (const seed of SEEDS) {
        const property = fc.property(worlds, (steps) => {
          const world = live(steps);
          expect(violations(world)).toEqual([]);
          expect([...falseRefusals(world), ...falseAmounts(world), ...shortRuns(world)]).toEqual([]);
          expect(strayedSetPoints(world)).toEqual([]);
          tally.take(world);
        });
        fc.assert(property, { seed, numRuns: RUNS_PER_SEED });
      }
      const tooSeldom = EXPECTED.filter((what) => (tally.counts[what] ?? 0) < OFTEN_ENOUGH);
      expect(tooSeldom.map((what) => `${what}: ${tally.counts[what] ?? 0}`)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

const { pump, valve, aerator, blower, charger } = MODEL_LIMITS;

/** Each breaks one promise at or below the gate; the checker must see it in some world, or it could see nothing. */
describe("the checker notices", () => {
  const sabotaged: readonly [string, Violation["clause"], Partial<Sabotage>][] = [
    ["a disk that keeps what it saves only once the output is on", 1, { durability: "after-the-edge" }],
    ["a disk that keeps what it saves only later", 1, { durability: "late" }],
    ["a disk that forgets everything", 1, { forgets: true }],
    ["timers that never fire", 2, { hasNoTimers: true }],
    ["a wall clock that stands still", 3, { wallClockStands: true }],
    ["a boot that leaves the outputs as they were", 4, { bootsAsItWas: true }],
    ["a forgotten command that is resumed by its repetition", 4, { forgets: true }],
    ["a forgotten pause", 5, { forgets: true }],
    ["a gate that hears no STOP", 6, { isDeafToStops: true }],
    ["a forgotten hold", 6, { forgets: true }],
    ["a gate that is not told that the link is lost", 8, { isDeafToLinkLoss: true }],
    ["a safe state that waits for timers that never fire", 8, { hasNoTimers: true }],
  ];
  it.each(sabotaged)("%s (clause %i)", { timeout: TIMEOUT_MS }, (_what, clause, sabotage) => {
    expectRed(clause, (steps) => live(steps, sabotage));
  });

  const loosened: readonly [string, Violation["clause"], Partial<ModelLimits>][] = [
    ["a longer run than the maximum", 2, { pump: { ...pump, maxRunMs: 31_000 } }],
    ["a shorter cooldown", 5, { pump: { ...pump, cooldownMs: 20_000 } }],
    ["a shorter minimum off time", 5, { valve: { ...valve, minOffMs: 0 } }],
    ["a safe state that comes too soon", 5, { aerator: { ...aerator, cooldownMs: 5_000 } }],
    ["an interlock that is not kept", 7, { pump: { ...pump, interlockGroup: "other" } }],
    ["an interlock that a safe state does not keep", 7, { blower: { ...blower, interlockGroup: "other" } }],
    ["a run that outlasts its link", 8, { pump: { ...pump, linkLossMs: 6_000 } }],
    ["a safe state that comes too late", 8, { aerator: { ...aerator, linkLossMs: 5_000 } }],
    ["a safe state that is another", 8, { charger: { ...charger, safeState: "on" } }],
    ["a safe state that is missing", 8, { aerator: { ...aerator, safeState: "off" } }],
  ];
  it.each(loosened)("%s (clause %i)", { timeout: TIMEOUT_MS }, (_what, clause, limits) => {
    expectRed(clause, (steps) => live(steps, {}, { ...MODEL_LIMITS, ...limits }));
  });

  function expectRed(clause: Violation["clause"], liveBadly: (steps: readonly Step[]) => ModelWorld): void {
    const isKept = (steps: readonly Step[]): boolean =>
      !violations(liveBadly(steps)).some((violation) => violation.clause === clause);
    const found = fc.check(fc.property(worlds, isKept), { seed: 7, numRuns: 3_000, endOnFailure: true });
    expect(found.failed).toBe(true);
  }
});
