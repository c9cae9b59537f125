import { readdirSync } from "node:fs";
import { loadavg } from "node:os";
import path from "node:path";
import { systemClock } from "@sluice/server/platform/clock.ts";
import { eventually } from "../eventually.ts";
import { describeRun, rounded } from "./bench-report.ts";
import { callApi, type ServerProcess, startServerProcess } from "./server-process.ts";

const METRICS = ["ph", "turbidity", "temperature", "dissolved_oxygen", "conductivity"];
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MINUTES_A_DAY = 1_440;
/** A generation is closed, and settles, at so many messages: those of the day and some after it. */
const MESSAGES_TO_SETTLE = 2_010_000;
/** Half of one core is the settler's, and less of it on a busy machine. */
const SETTLED_WITHIN_MS = 600_000;
const LINES_A_REQUEST = 5_000;
const SITE = "river";
/** Each form is asked for so often; the first time files are opened. */
const TIMES = 5;

export interface DailyReportOptions {
  readonly stations: number;
  readonly say: (text: string) => void;
  readonly interruption: AbortSignal;
}

/**
 * The daily report of a site whose stations say five metrics a minute, by a real server over settled parts. Every number of its
 * table is held against what was sent.
 */
export async function benchDailyReport(options: DailyReportOptions): Promise<Record<string, unknown>> {
  const { stations, say, interruption } = options;
  const server = await startServerProcess();
  try {
    const dayMs = (Math.floor(systemClock.nowMicros() / 1000 / DAY_MS) - 10) * DAY_MS;
    await register(server, stations);
    say(`${stations} stations send a day, and what closes its generation`);
    await send(server, stations, dayMs, interruption);
    say("waiting until it is settled");
    await eventually(() => isSettled(server), interruption, SETTLED_WITHIN_MS);
    const load = loadavg();
    const day = new Date(dayMs).toISOString().slice(0, 10);
    const url = `${server.httpUrl}/api/reports/daily?location=${SITE}&date=${day}`;
    const json = await ask(server, `${url}&format=json`);
    const pdf = await ask(server, `${url}&format=pdf`);
    return {
      ...describeRun({ stations, metrics: METRICS.length, readings: stations * MINUTES_A_DAY * METRICS.length }),
      loadAverage: rounded(load[0]),
      jsonMs: json.tookMs,
      jsonBytes: json.body.length,
      pdfMs: pdf.tookMs,
      pdfBytes: pdf.body.length,
      wrong: countWrong(JSON.parse(json.body.toString()), stations),
    };
  } finally {
    await server.remove();
  }
}

async function register(server: ServerProcess, stations: number): Promise<void> {
  await callApi(server, "POST", "/api/v1/sites", { slug: SITE, name: "River", timeZone: "UTC" });
  for (let station = 0; station < stations; station++) {
    const device = { uid: `st-${station}`, profile: "water-quality", site: SITE };
    await callApi(server, "POST", "/api/v1/devices", device);
  }
}

/** Never the same twice in a row, within the limits of the profile, and of few digits, as sensors are. */
function valueAt(station: number, minute: number, metric: number): number {
  return 1 + ((station * 7 + minute * 3 + metric * 11) % 50) / 10;
}

async function send(server: ServerProcess, stations: number, dayMs: number, interruption: AbortSignal): Promise<void> {
  const { token } = await callApi<{ token: string }>(server, "POST", "/api/v1/clients", {
    name: "bench",
    scopes: ["ingest"],
  });
  const messages = Math.max(MESSAGES_TO_SETTLE, stations * MINUTES_A_DAY + stations);
  for (let from = 0; from < messages; from += LINES_A_REQUEST) {
    interruption.throwIfAborted();
    const count = Math.min(LINES_A_REQUEST, messages - from);
    const lines = Array.from({ length: count }, (_, i) => lineOf(from + i, stations, dayMs));
    const headers = { authorization: `Bearer ${token}` };
    const url = `${server.httpUrl}/api/v2/write?precision=ms`;
    const response = await fetch(url, { method: "POST", headers, body: lines.join("\n") });
    if (response.status !== 204) throw new Error(`the write answered ${response.status}: ${await response.text()}`);
  }
}

function lineOf(message: number, stations: number, dayMs: number): string {
  const station = message % stations;
  const minute = Math.floor(message / stations);
  const fields = METRICS.map((metric, i) => `${metric}=${valueAt(station, minute, i)}`);
  return `water,device=st-${station} ${fields.join(",")} ${dayMs + minute * MINUTE_MS}`;
}

async function isSettled({ home, httpUrl }: ServerProcess): Promise<boolean> {
  const names = readdirSync(path.join(home, "objects"), { recursive: true, encoding: "utf8" });
  if (!names.some((name) => name.startsWith("raw") && name.endsWith(".parquet"))) return false;
  const metrics = await (await fetch(`${httpUrl}/metrics`)).text();
  return /^sluice_settling_backlog(\{.*\})? 0$/m.test(metrics);
}

async function ask({ accessToken }: ServerProcess, url: string) {
  const tookMs: (number | null)[] = [];
  let body = Buffer.alloc(0);
  for (let time = 0; time < TIMES; time++) {
    const began = performance.now();
    const response = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
    body = Buffer.from(await response.arrayBuffer());
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${body}`);
    tookMs.push(rounded(performance.now() - began, 0));
  }
  return { tookMs, body };
}

interface Table {
  readonly kind: string;
  readonly rows: readonly {
    readonly device: string;
    readonly values: Readonly<
      Record<string, { readonly mean: number; readonly min: number; readonly max: number; readonly count: number }>
    >;
  }[];
}

/** Series of the report that are not what was sent. */
function countWrong({ sections }: { readonly sections: readonly Table[] }, stations: number): number {
  const rows = new Map(sections.find(({ kind }) => kind === "table")!.rows.map((row) => [row.device, row.values]));
  let wrong = 0;
  for (let station = 0; station < stations; station++) {
    for (const [metric, key] of METRICS.entries()) {
      const sent = Array.from({ length: MINUTES_A_DAY }, (_, minute) => valueAt(station, minute, metric));
      const mean = sent.reduce((sum, value) => sum + value, 0) / sent.length;
      const told = rows.get(`st-${station}`)?.[key];
      const isRight =
        told?.count === MINUTES_A_DAY &&
        told.min === Math.min(...sent) &&
        told.max === Math.max(...sent) &&
        Math.abs(told.mean - mean) < 1e-9;
      if (!isRight) wrong++;
    }
  }
  return wrong;
}
