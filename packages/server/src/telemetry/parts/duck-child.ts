/**
 * A process of its own that runs DuckDB: what goes wrong in it, and the memory that it takes, are not the server's. It ends
 * with the channel to its parent.
 */
import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBDoubleVector,
  DuckDBInstance,
  DuckDBIntegerVector,
  DuckDBUTinyIntVector,
  type DuckDBVector,
} from "@duckdb/node-api";
import { describeFile } from "./describe-file.ts";
import type { FileDescription } from "./described-file.ts";
import {
  type ColumnKind,
  type DuckAnswer,
  type DuckColumn,
  type DuckFailure,
  type DuckRequest,
  type DuckSettings,
  type DuckStatement,
  type FileFailure,
  isFatal,
} from "./duck-protocol.ts";
import { findDamagedBlock } from "./file-checksums.ts";

/** Values of one message: its taker spends about a millisecond on it. */
const VALUES_PER_PIECE = 65_536;
const INTERRUPT_AGAIN_MS = 20;

class Refused extends Error {
  readonly failure: DuckFailure;

  constructor(failure: DuckFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

const settings = JSON.parse(process.argv[2]!) as DuckSettings;
const connection = await open(settings);
let running: number | undefined;
process.on("disconnect", () => process.exit(0));
process.on("message", (request: DuckRequest) => {
  if (!("cancel" in request)) void answer(request);
  else interrupt(request.cancel);
});
process.send!({ ready: true });

/** Again until it has ended: a statement that is only just beginning does not hear of it. */
function interrupt(id: number): void {
  if (running !== id) return;
  connection.interrupt();
  setTimeout(() => interrupt(id), INTERRUPT_AGAIN_MS);
}

async function open({ memoryMegabytes }: DuckSettings): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: "1",
    memory_limit: `${memoryMegabytes}MB`,
    // Only what it is told to read: no other formats from elsewhere, no spilling to a disk that it was not given.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    max_temp_directory_size: "0KB",
  });
  const opened = await instance.connect();
  // Parts never change under their names, so what is known of their footers stays true.
  await opened.run("set parquet_metadata_cache = true");
  return opened;
}

async function answer(request: Exclude<DuckRequest, { cancel: number }>): Promise<void> {
  const { id } = request;
  try {
    if ("describe" in request) await send({ id, files: request.describe.map(describe) });
    else {
      running = id;
      await sendColumns(id, await run(request));
    }
  } catch (error) {
    const failure: DuckFailure =
      error instanceof Refused ? error.failure : { reason: "statement", message: (error as Error).message };
    await send({ id, failure });
    if (isFatal(failure.message)) process.exit(1);
  } finally {
    // The next one may have begun while the answer was on its way.
    if (running === id) running = undefined;
  }
}

function describe(path: string): FileDescription | FileFailure {
  try {
    return describeFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { isMissing: code === "ENOENT", message };
  }
}

interface Answer {
  readonly columns: readonly DuckColumn[];
  readonly rows: number;
}

let threads = 1;

async function useThreads(wanted: number): Promise<void> {
  if (wanted === threads) return;
  await connection.run(`set threads = ${wanted}`);
  threads = wanted;
}

async function run({ sql, limits, checks, threads: wanted }: DuckStatement): Promise<Answer> {
  for (const { path, blocks, sums, dataBytes } of checks) {
    const damaged = findDamagedBlock(path, blocks, sums, dataBytes);
    if (damaged !== undefined) throw new Refused({ reason: "damaged", message: `block ${damaged}`, path });
  }
  await useThreads(wanted);
  const result = await connection.stream(sql);
  const kinds = Array.from({ length: result.columnCount }, (_, column) => kindOf(result.columnType(column).toString()));
  const texts = kinds.map((): (string | null)[] => []);
  const chunks: DuckDBDataChunk[] = [];
  let rows = 0;
  let characters = 0;
  for await (const chunk of result) {
    chunks.push(chunk);
    rows += chunk.rowCount;
    if (rows * kinds.length > limits.maxValues) {
      throw new Refused({ reason: "too-many-values", message: `more than ${limits.maxValues} values` });
    }
    for (const [column, kind] of kinds.entries()) {
      if (kind !== "text") continue;
      for (const text of chunk.getColumnValues(column) as (string | null)[]) {
        texts[column]!.push(text);
        characters += text?.length ?? 0;
      }
      if (characters > limits.maxCharacters) {
        throw new Refused({ reason: "too-much-text", message: `more than ${limits.maxCharacters} characters` });
      }
    }
  }
  const columns = kinds.map((kind, column) => (kind === "text" ? texts[column]! : gather(chunks, column, kind, rows)));
  return { columns, rows };
}

function kindOf(type: string): ColumnKind {
  if (type === "DOUBLE") return "double";
  if (type === "INTEGER") return "integer";
  if (type === "UTINYINT") return "byte";
  if (type === "VARCHAR") return "text";
  throw new Error(`a column of ${type} was asked for`);
}

function gather(
  chunks: readonly DuckDBDataChunk[],
  column: number,
  kind: Exclude<ColumnKind, "text">,
  rows: number,
): DuckColumn {
  const vectors = chunks.map((chunk) => chunk.getColumnVector(column));
  if (kind === "double") return fill(new Float64Array(rows), vectors, DuckDBDoubleVector);
  if (kind === "integer") return fill(new Int32Array(rows), vectors, DuckDBIntegerVector);
  return fill(new Uint8Array(rows), vectors, DuckDBUTinyIntVector);
}

function fill<T extends Float64Array | Int32Array | Uint8Array>(
  target: T,
  vectors: readonly DuckDBVector[],
  expected: abstract new (...args: never[]) => DuckDBVector,
): T {
  let at = 0;
  for (const vector of vectors) {
    if (!(vector instanceof expected)) throw new Error("a vector is of another type than its column");
    // The values as they lie in memory: null has been taken out by the statement.
    const { items } = vector as unknown as { readonly items: T };
    target.set(items, at);
    at += vector.itemCount;
  }
  return target;
}

async function sendColumns(id: number, { columns, rows }: Answer): Promise<void> {
  if (rows * columns.length <= VALUES_PER_PIECE) return send({ id, columns, rows });
  const coming = columns.map((column): ColumnKind => {
    if (column instanceof Float64Array) return "double";
    if (column instanceof Int32Array) return "integer";
    return column instanceof Uint8Array ? "byte" : "text";
  });
  await send({ id, coming, rows });
  for (const [column, values] of columns.entries()) {
    for (let at = 0; at < rows; at += VALUES_PER_PIECE) {
      // A copy: of a view, all of its memory would be sent.
      await send({ id, column, at, values: values.slice(at, at + VALUES_PER_PIECE) });
    }
  }
  await send({ id, isDone: true });
}

/** Resolves when it is on its way, so that what is to be sent does not pile up. */
function send(message: DuckAnswer): Promise<void> {
  return new Promise((resolve) => void process.send!(message, () => resolve()));
}
