import { once } from "node:events";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { deviceAt, METRICS, microsAt, valueAt, type Workload } from "./workload.ts";

/** Rows a COPY statement and so a commit: as many as Sluice's own flush. */
const ROWS_PER_COPY = 10_000;
const SIGNATURE = Buffer.from("PGCOPY\n\xff\r\n\0", "latin1");
const POSTGRES_EPOCH_MICROS = 946_684_800_000_000;
const COLUMNS = 2 + METRICS.length;
const ROW_BYTES = 2 + (4 + 4) + (4 + 8) * (COLUMNS - 1);

/**
 * The floor: binary COPY of the same messages into one table, one row a message, keyed (device, time), on one connection,
 * committed as often as Sluice commits. Answers messages a second; the rows are made before the clock starts.
 */
export async function measureCopyFloor(connectionString: string, workload: Workload): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const columns = METRICS.map((name) => `${name} float8`).join(", ");
    await client.query(
      `create table bench_floor (device int, time timestamptz, ${columns}, primary key (device, time))`,
    );
    const copies: Buffer[] = [];
    for (let from = 0; from < workload.messages; from += ROWS_PER_COPY) {
      copies.push(encodeCopy(workload, from, Math.min(from + ROWS_PER_COPY, workload.messages)));
    }
    const begin = performance.now();
    for (const copy of copies) {
      const stream = client.query(copyFrom("copy bench_floor from stdin (format binary)"));
      stream.end(copy);
      await once(stream, "finish");
    }
    const seconds = (performance.now() - begin) / 1000;
    const { rows } = await client.query("select count(*)::int as count from bench_floor");
    if (rows[0].count !== workload.messages) throw new Error(`the floor holds ${rows[0].count} rows`);
    await client.query("drop table bench_floor");
    return workload.messages / seconds;
  } finally {
    await client.end();
  }
}

function encodeCopy(workload: Workload, from: number, to: number): Buffer {
  const copy = Buffer.alloc(SIGNATURE.length + 8 + (to - from) * ROW_BYTES + 2);
  let at = SIGNATURE.copy(copy) + 8;
  for (let message = from; message < to; message++) {
    at = copy.writeInt16BE(COLUMNS, at);
    at = copy.writeInt32BE(4, at);
    at = copy.writeInt32BE(deviceAt(workload, message), at);
    at = copy.writeInt32BE(8, at);
    at = copy.writeBigInt64BE(BigInt(microsAt(workload, message) - POSTGRES_EPOCH_MICROS), at);
    for (let metric = 0; metric < METRICS.length; metric++) {
      at = copy.writeInt32BE(8, at);
      at = copy.writeDoubleBE(valueAt(workload, message, metric), at);
    }
  }
  copy.writeInt16BE(-1, at);
  return copy;
}
