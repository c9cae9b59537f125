import { stat } from "node:fs/promises";
import { isSluiceError } from "@sluice/core/errors.ts";
import type { LeasedFile, ObjectStore } from "../../platform/object-store.ts";
import { DescribedFile, type FileDescription } from "./described-file.ts";
import type { DuckPool } from "./duck-pool.ts";
import type { FileFailure } from "./duck-protocol.ts";
import type { QueryPart } from "./part-catalogue-store.ts";
import { partDamaged, partMissing } from "./part-errors.ts";
import type { FileWindows, Window } from "./part-sql.ts";

/** What is remembered of files' footers: of a part with four metrics and a month of 250 devices 30 KB. */
const MAX_DESCRIBED_BYTES = 64 * 1024 * 1024;
export interface ObjectOfPart {
  readonly name: string;
  readonly bytes: number;
  readonly footerChecksum: string;
}

/** What is wanted of one part. */
export interface PartWindows {
  readonly part: QueryPart;
  readonly windows: readonly Window[];
}

/** Files that are open for one statement. */
export interface Opened {
  readonly objects: readonly ObjectOfPart[];
  readonly files: readonly DescribedFile[];
  readonly sources: readonly FileWindows[];
}

const FILE_ERRORS: ReadonlySet<string> = new Set(["telemetry.part_missing", "telemetry.part_damaged"]);

/**
 * The files of parts, open for as long as a statement takes, and what is known of their footers. A file that is lost or damaged
 * is `telemetry.part_missing` or `telemetry.part_damaged`.
 */
export class PartFiles {
  private readonly store: ObjectStore;
  private readonly duck: Pick<DuckPool, "describe">;
  /** By the object's name, which is never used again; those used last come last. */
  private readonly described = new Map<string, DescribedFile>();
  private describedBytes = 0;

  constructor(store: ObjectStore, duck: Pick<DuckPool, "describe">) {
    this.store = store;
    this.duck = duck;
  }

  /**
   * Opens the files of some parts for as long as `use` takes. What another process did to a local copy, or a bit that flipped
   * in one, is mended by fetching it anew, once; the error of what is wrong in the store itself comes through.
   */
  async withFiles<T>(
    wanted: readonly PartWindows[],
    objectOf: (part: QueryPart) => ObjectOfPart,
    use: (opened: Opened) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.withFilesOnce(wanted, objectOf, use);
    } catch (error) {
      const isOfFile = isSluiceError(error) && FILE_ERRORS.has(error.code);
      if (!isOfFile) throw error;
      await this.store.forgetCopy(String(error.details.part));
      return this.withFilesOnce(wanted, objectOf, use);
    }
  }

  private async withFilesOnce<T>(
    wanted: readonly PartWindows[],
    objectOf: (part: QueryPart) => ObjectOfPart,
    use: (opened: Opened) => Promise<T>,
  ): Promise<T> {
    const objects = wanted.map(({ part }) => objectOf(part));
    const leases = await this.leaseAll(objects);
    try {
      const paths = leases.map(({ path }) => path);
      const files = await this.describe(objects, paths);
      const sources = wanted.map(({ part, windows }, i) => ({
        file: { path: paths[i]!, columns: files[i]!.columns },
        windows,
        minMicros: part.minMicros,
        maxMicros: part.maxMicros,
      }));
      return await use({ objects, files, sources });
    } finally {
      for (const { release } of leases) release();
    }
  }

  private async leaseAll(objects: readonly ObjectOfPart[]): Promise<LeasedFile[]> {
    const outcomes = await Promise.allSettled(objects.map((object) => this.lease(object)));
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    const leases = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    if (failed === undefined) return leases;
    for (const { release } of leases) release();
    throw failed.reason;
  }

  /** Its size is compared at every use. */
  private async lease({ name, bytes }: ObjectOfPart): Promise<LeasedFile> {
    let leased: LeasedFile | undefined;
    try {
      leased = await this.store.lease(name);
      const { size } = await stat(leased.path);
      if (size !== bytes) throw partDamaged(name, `${size} bytes instead of ${bytes}`);
      return leased;
    } catch (error) {
      leased?.release();
      const isMissing = isSluiceError(error) ? error.code === "object.missing" : isNoEntry(error);
      throw isMissing ? partMissing(name, error) : error;
    }
  }

  private async describe(objects: readonly ObjectOfPart[], paths: readonly string[]): Promise<DescribedFile[]> {
    const files = objects.map(({ name }) => this.recall(name));
    const unknown = objects.flatMap((_, i) => (files[i] === undefined ? [i] : []));
    if (unknown.length === 0) return files as DescribedFile[];
    const described = await this.duck.describe(unknown.map((i) => paths[i]!));
    for (const [at, i] of unknown.entries()) files[i] = this.remember(objects[i]!, described[at]!);
    return files as DescribedFile[];
  }

  private recall(name: string): DescribedFile | undefined {
    const file = this.described.get(name);
    if (file === undefined) return undefined;
    this.described.delete(name);
    this.described.set(name, file);
    return file;
  }

  private remember({ name, footerChecksum }: ObjectOfPart, found: FileDescription | FileFailure): DescribedFile {
    if ("message" in found) throw found.isMissing ? partMissing(name) : partDamaged(name, found.message);
    if (found.footerChecksum !== footerChecksum) throw partDamaged(name, "its footer has another checksum");
    if (found.metrics.length > 0 && found.blockSums.length === 0) {
      throw partDamaged(name, "it does not say what its columns and blocks are");
    }
    const file = new DescribedFile(found);
    this.describedBytes += file.bytes - (this.described.get(name)?.bytes ?? 0);
    this.described.set(name, file);
    for (const [oldest, { bytes }] of this.described) {
      if (this.describedBytes <= MAX_DESCRIBED_BYTES) break;
      this.described.delete(oldest);
      this.describedBytes -= bytes;
    }
    return file;
  }
}

export function rawOf({ name, bytes, footerChecksum }: QueryPart): ObjectOfPart {
  return { name, bytes, footerChecksum };
}

export function sidecarOf({ sidecarName, sidecarBytes, sidecarFooterChecksum }: QueryPart): ObjectOfPart {
  return { name: sidecarName, bytes: sidecarBytes, footerChecksum: sidecarFooterChecksum };
}

function isNoEntry(error: unknown): boolean {
  return (error as { code?: unknown }).code === "ENOENT";
}
