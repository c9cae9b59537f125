import type { CommandKind, CommandState } from "@sluice/core/commands/command.ts";
import type { DeviceConfigMessage, HelloMessage } from "@sluice/core/commands/messages.ts";
import type { ActuatorMode, ActuatorSituation, Priority } from "@sluice/core/safety/decide.ts";
import type { Envelope } from "@sluice/core/safety/envelope.ts";
import type { Reservation } from "@sluice/core/safety/windows.ts";
import type { PoolClient } from "pg";

/**
 * Everything that actuation asks of its tables. The use cases beside this file are written against it alone: they run on
 * PostgreSQL (`postgres-actuation-store.ts`), and, in the simulated level of the safety tests, on a model in memory that a
 * differential test holds equal to it.
 *
 * Times are microseconds since 1970 by the store's own clock, which is read at the call, not at the begin of the transaction.
 */
export interface ActuationStore extends SessionStore {
  /**
   * Runs `work` in one transaction and answers after its commit; an error rolls everything back and is thrown as it came. Throws
   * `database.outcome_unknown` when the connection broke during the commit: then only looking can tell.
   */
  transaction<T>(work: (tx: ActuationTransaction) => Promise<T>): Promise<T>;
  findActuator(organizationId: number, id: number): Promise<Actuator | undefined>;
  /** What never changes of an actuator, remembered, so that a STOP finds its way while the database is busy or away. */
  whereIs(organizationId: number, id: number): Promise<ActuatorPlace | undefined>;
  /** In the order of their ids, which is the order in which they are locked. */
  actuatorsOfDevice(deviceId: number): Promise<Actuator[]>;
  actuatorsOfSite(organizationId: number, siteId: number): Promise<Actuator[]>;
  /** Actuators of a site that are held by a stop of it which has been ended since, in the order of their ids. */
  heldByEndedSiteStops(
    organizationId: number,
    siteId: number,
  ): Promise<{ readonly actuator: Actuator; readonly siteStopId: string }[]>;
  /** Actuators of stopped sites that the stop has not reached yet: it died midway, or they came later. */
  unreachedBySiteStops(limit: number): Promise<UnreachedActuator[]>;
  findCommand(id: string): Promise<Command | undefined>;
  /** The states of those of these commands that are known; other ids than UUIDs are not. */
  statesOf(ids: readonly string[]): Promise<ReadonlyMap<string, CommandState>>;
  /** The last command of what an execution is about: of a RUN its start, not a STOP that made way for it. */
  commandOfExecution(executionId: string): Promise<Command | undefined>;
  /** The execution of an idempotency key, and whether it was asked the same thing. */
  findByIdempotencyKey(organizationId: number, key: string, request: Parameters): Promise<KeptRequest | undefined>;
  /** Executions that want a decision now, the longest waiting first. */
  dueExecutions(limit: number): Promise<Execution[]>;
  /** RUNs and DOSEs whose time is up and of which nobody has said anything. */
  overdueCommands(limit: number): Promise<{ readonly id: string; readonly actuatorId: number }[]>;
  /** Devices for which something is queued. */
  devicesWithQueue(): Promise<number[]>;
  /** What an actuator's situation is now, without any lock: for answers to people, never for a decision. */
  lookAt(actuator: Actuator): Promise<Situation>;
  /** Keeps a connection ready; a person may need it. */
  keepWarm(): Promise<void>;
}

/** Sessions of devices, samples of their clocks, and their configurations. */
export interface SessionStore {
  /** At the start of a gateway nobody is connected to it. */
  disconnectAll(): Promise<void>;
  /** Notes sessions that came or went; devices without actuators have none to note. */
  noteSessions(deviceIds: readonly number[], areConnected: readonly boolean[]): Promise<void>;
  /** Keeps the sample as of the store's clock: its way here only makes deadlines earlier. */
  noteHello(deviceId: number, hello: HelloMessage): Promise<void>;
  /** Asks again at once what waits for devices that have a session now: these, or any. Returns how many. */
  wakeReachable(deviceIds?: readonly number[]): Promise<number>;
  /** The sum of the versions of its actuators' envelopes. */
  configVersion(deviceId: number): Promise<number>;
  /** The device has a newer configuration than ours, from before our database was lost: the next is above it. */
  raiseConfigVersion(deviceId: number, above: number): Promise<void>;
  /** Tells the gateway that holds the device's session, wherever it is, to send this STOP now. */
  notifyStop(deviceId: number, payload: string): Promise<void>;
}

