import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { SliceEncoder } from "@sluice/core/telemetry/slice-codec.ts";
import { MessageSorter } from "@sluice/core/telemetry/sort-messages.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cutSlices, openSlice } from "../slice.ts";
import { mergeParts, shapeOfParts } from "./merge-parts.ts";
import { cutByDay, MergedSlices, shapeOf } from "./merge-slices.ts";
import { rowsPerGroup } from "./part-rows.ts";
import { PartWriter } from "./part-writer.ts";
import { RawReader } from "./raw-reader.ts";

const RECORDINGS = path.resolve(import.meta.dirname, "../../../../../../shared/data");
const isThere = existsSync(RECORDINGS);
if (!isThere) console.warn(`the recordings are not there (${RECORDINGS}): nothing is weighed`);

/** A recording is one device, and what its columns say as numbers are its metrics. */
function readRecording(file: string): MessageBatch {
  const bytes = readFileSync(file);
  const lines = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString().trim().split("\n");
  const names = lines[0]!.split(",");
  const batch = new MessageBatch();
  for (const line of lines.slice(1)) {
    const cells = line.split(",");
    const timeMicros = Date.parse(cells[0]!) * 1000;
    if (Number.isNaN(timeMicros)) return new MessageBatch();
    for (let i = 1; i < cells.length; i++) {
      const isNumber = cells[i] !== "" && !names[i]!.startsWith("f_") && Number.isFinite(Number(cells[i]));
      if (isNumber) batch.addValue(i - 1, Number(cells[i]));
    }
    batch.endMessage(1, timeMicros);
  }
  return batch;
}

describe.runIf(isThere)("real recordings", { timeout: 120_000 }, () => {
  const sorter = new MessageSorter();
  const encoder = new SliceEncoder();
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "sluice-recordings-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function settle(batch: MessageBatch, name: string): PartWriter {
    const slices = cutSlices(batch, sorter.sort(batch), () => 1, encoder);
    const runs = slices.flatMap(({ body }) => cutByDay(openSlice(body), 1, 1).map(({ run }) => run));
    const shape = shapeOf(runs, new Map());
    const merged = new MergedSlices(runs, sorter);
    const writer = new PartWriter(folder, name, shape, "quick");
    for (let from = 0; from < merged.length; from += rowsPerGroup(shape)) {
      writer.write(merged.rows(from, Math.min(from + rowsPerGroup(shape), merged.length)));
    }
    return writer;
  }

  async function compact(raw: string, name: string): Promise<PartWriter> {
    const reader = await RawReader.open(raw);
    const shape = shapeOfParts([reader]);
    const writer = new PartWriter(folder, name, shape, "compact");
    for await (const rows of mergeParts([reader], shape)) writer.write(rows);
    await reader.close();
    return writer;
  }

  it("take at most 1.5 bytes a reading, as settled and as compacted, and their sidecars no more", async () => {
    const bytes = { settled: 0, compacted: 0, sidecar: 0 };
    let readings = 0;
    const files = readdirSync(RECORDINGS, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.csv(\.gz)?$/.test(name),
    );
    for (const [i, file] of files.entries()) {
      const batch = readRecording(path.join(RECORDINGS, file));
      if (batch.length === 0) continue;
      const settled = settle(batch, `settled-${i}`);
      const facts = settled.finish();
      expect(facts.readings).toBe(batch.valueCount);
      const compacted = await compact(settled.paths.raw, `compacted-${i}`);
      const { messages, readings: kept } = compacted.finish();
      expect({ messages, readings: kept }).toEqual({ messages: facts.messages, readings: facts.readings });
      readings += facts.readings;
      bytes.settled += statSync(settled.paths.raw).size;
      bytes.compacted += statSync(compacted.paths.raw).size;
      bytes.sidecar += statSync(compacted.paths.sidecar).size;
    }
    const perReading = Object.entries(bytes).map(([what, all]) => `${(all / readings).toFixed(2)} ${what}`);
    console.info(`bytes a reading, of ${readings}: ${perReading.join(", ")}`);
    expect(readings).toBeGreaterThan(3_000_000);
    expect(bytes.settled / readings).toBeLessThanOrEqual(1.5);
    expect(bytes.compacted / readings).toBeLessThanOrEqual(1.3);
    expect(bytes.sidecar / readings).toBeLessThanOrEqual(1.5);
  });
});
