import type { PoolClient } from "pg";
import type { ActuationStore, ActuationTransaction, ActuatorPlace } from "../../actuation-store.ts";
import { outcomeUnknown } from "./database-error.ts";
import * as actuators from "./model-actuators.ts";
import * as commands from "./model-commands.ts";
import type { ModelDatabase, ModelTransaction } from "./model-database.ts";
import * as evidence from "./model-evidence.ts";
import * as executions from "./model-executions.ts";
import * as holds from "./model-holds.ts";
import * as links from "./model-links.ts";
import * as queue from "./model-queue.ts";
import { readSituation, readSituations } from "./model-situation.ts";

/** What becomes of a COMMIT: it is answered; or its connection breaks before it, after it, or while it is under way. */
export type CommitFate = "answered" | "lost-before" | "lost-after" | "lost-and-late";

/** The process that works with the store, as far as the world decides what becomes of it. */
export interface ModelClient {
  /** Called before each statement, and around each commit: here others go on, and here a process dies. */
  point(name: string): Promise<void>;
  fateOfCommit(): CommitFate;
}

/** How long a COMMIT may still be under way whose sender has lost its connection. */
const LATE_COMMIT_MS = 300;

/** `ActuationStore` on tables in memory; a differential test holds it equal to PostgreSQL's. */
export function createModelStore(database: ModelDatabase, client: ModelClient): ActuationStore {
  return {
    transaction: (work) => transaction(database, client, work),
    whereIs: rememberPlaces(database, client),
    notifyStop: async (deviceId, payload) => {
      await alone(database, client, "notifyStop", (tx) => tx.notices.add(`${deviceId} ${payload}`));
    },
    ...bind((name, statement) => alone(database, client, name, statement), {
      ...{ findActuator: actuators.findActuator, actuatorsOfDevice: actuators.actuatorsOfDevice },
      ...{ actuatorsOfSite: actuators.actuatorsOfSite, unreachedBySiteStops: actuators.unreachedBySiteStops },
      ...{ findCommand: commands.findCommand, commandOfExecution: commands.commandOfExecution },
      statesOf: commands.statesOf,
      ...{ overdueCommands: queue.overdueCommands, devicesWithQueue: queue.devicesWithQueue },
      ...{ findByIdempotencyKey: executions.findByIdempotencyKey, dueExecutions: executions.dueExecutions },
      ...{ findSiteRequest: holds.findSiteRequest, readClock: (tx: ModelTransaction) => tx.database.nowMicros() },
      ...{ wakeReachable: executions.wakeReachable, beginSessions: links.beginSessions },
      ...{ noteSessions: links.noteSessions, noteHello: links.noteHello },
      ...{ keptClockJump: links.keptClockJump, keepClockJump: links.keepClockJump },
      ...{ configVersion: links.configVersion, raiseConfigVersion: links.raiseConfigVersion, lookAt: readSituation },
    }),
  };
}

/** Found once, an actuator's place is known also while the database is away. */
function rememberPlaces(database: ModelDatabase, client: ModelClient): ActuationStore["whereIs"] {
  const places = new Map<number, ActuatorPlace>();
  return async (organizationId, id) => {
    const find = (tx: ModelTransaction) => actuators.findActuator(tx, organizationId, id);
    const place = places.get(id) ?? (await alone(database, client, "whereIs", find));
    if (place?.organizationId !== organizationId) return undefined;
    const { deviceId, key } = place;
    places.set(id, { id, organizationId, deviceId, key });
    return places.get(id);
  };
}

/** What other features write with, in the transaction of a decision. */
export function modelTransactionOf(client: PoolClient): ModelTransaction {
  return client as unknown as ModelTransaction;
}

const LOCKING = {
  ...{ lockActuator: actuators.lockActuator, tryLockActuator: actuators.tryLockActuator },
  ...{ lockGroup: actuators.lockGroup, tryLockGroup: actuators.tryLockGroup },
  ...{ tryLockGroups: actuators.tryLockGroups, lockMembers: actuators.lockMembers, readSituations },
  ...{ raiseFence: actuators.raiseFence, adoptFence: actuators.adoptFence },
  ...{ countActivation: actuators.countActivation, setMode: actuators.setMode, setEnvelope: actuators.setEnvelope },
  ...{ setUnfenced: actuators.setUnfenced, setPoint: actuators.setPoint, readSituation },
};

const HOLDS = {
  ...{ insertHold: holds.insertHold, isHeldBy: holds.isHeldBy, releaseHolds: holds.releaseHolds, trip: holds.trip },
  ...{ openTripOf: holds.openTripOf, resetTrip: holds.resetTrip, openSiteStop: holds.openSiteStop },
  ...{ releaseSiteStop: holds.releaseSiteStop, heldByEndedSiteStops: actuators.heldByEndedSiteStops },
  ...{ findSiteRequest: holds.findSiteRequest, insertSiteRequest: holds.insertSiteRequest },
};