/** What is locked stays locked, and what is written stays unseen, until the transaction ends. */
export interface ActuationTransaction extends LockingTransaction, CommandTransaction, ExecutionTransaction {
  /** The connection, for what other features write in the same transaction. */
  readonly client: PoolClient;
}

export interface LockingTransaction {
  /**
   * The lock under which everything about an actuator is decided and recorded. Everybody takes it first, and other rows after
   * it. Waits for its holder, at most the lock timeout.
   */
  lockActuator(id: number): Promise<Actuator | undefined>;
  /** Like `lockActuator`, but undefined at once when another holds it. */
  tryLockActuator(id: number): Promise<Actuator | undefined>;
  /** Locks the actuator and all members of its interlock group, in the order of their ids. */
  lockGroup(id: number): Promise<Actuator | undefined>;
  /** Like `lockGroup`, but undefined at once when another holds one of them. */
  tryLockGroup(id: number): Promise<Actuator | undefined>;
  /** Locks all members of an interlock group, in the order of their ids. */
  lockMembers(organizationId: number, interlockGroup: string): Promise<Actuator[]>;
  /** Everything a decision rests on, read after the lock, with the clock. */
  readSituation(actuator: Actuator): Promise<Situation>;
  raiseFence(actuatorId: number): Promise<number>;
  /** A device whose fence is above ours has seen more than we remember: from now on we are above it. */
  adoptFence(actuatorId: number, fence: number): Promise<void>;
  countActivation(actuatorId: number, startedAtMicros: number): Promise<void>;
  /** Evidence of an older command than the last that was observed is history, and changes nothing seen. */
  observe(actuatorId: number, observation: Observation): Promise<void>;
  setMode(actuatorId: number, mode: ActuatorMode, lockedBy: string | undefined): Promise<void>;
  /** Raises the version of the device's configuration. */
  setEnvelope(actuatorId: number, envelope: Envelope): Promise<void>;
  setUnfenced(actuatorId: number, allowedBy: string | undefined): Promise<void>;
  setPoint(actuatorId: number, value: number, unit: string | undefined): Promise<void>;

  /** Holding twice is holding once. */
  insertHold(hold: NewHold): Promise<void>;
  isHeldBy(holdId: string): Promise<boolean>;
  /** Releases the open holds of this origin and returns their ids. */
  releaseHolds(actuatorId: number, releasedBy: string, origin: HoldOrigin): Promise<string[]>;
  /** The open trip of an actuator. */
  openTripOf(actuatorId: number): Promise<Trip | undefined>;
  /** Opens a trip, or counts one more cause of the open one, whose first cause stays. */
  trip(trip: NewTrip): Promise<Trip>;
  resetTrip(tripId: string, by: string, reason: string | undefined): Promise<void>;
  /** False: the site is stopped already, by the answer's id. */
  openSiteStop(stop: NewSiteStop): Promise<{ readonly id: string; readonly isNew: boolean }>;
  /** The stop that was open, now released; undefined: there was none. */
  releaseSiteStop(organizationId: number, siteId: number, by: string): Promise<string | undefined>;
}

