import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SIGN_IN, startTestServer, type TestServer } from "../testing/test-server.ts";

const SIGNED_IN = ["--email", SIGN_IN.email, "--password", SIGN_IN.password];
const ROWS = 40_000;

let server: TestServer;
let words: readonly string[];
beforeAll(async () => {
  server = await startTestServer();
  words = [...server.endpoints.slice(0, 2), ...SIGNED_IN];
  const { token } = await server.rest.post<{ token: string }>("/api/v1/devices", { uid: "pond", profile: "generic" });
  const file = path.join(server.home.folder, "recording.csv");
  const lines = Array.from({ length: ROWS }, (_, i) => `${1_700_000_000_000 + i * 1000},${i / 8}`);
  writeFileSync(file, `time,ph\n${lines.join("\n")}\n`);
  const replay = [
    "replay",
    file,
    "--device",
    "pond",
    "--time",
    "time",
    "--token",
    token,
    "--speed",
    "max",
    "--via",
    "http",
  ];
  const { exitCode, stderr } = await server.home.run([...replay, ...server.endpoints]);
  expect(exitCode, stderr).toBe(0);
}, 120_000);
afterAll(() => server.stop());

const inFolder = (name: string) => path.join(server.home.folder, name);

test("a range goes into a CSV file, whole, without the line that says so", async () => {
  const out = inFolder("pond.csv");
  const run = await server.home.run(["export", "readings", "--devices", "pond", "--out", out, "--json", ...words]);
  expect(run.exitCode, run.stderr).toBe(0);
  const text = readFileSync(out, "utf8");
  expect(JSON.parse(run.stdout)).toEqual({ rows: ROWS, bytes: text.length });
  const lines = text.trimEnd().split("\r\n");
  expect(lines.length).toBe(ROWS + 1);
  expect([lines[1], lines.at(-1)]).toEqual([
    "pond,2023-11-14T22:13:20.000Z,ph,0,,",
    `pond,2023-11-15T09:19:59.000Z,ph,${(ROWS - 1) / 8},,`,
  ]);
});

test("and into a Parquet file with the same readings", async () => {
  const out = inFolder("pond.parquet");
  const run = await server.home.run(["export", "readings", "--format", "parquet", "--out", out, ...words]);
  expect(run.exitCode, run.stderr).toBe(0);
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const found = await connection.runAndReadAll(`select count(*)::int, sum(value) from '${out}' where metric = 'ph'`);
  expect(found.getRows()).toEqual([[ROWS, ((ROWS - 1) * ROWS) / 16]]);
});

test.each(["csv", "parquet"])(
  "a %s file is read back into another device as it was, twice over, and from a row on",
  async (format) => {
    const { rest, home } = server;
    const uid = `round-${format}`;
    const { token } = await rest.post<{ token: string }>("/api/v1/clients", { name: uid, scopes: ["ingest"] });
    for (const name of [uid, `${uid}-again`]) await rest.post("/api/v1/devices", { uid: name, profile: "generic" });
    const readings = [
      {
        sensor_id: uid,
        timestamp: "2026-05-01T12:00:00.000123Z",
        ph: 7.25,
        note: 'a "b",\nc',
        isOn: true,
        list: [1, "x"],
      },
      { sensor_id: uid, timestamp: "2026-05-01T12:00:01Z", ph: 5e-324, temp: -12.5 },
    ];
    const sent = await fetch(`${words[1]}/api/sensors/data`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(readings),
    });
    expect(sent.status).toBe(200);
    const out = inFolder(`${uid}.${format}`);
    const exported = ["export", "readings", "--devices", uid, "--format", format, "--out", out, ...words];
    expect((await home.run(exported)).exitCode).toBe(0);
    const ask = (device: string) =>
      rest.get<{ series: unknown; ts: unknown }>(
        `/api/v1/devices/${device}/telemetry?from=0&metrics=ph,temp,note,isOn,list`,
      );
    const before = await ask(uid);
    const importing = ["import", "readings", out, ...words.slice(0, 2), "--token", token, "--json"];
    for (const skip of [[], ["--skip", "3"]]) {
      const run = await home.run([...importing, ...skip]);
      expect(run.exitCode, run.stderr).toBe(0);
      expect(JSON.parse(run.stdout)).toEqual({ rows: 6, stored: 2, refused: 0 });
      expect(await ask(uid)).toEqual(before);
    }
    if (format === "parquet") return;
    writeFileSync(out, readFileSync(out, "utf8").replaceAll(uid, `${uid}-again`));
    expect((await home.run(importing)).exitCode).toBe(0);
    expect(await ask(`${uid}-again`)).toEqual({ ...before, device: `${uid}-again` });
    writeFileSync(out, `${readFileSync(out, "utf8")}nobody,2026-05-01T12:00:00Z,ph,1,,\r\n`);
    const refused = await home.run(importing);
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining("refused:")]);
  },
);

test("an answer that ends early leaves no file, and says so", async () => {
  const half = createServer((_request, response) => {
    response.setHeader("content-type", "text/csv");
    response.end("device,time,metric,value,flags,text\r\npond,2026-05-01T12:00:00.000Z,ph,1,,\r\n");
  }).listen(0, "127.0.0.1");
  const url = `http://127.0.0.1:${(half.address() as AddressInfo | null)?.port ?? (await listening(half))}`;
  const out = inFolder("half.csv");
  const run = await server.home.run(["export", "readings", "--out", out, "--server", url, "--token", "t"]);
  half.close();
  expect([run.exitCode, run.stderr]).toEqual([1, expect.stringContaining("cli.export_cut")]);
  expect(existsSync(out)).toBe(false);
  expect(readdirSync(server.home.folder).filter((name) => name.includes("unfinished"))).toEqual([]);
});

async function listening(half: ReturnType<typeof createServer>): Promise<number> {
  await new Promise((resolve) => half.once("listening", resolve));
  return (half.address() as AddressInfo).port;
}
