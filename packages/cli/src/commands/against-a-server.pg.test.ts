import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { tokenFilePath } from "@sluice/simulator/fleet-tokens.ts";
import { deviceLogPath } from "@sluice/simulator/irrigation/simulated-device.ts";
import { readDeviceLog } from "@sluice/simulator/read-device-log.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Rest } from "../testing/rest.ts";
import type { SluiceHome } from "../testing/run-sluice.ts";
import { SIGN_IN, startTestServer, type TestServer } from "../testing/test-server.ts";

/** With it the first zone begins at 10.65 %, on a thirsty morning: its threshold is 10 %. */
const NEARLY_DRY_SEED = "56";

let server: TestServer;
let home: SluiceHome;
let endpoints: readonly string[];
let rest: Rest;

beforeAll(async () => {
  server = await startTestServer();
  ({ home, endpoints, rest } = server);
});
afterAll(() => server.stop());

const RECORDING = `timestamp,ph,turb,flag,Volume Flow
2012-01-01T05:00:00Z,7.9,-0,<0>,1e-7
2012-01-01T05:15:00Z,,5e-324,"<-3> [GSM] (CWD), ""odd""",
2012-01-01T05:30:00Z,,,,
2012-01-01T05:45:00.000123Z,123456789.123456789,0.1,NaN,1.7976931348623157e308
`;

interface Telemetry {
  readonly ts: number[];
  readonly series: Record<string, unknown[]>;
}

test.each(["mqtt", "http", "line"])("a recording replayed via %s reads back as it stands in the file", async (via) => {
  const uid = `station-${via}`;
  const { token } = await rest.post<{ token: string }>("/api/v1/devices", { uid, profile: "generic" });
  const file = path.join(home.folder, "recording.csv");
  writeFileSync(file, RECORDING);
  const words = ["replay", file, "--device", uid, "--token", token, "--via", via, ...endpoints];
  const { exitCode, stdout } = await home.run(words);
  expect([exitCode, stdout]).toEqual([0, "3 rows sent, 3 acknowledged\n"]);
  const metrics = encodeURIComponent("ph,turb,flag,Volume Flow");
  const { ts, series } = await rest.get<Telemetry>(
    `/api/v1/devices/${uid}/telemetry?metrics=${metrics}&from=0&to=2000000000000`,
  );
  expect(ts.map(Math.floor)).toEqual([1_325_394_000_000, 1_325_394_900_000, 1_325_396_700_000]);
  expect(series.ph).toEqual([7.9, null, 123456789.12345679]);
  expect(series.turb).toEqual([-0, 5e-324, 0.1]);
  expect(series["Volume Flow"]).toEqual([1e-7, null, 1.7976931348623157e308]);
  expect(series.flag).toEqual(["<0>", '<-3> [GSM] (CWD), "odd"', "NaN"]);
});

test("a replay with a wrong token fails at once, and says what to check", async () => {
  const file = path.join(home.folder, "recording.csv");
  writeFileSync(file, RECORDING);
  for (const via of ["mqtt", "line"]) {
    const run = await home.run([
      "replay",
      file,
      "--device",
      "station-mqtt",
      "--token",
      "sld_wrong",
      "--via",
      via,
      ...endpoints,
    ]);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/\((mqtt|http)\.refused\)/);
  }
});

test("a known recording is a station with its source named, registered once, its columns the profile's metrics", async () => {
  const folder = path.join(home.folder, "recordings");
  mkdirSync(path.join(folder, "home-energy"), { recursive: true });
  writeFileSync(
    path.join(folder, "home-energy", "home1-hourly.csv"),
    "timestamp,load_kwh,pv_kwh\n2016-08-01T08:00:00Z,2.25,0\n2016-08-01T09:00:00Z,1.5,0.125\n",
  );
  const words = ["replay", "--recording", "home-energy/home1-load", "--from", folder, ...endpoints];
  const first = await home.run([...words, "--email", SIGN_IN.email, "--password", SIGN_IN.password]);
  expect([first.exitCode, first.stdout]).toEqual([0, "2 rows sent, 2 acknowledged\n"]);
  const again = await home.run(words);
  expect([again.exitCode, again.stdout]).toEqual([0, "2 rows sent, 2 acknowledged\n"]);
  const device = await rest.get<{ profile: string; properties: Record<string, string> }>(
    "/api/v1/devices/home-energy-home1-load",
  );
  expect(device).toMatchObject({ profile: "appliance", properties: { licence: "MIT (repository)" } });
  expect(device.properties.source).toContain("CityLearn");
  const { ts, series } = await rest.get<Telemetry>(
    "/api/v1/devices/home-energy-home1-load/telemetry?metrics=power&from=0&to=2000000000000",
  );
  expect([ts.length, series.power]).toEqual([2, [-2_250, -1_500]]);
});

test("a recording that nobody knows is a usage error, and the known ones are listed with their sources", async () => {
  const unknown = await home.run(["replay", "--recording", "estuary-water/apacpw", ...endpoints]);
  expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining("estuary-water/apacpwq")]);
  const { exitCode, stdout } = await home.run(["replay", "--list"]);
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^estuary-water\/apacpwq\twater-quality\tNOAA/)]);
});

