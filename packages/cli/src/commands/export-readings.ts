import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { type Command, type Io, type Output, UsageError } from "../command.ts";
import { CsvAnswer, cut, ParquetAnswer, type ReceivedFile } from "../export/whole-answer.ts";
import { untilInterrupted } from "../interrupted.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE } from "../print-error.ts";
import { type Progress, startProgress } from "../progress.ts";
import { openServerClient, SERVER_OPTIONS } from "../server-client.ts";
import { writeWhole } from "../whole-file.ts";

const FORMATS: readonly ["csv", "parquet"] = ["csv", "parquet"];
const FORMS: readonly ["long", "wide"] = ["long", "wide"];
/** Passed on as they are. */
const FILTERS = ["devices", "site", "profile", "metrics", "from", "to", "zone"] as const;
const FILE_MODE = 0o644;
const MEGABYTE = 1_000_000;

export const command: Command = {
  summary: "write readings of any range to a CSV or Parquet file",
  positionals: [],
  options: {
    out: { kind: "text", value: "FILE", help: "where it goes; there once it is whole (CSV: standard output)" },
    format: { kind: "text", value: FORMATS.join("|"), help: "csv" },
    form: { kind: "text", value: FORMS.join("|"), help: "a row a reading, or (of one profile) a row a message" },
    devices: { kind: "text", value: "UID,…", help: "all" },
    site: { kind: "text", value: "SLUG", help: "devices of this site" },
    profile: { kind: "text", value: "KEY", help: "devices of this profile" },
    metrics: { kind: "text", value: "KEY,…", help: "all" },
    from: { kind: "text", value: "TIME", help: "inclusive: RFC 3339, a date in UTC, or epoch milliseconds" },
    to: { kind: "text", value: "TIME", help: "exclusive" },
    zone: { kind: "text", value: "ZONE", help: "in which a CSV shows times (UTC)" },
    json: { kind: "flag", help: "print what was written as JSON; needs --out" },
    ...SERVER_OPTIONS,
  },
  examples: [
    "sluice export readings --profile water-quality --from 2026-05-01 --to 2026-06-01 --out may.csv",
    "sluice export readings --format parquet --out all.parquet --token TOKEN",
  ],
  run: exportReadings,
};

async function exportReadings(invocation: Invocation, io: Io): Promise<number> {
  const format = invocation.choice("format", FORMATS);
  const out = invocation.text("out");
  if (out === undefined && (format === "parquet" || invocation.flag("json"))) throw new UsageError("--out is missing.");
  const query = new URLSearchParams({ format, form: invocation.choice("form", FORMS) });
  if (format === "csv") query.set("end", "true");
  for (const name of FILTERS) {
    const value = invocation.text(name);
    if (value !== undefined) query.set(name, value);
  }
  const client = await openServerClient(invocation);
  const interruption = io.interruption();
  const written = await untilInterrupted(interruption, async () => {
    const answer = await client.request("GET", `/api/v1/telemetry/export?${query}`);
    const body = Readable.fromWeb(answer.body as ReadableStream, { signal: interruption });
    const receiver = format === "csv" ? new CsvAnswer() : new ParquetAnswer();
    const progress = startProgress(undefined, io.err, () => performance.now());
    try {
      if (out === undefined) return await receive(body, receiver, progress, printTo(io.out));
      return await writeWhole(out, FILE_MODE, (handle) =>
        receive(body, receiver, progress, async (bytes) => void (await handle.writeFile(bytes))),
      );
    } finally {
      progress.stop();
      body.destroy();
    }
  });
  if (out !== undefined)
    io.out.write(invocation.flag("json") ? `${JSON.stringify(written)}\n` : describe(out, written));
  return EXIT_DONE;
}

async function receive(
  body: Readable,
  receiver: CsvAnswer | ParquetAnswer,
  progress: Progress,
  write: (bytes: Buffer) => Promise<void>,
): Promise<ReceivedFile> {
  let received = 0;
  for await (const chunk of whole(body)) {
    received += chunk.length;
    await write(receiver.take(chunk));
    progress.update(received, noteOf(received, receiver.rowsSoFar));
  }
  const { rest, file } = receiver.end();
  await write(rest);
  return file;
}

/** A connection that breaks is an export that was cut short. */
async function* whole(body: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) yield Buffer.from(chunk as Uint8Array);
  } catch (error) {
    throw cut(error);
  }
}

/** A character may lie in two pieces. */
function printTo(out: Output): (bytes: Buffer) => Promise<void> {
  const decoder = new TextDecoder();
  return async (bytes) => out.write(decoder.decode(bytes, { stream: true }));
}

function noteOf(bytes: number, rows: number | undefined): string {
  const size = `${(bytes / MEGABYTE).toFixed(1)} MB`;
  return rows === undefined ? size : `${rows} rows, ${size}`;
}

function describe(out: string, { rows, bytes }: ReceivedFile): string {
  return `${out}: ${noteOf(bytes, rows)}\n`;
}
