import { createReadStream, type ReadStream, statSync } from "node:fs";
import { createGunzip } from "node:zlib";
import { SluiceError } from "@sluice/core/errors.ts";
import { CsvError, parse } from "csv-parse";

/** A row longer than this is no recording, but a missing quotation mark. */
const MAX_RECORD_BYTES = 1024 * 1024;

export interface CsvRow {
  /** In the file; the header is line 1. */
  readonly lineNumber: number;
  readonly cells: readonly string[];
}

/** A CSV file with a header row, read as it streams; `.gz` is unpacked on the way. */
export class CsvFile {
  readonly path: string;
  /** On disk, so compressed when it ends in `.gz`. */
  readonly bytes: number;
  private source: ReadStream | undefined;

  constructor(filePath: string) {
    this.path = filePath;
    this.bytes = sizeOf(filePath);
  }

  /** Of `bytes`. */
  get bytesRead(): number {
    return this.source?.bytesRead ?? 0;
  }

  /** The header's cells first, then every row. Throws `csv.*` errors with their line. */
  async *rows(): AsyncGenerator<CsvRow> {
    const parser = parse({ bom: true, info: true, max_record_size: MAX_RECORD_BYTES, skip_empty_lines: true });
    const source = createReadStream(this.path);
    this.source = source;
    const stages: NodeJS.ReadWriteStream[] = this.path.endsWith(".gz") ? [createGunzip(), parser] : [parser];
    let upstream: NodeJS.ReadableStream = source;
    for (const stage of stages) {
      upstream.on("error", (error: Error) => parser.destroy(error));
      upstream = upstream.pipe(stage);
    }
    try {
      for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
        yield { lineNumber: info.lines, cells: record };
      }
    } catch (error) {
      throw this.toSluiceError(error as Error);
    } finally {
      source.destroy();
    }
  }

  private toSluiceError(error: Error): Error {
    const isZlib = (error as NodeJS.ErrnoException).code?.startsWith("Z_") === true;
    if (!(error instanceof CsvError) && !isZlib) return error;
    return new SluiceError("invalid", "csv.malformed", `${this.path}: ${error.message}.`, { cause: error });
  }
}

function sizeOf(filePath: string): number {
  try {
    return statSync(filePath).size;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SluiceError("not-found", "csv.unreadable", `${filePath} cannot be read: ${code}.`, { cause });
  }
}