export interface CommandTransaction {
  /**
   * The writing half of a decision, at once: raises the fence, reserves, appends the event "decided", moves the execution to
   * DISPATCHED, or opens it there, and tells the gateways. Throws a unique violation also for an idempotency key that is used. Throws an exclusion or unique violation when anything else is reserved: whatever the
   * caller believed, there is one run.
   */
  commitStart(start: NewStart): Promise<Command>;
  /** What never energises reserves nothing and never expires. */
  insertInstruction(instruction: NewInstruction): Promise<void>;
  /** A run that happened, or happens, without us. */
  insertForeign(foreign: NewForeign): Promise<void>;
  findCommand(id: string): Promise<Command | undefined>;
  /** The last command of what an execution is about: of a RUN its start, not a STOP that made way for it. */
  commandOfExecution(executionId: string): Promise<Command | undefined>;
  commandWithFence(actuatorId: number, fence: number): Promise<Command | undefined>;
  /** Under the actuator's lock. */
  lockCommand(id: string): Promise<Command | undefined>;
  /** RUNs and DOSEs that no gateway has taken yet. */
  lockQueuedStarts(actuatorId: number): Promise<Command[]>;
  /** RUNs and DOSEs that were sent and of which nothing, or nothing certain, has been heard. */
  lockSentStarts(actuatorId: number): Promise<Command[]>;
  /** Undefined when evidence came first. */
  lockOverdue(id: string): Promise<Command | undefined>;
  /** The one place where a command changes its state once it has been sent. */
  moveCommand(id: string, moved: Moved, refund: "none" | "whole" | "shrink"): Promise<Ended>;
  /** An override ends the cooldowns before it, at `atMicros`; nothing is live. Returns the commands whose lock was shortened. */
  shortenLocks(actuatorId: number, atMicros: number): Promise<{ readonly id: string; readonly state: CommandState }[]>;
  appendEvents(events: readonly CommandEvent[]): Promise<void>;
  /** The execution that released a hold before, if no release of it is on its way now. */
  settledReleaseOf(actuatorId: number, holdId: string): Promise<string | undefined>;

  /**
   * Locks what is queued for these devices, not yet past its deadline and ready to be sent: STOPs first, then in the order of
   * the fences. What another gateway has locked is left to it.
   */
  claimQueued(filter: QueueFilter, limit: number): Promise<Claimed[]>;
  /** Devices that have to say hello before what is queued for them can be sent. */
  devicesToAsk(filter: QueueFilter): Promise<number[]>;
  /** Committed before the bytes leave: from here on the device may have them. */
  markDispatching(sent: readonly FirstTransmission[]): Promise<void>;
  /**
   * Takes commands to send again, byte for byte, to devices with a session: those silent for `silentMs`, twice as long after
   * each transmission, and all of a device that has just come. A start only before its deadline, and only to a device that has
   * said hello in its session, which is when it comes for starts; what never starts anything goes at once.
   */
  takeRetransmissions(filter: RetransmissionFilter, limit: number): Promise<Retransmission[]>;
  /** Tells the gateways, once this commits, that something is queued for a device. */
  notifyQueued(deviceId: number): Promise<void>;
  /** Tells the gateways, once this commits, that a device has a new configuration. */
  notifyConfigured(deviceId: number): Promise<void>;
}

export interface ExecutionTransaction {
  /** A person's request. Undefined: its idempotency key has been used. */
  insertRequest(request: NewRequest): Promise<Execution | undefined>;
  /** Opens an execution for causes, or adds them to the one that is open. Returns its id. */
  openExecution(execution: CauseExecution): Promise<string>;
  lockExecution(id: string): Promise<Execution | undefined>;
  findByIdempotencyKey(organizationId: number, key: string, request: Parameters): Promise<KeptRequest | undefined>;
  /** The one place where an execution changes its status. */
  moveExecution(id: string, change: ExecutionChange): Promise<void>;
  /** Refused requests are on record and start nothing; their idempotency keys stay free, so that asking again may succeed. */
  insertRefused(refused: readonly RefusedRequest[]): Promise<void>;
  markStarted(id: string, startedAtMicros: number): Promise<void>;
  /** Ends what waits to start an actuator. */
  cancelWaiting(actuatorId: number, reason: string, message: string): Promise<void>;
  /** Something ended: what waits for this actuator or a member of its group is asked again at once. Returns how many. */
  wakeWaiting(actuatorId: number): Promise<number>;
}

export type Parameters = Readonly<Record<string, unknown>>;

/** What never changes of an actuator. */
export interface ActuatorPlace {
  readonly id: number;
  readonly organizationId: number;
  readonly deviceId: number;
  readonly key: string;
}

