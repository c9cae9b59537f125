import { rm } from "node:fs/promises";
import path from "node:path";
import type { Effort } from "./parquet-file.ts";
import type { PartFacts, PartRows, PartShape } from "./part-rows.ts";
import { RawFile } from "./raw-file.ts";
import { cutByExtras } from "./row-group-extras.ts";
import { SidecarFile } from "./sidecar-file.ts";
import type { FileSums } from "./summed-file.ts";

export interface PartPaths {
  readonly raw: string;
  readonly sidecar: string;
}

/** A part's files, finished. */
export interface FinishedPart extends PartFacts {
  readonly raw: FileSums;
  readonly sidecar: FileSums;
}

/** Writes a part and its sidecar into two local files, in one pass over its rows. */
export class PartWriter {
  readonly paths: PartPaths;
  private readonly raw: RawFile;
  private readonly sidecar: SidecarFile;

  /** `fileName`: of the files in `folder`, without what it ends with. */
  constructor(folder: string, fileName: string, shape: PartShape, effort: Effort) {
    this.paths = { raw: path.join(folder, `${fileName}.raw`), sidecar: path.join(folder, `${fileName}.sidecar`) };
    this.raw = new RawFile(this.paths.raw, shape, effort);
    this.sidecar = new SidecarFile(this.paths.sidecar, shape, effort);
  }

  /** Rows that follow the ones before; each call makes a row group, or several where the extras are large. */
  write(rows: PartRows): void {
    for (const piece of cutByExtras(rows)) this.raw.write(piece);
    this.sidecar.write(rows);
  }

  /** What has been written so far. */
  get facts(): PartFacts {
    return this.raw.facts;
  }

  finish(): FinishedPart {
    const sidecar = this.sidecar.finish();
    return { ...this.facts, raw: this.raw.finish(), sidecar };
  }

  async discard(): Promise<void> {
    this.raw.close();
    this.sidecar.close();
    await rm(this.paths.raw, { force: true });
    await rm(this.paths.sidecar, { force: true });
  }
}
