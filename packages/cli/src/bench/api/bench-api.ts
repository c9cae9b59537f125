import { fork } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import path from "node:path";
import { findRunningPostgres } from "@sluice/server/platform/embedded-postgres.ts";
import { createPool } from "@sluice/server/platform/postgres.ts";
import { describeRun, rounded } from "../bench-report.ts";
import { sendBodies } from "../http-load.ts";
import type { Latencies } from "../latencies.ts";
import { readBack } from "../read-back.ts";
import { callApi, type ServerProcess, startServerProcess } from "../server-process.ts";
import { lineProtocolBody, uidOf, type Workload } from "../workload.ts";
import { ApiPressure, type ApiPressureResult } from "./api-pressure.ts";
import { type Asked, type AskingResult, askAll, assertAnswered } from "./asking.ts";
import { createHomes, type HomeFleet } from "./home-fleet.ts";
import { type CheckedTokens, percentileBetween, readTokenChecks } from "./token-checks.ts";

export interface ApiOptions {
  /** Of the homes that `energySummary` is asked about. */
  readonly devices: number;
  /** Asked of one device, and a tenth as many of many. */
  readonly requests: number;
  /** Of each phase that is timed by the clock. */
  readonly seconds: number;
  readonly say: (text: string) => void;
  readonly interruption: AbortSignal;
}

/** Devices whose latest values are asked for at once, and which send while the API is saturated. */
const SENDERS = 4_000;
const SIGN_IN_EVERY_MS = 50;
/** 100 requests of 100 messages a second, as many senders with little each. */
const INGEST_EVERY_MS = 10;
const MESSAGES_PER_REQUEST = 100;
const INGEST_CONNECTIONS = 64;
const PRESSURE_CONNECTIONS = 32;
const START_BEFORE_SECONDS = 24 * 3600;
const STATEMENT_TIMEOUT_MS = 600_000;
/** Who sign in: one person who did so twenty times a second would be taken for somebody who guesses. */
const PEOPLE = 40;

const ENERGY_SUMMARY = "{ energySummary { productionWatts consumptionWatts homeCount totals { devices } } }";

/**
 * How fast the API answers alone, and what it does to readings when it is asked as fast as it answers; everything that was
 * acknowledged meanwhile is read back. What is asked comes from this machine too: its load is reported.
 */
export async function benchApi(options: ApiOptions): Promise<Record<string, unknown>> {
  const { say } = options;
  const before = loadavg();
  say("starting a server");
  const server = await startServerProcess({
    env: { SLUICE_METRICS: "open", SLUICE_LOG_LEVEL: "error" },
  });
  try {
    const bench = new Bench(server, options);
    await bench.prepare();
    const alone = await bench.measureAlone();
    const beside = await bench.measureIngest();
    say("reading everything back");
    return { ...report(options, alone, beside, await bench.readBack()), load: { before, after: loadavg() } };
  } finally {
    await server.remove();
  }
}

interface Alone {
  readonly signIn: AskingResult;
  readonly tokenCheck: CheckedTokens;
  readonly one: AskingResult;
  /** The same answers from a server that does nothing else. */
  readonly oneFloor: AskingResult;
  readonly manyFloor: AskingResult;
  readonly many: AskingResult;
  readonly energyFirst: AskingResult;
  readonly energy: AskingResult;
  readonly homes: HomeFleet;
  readonly wrong: number;
}

interface Beside {
  readonly alone: Latencies;
  readonly saturated: Latencies;
  readonly retried: number;
  readonly pressure: ApiPressureResult;
  /** Cores in use, by process. */
  readonly cores: { readonly alone: Cores; readonly beside: Cores };
}

interface Cores {
  readonly sluice: number | null;
  readonly postgres: number | null;
  /** Sends the readings, and asks. */
  readonly bench: number | null;
}

const PASSWORD = "correct horse battery staple";

function emailOf(person: number): string {
  return `person-${person}@example.org`;
}

class Bench {
  private readonly server: ServerProcess;
  private readonly options: ApiOptions;
  private readonly workload: Workload;
  private readonly acknowledged: boolean[] = [];
  private token = "";
  private sent = 0;

  constructor(server: ServerProcess, options: ApiOptions) {
    this.server = server;
    this.options = options;
    const startMicros = (Math.floor(Date.now() / 1000) - START_BEFORE_SECONDS) * 1_000_000;
    const messages = SENDERS + 2 * this.phaseRequests() * MESSAGES_PER_REQUEST;
    this.workload = { devices: SENDERS, messages, startMicros };
  }

  async prepare(): Promise<void> {
    const { say } = this.options;
    const scopes = ["ingest", "devices:provision", "telemetry:read", "registry:read", "alerts:read"];
    const client = await callApi(this.server, "POST", "/api/v1/clients", { name: "bench", scopes });
    this.token = client.token as string;
    for (let person = 0; person < PEOPLE; person++) {
      const body = { email: emailOf(person), password: PASSWORD, roles: ["scientist"] };
      await callApi(this.server, "POST", "/api/v1/users", body);
    }
    say(`registering ${SENDERS.toLocaleString("en")} devices that send`);
    await this.send(SENDERS / MESSAGES_PER_REQUEST, undefined, 4);
  }

