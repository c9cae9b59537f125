import type { CommandState } from "@sluice/core/commands/command.ts";
import type { HelloMessage } from "@sluice/core/commands/messages.ts";
import type { ActuatorMode } from "@sluice/core/safety/decide.ts";
import type { Envelope } from "@sluice/core/safety/envelope.ts";
import type { PoolClient } from "pg";
import type {
  Actuator,
  ActuatorPlace,
  HoldOrigin,
  KeptSiteRequest,
  NewHold,
  NewSiteRequest,
  NewSiteStop,
  NewTrip,
  SiteHeldActuator,
  Situation,
  Trip,
  UnreachedActuator,
  UnreachedFilter,
} from "./actuator-records.ts";
import type {
  Claimed,
  ClockJump,
  ClockReading,
  Command,
  CommandEvent,
  Ended,
  FirstTransmission,
  Moved,
  NewForeign,
  NewInstruction,
  NewStart,
  Proof,
  QueueFilter,
  Reported,
  Retransmission,
  RetransmissionFilter,
} from "./command-records.ts";
import type {
  CauseExecution,
  Execution,
  ExecutionChange,
  KeptRequest,
  NewRequest,
  Parameters,
  RefusedRequest,
} from "./execution-records.ts";

export type * from "./actuator-records.ts";
export type * from "./command-records.ts";
export type * from "./execution-records.ts";

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
  /** Actuators of stopped sites that the stop has not reached yet: it died midway, or they came later. */
  unreachedBySiteStops(filter: UnreachedFilter): Promise<UnreachedActuator[]>;
  findCommand(id: string): Promise<Command | undefined>;
  /** The states of those of these commands that are known; other ids than UUIDs are not. */
  statesOf(ids: readonly string[]): Promise<ReadonlyMap<string, CommandState>>;
  /**
   * The command that an execution is known by: of a RUN its last start, not a STOP that made way for it; of anything else the first,
   * for a device may have to be told of a release again.
   */
  commandOfExecution(executionId: string): Promise<Command | undefined>;
  /** The execution of an idempotency key, and whether it was asked the same thing. */
  findByIdempotencyKey(organizationId: number, key: string, request: Parameters): Promise<KeptRequest | undefined>;
  /** What a site was asked under an idempotency key; such keys are apart from those of executions. */
  findSiteRequest(organizationId: number, key: string, request: Parameters): Promise<KeptSiteRequest | undefined>;
  /** Executions that want a decision now, the longest waiting first. */
  dueExecutions(limit: number): Promise<Execution[]>;
  /** RUNs and DOSEs whose time is up and of which nobody has said anything. */
  overdueCommands(at: ClockReading, limit: number): Promise<{ readonly id: string; readonly actuatorId: number }[]>;
  /** Devices for which something is queued. */
  devicesWithQueue(): Promise<number[]>;
  /** What an actuator's situation is now, without any lock: for answers to people, never for a decision. */
  lookAt(actuator: Actuator): Promise<Situation>;
  /** The store's clock. Asking for it keeps a connection ready; a person may need it. */
  readClock(): Promise<number>;
}

/** Sessions of devices, samples of their clocks, and their configurations. */
export interface SessionStore {
  /** A gateway begins, to which nobody is connected: the sessions of those before it have ended. Answers its epoch. */
  beginSessions(): Promise<number>;
  /**
   * Notes sessions of the gateway with this epoch that came or went; devices without actuators have none to note. What a later
   * gateway has said stays: one that was paused knows nothing of its devices any more. False: there is a later one.
   */
  noteSessions(epoch: number, deviceIds: readonly number[], areConnected: readonly boolean[]): Promise<boolean>;
  /** The jump of the store's clock that a gateway has kept; none: by 0 ms. */
  keptClockJump(): Promise<ClockJump>;
  /** For the gateways after this one: what one has noticed, its end does not take away. */
  keepClockJump(jump: ClockJump): Promise<void>;
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
  /** Locks the actuator and all members of its interlock group, and of one that it is to move to, in the order of their ids. */
  lockGroup(id: number, otherGroup?: string): Promise<Actuator | undefined>;
  /** Like `lockGroup`, but undefined at once when another holds one of them. */
  tryLockGroup(id: number): Promise<Actuator | undefined>;
  /**
   * Those of these actuators that nobody else has locked, nor any member of their groups, now locked with their groups; in the
   * order of their ids.
   */
  tryLockGroups(ids: readonly number[]): Promise<Actuator[]>;
  /** Locks all members of an interlock group, in the order of their ids. */
  lockMembers(organizationId: number, interlockGroup: string): Promise<Actuator[]>;
  /** Everything a decision rests on, read after the lock, with the clock. */
  readSituation(actuator: Actuator): Promise<Situation>;
  /** The same of several, at one instant, in their order. */
  readSituations(actuators: readonly Actuator[]): Promise<Situation[]>;
  raiseFence(actuatorId: number): Promise<number>;
  /** A device whose fence is above ours has seen more than we remember: from now on we are above it. */
  adoptFence(actuatorId: number, fence: number): Promise<void>;
  countActivation(actuatorId: number, startedAtMicros: number): Promise<void>;
  setMode(actuatorId: number, mode: ActuatorMode, lockedBy: string | undefined): Promise<void>;
  /** Raises the version of the device's configuration. */
  setEnvelope(actuatorId: number, envelope: Envelope): Promise<void>;
  /** Answers who had allowed it before. */
  setUnfenced(actuatorId: number, allowedBy: string | undefined): Promise<string | undefined>;
  setPoint(actuatorId: number, value: number, unit: string | undefined): Promise<void>;

