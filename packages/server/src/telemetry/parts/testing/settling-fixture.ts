import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type pg from "pg";
import { createFolderObjectStore, prepareFolder } from "../../../platform/object-store/folder-object-store.ts";
import type { ObjectStore } from "../../../platform/object-store.ts";
import { connectClient } from "../../../platform/postgres.ts";
import type { TestDatabase } from "../../../platform/testing/test-database.ts";
import { readSeries } from "../../read-series.ts";
import type { Series, TelemetryReader } from "../../reader.ts";
import { findSlices } from "../../telemetry-store.ts";
import { abandonParts } from "../part-store.ts";
import { RawReader } from "../raw-reader.ts";
import type { SettlingContext, SettlingStep } from "../settling-context.ts";
import { lockPartition } from "../settling-round.ts";

export interface TestFolder {
  readonly root: string;
  readonly store: ObjectStore;
  remove(): Promise<void>;
}

export async function createTestFolder(prefix = "sluice-objects-"): Promise<TestFolder> {
  const root = await mkdtemp(path.join(os.tmpdir(), prefix));
  await prepareFolder(root);
  return { root, store: createFolderObjectStore(root), remove: () => rm(root, { recursive: true, force: true }) };
}

export interface TestSettler {
  readonly client: pg.Client;
  readonly context: SettlingContext;
  /** As when the process dies: the connection goes, and the lock with it. */
  die(): Promise<void>;
}

/** A settler on a connection of its own, which has the lock and has abandoned what others left; undefined: it is taken. */
export async function startSettler(
  database: TestDatabase,
  store: ObjectStore,
  onStep?: (step: SettlingStep) => void | Promise<void>,
): Promise<TestSettler | undefined> {
  const client = await connectClient(database.url, "test-settler");
  client.on("error", () => {});
  if (!(await lockPartition(client, 0))) {
    await client.end();
    return undefined;
  }
  const context: SettlingContext = {
    db: client,
    store,
    partition: 0,
    writer: randomUUID(),
    newUuid: randomUUID,
    pace: async () => {},
    ...(onStep && { onStep }),
  };
  await abandonParts(client, 0, context.writer);
  return { client, context, die: () => client.end() };
}

/** Everything about a reading that must survive: bits of its value, flags, extras. */
export type Contents = Record<string, string>;

/** What the live parts hold, later ones over earlier ones. */
export async function readParts(database: TestDatabase, store: ObjectStore): Promise<Contents> {
  const { rows } = await database.pool.query<{ name: string }>(
    "select name from part where state = 'live' order by sequence, id",
  );
  const contents: Contents = {};
  for (const { name } of rows) {
    const reader = await RawReader.open(await store.localPath(name));
    for (let group = 0; group < reader.groups.length; group++) {
      const { length, deviceIds, timesMicros, columns, flags, extras } = await reader.readGroup(group);
      for (let row = 0; row < length; row++) {
        const place = `${deviceIds[row]} ${timesMicros[row]}`;
        contents[place] ??= "";
        for (const [metric, values] of columns) note(contents, place, metric, values[row]!, flags.get(metric)?.[row]);
        noteExtras(contents, place, extras.get(row));
      }
    }
    await reader.close();
  }
  return contents;
}

/** What the tables say, those of settled generations included, which stay until they are swept. */
export async function readTables(database: TestDatabase, deviceIds: readonly number[]): Promise<Contents> {
  const contents: Contents = {};
  for (const deviceId of deviceIds) {
    const query = { deviceId, fromMicros: 0, toMicros: 2 ** 52 };
    const states = ["open", "closed", "settling", "settled"] as const;
    const slices = await findSlices(database.pool, 0, deviceId, query.fromMicros, query.toMicros, states);
    noteSeries(contents, deviceId, await readSeries(slices, query));
  }
  return contents;
}

/** What queries say. */
export async function readAnswers(
  reader: Pick<TelemetryReader, "series">,
  deviceIds: readonly number[],
): Promise<Contents> {
  const contents: Contents = {};
  for (const deviceId of deviceIds) {
    noteSeries(contents, deviceId, await reader.series({ deviceId, fromMicros: 0, toMicros: 2 ** 52 }));
  }
  return contents;
}

function noteSeries(contents: Contents, deviceId: number, series: Series): void {
  for (const [row, micros] of series.timesMicros.entries()) {
    const place = `${deviceId} ${micros}`;
    contents[place] ??= "";
    for (const [metric, values] of series.columns) {
      note(contents, place, metric, values[row]!, series.flags.get(metric)?.[row]);
    }
    noteExtras(contents, place, series.extras.get(row));
  }
}

function note(contents: Contents, place: string, metric: number, value: number, flags = 0): void {
  if (Number.isNaN(value)) return;
  const text = Object.is(value, -0) ? "-0" : String(value);
  const earlier = contents[`${place} ${metric}`]?.split(" !");
  // As everywhere: the same reading sent again keeps its mark.
  const marks = earlier?.[0] === text ? flags | Number(earlier[1] ?? 0) : flags;
  contents[`${place} ${metric}`] = marks === 0 ? text : `${text} !${marks}`;
}

function noteExtras(contents: Contents, place: string, text: string | undefined): void {
  if (text === undefined) return;
  for (const [key, value] of Object.entries(JSON.parse(text))) contents[`${place} ${key}`] = JSON.stringify(value);
}
