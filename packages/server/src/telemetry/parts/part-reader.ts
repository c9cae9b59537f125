import { stat } from "node:fs/promises";
import type { Clock } from "../../platform/clock.ts";
import type { ObjectStore } from "../../platform/object-store.ts";
import type { DescribedFile } from "./described-file.ts";
import { DamagedBlockError, DuckPool, type DuckResult, DuckStatementError } from "./duck-pool.ts";
import type { QueryPart } from "./part-catalogue-store.ts";
import { partDamaged, partMissing, queryTooLarge, rawGone } from "./part-errors.ts";
import { type ObjectOfPart, type Opened, PartFiles, type PartWindows, rawOf, sidecarOf } from "./part-files.ts";
import type { PartRows } from "./part-rows.ts";
import type { QuarterField } from "./part-schema.ts";
import {
  type BucketRuns,
  bucketsSql,
  columnsOfQuarters,
  columnsOfRows,
  type Devices,
  type FileWindows,
  foldedOf,
  type PartColumns,
  quartersSql,
  readThroughSql,
  rowsSql,
  type Span,
  startsSql,
} from "./part-sql.ts";
import { QuarterRows } from "./quarter-rows.ts";
import { sidecarRowOf } from "./resolution.ts";
import { fieldsByMetric, runsOf, splitQuarters, splitRows } from "./split-answer.ts";

/** Files in one statement, and windows of time: more make it slow to plan. */
const FILES_PER_STATEMENT = 256;
const WINDOWS_PER_STATEMENT = 512;
/** A statement over files that are larger together is a long one: it leaves a child to others. */
const FOLDING_THREADS = 2;
const LONG_BYTES = 16 * 1024 * 1024;

export interface PartReaderOptions {
  readonly store: ObjectStore;
  readonly duck: DuckPool;
}

interface Statement {
  readonly sql: string;
  /** Those that it reads of a file. */
  readonly columnsOf: (columns: PartColumns) => readonly string[];
  readonly threads?: number;
}

/** With DuckDB children of its own, which start with the first query. */
export function createPartReader(store: ObjectStore, clock: Clock): PartReader {
  return new PartReader({ store, duck: new DuckPool({ clock }) });
}

/** What may be asked of settled readings. */
export type SettledReader = Pick<
  PartReader,
  "readRows" | "readQuarters" | "readBuckets" | "readQuarterStarts" | "metricsIn"
>;

/**
 * Reads settled readings through DuckDB. A file that is lost or damaged is `telemetry.part_missing` or
 * `telemetry.part_damaged`, never an answer without it: its size and footer are compared at its first use, and of the rest
 * what a statement reads, once in the life of this process.
 */
export class PartReader {
  private readonly options: PartReaderOptions;
  private readonly files: PartFiles;

  constructor(options: PartReaderOptions) {
    this.options = options;
    this.files = new PartFiles(options.store, options.duck);
  }

  /** Starts what answers queries before the first one comes. */
  warm(): void {
    this.options.duck.warm();
  }

  /**
   * The rows of each part, in the order of the parts; only columns of metrics that it has. All metrics when undefined. Throws
   * `telemetry.raw_gone` where retention has let readings go of devices and times that are asked for.
   */
  async readRows(
    wanted: readonly PartWindows[],
    deviceIds: Devices,
    metricNumbers: readonly number[] | undefined,
    withExtras: boolean,
    signal?: AbortSignal,
  ): Promise<PartRows[]> {
    const answers: PartRows[] = [];
    await this.assertNoneGone(wanted, deviceIds, signal);
    for (const some of chunks(wanted.filter(({ part }) => part.hasReadings))) {
      const found = await this.files.withFiles(some, rawOf, async (opened) => {
        const metrics = metricNumbers ?? metricsOf(opened.files);
        const result = await this.run(opened, deviceIds, signal, {
          sql: rowsSql(opened.sources, deviceIds, metrics, withExtras),
          columnsOf: (columns) => columnsOfRows(columns, metrics, withExtras),
        });
        return splitRows(result, opened.files, metrics, withExtras);
      });
      answers.push(...found);
    }
    return answers;
  }

  private async assertNoneGone(
    wanted: readonly PartWindows[],
    deviceIds: Devices,
    signal?: AbortSignal,
  ): Promise<void> {
    const gone = wanted.filter(({ part }) => !part.hasReadings);
    if (gone.length === 0) return;
    const starts = await this.readQuarterStarts(gone.map(withWholeRows), deviceIds, signal);
    const ends = gone.flatMap(({ part }, i) => {
      const last = starts[i]!.at(-1);
      return last === undefined ? [] : [sidecarRowOf(part)(last).endMicros];
    });
    if (ends.length > 0) throw rawGone(Math.max(...ends));
  }

  /** The quarter-hours of each part, in the order of the parts. */
  async readQuarters(
    wanted: readonly PartWindows[],
    deviceIds: Devices,
    metricNumbers: readonly number[],
    fields: readonly QuarterField[],
    signal?: AbortSignal,
  ): Promise<QuarterRows[]> {
    const answers: QuarterRows[] = [];
    for (const some of chunks(wanted)) {
      const result = await this.files.withFiles(some, sidecarOf, (opened) =>
        this.run(opened, deviceIds, signal, {
          sql: quartersSql(opened.sources, deviceIds, metricNumbers, fields),
          columnsOf: (columns) => columnsOfQuarters(columns, metricNumbers, fields),
        }),
      );
      for (const rows of splitQuarters(result, some.length, metricNumbers, fields)) answers.push(rows);
    }
    return answers;
  }

