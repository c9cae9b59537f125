import type { Envelope } from "@sluice/core/safety/envelope.ts";
import pg from "pg";
import { connectionGone, databaseError } from "./database-error.ts";
import type {
  ActuatorRow,
  ClockJumpRow,
  CommandEventRow,
  CommandRow,
  ExecutionEventRow,
  ExecutionRow,
  HoldRow,
  LinkRow,
  NoteRow,
  SiteRequestRow,
  SiteStopRow,
  TripRow,
} from "./model-rows.ts";

/**
 * The database in memory in one file, because its parts are one cycle: a database has tables, tables have cells, a cell has the
 * transaction that has locked it, and a transaction has its database.
 */
/** What a database in memory needs of the world around it. */
export interface ModelHost {
  /** Microseconds since 1970 by the database's clock. */
  nowMicros(): number;
  /** Calls back once after `delayMs`; the answer cancels it. */
  after(delayMs: number, callback: () => void): () => void;
  /** Told of every commit that changed something, at the moment at which others begin to see it. */
  committed(tx: ModelTransaction): void;
}

/** As our pools are configured: how long anybody waits for a lock. */
export const LOCK_TIMEOUT_MS = 1_000;

/** Whoever has connections: they break together. */
export type Client = object;

/**
 * The tables of actuation in memory, as PostgreSQL would keep them at READ COMMITTED: a statement sees what is committed and
 * what its own transaction has written; a row that somebody has changed or locked is waited for; what is not committed was
 * never there. A statement happens at one instant.
 */
export class ModelDatabase {
  readonly plant: Plant;
  readonly host: ModelHost;
  tables: ModelTables;
  isUp = true;
  /** A sequence: what it has given stays given. */
  lastSessionEpoch = 0;
  private readonly open = new Set<ModelTransaction>();
  private lastMicros = 0;

  constructor(plant: Plant, host: ModelHost) {
    this.plant = plant;
    this.host = host;
    this.tables = newTables(plant);
  }

  /** Never the same twice, as a clock of microseconds between two statements. */
  nowMicros(): number {
    this.lastMicros = Math.max(this.lastMicros + 1, Math.floor(this.host.nowMicros()));
    return this.lastMicros;
  }

  begin(client: Client): ModelTransaction {
    if (!this.isUp) throw Object.assign(new Error("connect ECONNREFUSED"), { syscall: "connect" });
    const tx = new ModelTransaction(this, client, () => this.open.delete(tx));
    this.open.add(tx);
    return tx;
  }

  /** Every connection of a client breaks, and what was not committed on it is rolled back; of all clients, when none is named. */
  breakConnections(client?: Client): number {
    const broken = [...this.open].filter((tx) => client === undefined || tx.client === client);
    for (const tx of broken) tx.breakOff(connectionGone());
    return broken.length;
  }

  openTransactions(client: Client): readonly ModelTransaction[] {
    return [...this.open].filter((tx) => tx.client === client);
  }

  /** Nothing that was not committed survives; until `isUp` is set again nobody can connect. */
  crash(): void {
    this.isUp = false;
    this.breakConnections();
  }

  /** What is committed at this moment. */
  backup(): ModelTables {
    return copyOfTables(this.tables);
  }

  /** Everything since the backup is lost. */
  restore(backup: ModelTables): void {
    this.breakConnections();
    this.tables = copyOfTables(backup);
  }
}

/** A row: as it is committed, and as the one transaction that has locked it has written it. */
export class Cell<Row> {
  committed: Row | undefined;
  /** Of `owner`, once it has written. */
  written: Row | undefined;
  owner: ModelTransaction | undefined;
  /** FOR UPDATE keeps others from referring to the row as well; a mere update does not. */
  isForUpdate = false;
  /** Transactions that have written what refers to the row, and so keep others from locking it FOR UPDATE. */
  readonly referrers = new Set<ModelTransaction>();

  constructor(committed?: Row) {
    this.committed = committed;
  }

  visibleTo(tx: ModelTransaction): Row | undefined {
    return this.owner === tx && this.written !== undefined ? this.written : this.committed;
  }
}

/** Thrown by a statement that has to wait for another transaction; it is tried again once that has ended. */
export class Blocked {
  readonly by: ModelTransaction;

  constructor(by: ModelTransaction) {
    this.by = by;
  }
}

/**
 * A transaction on one connection. It is
 *
 *   open    statements run, or wait for a lock
 *   failed  one has thrown: all further ones are refused, and COMMIT rolls back
 *   broken  its connection is gone, and everything it did with it
 *   ended   committed or rolled back
 */
export class ModelTransaction {
  readonly database: ModelDatabase;
  readonly client: Client;
  state: "open" | "failed" | "broken" | "ended" = "open";
  /** Told to whoever listens once this commits; the same twice is told once. */
  readonly notices = new Set<string>();
  private readonly cells: Cell<unknown>[] = [];
  private readonly referred: Cell<unknown>[] = [];
  private readonly waiters: (() => void)[] = [];
  private readonly onEnd: () => void;
  private endWait: ((error: Error) => void) | undefined;

