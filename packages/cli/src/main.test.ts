import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { startTestBroker } from "@sluice/simulator/testing/test-broker.ts";
import { expect, test } from "vitest";
import { COMMANDS } from "./command-table.ts";
import { runSluice } from "./testing/run-sluice.ts";

test("without a word it lists every command", async () => {
  const { exitCode, stdout } = await runSluice([]);
  expect(exitCode).toBe(0);
  for (const { name, summary } of COMMANDS) expect(stdout).toMatch(new RegExp(`${name} +${literally(summary)}`));
  expect((await runSluice(["--help"])).stdout).toBe(stdout);
});

test.each(COMMANDS.map(({ name }) => name))("sluice %s --help tells its options", async (name) => {
  const entry = COMMANDS.find((candidate) => candidate.name === name)!;
  const { command } = await entry.load();
  const { exitCode, stdout, stderr } = await runSluice([...name.split(" "), "--help"]);
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(`Usage: sluice ${name}`);
  for (const option of [...Object.keys(command.options), "help"]) expect(stdout).toContain(`--${option}`);
  expect(command.summary).toBe(entry.summary);
});

test("an unknown command is a usage error with the nearest one", async () => {
  const { exitCode, stdout, stderr } = await runSluice(["serev"]);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toContain('Unknown command "serev". Did you mean "serve"?');
  expect((await runSluice(["admin", "create-usr"])).stderr).toContain('Did you mean "admin create-user"?');
});

test("an unknown option is a usage error with the nearest one", async () => {
  const { exitCode, stderr } = await runSluice(["replay", "a.csv", "--devcie", "d"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("sluice replay: Unknown option --devcie. Did you mean --device?");
  expect(stderr).toContain("See: sluice replay --help");
});

test("admin alone lists its commands", async () => {
  const { exitCode, stdout } = await runSluice(["admin"]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("admin create-user");
  expect(stdout).not.toContain("replay");
});

test("--version says one line", async () => {
  expect((await runSluice(["--version"])).stdout).toMatch(/^sluice \d+\.\d+\.\d+\n$/);
});

test("a failure is one sentence, its code and its mend, with exit code 1", async () => {
  const { exitCode, stderr } = await runSluice(["replay", "none.csv", "--device", "d", "--token", "t"]);
  expect(exitCode).toBe(1);
  expect(stderr).toBe("sluice: none.csv cannot be read: ENOENT. (csv.unreadable)\n");
});

test("doctor names a bad setting, and a command that needs the settings refuses it", async () => {
  const doctor = await runSluice(["doctor"], { SLUICE_HTTP_PORT: "many" });
  expect([doctor.exitCode, doctor.stdout]).toEqual([1, expect.stringContaining("SLUICE_HTTP_PORT must be a port")]);
  const migrate = await runSluice(["migrate"], { SLUICE_HTTP_PORT: "many" });
  expect([migrate.exitCode, migrate.stderr]).toEqual([1, expect.stringContaining("SLUICE_HTTP_PORT must be a port")]);
});

test("doctor tells each finding, and fails for a port that another process has", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const env = { SLUICE_HOST: "127.0.0.1", SLUICE_HTTP_PORT: "0", SLUICE_MQTT_PORT: String(port) };
  const { exitCode, stdout } = await runSluice(["doctor", "--json"], env);
  await new Promise((resolve) => server.close(resolve));
  const findings = JSON.parse(stdout) as { subject: string; state: string; mend?: string }[];
  expect(exitCode).toBe(1);
  expect(findings.filter(({ state }) => state === "fail")).toEqual([
    expect.objectContaining({ subject: `port ${port}`, mend: expect.stringContaining("SLUICE_MQTT_PORT") }),
  ]);
  expect(findings.map(({ subject }) => subject)).toEqual(expect.arrayContaining(["node", "home", "disk", "database"]));
});

test("serve on a taken port stops before it starts anything, and names port, variable and process", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const env = { SLUICE_HOST: "127.0.0.1", SLUICE_HTTP_PORT: String(port), SLUICE_MQTT_PORT: "0" };
  const { exitCode, stdout, stderr } = await runSluice(["serve"], env);
  await new Promise((resolve) => server.close(resolve));
  expect([exitCode, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(`Port ${port} (SLUICE_HTTP_PORT) is taken by process ${process.pid}`);
});

test("replay sends a recording through MQTT and says how many rows were acknowledged", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "replay-"));
  const file = path.join(folder, "a.csv");
  writeFileSync(
    file,
    "timestamp,temp,f_temp\n2012-01-01T05:00:00Z,16.9,<0>\n2012-01-01T05:15:00Z,,<-2>\n2012-01-01T05:30:00Z,,\n",
  );
  const broker = await startTestBroker("t-1");
  const { exitCode, stdout, stderr } = await runSluice([
    "replay",
    file,
    "--device",
    "d-1",
    "--token",
    "t-1",
    "--mqtt",
    broker.url,
  ]);
  await broker.stop();
  rmSync(folder, { recursive: true });
  expect([exitCode, stdout]).toEqual([0, "2 rows sent, 2 acknowledged\n"]);
  expect(stderr).toContain("1 rows had no value at all");
  expect(broker.received.map(({ payload }) => payload)).toEqual([
    '{"ts":1325394000000,"values":{"temp":16.9,"f_temp":"<0>"}}',
    '{"ts":1325394900000,"values":{"f_temp":"<-2>"}}',
  ]);
});

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
