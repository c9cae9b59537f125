import type { Command, Io } from "../command.ts";
import { requestsOf } from "../import/messages.ts";
import { type ReadingRow, readRows } from "../import/reading-rows.ts";
import { untilInterrupted } from "../interrupted.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE, EXIT_FAILED } from "../print-error.ts";
import { startProgress } from "../progress.ts";
import { openServerClient, SERVER_OPTIONS, type ServerClient } from "../server-client.ts";

const MAX_ROWS = Number.MAX_SAFE_INTEGER;
/** Refused ones that are told one by one. */
const MAX_TOLD = 20;

export const command: Command = {
  summary: "send the readings of an exported file again, or of any with a row a reading",
  positionals: [{ name: "FILE.csv[.gz]|FILE.parquet", isRequired: true }],
  options: {
    "device-column": { kind: "text", value: "NAME", help: "of the uid (device)" },
    "time-column": { kind: "text", value: "NAME", help: "RFC 3339, UTC without an offset, or an epoch (time)" },
    "metric-column": { kind: "text", value: "NAME", help: "of the metric's key (metric)" },
    "value-column": { kind: "text", value: "NAME", help: "of the number (value)" },
    "text-column": { kind: "text", value: "NAME", help: "of the JSON of what is no number (text)" },
    skip: { kind: "text", value: "ROWS", help: "go on after these, which are stored already" },
    ...SERVER_OPTIONS,
    json: { kind: "flag", help: "print the counts as JSON" },
  },
  examples: [
    "sluice import readings may.csv --token TOKEN",
    "sluice import readings all.parquet --skip 120000 --token TOKEN",
  ],
  run: importReadings,
};

interface Counts {
  rows: number;
  stored: number;
  refused: number;
}

async function importReadings(invocation: Invocation, io: Io): Promise<number> {
  const column = (name: string) => invocation.text(`${name}-column`) ?? name;
  const columns = {
    device: column("device"),
    time: column("time"),
    metric: column("metric"),
    value: column("value"),
    text: column("text"),
  };
  const skip = invocation.integer("skip", { min: 0, max: MAX_ROWS }) ?? 0;
  const client = await openServerClient(invocation);
  const interruption = io.interruption();
  const counts: Counts = { rows: skip, stored: 0, refused: 0 };
  const progress = startProgress(undefined, io.err, () => performance.now());
  try {
    await untilInterrupted(interruption, async () => {
      for await (const { body, messages, rowsSoFar } of requestsOf(
        after(skip, readRows(invocation.positional(0)!, columns)),
      )) {
        interruption.throwIfAborted();
        await send(client, body, messages, counts, io);
        counts.rows = skip + rowsSoFar;
        progress.update(counts.rows, `${counts.rows} rows, ${counts.stored} messages stored`);
      }
    });
  } catch (error) {
    io.err.write(`${counts.rows} rows are stored: mend what is wrong, then go on with --skip ${counts.rows}\n`);
    throw error;
  } finally {
    progress.stop();
  }
  if (invocation.flag("json")) io.out.write(`${JSON.stringify(counts)}\n`);
  else io.out.write(`${counts.rows} rows: ${counts.stored} messages stored, ${counts.refused} refused\n`);
  return counts.refused === 0 ? EXIT_DONE : EXIT_FAILED;
}

async function* after(skip: number, rows: AsyncIterable<ReadingRow>): AsyncGenerator<ReadingRow> {
  let at = 0;
  for await (const row of rows) if (++at > skip) yield row;
}

interface Answer {
  readonly rejected?: number;
  readonly errors?: readonly { readonly sensor_id?: string; readonly code: string; readonly message: string }[];
}

/** By the ordinary way of readings: what is sent twice is stored once. */
async function send(client: ServerClient, body: string, messages: number, counts: Counts, io: Io): Promise<void> {
  const answer = await client.request("POST", "/api/sensors/data", { type: "application/json", text: body });
  const { rejected = 0, errors = [] } = (await answer.json()) as Answer;
  for (const { code, message } of errors.slice(0, Math.max(0, MAX_TOLD - counts.refused))) {
    io.err.write(`refused: ${message} (${code})\n`);
  }
  counts.refused += rejected;
  counts.stored += messages - rejected;
}
