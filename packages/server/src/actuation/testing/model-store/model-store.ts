import type { PoolClient } from "pg";
import type { ActuationStore, ActuationTransaction } from "../../actuation-store.ts";
import { outcomeUnknown } from "./database-error.ts";
import * as actuators from "./model-actuators.ts";
import * as commands from "./model-commands.ts";
import type { ModelDatabase, ModelTransaction } from "./model-database.ts";
import * as executions from "./model-executions.ts";
import * as holds from "./model-holds.ts";
import * as links from "./model-links.ts";
import * as queue from "./model-queue.ts";
import { readSituation } from "./model-situation.ts";

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
    keepWarm: () => client.point("keepWarm"),
    notifyStop: async (deviceId, payload) => {
      await alone(database, client, "notifyStop", (tx) => tx.notices.add(`${deviceId} ${payload}`));
    },
    ...bind((name, statement) => alone(database, client, name, statement), {
      ...{ findActuator: actuators.findActuator, actuatorsOfDevice: actuators.actuatorsOfDevice },
      ...{ actuatorsOfSite: actuators.actuatorsOfSite, heldByEndedSiteStops: actuators.heldByEndedSiteStops },
      ...{ whereIs: actuators.findActuator, unreachedBySiteStops: actuators.unreachedBySiteStops },
      ...{ findCommand: commands.findCommand, commandOfExecution: commands.commandOfExecution },
      statesOf: commands.statesOf,
      ...{ overdueCommands: queue.overdueCommands, devicesWithQueue: queue.devicesWithQueue },
      ...{ findByIdempotencyKey: executions.findByIdempotencyKey, dueExecutions: executions.dueExecutions },
      ...{ wakeReachable: executions.wakeReachable, disconnectAll: links.disconnectAll },
      ...{ noteSessions: links.noteSessions, noteHello: links.noteHello },
      ...{ configVersion: links.configVersion, raiseConfigVersion: links.raiseConfigVersion, lookAt: readSituation },
    }),
  };
}

/** What other features write with, in the transaction of a decision. */
export function modelTransactionOf(client: PoolClient): ModelTransaction {
  return client as unknown as ModelTransaction;
}

const LOCKING = {
  ...{ lockActuator: actuators.lockActuator, tryLockActuator: actuators.tryLockActuator },
  ...{ lockGroup: actuators.lockGroup, tryLockGroup: actuators.tryLockGroup, lockMembers: actuators.lockMembers },
  ...{ raiseFence: actuators.raiseFence, adoptFence: actuators.adoptFence, observe: actuators.observe },
  ...{ countActivation: actuators.countActivation, setMode: actuators.setMode, setEnvelope: actuators.setEnvelope },
  ...{ setUnfenced: actuators.setUnfenced, setPoint: actuators.setPoint, readSituation },
};

const HOLDS = {
  ...{ insertHold: holds.insertHold, isHeldBy: holds.isHeldBy, releaseHolds: holds.releaseHolds, trip: holds.trip },
  ...{ openTripOf: holds.openTripOf, resetTrip: holds.resetTrip, openSiteStop: holds.openSiteStop },
  releaseSiteStop: holds.releaseSiteStop,
};

const COMMANDS = {
  ...{ commitStart: commands.commitStart, insertInstruction: commands.insertInstruction },
  ...{ insertForeign: commands.insertForeign, findCommand: commands.findCommand, lockCommand: commands.lockCommand },
  ...{ commandOfExecution: commands.commandOfExecution, commandWithFence: commands.commandWithFence },
  ...{ lockQueuedStarts: commands.lockQueuedStarts, lockSentStarts: commands.lockSentStarts },
  ...{ moveCommand: commands.moveCommand, shortenLocks: commands.shortenLocks, appendEvents: commands.appendEvents },
  ...{ settledReleaseOf: commands.settledReleaseOf, lockOverdue: queue.lockOverdue, claimQueued: queue.claimQueued },
  ...{ devicesToAsk: queue.devicesToAsk, markDispatching: queue.markDispatching },
  takeRetransmissions: queue.takeRetransmissions,
};

const EXECUTIONS = {
  insertRequest: executions.insertRequest,
  ...{ openExecution: executions.openExecution, lockExecution: executions.lockExecution },
  ...{ findByIdempotencyKey: executions.findByIdempotencyKey, moveExecution: executions.moveExecution },
  ...{ insertRefused: executions.insertRefused, markStarted: executions.markStarted },
  ...{ cancelWaiting: executions.cancelWaiting, wakeWaiting: executions.wakeWaiting },
};

/** One transaction at work; its methods are those of the statements below it. */
class ModelWork {
  readonly client: PoolClient;
  readonly tx: ModelTransaction;
  private readonly process: ModelClient;

  constructor(tx: ModelTransaction, process: ModelClient) {
    this.client = tx as unknown as PoolClient;
    this.tx = tx;
    this.process = process;
  }

  async run<T>(name: string, statement: (tx: ModelTransaction) => T): Promise<T> {
    await this.process.point(name);
    return answerOf(this.tx, this.process, statement);
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

function transactionOn(tx: ModelTransaction, process: ModelClient): ActuationTransaction {
  return new ModelWork(tx, process) as unknown as Bound<typeof STATEMENTS> & { client: PoolClient };
}

async function transaction<T>(
  database: ModelDatabase,
  client: ModelClient,
  work: (tx: ActuationTransaction) => Promise<T>,
): Promise<T> {
  await client.point("begin");
  const tx = database.begin(client);
  try {
    const answer = await work(transactionOn(tx, client));
    await commit(tx, client);
    return answer;
  } catch (error) {
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