  /** Where the quarter-hours of each part begin in which some of the devices have readings, in the order of the parts. */
  async readQuarterStarts(
    wanted: readonly PartWindows[],
    deviceIds: Devices,
    signal?: AbortSignal,
  ): Promise<Float64Array[]> {
    const answers: Float64Array[] = [];
    for (const some of chunks(wanted)) {
      const { columns, rows } = await this.files.withFiles(some, sidecarOf, (opened) =>
        this.run(opened, deviceIds, signal, {
          sql: startsSql(opened.sources, deviceIds),
          columnsOf: () => ["device", "bucket"],
        }),
      );
      const [file, start] = columns as [Int32Array, Float64Array];
      for (const { from, to } of runsOf(file, rows, some.length)) answers.push(start.subarray(from, to));
    }
    return answers;
  }

  /**
   * Quarter-hours folded into buckets, where no two of the parts overlap: the starts of the answer are numbers of buckets.
   * Several answers may hold the same bucket.
   */
  async readBuckets(
    wanted: readonly PartWindows[],
    deviceIds: Devices,
    metricNumbers: readonly number[],
    fields: readonly QuarterField[],
    runs: BucketRuns,
    signal?: AbortSignal,
  ): Promise<QuarterRows[]> {
    const answers: QuarterRows[] = [];
    for (const some of chunks(wanted)) {
      const { columns } = await this.files.withFiles(some, sidecarOf, (opened) =>
        this.run(opened, foldedOf(deviceIds), signal, {
          sql: bucketsSql(opened.sources, deviceIds, metricNumbers, fields, runs),
          columnsOf: (ofFile) => columnsOfQuarters(ofFile, metricNumbers, fields),
          threads: FOLDING_THREADS,
        }),
      );
      const [devices, buckets, ...values] = columns;
      answers.push(
        new QuarterRows(
          devices as Int32Array,
          Float64Array.from(buckets as Int32Array),
          fieldsByMetric(values as Float64Array[], metricNumbers, fields),
        ),
      );
    }
    return answers;
  }

  /** Every metric that some of these parts has. */
  async metricsIn(parts: readonly QueryPart[]): Promise<number[]> {
    const found = new Set<number>();
    for (const some of chunks(parts.map((part) => ({ part, windows: [] })))) {
      const metrics = await this.files.withFiles(some, sidecarOf, async ({ files }) => metricsOf(files));
      for (const metric of metrics) found.add(metric);
    }
    return [...found].sort((a, b) => a - b);
  }

  /** What is under way is refused. */
  stop(): Promise<void> {
    return this.options.duck.stop();
  }

  private async run(
    { objects, files, sources }: Opened,
    deviceIds: Devices | Span,
    signal: AbortSignal | undefined,
    statement: Statement,
  ): Promise<DuckResult> {
    const checks = files.map((file, i) => {
      const { file: place, windows } = sources[i]!;
      return file.checkOf(place.path, statement.columnsOf(file.columns), deviceIds, windows);
    });
    const isLong = objects.reduce((sum, { bytes }) => sum + bytes, 0) > LONG_BYTES;
    try {
      const asked = checks.filter((check) => check !== undefined);
      const result = await this.options.duck.run(statement.sql, {
        checks: asked,
        threads: statement.threads ?? 1,
        isLong,
        signal,
      });
      for (const [i, check] of checks.entries()) if (check !== undefined) files[i]!.verified(check.blocks);
      return result;
    } catch (error) {
      if (error instanceof DamagedBlockError) {
        const at = sources.findIndex(({ file }) => file.path === error.path);
        throw partDamaged(objects[at]!.name, `its ${error.message} has another checksum`, error);
      }
      if (!(error instanceof DuckStatementError)) throw error;
      if (error.message.startsWith("Out of Memory Error")) throw queryTooLarge(error);
      throw await this.blame(error, objects, sources);
    }
  }

  /** Which of the files a statement failed on: the one that is not there, or else the first that cannot be read through. */
  private async blame(
    error: DuckStatementError,
    objects: readonly ObjectOfPart[],
    sources: readonly FileWindows[],
  ): Promise<unknown> {
    for (const [i, { name }] of objects.entries()) {
      const { path } = sources[i]!.file;
      const isThere = await stat(path).then(
        () => true,
        () => false,
      );
      if (!isThere) return partMissing(name, error);
      const why = await this.options.duck.run(readThroughSql(path), { isLong: true }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (why instanceof DuckStatementError) return partDamaged(name, firstLine(why.message), why);
    }
    return error;
  }
}

/** A row is labelled with its beginning, which may lie before a window that is within it. */
function withWholeRows({ part, windows }: PartWindows): PartWindows {
  const rowOf = sidecarRowOf(part);
  const clamp = (micros: number) => Math.max(micros, part.minMicros);
  return { part, windows: windows.map(([from, to]) => [rowOf(clamp(from)).startMicros, to]) };
}

/** So few files and windows together that a statement over them is planned quickly. */
function* chunks(all: readonly PartWindows[]): Generator<readonly PartWindows[]> {
  let some: PartWindows[] = [];
  let windows = 0;
  for (const wanted of all) {
    windows += wanted.windows.length;
    if (some.length > 0 && (some.length === FILES_PER_STATEMENT || windows > WINDOWS_PER_STATEMENT)) {
      yield some;
      some = [];
      windows = wanted.windows.length;
    }
    some.push(wanted);
  }
  if (some.length > 0) yield some;
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0]!;
}

function metricsOf(files: readonly DescribedFile[]): number[] {
  return [...new Set(files.flatMap(({ columns }) => [...columns.metrics.keys()]))].sort((a, b) => a - b);
}