  async measureAlone(): Promise<Alone> {
    const { say, requests, devices, seconds, interruption } = this.options;
    say("signing in, 20 times a second");
    const tokens: string[] = [];
    const signIn = await this.ask("sign-in", (seconds * 1000) / SIGN_IN_EVERY_MS, this.signingIn, SIGN_IN_EVERY_MS);
    for (let person = 0; person < PEOPLE; person++) tokens.push(await this.tokenOf(person));
    say("the newest value of one device");
    const checksBefore = readTokenChecks(await this.metrics());
    const one = await this.ask("latest", requests, (index) => ({
      ...this.get(`/api/v1/devices/${uidOf((index * 7919) % SENDERS)}/latest`),
      token: tokens[index % tokens.length],
    }));
    const tokenCheck = percentileBetween(checksBefore, readTokenChecks(await this.metrics()), 99);
    say(`the newest values of ${SENDERS.toLocaleString("en")} devices`);
    const many = await this.ask("latest of many", requests / 10, () => this.get("/api/v1/latest?profile=generic"));
    say(`homes with ${devices.toLocaleString("en")} devices`);
    const homes = await createHomes(this.server, devices, this.token);
    interruption.throwIfAborted();
    const summary = () => ({ ...this.get("/graphql"), body: { query: ENERGY_SUMMARY } });
    // The first one after a start reads what the others find in memory.
    const energyFirst = await this.ask("energySummary", 1, summary);
    const energy = await this.ask("energySummary", requests / 10, summary);
    const wrong = wrongAnswers(many.text, energy.text, homes);
    const oneFloor = await this.askBare(one.text, requests);
    const manyFloor = await this.askBare(many.text, requests / 10);
    return { signIn, tokenCheck, one, many, oneFloor, manyFloor, energyFirst, energy, homes, wrong };
  }

  /** The same senders twice: with nobody else there, and with the API asked as fast as it answers. */
  async measureIngest(): Promise<Beside> {
    const { say } = this.options;
    say("sending readings, with nobody asking");
    const startAlone = this.usedSeconds();
    const alone = await this.send(this.phaseRequests(), INGEST_EVERY_MS, INGEST_CONNECTIONS);
    const coresAlone = this.coresSince(startAlone);
    say("sending readings, with the API asked as fast as it answers");
    const pressure = new ApiPressure();
    try {
      await pressure.start({ asked: this.mixed(), connections: PRESSURE_CONNECTIONS });
      const startBeside = this.usedSeconds(pressure);
      const saturated = await this.send(this.phaseRequests(), INGEST_EVERY_MS, INGEST_CONNECTIONS);
      const cores = { alone: coresAlone, beside: this.coresSince(startBeside, pressure) };
      const retried = alone.retried + saturated.retried;
      return {
        alone: alone.latencies,
        saturated: saturated.latencies,
        retried,
        cores,
        pressure: await pressure.stop(),
      };
    } finally {
      pressure.close();
    }
  }

  private usedSeconds(pressure?: ApiPressure) {
    const { user, system } = process.cpuUsage();
    const bench = (user + system) / 1e6 + (pressure?.cpuSeconds() ?? 0);
    return { ...this.server.cpuSeconds(), bench, at: performance.now() / 1000 };
  }

  private coresSince(start: ReturnType<Bench["usedSeconds"]>, pressure?: ApiPressure): Cores {
    const end = this.usedSeconds(pressure);
    const cores = (name: "sluice" | "postgres" | "bench") => rounded((end[name] - start[name]) / (end.at - start.at));
    return { sluice: cores("sluice"), postgres: cores("postgres"), bench: cores("bench") };
  }

