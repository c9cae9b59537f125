import type { DeviceLimits, SafeState } from "@sluice/core/commands/messages.ts";
import type { Envelope } from "@sluice/core/safety/envelope.ts";
import type { Plant } from "../model-store/model-database.ts";
import type { Random } from "./random.ts";

/** What a world is like before anything happens in it. */
export interface WorldPlan {
  /** Without faults nearly everything has to succeed. */
  readonly isCalm: boolean;
  readonly startMicros: number;
  /** How long things happen, before faults end and everything settles. */
  readonly activeMs: number;
  readonly plant: Plant;
  readonly devices: readonly PlannedDevice[];
  readonly rules: readonly PlannedRule[];
  readonly faults: FaultRates;
}

export interface PlannedDevice {
  readonly id: number;
  /** How fast its oscillator runs. */
  readonly rate: number;
  /** It tells no boot and no monotonic time: its deadlines are wall-clock times. */
  readonly isBootless: boolean;
  readonly limits: Readonly<Record<string, DeviceLimits>>;
}

export interface PlannedRule {
  readonly id: number;
  readonly actuatorId: number;
  readonly deviceId: number;
  readonly action: "RUN" | "DOSE" | "TRIP";
  readonly priority: "EMERGENCY" | "THRESHOLD";
  readonly durationMs: number;
}

/** Chances of a message, a commit or a point, and mean pauses between faults of a sort; 0: never. */
export interface FaultRates {
  readonly drop: number;
  readonly duplicate: number;
  readonly delay: number;
  readonly lostCommit: number;
  readonly slowStatement: number;
  readonly lostNotice: number;
  /** Mean milliseconds between two; 0: never. */
  readonly everyMs: Readonly<Record<FaultName, number>>;
}

