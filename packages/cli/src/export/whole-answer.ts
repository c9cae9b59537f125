import { SluiceError } from "@sluice/core/errors.ts";

/** Longer than any last line of an export. */
const TAIL_BYTES = 64;
const LINE_FEED = 10;
const END_LINE = /# end of (\d+) rows\r\n$/;
const PARQUET_MAGIC = "PAR1";

export interface ReceivedFile {
  /** Of a CSV, without its header; a Parquet file says so itself. */
  readonly rows: number | undefined;
  readonly bytes: number;
}

/**
 * Passes a CSV on without its end line, and throws `cli.export_cut` when the line is missing or tells of other rows than came:
 * a proxy may end an answer early as if that were all.
 */
export class CsvAnswer {
  private held: Buffer = Buffer.alloc(0);
  private lines = 0;
  private bytes = 0;

  /** What may be written already. */
  take(chunk: Buffer): Buffer {
    const all = Buffer.concat([this.held, chunk]);
    const end = Math.max(0, all.length - TAIL_BYTES);
    this.held = all.subarray(end);
    return this.counted(all.subarray(0, end));
  }

  /** The rest. Lines within quotes are counted too, so a file that has them may have more lines than rows. */
  end(): { readonly rest: Buffer; readonly file: ReceivedFile } {
    const match = END_LINE.exec(this.held.toString("latin1"));
    if (match === null) throw cut();
    const rest = this.counted(this.held.subarray(0, match.index));
    const rows = Number(match[1]);
    if (this.lines < rows + 1) throw cut();
    return { rest, file: { rows, bytes: this.bytes } };
  }

  get rowsSoFar(): number {
    return Math.max(0, this.lines - 1);
  }

  private counted(bytes: Buffer): Buffer {
    for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) this.lines++;
    this.bytes += bytes.length;
    return bytes;
  }
}

/** Throws `cli.export_cut` unless a Parquet file's footer has come. */
export class ParquetAnswer {
  private tail: Buffer = Buffer.alloc(0);
  private bytes = 0;

  take(chunk: Buffer): Buffer {
    this.bytes += chunk.length;
    this.tail = Buffer.concat([this.tail, chunk.subarray(-TAIL_BYTES)]).subarray(-PARQUET_MAGIC.length - 4);
    return chunk;
  }

  end(): { readonly rest: Buffer; readonly file: ReceivedFile } {
    const isWhole =
      this.tail.length === PARQUET_MAGIC.length + 4 &&
      this.tail.toString("latin1", 4) === PARQUET_MAGIC &&
      this.tail.readUInt32LE(0) + 12 <= this.bytes;
    if (!isWhole) throw cut();
    return { rest: Buffer.alloc(0), file: { rows: undefined, bytes: this.bytes } };
  }

  get rowsSoFar(): undefined {
    return undefined;
  }
}

export function cut(cause?: unknown): SluiceError {
  const message =
    "The export broke off before its end, and nothing of it was kept: start it again, or take a shorter range.";
  return new SluiceError("unavailable", "cli.export_cut", message, { cause });
}
