import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { callApi, type ServerProcess, startServerProcess } from "@sluice/cli/bench/server-process.ts";
import { SluiceHome } from "@sluice/cli/testing/run-sluice.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RepeatingSender } from "../support/repeating-sender.ts";

const PONDS = 4;
const START_MS = Date.UTC(2026, 0, 1);
const STEP_MS = 1_000;

interface Telemetry {
  readonly ts: number[];
  readonly series: { readonly ph?: number[] };
}

/** Senders never pause while the backup is taken; then it is restored elsewhere, and the copy is asked. */
describe("a backup that is taken while readings come in", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sluice-backup-"));
  const file = path.join(folder, "backup.tar.zst");
  /** By pond: readings that were acknowledged before the backup began, and all of them. */
  const before: number[] = [];
  const sent = new Array<number>(PONDS).fill(0);
  let original: ServerProcess;
  let restored: ServerProcess;
  let cli: SluiceHome;
  let secretTold: string;

  beforeAll(async () => {
    original = await startServerProcess({ home: path.join(folder, "home") });
    cli = new SluiceHome({ SLUICE_HOME: original.home });
    for (let pond = 0; pond < PONDS; pond++) {
      await callApi(original, "POST", "/api/v1/devices", { uid: `pond-${pond}`, profile: "generic" });
    }
    const client = await callApi(original, "POST", "/api/v1/clients", { name: "load", scopes: ["ingest"] });
    secretTold = client.token as string;
    await backUpUnderLoad(new RepeatingSender(original.httpUrl, secretTold));
    const run = await cli.run(["restore", file, "--home", path.join(folder, "copy"), "--json"]);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ devices: PONDS, missing: [], pendingMigrations: [] });
    restored = await startServerProcess({ home: path.join(folder, "copy") });
  }, 240_000);

  afterAll(async () => {
    await restored?.remove();
    await original?.remove();
    cli?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function backUpUnderLoad(sender: RepeatingSender): Promise<void> {
    let isOver = false;
    const send = async (pond: number) => {
      while (!isOver || sent[pond]! < 50) {
        const step = sent[pond]!;
        const body = {
          device_id: `pond-${pond}`,
          ts_utc: new Date(START_MS + step * STEP_MS).toISOString(),
          payload: { ph: step },
        };
        await sender.deliver("/api/readings", JSON.stringify(body), false);
        sent[pond] = step + 1;
        if (before.length === 0 && sent.every((count) => count >= 50)) ready();
      }
    };
    let ready = () => {};
    const isReady = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const senders = sent.map((_, pond) => send(pond));
    await isReady;
    before.push(...sent);
    const run = await cli.run(["backup", "--to", file, "--json"]);
    isOver = true;
    await Promise.all(senders);
    sender.close();
    expect(run.exitCode, run.stderr).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ damaged: [], secret: "archived", format: 1 });
    expect(
      before.every((count, pond) => sent[pond]! > count),
      "readings came while it was taken",
    ).toBe(true);
  }

  it("has every reading that was acknowledged before it began, and of the later ones no gap", async () => {
    for (let pond = 0; pond < PONDS; pond++) {
      const route = `/api/v1/devices/pond-${pond}/telemetry?from=0`;
      const { ts, series } = await callApi<Telemetry & Record<string, unknown>>(restored, "GET", route);
      expect(ts.length).toBeGreaterThanOrEqual(before[pond]!);
      expect(ts.length).toBeLessThanOrEqual(sent[pond]! + 1);
      expect(series.ph).toEqual(Array.from({ length: ts.length }, (_, step) => step));
      expect(ts.at(-1)).toBe(START_MS + (ts.length - 1) * STEP_MS);
      const latest = await callApi(restored, "GET", `/api/v1/devices/pond-${pond}/latest`);
      expect(latest).toMatchObject({ ts: ts.at(-1), values: { ph: ts.length - 1 } });
    }
  });

  it("lets people and programs in as before, and takes readings", async () => {
    // The administrator has signed in on it, or `startServerProcess` would not have come back.
    const sender = new RepeatingSender(restored.httpUrl, secretTold);
    const at = START_MS + 1_000_000 * STEP_MS;
    const body = { device_id: "pond-0", ts_utc: new Date(at).toISOString(), payload: { ph: 9 } };
    await sender.deliver("/api/readings", JSON.stringify(body), false);
    sender.close();
    expect(await callApi(restored, "GET", "/api/v1/devices/pond-0/latest")).toMatchObject({
      ts: at,
      values: { ph: 9 },
    });
  });

  it("is verified without being restored; one that was cut or changed anywhere is refused, and nothing is made of it", async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await cli.run(["backup", "--verify", file])).exitCode).toBe(0);
    const bytes = readFileSync(file);
    const spoilt = path.join(folder, "spoilt.tar.zst");
    for (const share of [0.001, 0.3, 0.999]) {
      const changed = Buffer.from(bytes);
      changed[Math.floor(bytes.length * share)]! ^= 0x04;
      writeFileSync(spoilt, changed);
      expect((await cli.run(["backup", "--verify", spoilt])).stderr, `byte at ${share}`).toContain("backup.damaged");
    }
    writeFileSync(spoilt, bytes);
    truncateSync(spoilt, Math.floor(bytes.length / 2));
    const run = await cli.run(["restore", spoilt, "--home", path.join(folder, "never")]);
    expect([run.exitCode, run.stderr]).toEqual([1, expect.stringContaining("backup.damaged")]);
    expect(readdirSync(folder)).not.toContain("never");
  });

  it("goes into an empty folder only", async () => {
    const run = await cli.run(["restore", file, "--home", original.home]);
    expect([run.exitCode, run.stderr]).toEqual([1, expect.stringContaining("restore.not_empty")]);
  });

  it("of which the taking is killed leaves no file that looks whole, and the next one works", async () => {
    const killed = path.join(folder, "killed.tar");
    const taking = cli.start(["backup", "--to", killed]);
    const unfinished = () => readdirSync(folder).filter((name) => /^killed\.tar\..+\.unfinished$/.test(name));
    await expect.poll(unfinished, { timeout: 30_000, interval: 2 }).toHaveLength(1);
    taking.signal("SIGKILL");
    expect((await taking.ended).exitCode).toBe(null);
    expect(readdirSync(folder)).not.toContain("killed.tar");
    expect((await cli.run(["backup", "--to", killed])).exitCode).toBe(0);
    // That of the killed one is swept a day later, by the next that writes here.
    expect(unfinished()).toHaveLength(1);
    // Not compressed, it is a tar like any other.
    const { stdout } = spawnSync("tar", ["-tf", killed], { encoding: "utf8", maxBuffer: 1e8 });
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("manifest.json");
  });
});