export interface Actuator extends ActuatorPlace {
  readonly envelope: Envelope;
}

export interface Situation {
  readonly nowMicros: number;
  readonly situation: ActuatorSituation;
}

export interface Observation {
  readonly state: "on" | "off";
  readonly fence: number;
  readonly atMicros: number;
  /** A driver's fault that evidence tells; null: it works; undefined: nothing is said about it. */
  readonly fault: string | null | undefined;
}

export interface NewHold {
  /** The STOP's. */
  readonly id: string;
  readonly actuatorId: number;
  readonly heldBy: string;
  readonly reason?: string | undefined;
  readonly tripId?: string | undefined;
  readonly siteStopId?: string | undefined;
}

/** What ends a hold: a release by a person, the reset of a trip, or the end of a site's stop. */
export type HoldOrigin = { readonly by: "person" } | { readonly tripId: string } | { readonly siteStopId: string };

export interface Trip {
  readonly id: string;
  /** First-out: what tripped it first. */
  readonly cause: string;
  readonly causes: number;
}

export interface NewTrip {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly cause: string;
  readonly message?: string | undefined;
  readonly trippedBy: string;
}

export interface UnreachedActuator {
  readonly actuator: Actuator;
  readonly siteStopId: string;
  readonly stoppedBy: string;
  readonly reason: string | null;
}

export interface NewSiteStop {
  readonly id: string;
  readonly organizationId: number;
  readonly siteId: number;
  readonly stoppedBy: string;
  readonly reason?: string | undefined;
}

export interface Command {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly executionId: string;
  readonly kind: CommandKind;
  readonly fence: number | null;
  readonly durationMs: number | null;
  readonly cooldownMs: number | null;
  readonly amount: number | null;
  readonly unit: string | null;
  readonly value: number | null;
  readonly isOverride: boolean;
  readonly releases: readonly string[] | null;
  readonly payload: string | null;
  readonly state: CommandState;
  readonly reason: string | null;
  readonly decidedMicros: number;
  readonly deadlineMicros: number | null;
  readonly isActivationCounted: boolean;
}

export interface RefusedRequest {
  readonly request: NewRequest;
  /** The limit. */
  readonly reason: string;
  readonly message: string;
}

/** A RUN or, with an amount, a DOSE. */
export interface NewStart {
  readonly id: string;
  /** A person's, which opens the execution in the same statement; absent: it is there, and is moved. */
  readonly request?: NewRequest | undefined;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly executionId: string;
  readonly deviceId: number;
  readonly interlockGroup: string | undefined;
  readonly durationMs: number;
  readonly maxRunMs: number;
  /** The whole pause after it, minimum off time included. */
  readonly cooldownMs: number;
  readonly dose: { readonly amount: number; readonly unit: string } | undefined;
  readonly isOverride: boolean;
  readonly decidedMicros: number;
  readonly reservation: Reservation;
  /** Who decided, for the event. */
  readonly who: string;
}

export interface NewInstruction {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly executionId: string;
  readonly kind: "STOP" | "SET";
  readonly fence: number | undefined;
  readonly releases?: readonly string[];
  readonly value?: number | undefined;
  readonly unit?: string | undefined;
  /** Of a trip by a rule: it is sent, and makes the STOP hold. */
  readonly reason?: string | undefined;
  /** The bytes, where they have left already. */
  readonly payload?: string | undefined;
}

/** From a device's journal: what ran there and is not known here. */
export interface NewForeign {
  readonly id: string;
  readonly executionId: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly deviceId: number;
  readonly interlockGroup: string | undefined;
  readonly foreignId: string;
  readonly kind: "RUN" | "DOSE";
  readonly fence: number;
  /** How long it ran, or may run at the most; at least 1. */
  readonly durationMs: number;
  readonly maxRunMs: number;
  readonly cooldownMs: number;
  readonly state: CommandState;
  readonly payload: string;
}

export interface Moved {
  readonly state: CommandState;
  readonly reason?: string | undefined;
  readonly ranMs?: number | undefined;
  /** Of a DOSE. */
  readonly amount?: number | undefined;
  readonly countsActivation?: boolean | undefined;
}

