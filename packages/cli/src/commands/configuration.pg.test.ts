import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import type { Rest } from "../testing/rest.ts";
import type { SluiceHome } from "../testing/run-sluice.ts";
import { SIGN_IN, startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let home: SluiceHome;
let rest: Rest;
let who: readonly string[];
beforeAll(async () => {
  server = await startTestServer();
  ({ home, rest } = server);
  who = [...server.endpoints.slice(0, 2), "--email", SIGN_IN.email, "--password", SIGN_IN.password];
});
afterAll(() => server.stop());

const FARM = `version: 1
sites:
  - {slug: north, name: North, timeZone: Europe/Berlin}
devices:
  - {uid: probe-1, profile: generic, site: north}
channels:
  - name: Ops
    kind: webhook
    configuration: {url: "https://example.org/hook"}
    secret: \${CHANNEL_OPS_SECRET}
`;

const sluice = (...words: readonly string[]) => home.run([...words, ...who]);

test("a file is tried, imported, exported and imported again", async () => {
  const file = path.join(home.folder, "farm.yaml");
  writeFileSync(file, FARM);
  const dry = await sluice("import", "config", file, "--dry-run");
  expect([dry.exitCode, dry.stdout]).toEqual([
    0,
    "would create sites north\nwould create devices probe-1\nwould create channels Ops\n",
  ]);
  expect(dry.stderr).toContain("CHANNEL_OPS_SECRET is not set");
  expect(dry.stderr).toContain("nothing done; it would be 3 made, 0 changed, 0 deleted, 0 as they were, 0 failed\n");
  expect(await rest.get("/api/v1/devices")).toEqual([]);

  const made = await sluice("import", "config", file, "--json");
  expect(made.exitCode).toBe(0);
  expect(JSON.parse(made.stdout).results[1]).toMatchObject({ name: "probe-1", token: expect.stringMatching(/^sld_/) });

  const exported = path.join(home.folder, "exported.yaml");
  expect((await sluice("export", "config", "--out", exported)).exitCode).toBe(0);
  const written = parse(readFileSync(exported, "utf8"));
  expect(written.channels[0]).toMatchObject({ name: "Ops", secret: `\${CHANNEL_OPS_SECRET}` });
  expect(written.devices).toMatchObject([{ uid: "probe-1", site: "north" }]);
  const again = await sluice("import", "config", exported, "--prune");
  expect([again.exitCode, again.stdout]).toEqual([0, ""]);
  expect(again.stderr).toContain("0 made, 0 changed, 0 deleted, ");
});

test("all mistakes of a file are told with their places, and a file that is no YAML with its line", async () => {
  const file = path.join(home.folder, "wrong.yaml");
  writeFileSync(file, FARM.replace("site: north", "site: north, colour: red").replace("Europe/Berlin", "7"));
  const wrong = await sluice("import", "config", file);
  expect(wrong.exitCode).toBe(1);
  expect(wrong.stderr).toContain("/sites/0/timeZone: must be string\n");
  expect(wrong.stderr).toContain("/devices/0: `colour` is unknown\n");
  writeFileSync(file, "version: 1\nsites: [\n");
  const broken = await sluice("import", "config", file);
  expect(broken.exitCode).toBe(1);
  expect(broken.stderr).toContain("line 3");
});
