import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "./clock.ts";
import { FleetPace } from "./fleet-pace.ts";
import { HistoryClock } from "./history-clock.ts";
import { MadeUpHistory } from "./made-up-history.ts";
import { membersOf } from "./open-fleet.ts";
import { HttpClient } from "./senders/http-client.ts";
import type { SimulatedSolutionName } from "./solutions.ts";
import { MIDSUMMER_MICROS, MUNICH } from "./testing/worlds.ts";

const DAY_SECONDS = 86_400;
const QUARTERS_PER_SECOND = 1 / 900;

let server: Server;
let url: string;
let lines: string[];
let fails: number;

beforeEach(async () => {
  lines = [];
  fails = 0;
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (fails-- > 0) {
      response.writeHead(503, { "retry-after": "0" }).end();
      return;
    }
    lines.push(...Buffer.concat(chunks).toString().split("\n"));
    response.writeHead(204).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function historyOf(solution: SimulatedSolutionName, days: number, devices = 3) {
  const historyClock = new HistoryClock(systemClock, MIDSUMMER_MICROS);
  const members = membersOf(
    {
      solution,
      devices,
      seed: 5,
      speedFactor: 1,
      uidPrefix: "h-",
      place: MUNICH,
      stateDirectory: "/nowhere",
      solar: "formula",
      contaminationsPerDay: 0,
      faults: {},
      backfillDays: days,
      localAddresses: [],
      clock: systemClock,
    },
    historyClock,
    () => {},
  );
  const pace = new FleetPace(devices, QUARTERS_PER_SECOND, days * DAY_SECONDS);
  const client = new HttpClient(url, 1);
  const startMicros = MIDSUMMER_MICROS;
  const parts = { members, pace, startMicros, historyClock, clock: systemClock, client, token: "t" };
  return { members, history: new MadeUpHistory(parts), historyClock };
}

const timeOf = (line: string) => Number(line.split(" ").at(-1));

test("a history has every device at its own times, in order, also when the server was busy", async () => {
  fails = 2;
  const { history } = historyOf("weather-station", 30);
  await history.run();
  expect(history.counters).toEqual({ sent: 8_640, acknowledged: 8_640, errors: 0, firstError: undefined });
  expect(lines).toHaveLength(8_640);
  const times = lines.map(timeOf);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(times[0]).toBe(MIDSUMMER_MICROS);
  expect(times.at(-1)! - times[0]!).toBeLessThan(30 * DAY_SECONDS * 1e6);
  expect(new Set(lines.map((line) => line.split(" ")[0])).size).toBe(3);
});

test("the same seed makes up the same history, to the byte", async () => {
  await historyOf("home-energy", 3, 5).history.run();
  const first = lines;
  lines = [];
  await historyOf("home-energy", 3, 5).history.run();
  expect(lines).toEqual(first);
});

test("zones were watered, and no pump runs on when the history ends", async () => {
  const { history, members } = historyOf("irrigation", 30);
  await history.run();
  const moistures = lines.map((line) => Number(/moisture=([\d.]+)/.exec(line)![1]));
  expect(Math.min(...moistures)).toBeGreaterThan(9);
  expect(Math.min(...moistures)).toBeLessThan(10.2);
  expect(members.map(({ model }) => (model as unknown as { isWatering: boolean }).isWatering)).toEqual([
    false,
    false,
    false,
  ]);
});

test("a history too long for a disk is refused with what to give less of", () => {
  expect(() => historyOf("irrigation", 40_000, 1_000)).toThrow(/at most 100000000 readings/);
});
