import type { CommandState, EvidenceState } from "@sluice/core/commands/command.ts";
import type { HelloMessage } from "@sluice/core/commands/messages.ts";
import { reserve } from "@sluice/core/safety/windows.ts";
import fc from "fast-check";
import type {
  ActuationStore,
  ActuationTransaction,
  CauseExecution,
  ClockReading,
  HoldOrigin,
  NewRequest,
  NewStart,
} from "../../../actuation-store.ts";
import type { Plant } from "../model-database.ts";

/** One thing that is done to both stores. Numbers become arguments by what is there already. */
export type Step =
  | ({ readonly kind: "store" } & Numbers)
  | ({ readonly kind: "transaction"; readonly slot: Slot } & Numbers)
  | { readonly kind: "commit" | "roll back"; readonly slot: Slot }
  | { readonly kind: "pass time"; readonly ms: number };

/** Two transactions may be open at once. */
export type Slot = "first" | "second";

interface Numbers {
  readonly name: string;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export type StoreMethod = Exclude<keyof ActuationStore, "transaction">;
export type TransactionMethod = Exclude<keyof ActuationTransaction, "client">;

/** What the arguments of the next step are made from. */
export interface Known {
  readonly plant: Plant;
  readonly executions: string[];
  readonly commands: string[];
  readonly holds: string[];
  readonly trips: string[];
  readonly siteStops: string[];
  /** A UUID that nobody has. */
  newId(): string;
  nowMicros(): number;
}

type Arguments<Methods, Name extends keyof Methods> = Methods[Name] extends (...args: infer Args) => unknown
  ? Args
  : never;
type Makers<Methods, Names extends keyof Methods> = {
  readonly [Name in Names]: (known: Known, numbers: Numbers) => Arguments<Methods, Name>;
};

const STATES: readonly CommandState[] = [
  "CANCELLED",
  "EXPIRED",
  "ACCEPTED",
  "RUNNING",
  "UNKNOWN",
  "COMPLETED",
  "ABORTED",
];
const SENT_STATES: readonly EvidenceState[] = ["ACCEPTED", "RUNNING", "INTERRUPTED", "COMPLETED"];
const REASONS = ["offline", "running", "cooldown", "preempting", "interlock", "yielding", "max_run_per_day"];
const NOBODY = "00000000-0000-4000-8000-ffffffffffff";

const actuator = ({ plant }: Known, index: number) => plant.actuators[index % plant.actuators.length]!;
const actuatorId = (known: Known, index: number): number => actuator(known, index).id;
const deviceId = ({ plant }: Known, index: number): number => plant.devices[index % plant.devices.length]!.id;
const siteId = ({ plant }: Known, index: number): number => plant.sites[index % plant.sites.length]!.id;
const organizationId = ({ plant }: Known): number => plant.sites[0]!.organizationId;
/** One of the last few, or one that nobody knows. */
const one = (ids: readonly string[], index: number): string => ids.at(-1 - (index % 5)) ?? NOBODY;
const key = (index: number): string | undefined => (index % 3 === 0 ? undefined : `key-${index % 4}`);
const body = (index: number) => ({ action: "RUN", durationMs: index % 2 });

function request(known: Known, { a, b, c }: Numbers): NewRequest {
  const id = known.newId();
  known.executions.push(id);
  return {
    ...{ id, organizationId: organizationId(known), actuatorId: actuatorId(known, a), requestedBy: "user:1" },
    action: c % 3 === 0 ? "STOP" : "RUN",
    requestedFrom: b % 3 === 0 ? undefined : "192.0.2.1",
    parameters: { durationMs: 8_000, empty: undefined },
    idempotencyKey: key(b),
    request: body(c),
    waitMs: b % 2 === 0 ? undefined : 80_000,
    overrideReason: c === 7 ? "" : c % 2 === 0 ? undefined : "because",
  };
}

function start(known: Known, numbers: Numbers): NewStart {
  const { a, b, c } = numbers;
  const { id: actuatorId, deviceId, envelope } = actuator(known, a);
  const id = known.newId();
  known.commands.push(id);
  const durationMs = b === 6 ? 900_000 : 8_000 * (1 + (b % 3));
  const decidedMicros = known.nowMicros();
  const asked = b % 2 === 0 ? { ...request(known, numbers), actuatorId } : undefined;
  return {
    ...{ id, organizationId: organizationId(known), actuatorId, deviceId, durationMs, maxRunMs: 80_000, decidedMicros },
    executionId: asked?.id ?? one(known.executions, c),
    ...(asked === undefined ? {} : { request: asked }),
    interlockGroup: envelope.interlockGroup,
    cooldownMs: c === 7 ? -1 : 16_000 * (c % 2),
    dose: c === 3 ? { amount: c - b, unit: "l" } : undefined,
    isOverride: c % 2 === 0,
    reservation: reserve(decidedMicros, durationMs, 16_000 * (c % 2)),
    who: "user:1",
  };
}

function cause(known: Known, { a, b, c }: Numbers): CauseExecution {
  const id = known.newId();
  known.executions.push(id);
  return {
    ...{ id, organizationId: organizationId(known), actuatorId: actuatorId(known, a) },
    type: c % 5 === 4 ? "SCHEDULED" : "THRESHOLD",
    ...{ action: b % 3 === 0 ? "DOSE" : "RUN", priority: b % 2 === 0 ? "THRESHOLD" : "EMERGENCY" },
    parameters: { durationMs: 8_000 },
    ...{ ruleId: null, deviceId: null, requestedBy: "rule:1", causes: 1 + (c % 2) },
    folded: c % 2 === 0 ? undefined : { partition: 0, seq: c, ordinal: b },
    ...(c % 3 === 0
      ? { waiting: { untilMicros: known.nowMicros() + 16_000_000, reason: REASONS[a % REASONS.length]! } }
      : {}),
    ...(c % 4 === 0 ? { readingNeededAfterMicros: known.nowMicros() - 8_000_000 } : {}),
    ...(c % 5 === 4 ? { waitLimitMicros: known.nowMicros() + 32_000_000 } : {}),
  };
}

function origin(known: Known, a: number): HoldOrigin {
  if (a % 3 === 0) return { by: "person" };
  return a % 3 === 1 ? { tripId: one(known.trips, a) } : { siteStopId: one(known.siteStops, a) };
}

function fresh(ids: string[], known: Known): string {
  const id = known.newId();
  ids.push(id);
  return id;
}

/** Their own, so that what refers to them finds them. */
function hello({ b, c }: Numbers): HelloMessage {
  const boot = c % 3 === 0 ? {} : { bootId: `boot-${b}`, monoMs: 1_000 * b };
  return { ...boot, fences: {}, forgotten: {}, safe: [], holds: [], journal: [], configVersion: b } as HelloMessage;
}

const filter = (known: Known, { a, b, c }: Numbers) => ({
  deviceIds: known.plant.devices.map(({ id }) => id).slice(a % 2),
  greetedIds: known.plant.devices.map(({ id }) => id).slice(b % 3),
  maxSampleAgeMs: c % 2 === 0 ? 60_000 : 20_000,
});

/** Of a clock that has, or has not, jumped forward after what is there already. */
const clock = (known: Known, { b, c }: Numbers): ClockReading => ({
  nowMicros: known.nowMicros(),
  jumpedAtMicros: c % 2 === 0 ? 0 : known.nowMicros(),
  jumpMs: b % 2 === 0 ? 0 : 24_000,
});

export const STORE_STEPS: Makers<ActuationStore, StoreMethod> = {
  findActuator: (known, { a, b }) => [organizationId(known) + (b === 0 ? 1 : 0), actuatorId(known, a)],
  whereIs: (known, { a }) => [organizationId(known), actuatorId(known, a)],
  actuatorsOfDevice: (known, { a }) => [deviceId(known, a)],
  actuatorsOfSite: (known, { a }) => [organizationId(known), siteId(known, a)],
  unreachedBySiteStops: (known, { a, b, c }) => [
    { siteId: b % 2 === 0 ? undefined : siteId(known, a), stoppedMsAgo: c % 2 === 0 ? 0 : 5_000, limit: 50 },
  ],
  findCommand: (known, { a }) => [one(known.commands, a)],
  statesOf: (known) => [[...known.commands.slice(-4), "no uuid"]],
  commandOfExecution: (known, { a }) => [one(known.executions, a)],
  findByIdempotencyKey: (known, { b, c }) => [organizationId(known), key(b) ?? "key-0", body(c)],
  findSiteRequest: (known, { b, c }) => [organizationId(known), key(b) ?? "key-0", body(c)],
  dueExecutions: (_known, { a }) => [a === 0 ? 2 : 100],
  overdueCommands: (known, numbers) => [clock(known, numbers), 100],
  devicesWithQueue: () => [],
  lookAt: (known, { a }) => [actuator(known, a)],
  readClock: () => [],
  beginSessions: () => [],
  noteSessions: (known, { a, b, c }) => [c, [deviceId(known, 0), deviceId(known, 1)], [a % 2 === 0, b % 2 === 0]],
  keptClockJump: () => [],
  keepClockJump: (known, { b, c }) => [{ jumpedAtMicros: known.nowMicros(), jumpMs: c === 7 ? -1 : 500 * b }],
  noteHello: (known, numbers) => [deviceId(known, numbers.a), hello(numbers)],
  wakeReachable: (known, { a, b }) => [b % 2 === 0 ? undefined : [deviceId(known, a)]],
  configVersion: (known, { a }) => [deviceId(known, a)],
  raiseConfigVersion: (known, { a, b }) => [deviceId(known, a), b * 2],
  notifyStop: (known, { a }) => [deviceId(known, a), "{}"],
};

export const TRANSACTION_STEPS: Makers<ActuationTransaction, TransactionMethod> = {
  lockActuator: (known, { a, b }) => [b === 0 ? 0 : actuatorId(known, a)],
  tryLockActuator: (known, { a }) => [actuatorId(known, a)],
  lockGroup: (known, { a, b }) => [actuatorId(known, a), b % 2 === 0 ? undefined : "water"],
  tryLockGroup: (known, { a }) => [actuatorId(known, a)],
  tryLockGroups: (known, { a, b }) => [a === b ? [] : [actuatorId(known, a), actuatorId(known, b)]],
  lockMembers: (known, { a }) => [organizationId(known), a % 2 === 0 ? "water" : "nothing"],
  readSituation: (known, { a }) => [actuator(known, a)],
  readSituations: (known, { a, b }) => [[actuator(known, a), actuator(known, b)]],
  raiseFence: (known, { a }) => [actuatorId(known, a)],
  adoptFence: (known, { a, b }) => [actuatorId(known, a), b * 3],
  countActivation: (known, { a, b }) => [actuatorId(known, a), known.nowMicros() - b * 8_000_000],
  setMode: (known, { a, b, c }) => [
    actuatorId(known, a),
    (["auto", "manual", "locked-out"] as const)[b % 3]!,
    (b % 3 === 2) === (c !== 0) ? "Ada" : undefined,
  ],
  setEnvelope: (known, { a, b, c }) => [
    actuatorId(known, a),
    { ...actuator(known, a).envelope, cooldownMs: 8_000 * b, ...(c % 2 === 0 ? { safeState: "on" as const } : {}) },
  ],
  setUnfenced: (known, { a, b }) => [actuatorId(known, a), b % 2 === 0 ? "user:1" : undefined],
  setPoint: (known, { a, b }) => [actuatorId(known, a), b, b % 2 === 0 ? "%" : undefined],
  insertHold: (known, { a, b, c }) => [
    {
      ...{
        id: c < 2 ? one(known.holds, c) : fresh(known.holds, known),
        actuatorId: actuatorId(known, a),
        heldBy: "user:1",
      },
      reason: b % 2 === 0 ? "why" : undefined,
      tripId: b % 3 === 1 ? known.trips.at(-1) : undefined,
      siteStopId: b % 4 === 2 ? known.siteStops.at(-1) : undefined,
    },
  ],
  isHeldBy: (known, { a, b }) => [actuatorId(known, a), one(known.holds, b)],
  releaseHolds: (known, { a, b }) => [actuatorId(known, a), "user:2", origin(known, b)],
  openTripOf: (known, { a }) => [actuatorId(known, a)],
  trip: (known, { a, b, c }) => [
    {
      ...{ id: fresh(known.trips, known), organizationId: organizationId(known), actuatorId: actuatorId(known, a) },
      ...{ cause: c === 7 ? "" : `cause-${b}`, trippedBy: "rule:1", message: b % 2 === 0 ? "why" : undefined },
    },
  ],
  resetTrip: (known, { a, b }) => [one(known.trips, a), "user:1", b % 2 === 0 ? "dry" : undefined],
  openSiteStop: (known, { a }) => [
    {
      ...{ id: fresh(known.siteStops, known), organizationId: organizationId(known), siteId: siteId(known, a) },
      stoppedBy: "user:1",
    },
  ],
  releaseSiteStop: (known, { a }) => [organizationId(known), siteId(known, a), "user:2"],
  heldByEndedSiteStops: (known, { a }) => [organizationId(known), siteId(known, a)],
  findSiteRequest: (known, { b, c }) => [organizationId(known), key(b) ?? "key-0", body(c)],
  insertSiteRequest: (known, { a, b, c }) => [
    {
      organizationId: organizationId(known),
      ...{ idempotencyKey: c === 7 ? "" : (key(b) ?? "key-0"), request: { ...body(c), empty: undefined } },
      ...{ actuatorIds: [actuatorId(known, a)], requestedBy: "user:1" },
    },
  ],
  commitStart: (known, numbers) => [start(known, numbers)],
  insertInstruction: (known, { a, b, c }) => [
    {
      ...{ id: c === 0 ? one(known.commands, b) : fresh(known.commands, known), organizationId: organizationId(known) },
      ...{
        actuatorId: actuatorId(known, a),
        executionId: one(known.executions, b),
        kind: b % 2 === 0 ? "STOP" : "SET",
      },
      fence: c === 1 ? undefined : 100 + known.commands.length - (c === 2 ? 1 : 0),
      ...(b % 2 === 0 ? { reason: "why" } : { releases: known.holds.slice(-2), value: b, unit: "%" }),
      ...(c === 1 ? { payload: "{}" } : {}),
    },
  ],
  // Its execution is for it alone: a start of the same one, decided in the same moment, would be the later one by chance.
  insertForeign: (known, { a, b, c }) => [
    {
      ...{ id: fresh(known.commands, known), executionId: known.newId(), foreignId: "elsewhere" },
      ...{
        organizationId: organizationId(known),
        actuatorId: actuatorId(known, a),
        deviceId: actuator(known, a).deviceId,
      },
      ...{ interlockGroup: actuator(known, a).envelope.interlockGroup, kind: b % 3 === 0 ? "DOSE" : "RUN" },
      ...{ fence: 200 + known.commands.length, durationMs: 8_000, maxRunMs: 80_000, cooldownMs: 8_000 * (c % 3) },
      ...{ state: SENT_STATES[b % 4]!, payload: "{}" },
    },
  ],
  findCommand: (known, { a }) => [one(known.commands, a)],
  commandOfExecution: (known, { a }) => [one(known.executions, a)],
  commandWithFence: (known, { a, b }) => [actuatorId(known, a), b],
  lockCommand: (known, { a }) => [one(known.commands, a)],
  lockQueuedStarts: (known, { a }) => [actuatorId(known, a)],
  lockSentStarts: (known, { a }) => [actuatorId(known, a)],
  lockOverdue: (known, numbers) => [one(known.commands, numbers.a), clock(known, numbers)],
  moveCommand: (known, { a, b, c }) => [
    one(known.commands, a),
    {
      state: STATES[b % STATES.length]!,
      reason: c % 2 === 0 ? "why" : undefined,
      ranMs: c % 3 === 0 ? 1_500.5 : undefined,
      amount: c % 4 === 0 ? 2.5 : undefined,
      countsActivation: c % 2 === 0,
    },
    (["none", "whole", "shrink"] as const)[c % 3]!,
  ],
  tryLockReported: (known, { a, b }) => [[one(known.commands, a), one(known.commands, b)]],
  recordProof: (known, { a, b, c }) => [
    one(known.commands, a),
    {
      moved: {
        state: SENT_STATES[b % 4]!,
        reason: c % 2 === 0 ? "why" : undefined,
        ranMs: c % 3 === 0 ? 1_500.5 : undefined,
        amount: c % 4 === 0 ? 2.5 : undefined,
        countsActivation: b % 2 === 0,
      },
      refund: (["none", "whole", "shrink"] as const)[c % 3]!,
      ...{ who: "device:1", details: { evidence: SENT_STATES[b % 4] } },
      observed:
        c === 0
          ? undefined
          : { state: b % 2 === 0 ? "on" : "off", fence: c, fault: [undefined, null, "driver_fault"][b % 3] },
      startedMsAgo: [undefined, 0, 8_000][a % 3],
    },
  ],
  shortenLocks: (known, { a }) => [actuatorId(known, a), known.nowMicros()],
  appendEvents: (known, { a, b, c }) => [
    [
      {
        ...{ commandId: one(known.commands, a), what: "evidence", state: "RUNNING", who: "device:1" },
        reason: b % 2 === 0 ? "why" : undefined,
        ...(c % 2 === 0 ? { details: { fence: c } } : {}),
      },
    ],
  ],
  settledReleaseOf: (known, { a, b }) => [actuatorId(known, a), one(known.holds, b)],
  claimQueued: (known, numbers) => [filter(known, numbers), numbers.a === 0 ? 1 : 50],
  devicesToAsk: (known, numbers) => [filter(known, numbers)],
  markDispatching: (known, { a, b }) => [[{ id: one(known.commands, a), payload: `payload ${b % 2}` }]],
  takeRetransmissions: (known, { a, b, c }) => [
    {
      cameBack: a % 3 === 0 ? [deviceId(known, b)] : [],
      greetedNow: b % 3 === 0 ? [deviceId(known, c)] : [],
      greetedIds: known.plant.devices.map(({ id }) => id).slice(c % 3),
      silentMs: 10_000,
    },
    a === 7 ? 1 : 50,
  ],
  notifyQueued: (known, { a }) => [deviceId(known, a)],
  notifyConfigured: (known, { a }) => [deviceId(known, a)],
  insertRequest: (known, numbers) => [request(known, numbers)],
  openExecution: (known, numbers) => [cause(known, numbers)],
  lockExecution: (known, { a }) => [one(known.executions, a)],
  findByIdempotencyKey: (known, { b, c }) => [organizationId(known), key(b) ?? "key-0", body(c)],
  moveExecution: (known, { a, b, c }) => [
    one(known.executions, a),
    {
      status: (["WAITING", "WAITING", "DISPATCHED", "SUCCEEDED", "CANCELLED"] as const)[b % 5]!,
      reason: REASONS[c % REASONS.length],
      message: b % 2 === 0 ? "words" : undefined,
      untilMicros: b % 5 < 2 ? known.nowMicros() + (c % 3) * 16_000_000 : undefined,
      retries: c % 3 === 0 ? c : undefined,
      cancelledBy: b % 5 === 4 ? "user:7" : undefined,
    },
  ],
  insertRefused: (known, numbers) => [[{ request: request(known, numbers), reason: "held", message: "It is held." }]],
  cancelWaiting: (known, { a }) => [actuatorId(known, a), "held", "A person stopped it."],
  wakeWaiting: (known, { a }) => [actuatorId(known, a)],
};

/** Those on which most of the others depend come more often. */
const FREQUENT: readonly TransactionMethod[] = [
  ...(["insertRequest", "insertRequest", "commitStart", "commitStart", "commitStart", "insertInstruction"] as const),
  ...([
    "markDispatching",
    "markDispatching",
    "moveCommand",
    "moveCommand",
    "recordProof",
    "recordProof",
    "claimQueued",
    "openExecution",
  ] as const),
];

const numbers = { a: fc.nat(7), b: fc.nat(7), c: fc.nat(7) };
const slot = fc.constantFrom<Slot>("first", "first", "first", "first", "second");

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("store" as const),
      name: fc.constantFrom(...Object.keys(STORE_STEPS)),
      ...numbers,
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      kind: fc.constant("transaction" as const),
      slot,
      name: fc.constantFrom(...Object.keys(TRANSACTION_STEPS), ...FREQUENT, ...FREQUENT, ...FREQUENT),
      ...numbers,
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("commit" as const), slot }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("roll back" as const), slot }) },
  // Whatever lasts, lasts a multiple of 8 s: a moment that both stores are asked about is never on an edge.
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("pass time" as const),
      ms: fc.constantFrom(9_000, 33_000, 65_000, 1_000_000),
    }),
  },
);