export const FAULT_NAMES = [
  ...([
    "crash",
    "pause",
    "power cut",
    "power cut in a call",
    "storage full",
    "reset",
    "half-open",
    "partition",
  ] as const),
  ...([
    "database restart",
    "database restored",
    "device clock step",
    "database clock step",
    "strange evidence",
  ] as const),
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

/**
 * Midnights of Europe/Berlin and the hours that are skipped or come twice: before both nights in which the clocks change, at
 * them, and after; and a summer's day.
 */
const STARTS = [
  ...["2026-03-28T22:59:15Z", "2026-03-29T00:59:15Z", "2026-03-29T21:59:15Z", "2026-10-24T21:59:15Z"],
  ...["2026-10-25T00:59:15Z", "2026-10-25T22:59:15Z", "2026-03-29T00:30:00Z", "2026-10-25T00:30:00Z"],
  ...["2026-07-01T10:00:00Z", "2026-07-01T21:59:30Z"],
].map((time) => Date.parse(time) * 1000);

const SITE = { id: 1, organizationId: 1, timeZone: "Europe/Berlin" };
const KEYS = ["pump", "valve", "fan"];
const COOLDOWNS_MS = [0, 1_000, 5_000, 20_000];

export function planWorld(random: Random, isCalm: boolean): WorldPlan {
  const devices = Array.from({ length: random.pick([1, 1, 2, 2, 2, 3]) }, (_, index) => ({
    id: 11 + index,
    rate: random.pick([1, 1, 0.985, 1.015]),
    isBootless: random.chance(0.12),
    keys: KEYS.slice(0, random.pick([1, 1, 2, 3])),
  }));
  const group = random.chance(0.6) ? random.pick(["device", "plant"] as const) : undefined;
  let id = 0;
  const actuators = devices.flatMap((device) => {
    const safeKey = group !== "plant" && random.chance(0.2) ? random.pick(device.keys) : undefined;
    return device.keys.map((key) => {
      const interlockGroup = group === "plant" ? "all" : group === "device" ? `of-${device.id}` : undefined;
      const safeState = key === safeKey ? random.pick(["on", "local"] as const) : undefined;
      const envelope = planEnvelope(random, { interlockGroup, safeState });
      return { id: ++id, organizationId: 1, deviceId: device.id, key, envelope };
    });
  });
  return {
    isCalm,
    startMicros: random.pick(STARTS),
    activeMs: random.between(60_000, 140_000),
    plant: { sites: [SITE], devices: devices.map(({ id }) => ({ id, siteId: SITE.id })), actuators },
    devices: devices.map(({ id, rate, isBootless }) => {
      const own = actuators.filter(({ deviceId }) => deviceId === id);
      return {
        id,
        rate,
        isBootless,
        limits: Object.fromEntries(own.map((one) => [one.key, planLimits(random, one.envelope)])),
      };
    }),
    rules: actuators.flatMap((actuator) => planRules(random, actuator)),
    faults: planFaults(random, isCalm),
  };
}

function planEnvelope(
  random: Random,
  fixed: { readonly interlockGroup: string | undefined; readonly safeState: SafeState | undefined },
): Envelope {
  const maxRunMs = random.between(2_000, 15_000);
  const optional = {
    ...fixed,
    minOffMs: random.chance(0.3) ? random.between(500, 5_000) : undefined,
    linkLossMs: random.chance(0.4) ? random.between(3_000, 8_000) : undefined,
    maxStartsPerDay: random.chance(0.25) ? random.between(1, 4) : undefined,
    maxRunMsPerDay: random.chance(0.25) ? maxRunMs * random.between(1, 3) : undefined,
    maxReadingAgeMs: random.chance(0.5) ? random.between(10_000, 40_000) : undefined,
    maxDose: random.chance(0.4) ? { amount: 10, unit: "l" } : undefined,
    permissives: random.chance(0.15) ? [{ metric: "level", operator: "above" as const, value: 10 }] : undefined,
  };
  const given = Object.entries(optional).filter(([_name, value]) => value !== undefined);
  return { maxRunMs, cooldownMs: random.pick(COOLDOWNS_MS), ...Object.fromEntries(given) };
}

/** The device's own limits may be looser or stricter than those it is given; what is built in agrees. */
function planLimits(random: Random, envelope: Envelope): DeviceLimits {
  const { maxRunMs, cooldownMs, minOffMs, linkLossMs, interlockGroup, safeState, maxDose } = envelope;
  const given = Object.entries({ minOffMs, linkLossMs, interlockGroup, safeState, maxDose });
  return {
    maxRunMs: random.pick([maxRunMs, maxRunMs * 2, Math.ceil(maxRunMs * 0.8)]),
    // A safe state waits for the pause, so its judge has to know the longest that can be asked for.
    cooldownMs: safeState === undefined ? random.pick([cooldownMs, 0, cooldownMs + 2_000]) : Math.max(...COOLDOWNS_MS),
    ...Object.fromEntries(given.filter(([_name, value]) => value !== undefined)),
  };
}

function planRules(random: Random, { id, deviceId, envelope }: Plant["actuators"][number]): PlannedRule[] {
  const rule = (number: number, action: PlannedRule["action"], priority: PlannedRule["priority"]): PlannedRule => {
    const durationMs = random.between(1_000, envelope.maxRunMs);
    return { id: id * 10 + number, actuatorId: id, deviceId, action, priority, durationMs };
  };
  const rules: PlannedRule[] = [];
  if (random.chance(0.7)) rules.push(rule(1, random.chance(0.2) ? "DOSE" : "RUN", "THRESHOLD"));
  if (random.chance(0.3)) rules.push(rule(2, "RUN", "EMERGENCY"));
  if (random.chance(0.15)) rules.push(rule(3, "TRIP", "EMERGENCY"));
  return rules;
}

const HARMLESS = Object.fromEntries(FAULT_NAMES.map((name) => [name, 0])) as Record<FaultName, number>;

export const NO_FAULTS: FaultRates = {
  ...{ drop: 0, duplicate: 0, delay: 0, lostCommit: 0, slowStatement: 0, lostNotice: 0 },
  everyMs: HARMLESS,
};

/** Each world has some of the faults, so that none hides the others. */
function planFaults(random: Random, isCalm: boolean): FaultRates {
  if (isCalm) return NO_FAULTS;
  const rate = (chance: number, most: number): number => (random.chance(chance) ? random.float() * most : 0);
  const every = (chance: number, leastMs: number, mostMs: number): number =>
    random.chance(chance) ? random.between(leastMs, mostMs) : 0;
  return {
    drop: rate(0.5, 0.25),
    duplicate: rate(0.5, 0.25),
    delay: rate(0.5, 0.3),
    lostCommit: rate(0.4, 0.1),
    slowStatement: rate(0.4, 0.03),
    lostNotice: rate(0.4, 0.5),
    everyMs: {
      crash: every(0.5, 6_000, 40_000),
      pause: every(0.35, 10_000, 50_000),
      "power cut": every(0.35, 10_000, 60_000),
      "power cut in a call": every(0.35, 10_000, 60_000),
      "storage full": every(0.15, 15_000, 60_000),
      reset: every(0.35, 8_000, 40_000),
      "half-open": every(0.3, 10_000, 40_000),
      partition: every(0.35, 10_000, 50_000),
      "database restart": every(0.2, 20_000, 80_000),
      "database restored": every(0.15, 30_000, 100_000),
      "device clock step": every(0.2, 10_000, 60_000),
      "database clock step": every(0.1, 30_000, 100_000),
      "strange evidence": every(0.3, 3_000, 20_000),
    },
  };
}