  async readBack() {
    const connectionString = findRunningPostgres(this.server.home)!;
    const pool = createPool({ connectionString, name: "bench", max: 2, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
    try {
      const isAcknowledged = (message: number) =>
        this.acknowledged[Math.floor(message / MESSAGES_PER_REQUEST)] === true;
      return await readBack({ pool, home: this.server.home }, this.workload, "generic", isAcknowledged);
    } finally {
      await pool.end();
    }
  }

  private phaseRequests(): number {
    return (this.options.seconds * 1000) / INGEST_EVERY_MS;
  }

  /** The next so many requests of the workload. */
  private async send(requests: number, everyMs: number | undefined, connections: number) {
    const { httpUrl } = this.server;
    const from = this.sent;
    const bodies = Array.from({ length: requests }, (_, request) => {
      const first = (from + request) * MESSAGES_PER_REQUEST;
      return lineProtocolBody(this.workload, first, first + MESSAGES_PER_REQUEST);
    });
    this.sent += requests;
    const target = { url: `${httpUrl}/api/v2/write?precision=ns`, token: this.token, contentType: "text/plain" };
    const result = await sendBodies({ ...target, connections, everyMs }, bodies);
    this.acknowledged.push(...result.acknowledged);
    this.options.interruption.throwIfAborted();
    return result;
  }

  /** What dashboards ask: much of little, and now and then of everything. */
  private mixed(): Asked[] {
    const asked = Array.from({ length: 100 }, (_, index) => {
      const uid = uidOf((index * 7919) % SENDERS);
      if (index % 50 === 0) return this.get("/api/v1/latest?profile=generic");
      if (index % 10 === 0) return this.get("/api/v1/devices?limit=50");
      if (index % 10 === 5) return this.get(`/api/v1/devices/${uid}/telemetry?metrics=ph&from=${this.fromTime()}`);
      return this.get(`/api/v1/devices/${uid}/latest`);
    });
    return asked;
  }

  private fromTime(): string {
    return new Date(this.workload.startMicros / 1000).toISOString();
  }

  private get(path: string): Asked {
    return { url: `${this.server.httpUrl}${path}`, token: this.token };
  }

  private readonly signingIn = (index: number): Asked => ({
    url: `${this.server.httpUrl}/api/auth/login`,
    body: { username: emailOf(index % PEOPLE), password: PASSWORD },
  });

  private async tokenOf(person: number): Promise<string> {
    const { text } = await this.ask("sign-in", 1, () => this.signingIn(person));
    return (JSON.parse(text) as { access_token: string }).access_token;
  }

  private async askBare(answer: string, requests: number): Promise<AskingResult> {
    const bare = fork(path.join(import.meta.dirname, "bare-server.ts"));
    try {
      bare.send(answer);
      const [port] = (await once(bare, "message")) as [number];
      return await this.ask("a bare server", requests, () => ({ url: `http://127.0.0.1:${port}/`, token: this.token }));
    } finally {
      bare.disconnect();
    }
  }

  private async metrics(): Promise<string> {
    return (await this.ask("metrics", 1, () => ({ url: `${this.server.httpUrl}/metrics` }))).text;
  }

  private async ask(
    what: string,
    requests: number,
    next: (index: number) => Asked,
    everyMs?: number,
  ): Promise<AskingResult> {
    const { interruption } = this.options;
    const connections = everyMs === undefined ? 1 : PRESSURE_CONNECTIONS;
    const result = await askAll(next, { requests: Math.ceil(requests), connections, everyMs, interruption });
    assertAnswered(result, what);
    return result;
  }
}

/** What was answered about many, held against what was sent. */
function wrongAnswers(latestOfMany: string, energySummary: string, homes: HomeFleet): number {
  const { devices } = JSON.parse(latestOfMany) as { devices: readonly string[] };
  const { data } = JSON.parse(energySummary) as { data?: { energySummary: Record<string, unknown> } };
  const summary = data?.energySummary;
  const checks = [
    devices.length === SENDERS,
    summary?.productionWatts === homes.productionWatts,
    summary?.consumptionWatts === homes.consumptionWatts,
    summary?.homeCount === homes.homes,
  ];
  return checks.filter((isRight) => !isRight).length;
}

function report(
  { say: _say, interruption: _interruption, ...config }: ApiOptions,
  alone: Alone,
  beside: Beside,
  back: Awaited<ReturnType<Bench["readBack"]>>,
): Record<string, unknown> {
  const ratio = (beside.saturated.percentile(99) ?? Number.NaN) / (beside.alone.percentile(99) ?? Number.NaN);
  return {
    ...describeRun({ ...config, homes: alone.homes.homes, senders: SENDERS, tier: "fsync" }),
    signIn: spread(alone.signIn.latencies),
    tokenCheckP99Ms: rounded(alone.tokenCheck.aboutMs ?? undefined),
    tokenCheckP99AtMostMs: alone.tokenCheck.atMostMs,
    tokenChecks: alone.tokenCheck.checks,
    latestOfOne: spread(alone.one.latencies),
    latestOfOneFloor: spread(alone.oneFloor.latencies),
    latestOfMany: spread(alone.many.latencies),
    latestOfManyFloor: spread(alone.manyFloor.latencies),
    energySummary: spread(alone.energy.latencies),
    energySummaryFirstMs: rounded(alone.energyFirst.latencies.percentile(50)),
    energyDevices: alone.homes.devices,
    ingestAlone: spread(beside.alone),
    ingestBesideApi: spread(beside.saturated),
    ingestP99Ratio: rounded(ratio),
    cores: beside.cores,
    retriedRequests: beside.retried,
    api: beside.pressure,
    stored: back.stored,
    lost: back.lost,
    duplicated: back.duplicated,
    wrong: back.wrong + alone.wrong,
  };
}

function spread(latencies: Latencies): Record<string, unknown> {
  const { size: requests } = latencies;
  return { requests, p50Ms: rounded(latencies.percentile(50)), p99Ms: rounded(latencies.percentile(99)) };
}
