import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SluiceError } from "@sluice/core/errors.ts";
import pg from "pg";
import { isDirectoryLocked } from "./directory-lock.ts";
import { type Binaries, binariesInPlace, copiedBinaries } from "./embedded-postgres/binaries.ts";
import { initialiseCluster, SUPERUSER, writeSettings } from "./embedded-postgres/cluster.ts";
import { assertDiskHasRoom, MIN_FREE_BYTES, rethrowNamingHome } from "./embedded-postgres/failure.ts";
import { readPidFile, stopOrphans } from "./embedded-postgres/orphans.ts";
import { assertWholeHome, openPlace, type Place, peekPlace } from "./embedded-postgres/place.ts";
import { PortTakenError, type Postmaster, startPostmaster } from "./embedded-postgres/postmaster.ts";

/**
 * A PostgreSQL of our own under the home, for whoever has none:
 *
 *   stopped → starting → running → stopping → stopped
 *                 ↑          │ it ended by itself (killed, out of memory)
 *                 └──────────┘ at most RESTARTS_IN_A_ROW times, then → lost
 *
 * It listens on 127.0.0.1 on a free port with a generated password, so that other users of the machine stay out.
 */
export interface EmbeddedPostgres {
  readonly connectionString: string;
  /** Process id of the postmaster that runs now. */
  readonly pid: number;
  readonly dataDirectory: string;
  /** Fast shutdown: ends connections, writes a checkpoint, gives the home free. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly home: string;
  /** Told when it ended by itself and is being started again, and when that was given up. */
  readonly onRestart?: () => void;
  readonly onLost?: (error: unknown) => void;
  /** Told what a person should know and nothing fails for. */
  readonly onNotice?: (message: string) => void;
  /** PostgreSQL settings other than ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where a cluster goes that root may not run itself. */
  readonly sharedRoots?: readonly string[];
  readonly minFreeBytes?: number;
}

const DATABASE = "sluice";
const PORT_ATTEMPTS = 5;
const RESTARTS_IN_A_ROW = 5;
const RESTART_PAUSE_MS = 500;
/** Having run this long, it counts as healthy again. */
const HEALTHY_AFTER_MS = 60_000;

export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  let place: Place | undefined;
  assertWholeHome(options.home);
  try {
    place = openPlace(options.home, options.sharedRoots, options.onNotice);
    assertDiskHasRoom(place.directory, options.minFreeBytes ?? MIN_FREE_BYTES);
    const binaries = place.runAs ? copiedBinaries(place.directory) : binariesInPlace(place.directory);
    await clearOrphans(place);
    initialiseCluster(place, binaries);
    writeSettings(place, options.settings ?? {});
    const postmaster = await startOnFreePort(place, binaries);
    await createDatabase(place, postmaster.port);
    return new RunningPostgres(place, binaries, postmaster, options);
  } catch (error) {
    place?.release();
    return rethrowNamingHome(error, place?.directory ?? path.resolve(options.home));
  }
}

/** Connection string of the embedded PostgreSQL that another live process runs in this home, if one does. */
export function findRunningPostgres(home: string): string | undefined {
  const place = peekPlace(home);
  if (place === undefined || !isDirectoryLocked(place.directory)) return undefined;
  const lines = readPidFile(place.dataDirectory);
  const port = Number(lines[3]);
  return lines[7]?.trim() === "ready" && port > 0 ? connectionStringOf(place, port, DATABASE) : undefined;
}

class RunningPostgres implements EmbeddedPostgres {
  readonly connectionString: string;
  private readonly place: Place;
  private readonly binaries: Binaries;
  private readonly options: EmbeddedPostgresOptions;
  private postmaster: Postmaster;
  private stopping: Promise<void> | undefined;
  private readonly supervision: Promise<void>;

  constructor(place: Place, binaries: Binaries, postmaster: Postmaster, options: EmbeddedPostgresOptions) {
    this.place = place;
    this.binaries = binaries;
    this.postmaster = postmaster;
    this.options = options;
    this.connectionString = connectionStringOf(place, postmaster.port, DATABASE);
    this.supervision = this.supervise();
  }

  get pid(): number {
    return this.postmaster.pid;
  }

  get dataDirectory(): string {
    return this.place.dataDirectory;
  }

  stop(): Promise<void> {
    this.stopping ??= this.stopOnce();
    return this.stopping;
  }

  private async stopOnce(): Promise<void> {
    await this.postmaster.stop();
    await this.supervision;
    await this.postmaster.stop();
    this.place.release();
  }

  /** Starts it again when it ends by itself; at the same port, because every pool knows that one. */
  private async supervise(): Promise<void> {
    let restarts = 0;
    for (;;) {
      const startedAt = performance.now();
      await this.postmaster.ended;
      if (performance.now() - startedAt > HEALTHY_AFTER_MS) restarts = 0;
      if (this.stopping !== undefined) return;
      this.options.onRestart?.();
      const failure = await this.restart(RESTARTS_IN_A_ROW - restarts);
      restarts += 1;
      if (this.stopping !== undefined) return;
      if (failure !== undefined) return this.options.onLost?.(failure);
    }
  }

  private async restart(attempts: number): Promise<unknown> {
    let failure: unknown = new SluiceError("unavailable", "postgres.lost", "PostgreSQL ended too often in a row.");
    for (let attempt = 0; attempt < attempts && this.stopping === undefined; attempt++) {
      try {
        await clearOrphans(this.place);
        this.postmaster = await startPostmaster(this.place, this.binaries, this.postmaster.port);
        return undefined;
      } catch (error) {
        failure = error;
        await sleep(RESTART_PAUSE_MS);
      }
    }
    return failure;
  }
}

function clearOrphans(place: Place): Promise<number> {
  const uid = place.runAs?.uid ?? process.getuid?.();
  return stopOrphans({ dataDirectory: place.dataDirectory, clusterName: place.clusterName, uid });
}

async function startOnFreePort(place: Place, binaries: Binaries): Promise<Postmaster> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startPostmaster(place, binaries, await freePort());
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

async function createDatabase(place: Place, port: number): Promise<void> {
  const client = new pg.Client({ connectionString: connectionStringOf(place, port, "postgres") });
  await client.connect();
  try {
    const found = await client.query("select from pg_database where datname = $1", [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function connectionStringOf(place: Place, port: number, database: string): string {
  return `postgres://${SUPERUSER}:${place.password}@127.0.0.1:${port}/${database}`;
}