test.each(["mqtt", "http", "line"])(
  "a fleet via %s registers itself once, and every reading is stored",
  async (via) => {
    const words = [
      "simulate",
      "irrigation",
      "--devices",
      "3",
      "--rate",
      "20",
      "--seconds",
      "1",
      "--via",
      via,
      "--json",
    ];
    const prefix = `${via}-zone-`;
    const signIn = ["--email", SIGN_IN.email, "--password", SIGN_IN.password];
    const first = await home.run([...words, "--prefix", prefix, ...endpoints, ...signIn]);
    expect([first.exitCode, JSON.parse(first.stdout)]).toEqual([
      0,
      expect.objectContaining({ sent: 60, acknowledged: 60 }),
    ]);
    const again = await home.run([...words, "--prefix", prefix, ...endpoints]);
    expect([again.exitCode, JSON.parse(again.stdout)]).toEqual([
      0,
      expect.objectContaining({ sent: 60, acknowledged: 60 }),
    ]);
    for (const number of [1, 2, 3]) {
      const uid = `${prefix}${number}`;
      const { ts } = await rest.get<Telemetry>(
        `/api/v1/devices/${uid}/telemetry?metrics=moisture&from=0&to=4000000000000`,
      );
      expect(ts).toHaveLength(40);
    }
  },
);

test("tokens that were lost, or are of another database, are replaced by new ones", async () => {
  const words = ["simulate", "irrigation", "--devices", "2", "--rate", "5", "--seconds", "1", "--prefix", "mqtt-zone-"];
  const signIn = ["--email", SIGN_IN.email, "--password", SIGN_IN.password];
  const lost = await home.run([...words, "--state", "elsewhere", ...endpoints, ...signIn]);
  expect([lost.exitCode, lost.stdout]).toEqual([0, expect.stringContaining("10 readings sent, 10 acknowledged")]);
  const file = tokenFilePath(path.join(home.folder, "stale"), endpoints[1]!);
  mkdirSync(path.dirname(file));
  writeFileSync(file, '{"devices":{"stale-1":"sld_of_another_database"}}');
  const stale = [...words.slice(0, -1), "stale-", "--state", "stale", ...endpoints, ...signIn];
  expect(await home.run(stale)).toMatchObject({ exitCode: 0 });
});

test("a fleet without a sign-in and without tokens says what it needs", async () => {
  const run = await home.run(["simulate", "irrigation", "--prefix", "new-", ...endpoints]);
  expect([run.exitCode, run.stderr]).toEqual([1, expect.stringContaining("Give --email and --password")]);
});

test("a dry zone gets its pump started once, by the device's own log, and stopping the fleet stops the pump", async () => {
  const words = [
    "simulate",
    "irrigation",
    "--devices",
    "1",
    "--rate",
    "10",
    "--prefix",
    "thirsty-",
    "--speed",
    "10000",
  ];
  const signIn = ["--email", SIGN_IN.email, "--password", SIGN_IN.password];
  const fleet = home.start([...words, "--seed", NEARLY_DRY_SEED, ...endpoints, ...signIn]);
  const log = deviceLogPath(path.join(home.folder, "home", "simulator"), "thirsty-1");
  const starts = () => readDeviceLog(log).onEdgesByFence.get("pump");
  await expect.poll(starts, { timeout: 30_000, interval: 100 }).toEqual(new Map([[1, 1]]));
  fleet.signal("SIGINT");
  expect((await fleet.ended).exitCode).toBe(0);
  expect(starts()).toEqual(new Map([[1, 1]]));
  expect(readDeviceLog(log).edges.at(-1)).toMatchObject({ edge: "OFF", fence: 1, reason: "shutdown" });
});

test("devices are imported from a file, their tokens kept, and exported again", async () => {
  const file = path.join(home.folder, "fleet.csv");
  const tokens = path.join(home.folder, "tokens.csv");
  writeFileSync(file, "uid,profile,properties.depth\nimported-1,generic,3\nimported-2,generic,4\nbad/uid,generic,\n");
  const who = ["--email", SIGN_IN.email, "--password", SIGN_IN.password, ...endpoints.slice(0, 2)];
  const first = await home.run(["import", "devices", file, "--out", tokens, ...who]);
  expect([first.exitCode, first.stdout]).toEqual([1, ""]);
  expect(first.stderr).toMatch(/^bad\/uid: .+\n2 registered, 0 changed, 0 left as they are, 1 refused\n$/);
  expect(readFileSync(tokens, "utf8")).toMatch(/^uid,token\r\nimported-1,sld_[\w-]+\r\nimported-2,sld_[\w-]+\r\n$/);
  const again = await home.run(["import", "devices", file, "--on-existing", "skip", ...who]);
  expect([again.exitCode, again.stdout]).toEqual([1, "uid,token\r\n"]);
  const secret = path.join(home.folder, "password");
  writeFileSync(secret, `${SIGN_IN.password}\n`, { mode: 0o600 });
  const unseen = ["--email", SIGN_IN.email, "--password-file", secret, ...endpoints.slice(0, 2)];
  const exported = await home.run(["export", "devices", ...unseen]);
  expect(exported.exitCode).toBe(0);
  expect(exported.stdout).toMatch(/^uid,name,profile,.*\r\n/);
  expect(exported.stdout).toContain("imported-2,imported-2,generic,default,,,active,4");
});