const COMMANDS = {
  ...{ commitStart: commands.commitStart, insertInstruction: commands.insertInstruction },
  ...{ insertForeign: commands.insertForeign, findCommand: commands.findCommand, lockCommand: commands.lockCommand },
  ...{ commandOfExecution: commands.commandOfExecution, commandWithFence: commands.commandWithFence },
  ...{ lockQueuedStarts: commands.lockQueuedStarts, lockSentStarts: commands.lockSentStarts },
  ...{ moveCommand: commands.moveCommand, shortenLocks: commands.shortenLocks, appendEvents: commands.appendEvents },
  ...{ tryLockReported: evidence.tryLockReported, recordProof: evidence.recordProof },
  ...{ settledReleaseOf: commands.settledReleaseOf, lockOverdue: queue.lockOverdue, claimQueued: queue.claimQueued },
  ...{ devicesToAsk: queue.devicesToAsk, markDispatching: queue.markDispatching },
  takeRetransmissions: queue.takeRetransmissions,
};

const EXECUTIONS = {
  insertRequest: executions.insertRequest,
  ...{ openExecution: executions.openExecution, lockExecution: executions.lockExecution },
  ...{ findByIdempotencyKey: executions.findByIdempotencyKey, moveExecution: executions.moveExecution },
  ...{ insertRefused: executions.insertRefused },
  ...{ cancelWaiting: executions.cancelWaiting, wakeWaiting: executions.wakeWaiting },
};

/** One transaction at work; its methods are those of the statements below it, which happen in the order in which they are said. */
class ModelWork {
  readonly client: PoolClient;
  readonly tx: ModelTransaction;
  private readonly process: ModelClient;
  /** Resolves when all that has been said is done. */
  last: Promise<unknown> = Promise.resolve();

  constructor(tx: ModelTransaction, process: ModelClient) {
    this.client = tx as unknown as PoolClient;
    this.tx = tx;
    this.process = process;
  }

  run<T>(name: string, statement: (tx: ModelTransaction) => T): Promise<T> {
    const answer = this.last.then(async () => {
      await this.process.point(name);
      return answerOf(this.tx, this.process, statement);
    });
    this.last = answer.catch(() => {});
    return answer;
  }
}

const STATEMENTS = {
  ...LOCKING,
  ...HOLDS,
  ...COMMANDS,
  ...EXECUTIONS,
  notifyQueued: (tx: ModelTransaction, deviceId: number): void => void tx.notices.add(String(deviceId)),
  notifyConfigured: (tx: ModelTransaction, deviceId: number): void => void tx.notices.add(`${deviceId} ?`),
};

for (const [name, statement] of Object.entries(STATEMENTS) as [string, Statement][]) {
  Object.defineProperty(ModelWork.prototype, name, {
    value(this: ModelWork, ...args: never[]) {
      return this.run(name, (tx) => statement(tx, ...args));
    },
  });
}

async function transaction<T>(
  database: ModelDatabase,
  client: ModelClient,
  work: (tx: ActuationTransaction) => Promise<T>,
): Promise<T> {
  await client.point("begin");
  const tx = database.begin(client);
  const statements = new ModelWork(tx, client);
  try {
    const answer = await work(statements as unknown as Bound<typeof STATEMENTS> & { client: PoolClient });
    await statements.last;
    await commit(tx, client);
    return answer;
  } catch (error) {
    await statements.last;
    await client.point("rollback");
    tx.rollBack();
    throw error;
  }
}

async function commit(tx: ModelTransaction, client: ModelClient): Promise<void> {
  await client.point("commit");
  const fate = client.fateOfCommit();
  if (tx.state === "broken" || fate === "lost-before") {
    tx.rollBack();
    throw outcomeUnknown();
  }
  if (tx.state === "failed") throw new Error("the transaction had failed and was rolled back");
  if (fate === "lost-and-late") tx.database.host.after(LATE_COMMIT_MS, () => tx.commit());
  else tx.commit();
  await client.point("committed");
  if (fate !== "answered" || !tx.database.isUp) throw outcomeUnknown();
}

/** A statement outside any transaction is one of its own, and committed where it happens. */
async function alone<T>(
  database: ModelDatabase,
  client: ModelClient,
  name: string,
  statement: (tx: ModelTransaction) => T,
): Promise<T> {
  await client.point(name);
  const tx = database.begin(client);
  const committing = (): T => {
    const answer = statement(tx);
    tx.commit();
    return answer;
  };
  try {
    return await answerOf(tx, client, committing);
  } finally {
    tx.rollBack();
  }
}

/** Who has waited for a lock goes on only when the world lets him. */
async function answerOf<T>(
  tx: ModelTransaction,
  client: ModelClient,
  statement: (tx: ModelTransaction) => T,
): Promise<T> {
  const answer = tx.execute(() => statement(tx));
  if (!(answer instanceof Promise)) return answer;
  try {
    return await answer;
  } finally {
    await client.point("granted");
  }
}

type Statement = (tx: ModelTransaction, ...args: never[]) => unknown;
type Bound<Statements> = {
  [Name in keyof Statements]: Statements[Name] extends (tx: ModelTransaction, ...args: infer Args) => infer Answer
    ? (...args: Args) => Promise<Answer>
    : never;
};
type Run = <T>(name: string, statement: (tx: ModelTransaction) => T) => Promise<T>;

function bind<Statements extends Record<string, Statement>>(run: Run, statements: Statements): Bound<Statements> {
  const entries = Object.entries(statements).map(([name, call]) => [
    name,
    (...args: never[]) => run(name, (tx) => call(tx, ...args)),
  ]);
  return Object.fromEntries(entries) as Bound<Statements>;
}
