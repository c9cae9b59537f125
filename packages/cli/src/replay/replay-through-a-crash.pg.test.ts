import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

const ROWS = 2_000;
const FIRST_MS = Date.UTC(2012, 0, 1);
/** Two hours and a half of the recording a second: some two seconds in all, long enough to crash in the middle. */
const SPEED = "10000x";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

interface Telemetry {
  readonly ts: number[];
  readonly series: { readonly v: number[] };
}

test.each(["mqtt", "line"])("a replay via %s survives a killed server, with every row stored once", async (via) => {
  const { home, rest, endpoints } = server;
  const uid = `crash-${via}`;
  const { token } = await rest.post<{ token: string }>("/api/v1/devices", { uid, profile: "generic" });
  const file = path.join(home.folder, `${uid}.csv`);
  const lines = Array.from(
    { length: ROWS },
    (_, row) => `${new Date(FIRST_MS + row * 10_000).toISOString()},${row / 7}`,
  );
  writeFileSync(file, `timestamp,v\n${lines.join("\n")}\n`);

  const words = ["replay", file, "--device", uid, "--token", token, "--via", via, "--speed", SPEED];
  const replay = home.start([...words, ...endpoints]);
  const stored = () => rest.get<Telemetry>(`/api/v1/devices/${uid}/telemetry?metrics=v&from=0&to=2000000000000`);
  await expect.poll(async () => (await stored()).ts.length, { timeout: 20_000, interval: 50 }).toBeGreaterThan(100);
  await server.crashAndRestart();
  const { exitCode, stdout } = await replay.ended;

  expect([exitCode, stdout]).toEqual([0, `${ROWS} rows sent, ${ROWS} acknowledged\n`]);
  const { ts, series } = await stored();
  expect(ts).toEqual(Array.from({ length: ROWS }, (_, row) => FIRST_MS + row * 10_000));
  expect(series.v).toEqual(Array.from({ length: ROWS }, (_, row) => row / 7));
});