  /** Holding twice is holding once. A hold's id is its actuator's own: devices invent theirs. */
  insertHold(hold: NewHold): Promise<void>;
  isHeldBy(actuatorId: number, holdId: string): Promise<boolean>;
  /** Releases the open holds of this origin and returns their ids. */
  releaseHolds(actuatorId: number, releasedBy: string, origin: HoldOrigin): Promise<string[]>;
  /** The open trip of an actuator. */
  openTripOf(actuatorId: number): Promise<Trip | undefined>;
  /** Opens a trip, or counts one more cause of the open one, whose first cause stays. */
  trip(trip: NewTrip): Promise<Trip>;
  resetTrip(tripId: string, by: string, reason: string | undefined): Promise<void>;
  /** False: the site is stopped already, by the answer's id, which is the same where an earlier COMMIT was not answered. */
  openSiteStop(stop: NewSiteStop): Promise<{ readonly id: string; readonly isNew: boolean }>;
  /** The stop that was open, now released; undefined: there was none. */
  releaseSiteStop(organizationId: number, siteId: number, by: string): Promise<string | undefined>;
  /** Actuators of a site that are held by a stop of it which has been ended since, in the order of their ids. */
  heldByEndedSiteStops(organizationId: number, siteId: number): Promise<SiteHeldActuator[]>;
  findSiteRequest(organizationId: number, key: string, request: Parameters): Promise<KeptSiteRequest | undefined>;
  /** Keeps an answer under an idempotency key. False: the key has been used. */
  insertSiteRequest(request: NewSiteRequest): Promise<boolean>;
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
  /**
   * The command that an execution is known by: of a RUN its last start, not a STOP that made way for it; of anything else the first,
   * for a device may have to be told of a release again.
   */
  commandOfExecution(executionId: string): Promise<Command | undefined>;
  commandWithFence(actuatorId: number, fence: number): Promise<Command | undefined>;
  /** Under the actuator's lock. */
  lockCommand(id: string): Promise<Command | undefined>;
  /** Those of these commands that are known, locked with their actuators and executions unless somebody else has one of them. */
  tryLockReported(ids: readonly string[]): Promise<Reported[]>;
  /** RUNs and DOSEs that no gateway has taken yet. */
  lockQueuedStarts(actuatorId: number): Promise<Command[]>;
  /** RUNs and DOSEs that were sent and of which nothing, or nothing certain, has been heard. */
  lockSentStarts(actuatorId: number): Promise<Command[]>;
  /** Undefined when evidence came first. */
  lockOverdue(id: string, at: ClockReading): Promise<Command | undefined>;
  /** The one place where a command changes its state once it has been sent. */
  moveCommand(id: string, moved: Moved, refund: "none" | "whole" | "shrink"): Promise<Ended>;
  /** Everything that evidence changes, at once: moves the command, with its event, and notes what is proven of output and run. */
  recordProof(id: string, proof: Proof): Promise<Ended>;
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
  /**
   * Committed before the bytes leave: from here on the device may have them. Answers which: a start whose deadline has passed since
   * it was claimed stays where it is.
   */
  markDispatching(sent: readonly FirstTransmission[]): Promise<readonly string[]>;
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
  /** Ends what waits to start an actuator. */
  cancelWaiting(actuatorId: number, reason: string, message: string): Promise<void>;
  /** Something ended: what waits for this actuator or a member of its group is asked again at once. Returns how many. */
  wakeWaiting(actuatorId: number): Promise<number>;
}
