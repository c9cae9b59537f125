import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { callApi, type ServerProcess, startServerProcess } from "@sluice/cli/bench/server-process.ts";
import { ReportMailbox } from "@sluice/server/reports/testing/report-mailbox.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { openStoredHome } from "../support/stored-devices.ts";

/** So many that a report of them takes seconds. */
const STATIONS = 200;
const DAY_MS = 86_400_000;
const RECIPIENT = "water@authority.example";

interface Run {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly files: readonly { readonly format: string; readonly checksum: string }[];
  readonly mails: readonly { readonly to: string; readonly state: string }[];
}

/** A zone where it is between 12:00 and 13:00: no midnight passes while the test runs. */
function siteAtNoon(): { readonly timeZone: string; readonly midnightMs: number } {
  const nowMs = Date.now();
  const offset = 12 - new Date(nowMs).getUTCHours();
  const localMidnightMs = Math.floor((nowMs + offset * 3_600_000) / DAY_MS) * DAY_MS;
  // The signs of these zones are those of POSIX: west is positive.
  const timeZone = offset === 0 ? "Etc/GMT" : `Etc/GMT${offset > 0 ? "-" : "+"}${Math.abs(offset)}`;
  return { timeZone, midnightMs: localMidnightMs - offset * 3_600_000 };
}

/** Killed with everything it has while it makes a report, and again while it mails it. */
describe("a report that is due, and a server that is killed midway", () => {
  const home = mkdtempSync(path.join(tmpdir(), "sluice-report-"));
  const site = siteAtNoon();
  let mailbox: ReportMailbox;
  let server: ServerProcess;

  beforeAll(async () => {
    mailbox = await ReportMailbox.open();
    mailbox.isSilent = true;
    await start();
    await api("POST", "/api/v1/sites", { slug: "weir", name: "Weir", timeZone: site.timeZone });
    for (let station = 0; station < STATIONS; station++) {
      await api("POST", "/api/v1/devices", { uid: `st-${station}`, profile: "water-quality", site: "weir" });
    }
    const client = await api<{ token: string }>("POST", "/api/v1/clients", { name: "gateway", scopes: ["ingest"] });
    await sendYesterday(client.token);
    const times = { kind: "daily", at: "00:00" };
    const schedule = { name: "Morning", report: "water-quality-daily", location: "weir", times };
    await api("POST", "/api/v1/report-schedules", { ...schedule, recipients: [RECIPIENT] });
    await server.kill();
    await whileItIsDown("update report_schedule set planned_through = now() - interval '1 day', next_due_at = now()");
  }, 240_000);
  afterAll(async () => {
    await server?.remove();
    await mailbox?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it("is made once, kept once and mailed once", async () => {
    await start();
    const begun = await eventually(async () => (await runs()).find(({ state }) => state === "running"));
    await server.kill();
    expect(begun.attempts).toBe(1);
    expect(mailbox.heard).toBe(0);
    // As if it had been away for longer than the lease of what it had begun.
    await whileItIsDown("update report_run set lease_until = now() where state = 'running'");

    await start();
    await eventually(async () => (mailbox.heard === 1 ? true : undefined));
    await server.kill();
    await whileItIsDown("update report_mail set due_at = now() where state = 'queued'");

    mailbox.isSilent = false;
    await start();
    const sent = await eventually(async () => {
      const run = await api<Run>("GET", `/api/v1/reports/${begun.id}`);
      return run.mails[0]?.state === "sent" ? run : undefined;
    });
    expect(sent).toMatchObject({ id: begun.id, state: "done", attempts: 2, mails: [{ to: RECIPIENT }] });
    expect(await runs()).toHaveLength(1);
    expect(mailbox.mails.map(({ to }) => to)).toEqual([RECIPIENT]);
    expect(readdirSync(path.join(home, "objects", "reports", "1")).toSorted()).toEqual(
      ["json", "pdf"].map((format) => `${begun.id}-2.${format}`),
    );
    const content = await api<{ completeness: object }>("GET", `/api/v1/reports/${begun.id}/content`);
    expect(content.completeness).toEqual({ expected: STATIONS * 96, readings: STATIONS * 96, share: 1 });
  });

  async function start(): Promise<void> {
    const env = { SLUICE_SMTP_URL: mailbox.url, SLUICE_SMTP_FROM: "sluice@water.example", SLUICE_LOG_LEVEL: "fatal" };
    server = await startServerProcess({ home, env });
  }

  function api<Answer = unknown>(method: string, route: string, body?: object): Promise<Answer> {
    return callApi<Answer>(server, method, route, body);
  }

  const runs = () => api<Run[]>("GET", "/api/v1/reports");

  /** Of the site's clock, a reading each quarter-hour of each station, by line protocol. */
  async function sendYesterday(token: string): Promise<void> {
    const lines = Array.from({ length: 96 }, (_, quarter) => site.midnightMs - DAY_MS + quarter * 900_000).flatMap(
      (timeMs) =>
        Array.from({ length: STATIONS }, (_, station) => `water,device=st-${station} ph=7.${station} ${timeMs}`),
    );
    const response = await fetch(`${server.httpUrl}/api/v2/write?precision=ms`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: lines.join("\n"),
    });
    expect(response.status, await response.text()).toBe(204);
  }

  async function whileItIsDown(sql: string): Promise<void> {
    const stored = await openStoredHome(home);
    const { rowCount } = await stored.pool.query(sql);
    await stored.close();
    expect(rowCount).toBe(1);
  }
});
