import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { createTestDatabase, type TestDatabase } from "@sluice/server/platform/testing/test-database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Rest } from "../testing/rest.ts";
import { SluiceHome, type SluiceProcess } from "../testing/run-sluice.ts";
import { freePort } from "../testing/test-server.ts";

let database: TestDatabase;
let home: SluiceHome;
beforeAll(async () => {
  database = await createTestDatabase();
  const ports = { SLUICE_HTTP_PORT: String(await freePort()), SLUICE_MQTT_PORT: String(await freePort()) };
  home = new SluiceHome({ SLUICE_DATABASE_URL: database.url, ...ports });
});
afterAll(async () => {
  home.remove();
  await database.drop();
});

interface Welcome {
  readonly demo: SluiceProcess;
  readonly url: string;
  readonly email: string;
  readonly password: string;
  readonly tryOutToken: string;
}

async function startDemo(): Promise<Welcome> {
  const demo = home.start(["demo"]);
  const text = (await demo.printed(/Open[\s\S]*Ctrl-C stops it/))[0];
  const word = (label: string) => new RegExp(`${label} +(\\S+)`).exec(text)![1]!;
  return {
    demo,
    url: word("Open"),
    email: word("Sign in"),
    password: word("Password"),
    tryOutToken: word("Bearer").slice(0, -1),
  };
}

async function stopDemo(demo: SluiceProcess): Promise<void> {
  demo.signal("SIGINT");
  // A second signal right behind is the same Ctrl-C, handed on by npm.
  demo.signal("SIGINT");
  const { exitCode, stdout } = await demo.ended;
  expect([exitCode, stdout.trimEnd().split("\n").at(-1)]).toEqual([0, "Stopped. Everything is stored."]);
}

test("the demo shows a sign-in that works, six zones that report, and the same again after a restart", async () => {
  const first = await startDemo();
  const rest = new Rest(first.url);
  await rest.signIn(first.email, first.password);
  const devices = await rest.get<{ uid: string; asset: number | null; site: string }[]>(
    "/api/v1/devices?site=demo-farm",
  );
  expect(devices.map(({ uid }) => uid).sort()).toEqual([
    "demo-1",
    "zone-1",
    "zone-2",
    "zone-3",
    "zone-4",
    "zone-5",
    "zone-6",
  ]);
  expect(new Set(devices.filter(({ asset }) => asset !== null).map(({ asset }) => asset)).size).toBe(6);
  const latest = () => rest.get<{ values: { moisture?: number } }>("/api/v1/devices/zone-6/latest");
  await expect.poll(async () => (await latest()).values.moisture, { timeout: 10_000 }).toBeGreaterThan(10);
  await stopDemo(first.demo);

  const second = await startDemo();
  expect({ ...second, demo: undefined }).toEqual({ ...first, demo: undefined });
  await rest.signIn(second.email, second.password);
  expect((await rest.get<unknown[]>("/api/v1/devices?site=demo-farm")).length).toBe(7);
  const answer = await fetch(`${second.url}/api/sensors/data`, {
    method: "POST",
    headers: { authorization: `Bearer ${second.tryOutToken}`, "content-type": "application/json" },
    body: '{"sensor_id":"demo-1","pH":7.2,"temp":15.4}',
  });
  expect(await answer.json()).toMatchObject({ status: "success" });
  await stopDemo(second.demo);
  const file = path.join(home.folder, "home", "demo.json");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, "utf8")).signIn).toEqual({ email: first.email, password: first.password });
});