  constructor(database: ModelDatabase, client: Client, onEnd: () => void) {
    this.database = database;
    this.client = client;
    this.onEnd = onEnd;
  }

  /** Whether a statement of it is waiting for a lock. */
  get isWaiting(): boolean {
    return this.endWait !== undefined;
  }

  /** Runs one statement, which happens at once unless it has to wait: then the answer is a promise. */
  execute<T>(statement: () => T): T | Promise<T> {
    if (this.state === "broken" || this.state === "ended") throw connectionGone();
    if (this.state === "failed") throw databaseError("25P02", "current transaction is aborted");
    return this.attempt(statement, (blocked) => this.waitFor(blocked, statement));
  }

  /** Waits for whoever has locked the row, if anybody has, and locks it. */
  lock<Row>(cell: Cell<Row>, isForUpdate: boolean): void {
    const holder = this.holderOf(cell, isForUpdate);
    if (holder !== undefined) throw new Blocked(holder);
    this.own(cell as Cell<unknown>);
    cell.isForUpdate ||= isForUpdate;
  }

  /** False when another has locked it. */
  tryLock<Row>(cell: Cell<Row>, isForUpdate: boolean): boolean {
    if (this.holderOf(cell, isForUpdate) !== undefined) return false;
    this.lock(cell, isForUpdate);
    return true;
  }

  /** Waits for whoever may remove the row that is referred to, and keeps others from that. */
  referTo<Row>(cell: Cell<Row>): void {
    if (cell.owner !== undefined && cell.owner !== this && cell.isForUpdate) throw new Blocked(cell.owner);
    if (cell.referrers.has(this)) return;
    cell.referrers.add(this);
    this.referred.push(cell as Cell<unknown>);
  }

  private holderOf<Row>(cell: Cell<Row>, isForUpdate: boolean): ModelTransaction | undefined {
    if (cell.owner !== undefined && cell.owner !== this) return cell.owner;
    return isForUpdate ? [...cell.referrers].find((referrer) => referrer !== this) : undefined;
  }

  write<Row>(cell: Cell<Row>, row: Row): void {
    this.lock(cell, false);
    cell.written = row;
  }

  /** What it has written, with what was there before. */
  changes(): readonly { readonly before: unknown; readonly after: unknown }[] {
    return this.cells.flatMap(({ committed: before, written: after }) =>
      after === undefined ? [] : [{ before, after }],
    );
  }

  /** A failed transaction ends as well, and nothing of it stays. */
  commit(): void {
    if (this.state !== "open") {
      this.rollBack();
      return;
    }
    if (this.cells.length > 0 || this.notices.size > 0) this.database.host.committed(this);
    for (const cell of this.cells) cell.committed = cell.written ?? cell.committed;
    this.end("ended");
  }

  rollBack(): void {
    if (this.state === "open" || this.state === "failed") this.end("ended");
  }

  breakOff(error: Error): void {
    if (this.state === "ended" || this.state === "broken") return;
    const endWait = this.endWait;
    this.end("broken");
    endWait?.(error);
  }

  private own(cell: Cell<unknown>): void {
    if (cell.owner === this) return;
    cell.owner = this;
    this.cells.push(cell);
  }

  private attempt<T, Otherwise>(statement: () => T, otherwise: (blocked: Blocked) => Otherwise): T | Otherwise {
    try {
      return statement();
    } catch (error) {
      if (error instanceof Blocked) return otherwise(error);
      // Anything else is a programmer's error beside the database, which knows nothing of it.
      if (error instanceof pg.DatabaseError) this.fail();
      throw error;
    }
  }

  private waitFor<T>(first: Blocked, statement: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.endWait = undefined;
        cancel();
        this.fail();
        reject(error);
      };
      const again = (): void => {
        if (this.endWait !== fail) return;
        try {
          const answer = this.attempt(statement, (blocked) => blocked);
          if (answer instanceof Blocked) answer.by.waiters.push(again);
          else {
            this.endWait = undefined;
            cancel();
            resolve(answer);
          }
        } catch (error) {
          fail(error as Error);
        }
      };
      const timedOut = (): void => fail(databaseError("55P03", "canceling statement due to lock timeout"));
      const cancel = this.database.host.after(LOCK_TIMEOUT_MS, timedOut);
      this.endWait = fail;
      first.by.waiters.push(again);
    });
  }

  /** What it has written and locked is let go at once, and not only when it is rolled back. */
  private fail(): void {
    if (this.state !== "open") return;
    this.state = "failed";
    this.letGo();
  }

  private end(state: "ended" | "broken"): void {
    this.state = state;
    this.endWait = undefined;
    this.onEnd();
    this.letGo();
  }

  private letGo(): void {
    for (const cell of this.cells.splice(0)) {
      cell.owner = undefined;
      cell.written = undefined;
      cell.isForUpdate = false;
    }
    for (const cell of this.referred.splice(0)) cell.referrers.delete(this);
    for (const waiter of this.waiters.splice(0)) waiter();
  }
}

