import { execFile } from "node:child_process";
import { createReadStream, existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { createGunzip } from "node:zlib";
import { callApi, type ServerProcess, startServerProcess } from "@sluice/cli/bench/server-process.ts";
import { parse } from "csv-parse";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStoredHome, type StoredHome } from "../support/stored-devices.ts";

const RECORDINGS = path.resolve(import.meta.dirname, "../../../shared/data/estuary-water");
const STATIONS = ["apacpwq", "apadbwq"];
const VIAS = ["mqtt", "line"];
const MAIN = path.resolve(import.meta.dirname, "../../packages/cli/src/main.ts");
const isThere = existsSync(RECORDINGS);

if (!isThere) console.warn(`the recordings are not there (${RECORDINGS}): nothing is replayed`);

/** Two estuary stations, two years every 15 minutes, with gaps, impossible values and the experts' flags as text. */
describe.runIf(isThere)("real recordings replayed at full speed", () => {
  let server: ServerProcess;
  let stored: StoredHome;

  beforeAll(async () => {
    server = await startServerProcess();
    // The rate class of a single device would make this a test of patience.
    const profile = { key: "station", name: "Station", readingsPerSecond: 1_000_000, readingsBurst: 1_000_000 };
    await callApi(server, "POST", "/api/v1/profiles", profile);
    for (const station of STATIONS) {
      for (const via of VIAS) await replay(station, via);
    }
    await server.stop();
    stored = await openStoredHome(server.home);
  }, 300_000);
  afterAll(async () => {
    await stored?.close();
    await server?.remove();
  });

  async function replay(station: string, via: string): Promise<void> {
    const uid = `${station}-${via}`;
    const { token } = await callApi(server, "POST", "/api/v1/devices", { uid, profile: "station" });
    const words = ["replay", path.join(RECORDINGS, `${station}.csv.gz`), "--device", uid, "--token", token as string];
    const ends = ["--server", server.httpUrl, "--mqtt", `mqtt://127.0.0.1:${server.mqttPort}`];
    const options = ["--time", "timestamp", "--speed", "max", "--via", via, "--json"];
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...words, ...ends, ...options]);
    const { sent, acknowledged } = JSON.parse(stdout.trim().split("\n").at(-1)!);
    expect({ uid, acknowledged, some: sent > 70_000 }).toEqual({ uid, acknowledged: sent, some: true });
  }

  it.each(STATIONS.flatMap((station) => VIAS.map((via) => [station, via] as const)))(
    "%s by %s: every value, gap and flag is the file's",
    async (station, via) => {
      const { series, metrics } = await stored.series(`${station}-${via}`);
      const rowOf = new Map([...series.timesMicros].map((micros, row) => [micros, row]));
      const wrong: unknown[] = [];
      let rows = 0;
      let values = 0;
      for await (const record of records(station)) {
        const { timestamp, ...cells } = record;
        const row = rowOf.get(Date.parse(timestamp!) * 1000);
        const extras = row === undefined ? {} : JSON.parse(series.extras.get(row) ?? "{}");
        rows++;
        for (const [key, cell] of Object.entries(cells)) {
          const column = series.columns.get(metrics.get(key) ?? -1);
          const number = row === undefined ? Number.NaN : (column?.[row] ?? Number.NaN);
          const found = Number.isNaN(number) ? extras[key] : number;
          const isText = cell !== "" && Number.isNaN(Number(cell));
          const expected = cell === "" ? undefined : isText ? cell : Number(cell);
          if (cell !== "") values++;
          if (!Object.is(found, expected)) wrong.push({ timestamp, key, cell, found });
        }
      }
      expect(wrong.slice(0, 5)).toEqual([]);
      expect(rows).toBe(70_176);
      expect(values).toBeGreaterThan(500_000);
    },
    120_000,
  );

  function records(station: string): AsyncIterable<Record<string, string>> {
    const file = createReadStream(path.join(RECORDINGS, `${station}.csv.gz`));
    return file.pipe(createGunzip()).pipe(parse({ columns: true }));
  }
});