export interface Ended {
  readonly nowMicros: number;
  /** When nothing of the command is locked any more; now at the earliest. */
  readonly lockEndMicros: number;
}

export interface CommandEvent {
  readonly commandId: string;
  readonly what:
    | "decided"
    | "dispatched"
    | "retransmitted"
    | "evidence"
    | "deadline"
    | "closed"
    | "cancelled"
    | "preempted"
    | "overridden"
    | "foreign";
  readonly state: CommandState;
  readonly who: string;
  readonly reason?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface QueueFilter {
  readonly deviceIds: readonly number[];
  /** Those that said hello in their present session, to this server. */
  readonly greetedIds: readonly number[];
  readonly maxSampleAgeMs: number;
}

/** A queued command with what its bytes are made of. */
export interface Claimed extends Command {
  readonly deviceId: number;
  readonly actuatorKey: string;
  readonly bootId: string | null;
  readonly monoMs: number | null;
  readonly sampledMicros: number | null;
}

export interface FirstTransmission {
  readonly id: string;
  readonly payload: string;
}

export interface RetransmissionFilter {
  readonly cameBack: readonly number[];
  /** Those whose first hello of a session has just been heard. */
  readonly greetedNow: readonly number[];
  readonly greetedIds: readonly number[];
  readonly silentMs: number;
}

export interface Retransmission {
  readonly id: string;
  readonly deviceId: number;
  readonly payload: string;
}

export type ExecutionType = "MANUAL" | "SCHEDULED" | "THRESHOLD" | "FOREIGN";
export type ExecutionAction = "RUN" | "DOSE" | "SET" | "STOP" | "RELEASE" | "TRIP" | "RESET";
export type ExecutionStatus =
  | "PENDING"
  | "WAITING"
  | "DISPATCHED"
  | "SUCCEEDED"
  | "FAILED"
  | "CANCELLED"
  | "SUPERSEDED"
  | "DEAD";

export interface Execution {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly type: ExecutionType;
  readonly action: ExecutionAction;
  readonly priority: Priority;
  readonly parameters: Parameters;
  readonly status: ExecutionStatus;
  readonly reason: string | null;
  readonly ruleId: number | null;
  readonly deviceId: number | null;
  readonly readingNeededAfterMicros: number | null;
  readonly waitLimitMicros: number | null;
  readonly overrideReason: string | null;
  readonly requestedBy: string;
  /** Where a person's request came from, for the audit; known while it is asked, and not kept. */
  readonly requestedFrom?: string | undefined;
  readonly retries: number;
}

export interface NewRequest {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly action: ExecutionAction;
  readonly parameters: Parameters;
  readonly requestedBy: string;
  /** Where the request came from, for the audit; it is not kept. */
  readonly requestedFrom?: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** What was asked, to tell a repeated request from another one under the same key. */
  readonly request: Parameters;
  /** How long it may wait, from now. */
  readonly waitMs?: number | undefined;
  readonly overrideReason?: string | undefined;
}

export interface KeptRequest {
  readonly id: string;
  readonly isSame: boolean;
}

export interface CauseExecution {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly type: Exclude<ExecutionType, "MANUAL" | "FOREIGN">;
  readonly action: ExecutionAction;
  readonly priority: Priority;
  readonly parameters: Parameters;
  /** Null when no rule caused it. */
  readonly ruleId: number | null;
  readonly deviceId: number | null;
  /** "rule:<id>". */
  readonly requestedBy: string;
  readonly causes: number;
  readonly folded: { readonly partition: number; readonly seq: number; readonly ordinal: number } | undefined;
  /** WAITING until then when given, for this reason; else PENDING. */
  readonly waiting?: { readonly untilMicros: number; readonly reason: string } | undefined;
  readonly readingNeededAfterMicros?: number | undefined;
}

export interface ExecutionChange {
  readonly status: ExecutionStatus;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  /** WAITING only. */
  readonly untilMicros?: number | undefined;
  readonly retries?: number | undefined;
}

/** A device's limits, as its configuration tells them. */
export type DeviceConfig = DeviceConfigMessage;