/** What is there before anything happens, and whose actuators do not come or go. */
export interface Plant {
  readonly sites: readonly PlantSite[];
  readonly devices: readonly { readonly id: number; readonly siteId: number }[];
  readonly actuators: readonly PlantActuator[];
}

export interface PlantSite {
  readonly id: number;
  readonly organizationId: number;
  readonly timeZone: string;
}

export interface PlantActuator {
  readonly id: number;
  readonly organizationId: number;
  readonly deviceId: number;
  readonly key: string;
  readonly envelope: Envelope;
}

/** Rows by their primary key, in the order in which they came. */
export class Table<Row> {
  readonly cells = new Map<string | number, Cell<Row>>();

  /** The cell of a row that is there, or is being written by somebody. */
  find(key: string | number): Cell<Row> | undefined {
    return this.cells.get(key);
  }

  /** As a transaction sees it. */
  get(tx: ModelTransaction, key: string | number): Row | undefined {
    return this.cells.get(key)?.visibleTo(tx);
  }

  /** What a transaction sees, as far as it is wanted. */
  select(tx: ModelTransaction, isWanted: (row: Row) => boolean): Row[] {
    const rows: Row[] = [];
    for (const cell of this.cells.values()) {
      const row = cell.visibleTo(tx);
      if (row !== undefined && isWanted(row)) rows.push(row);
    }
    return rows;
  }

  /** Of a key that is not taken: the caller has looked. */
  insert(tx: ModelTransaction, key: string | number, row: Row): void {
    let cell = this.cells.get(key);
    if (cell === undefined) {
      cell = new Cell<Row>();
      this.cells.set(key, cell);
    }
    tx.write(cell, row);
  }

  /** Changes rows that the transaction sees, and that are still wanted once they are locked; waits for their holders. */
  update(tx: ModelTransaction, isWanted: (row: Row) => boolean, change: (row: Row) => Row): Row[] {
    const wanted = [...this.cells.values()].filter((cell) => isWantedBy(tx, cell, isWanted));
    for (const cell of wanted) tx.lock(cell, false);
    return wanted.map((cell) => {
      const row = change(cell.visibleTo(tx)!);
      tx.write(cell, row);
      return row;
    });
  }
}

function isWantedBy<Row>(tx: ModelTransaction, cell: Cell<Row>, isWanted: (row: Row) => boolean): boolean {
  const row = cell.visibleTo(tx);
  return row !== undefined && isWanted(row);
}

/** Rows that nobody ever changes. */
export class Trail<Row> extends Table<Row> {
  append(tx: ModelTransaction, row: Row): void {
    this.insert(tx, this.cells.size, row);
  }
}

export interface ModelTables {
  readonly actuators: Table<ActuatorRow>;
  readonly links: Table<LinkRow>;
  readonly clockJumps: Table<ClockJumpRow>;
  readonly executions: Table<ExecutionRow>;
  readonly executionEvents: Trail<ExecutionEventRow>;
  readonly commands: Table<CommandRow>;
  readonly commandEvents: Trail<CommandEventRow>;
  readonly holds: Table<HoldRow>;
  readonly trips: Table<TripRow>;
  readonly siteStops: Table<SiteStopRow>;
  readonly siteRequests: Table<SiteRequestRow>;
  readonly notes: Table<NoteRow>;
}

export function newTables(plant: Plant): ModelTables {
  const tables = emptyTables();
  for (const actuator of plant.actuators) tables.actuators.cells.set(actuator.id, new Cell(newActuator(actuator)));
  return tables;
}

function emptyTables(): ModelTables {
  return {
    actuators: new Table(),
    links: new Table(),
    clockJumps: new Table(),
    executions: new Table(),
    executionEvents: new Trail(),
    commands: new Table(),
    commandEvents: new Trail(),
    holds: new Table(),
    trips: new Table(),
    siteStops: new Table(),
    siteRequests: new Table(),
    notes: new Table(),
  };
}

function newActuator({ id, organizationId, deviceId, key, envelope }: PlantActuator): ActuatorRow {
  return {
    table: "actuator",
    id,
    organizationId,
    deviceId,
    key,
    envelope,
    envelopeVersion: 1,
    mode: "auto",
    lockedBy: null,
    fence: 0,
    observedState: null,
    observedFence: 0,
    observedMicros: null,
    fault: null,
    totalActivations: 0,
    lastActivationMicros: null,
    unfencedAllowedBy: null,
    setPoint: null,
    setPointUnit: null,
  };
}

/** The committed rows alone; those are never changed in place, so they are shared. */
export function copyOfTables(tables: ModelTables): ModelTables {
  const copy = emptyTables();
  for (const [name, table] of Object.entries(tables) as [keyof ModelTables, Table<unknown>][]) {
    const cells = (copy[name] as Table<unknown>).cells;
    for (const [key, { committed }] of table.cells) {
      if (committed !== undefined) cells.set(table instanceof Trail ? cells.size : key, new Cell(committed));
    }
  }
  return copy;
}
