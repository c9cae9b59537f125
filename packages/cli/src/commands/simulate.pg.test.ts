import { readFileSync } from "node:fs";
import { SIMULATED_SOLUTIONS, type SimulatedSolutionName } from "@sluice/simulator/solutions.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SIGN_IN, startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const WHO = ["--email", SIGN_IN.email, "--password", SIGN_IN.password];
const SOLUTIONS = Object.keys(SIMULATED_SOLUTIONS) as SimulatedSolutionName[];
interface Telemetry {
  readonly ts: number[];
  readonly series: Record<string, unknown[]>;
}

interface Report {
  readonly sent: number;
  readonly acknowledged: number;
  readonly silent: number;
  readonly errors: number;
  readonly p99Ms: number;
  readonly labels: string;
  readonly history?: { readonly sent: number; readonly acknowledged: number; readonly errors: number };
}

async function simulate(words: readonly string[]): Promise<Report> {
  const { exitCode, stdout, stderr } = await server.home.run([
    "simulate",
    ...words,
    "--json",
    ...server.endpoints,
    ...WHO,
  ]);
  expect([exitCode, stderr.includes("error")], stderr).toEqual([0, false]);
  return JSON.parse(stdout) as Report;
}

async function storedTimes(uid: string, metric: string): Promise<number[]> {
  const query = `metrics=${encodeURIComponent(metric)}&from=0&to=4000000000000`;
  return (await server.rest.get<Telemetry>(`/api/v1/devices/${uid}/telemetry?${query}`)).ts;
}

test.each(SOLUTIONS.flatMap((solution) => ["mqtt", "gateway", "sync"].map((via) => [solution, via] as const)))(
  "%s via %s: every reading that was acknowledged is stored",
  async (solution, via) => {
    const prefix = `${solution}-${via}-`;
    const report = await simulate([
      solution,
      "--devices",
      "5",
      "--rate",
      "3",
      "--seconds",
      "1",
      "--via",
      via,
      "--prefix",
      prefix,
    ]);
    expect(report).toMatchObject({ sent: 15, acknowledged: 15, silent: 0, errors: 0, p99Ms: expect.any(Number) });
    const { values } = await server.rest.get<{ values: Record<string, number> }>(`/api/v1/devices/${prefix}1/latest`);
    expect(await storedTimes(`${prefix}1`, Object.keys(values)[0]!)).toHaveLength(3);
  },
);

test("a home of the simulation is balanced on the server too, to the watt", async () => {
  await simulate("home-energy --devices 5 --rate 1 --seconds 1 --via line --prefix home-".split(" "));
  const powers = await Promise.all(
    [1, 2, 3, 4, 5].map(async (number) => {
      const { values } = await server.rest.get<{ values: { power: number } }>(`/api/v1/devices/home-${number}/latest`);
      return values.power;
    }),
  );
  expect(powers[3]).toBeLessThan(0);
  expect(powers.reduce((sum, watts) => sum + watts, 0)).toBe(0);
});

test("a made-up history is there before the fleet goes on live, and both are one", async () => {
  const words = [
    "weather-station",
    "--devices",
    "2",
    "--rate",
    "0.01",
    "--seconds",
    "0",
    "--backfill",
    "2",
    "--prefix",
    "past-",
  ];
  const { history, sent } = await simulate(words);
  expect([sent, history]).toEqual([0, { sent: 3_456, acknowledged: 3_456, errors: 0 }]);
  const times = await storedTimes("past-1", "bme280.pressure");
  expect(times).toHaveLength(1_728);
  expect(times.at(-1)! - times[0]!).toBeCloseTo(1_727 * 100_000, -1);
});

test("faults and contaminations are in the label file, and a silent probe is no error", async () => {
  const report = await simulate([
    ..."water-quality --devices 3 --rate 20 --seconds 2 --via line --prefix bad- --speed 3600".split(" "),
    ..."--contaminations 6 --faults spike:0.1,drop-out:0.05,reboot:0.02".split(" "),
  ]);
  expect(report.silent).toBeGreaterThan(0);
  expect(report.sent + report.silent).toBe(120);
  expect(report.acknowledged).toBe(report.sent);
  const labels = readFileSync(report.labels, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(new Set(labels.map(({ device }) => device.slice(0, 4)))).toEqual(new Set(["bad-"]));
  expect(labels.map(({ kind }) => kind)).toContain("spike");
  expect(labels.every(({ start, end }) => start <= end)).toBe(true);
});

test("what cannot be simulated is said with what can", async () => {
  const run = await server.home.run(["simulate", "volcano", ...server.endpoints, ...WHO]);
  expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining("home-energy")]);
  const faults = await server.home.run(["simulate", "irrigation", "--faults", "burnt:1", ...server.endpoints, ...WHO]);
  expect([faults.exitCode, faults.stderr]).toEqual([1, expect.stringContaining("stuck:0.01")]);
});
