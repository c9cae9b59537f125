import { type Command, type Io, UsageError } from "../command.ts";
import { untilInterrupted } from "../interrupted.ts";
import type { Invocation } from "../parse-arguments.ts";

const MESSAGES = { min: 1000, max: 50_000_000 };
const DEVICES = { min: 1, max: 1_000_000 };

export const command: Command = {
  summary: "measure this machine: how fast readings are stored, with everything read back",
  positionals: [{ name: "WHAT", isRequired: true }],
  options: {
    format: { kind: "text", value: "line|json", help: "ingest: only line protocol, or only bulk JSON (both)" },
    messages: {
      kind: "number",
      value: "N",
      help: "messages to send (ingest: 5000000 as lines, 1000000 as JSON; mqtt: 500000; alert, each of seven measurements: 1000000)",
    },
    devices: {
      kind: "number",
      value: "N",
      help: "devices (ingest and live: 10000, mqtt: 200, each with a connection; backtest: 10; api: 100000; report: 1000)",
    },
    connections: { kind: "number", value: "N", help: "ingest: connections at once (4)" },
    seconds: { kind: "number", value: "N", help: "flood and live: how long (60); api: each timed phase (10)" },
    "in-flight": { kind: "number", value: "N", help: "mqtt: unacknowledged messages a connection (20)" },
    "history-devices": { kind: "number", value: "N", help: "query: devices with a settled history; 0: none (250)" },
    "history-days": { kind: "number", value: "N", help: "query: days of it, four metrics each five minutes (365)" },
    days: { kind: "number", value: "N", help: "backtest: days of readings, one a second (30)" },
    subscribers: { kind: "number", value: "N", help: "live: subscribers, each of 10 devices (1000)" },
    breaches: { kind: "number", value: "N", help: "alert: breaches by 100 devices, under half of the load (2000)" },
    requests: {
      kind: "number",
      value: "N",
      help: "actuate: requests for a run, 50 at a time (5000); api: for one value (5000)",
    },
    json: { kind: "flag", help: "print one JSON object and nothing else" },
  },
  examples: [
    "sluice bench ingest --json",
    "sluice bench ingest --format json",
    "sluice bench mqtt --json",
    "sluice bench query",
    "sluice bench actuate --json",
    "sluice bench alert --json",
    "sluice bench backtest --json",
    "sluice bench api --json",
    "sluice bench live --json",
    "sluice bench report --json",
  ],
  async run(invocation, io) {
    const say = (text: string) => {
      if (!invocation.flag("json")) io.err.write(`${text}\n`);
    };
    const report = await runBench(invocation, say, io);
    print(report, invocation.flag("json"), io);
    return isIntact(report) ? 0 : 1;
  },
};

async function runBench(invocation: Invocation, say: (text: string) => void, io: Io): Promise<Record<string, unknown>> {
  const what = invocation.positional(0);
  if (what === "ingest") return runIngest(invocation, say);
  if (what === "mqtt") {
    const { benchMqtt } = await import("../bench/bench-mqtt.ts");
    return benchMqtt({
      messages: invocation.integer("messages", MESSAGES) ?? 500_000,
      devices: invocation.integer("devices", { min: 1, max: 5000 }) ?? 200,
      inFlight: invocation.integer("in-flight", { min: 1, max: 1000 }) ?? 20,
      say,
    });
  }
  if (what === "query") {
    const { benchQuery } = await import("../bench/bench-query.ts");
    return benchQuery({
      wideDevices: invocation.integer("devices", DEVICES) ?? 1_000_000,
      wideRounds: 3,
      slowReadings: 36_000,
      restartMessages: invocation.integer("messages", MESSAGES) ?? 1_990_000,
      historyDevices: invocation.integer("history-devices", { min: 0, max: 100_000 }) ?? 250,
      historyDays: invocation.integer("history-days", { min: 1, max: 3660 }) ?? 365,
      say,
    });
  }
  if (what === "flood") {
    const { benchFlood } = await import("../bench/bench-flood.ts");
    return benchFlood({ seconds: invocation.integer("seconds", { min: 1, max: 3600 }) ?? 60, say });
  }
  if (what === "actuate") return runActuate(invocation, say, io);
  if (what === "alert") return runAlert(invocation, say, io);
  if (what === "api") return runApi(invocation, say, io);
  if (what === "live") return runLive(invocation, say, io);
  if (what === "report") return runReport(invocation, say, io);
  if (what === "backtest") return runBacktest(invocation, say, io);
  throw new UsageError(
    `There is no benchmark "${what}": the benchmarks are ingest, mqtt, query, flood, actuate, alert, backtest, api, live and report.`,
  );
}

async function runApi(invocation: Invocation, say: (text: string) => void, io: Io): Promise<Record<string, unknown>> {
  const { benchApi } = await import("../bench/api/bench-api.ts");
  const devices = invocation.integer("devices", { min: 20, max: DEVICES.max }) ?? 100_000;
  const requests = invocation.integer("requests", { min: 100, max: 1_000_000 }) ?? 5_000;
  const seconds = invocation.integer("seconds", { min: 1, max: 300 }) ?? 10;
  const interruption = io.interruption();
  return untilInterrupted(interruption, () => benchApi({ devices, requests, seconds, say, interruption }));
}

async function runAlert(invocation: Invocation, say: (text: string) => void, io: Io): Promise<Record<string, unknown>> {
  const { benchAlert } = await import("../bench/alert/bench-alert.ts");
  const breaches = invocation.integer("breaches", { min: 100, max: 1_000_000 }) ?? 2_000;
  const messages = invocation.integer("messages", { min: 10_000, max: MESSAGES.max }) ?? 1_000_000;
  const interruption = io.interruption();
  return untilInterrupted(interruption, () => benchAlert({ devices: 100, breaches, messages, say, interruption }));
}

async function runBacktest(
  invocation: Invocation,
  say: (text: string) => void,
  io: Io,
): Promise<Record<string, unknown>> {
  const { benchBacktest } = await import("../bench/bench-backtest.ts");
  const devices = invocation.integer("devices", { min: 1, max: 100 }) ?? 10;
  const days = invocation.integer("days", { min: 1, max: 365 }) ?? 30;
  const interruption = io.interruption();
  return untilInterrupted(interruption, () => benchBacktest({ devices, days, times: 3, say, interruption }));
}

async function runReport(
  invocation: Invocation,
  say: (text: string) => void,
  io: Io,
): Promise<Record<string, unknown>> {
  const { benchDailyReport } = await import("../bench/bench-daily-report.ts");
  const stations = invocation.integer("devices", { min: 10, max: 1_300 }) ?? 1_000;
  const interruption = io.interruption();
  return untilInterrupted(interruption, () => benchDailyReport({ stations, say, interruption }));
}

async function runLive(invocation: Invocation, say: (text: string) => void, io: Io): Promise<Record<string, unknown>> {
  const { benchLive } = await import("../bench/live/bench-live.ts");
  const devices = invocation.integer("devices", { min: 1, max: 100_000 }) ?? 10_000;
  const subscribers = invocation.integer("subscribers", { min: 1, max: 2_000 }) ?? 1_000;
  const seconds = invocation.integer("seconds", { min: 1, max: 3_600 }) ?? 60;
  const interruption = io.interruption();
  const options = { devices, subscribers, devicesEach: 10, seconds, say, interruption };
  return untilInterrupted(interruption, () => benchLive(options));
}

async function runActuate(
  invocation: Invocation,
  say: (text: string) => void,
  io: Io,
): Promise<Record<string, unknown>> {
  const { benchActuate } = await import("../bench/bench-actuate.ts");
  const requests = invocation.integer("requests", { min: 100, max: 1_000_000 }) ?? 5_000;
  const interruption = io.interruption();
  const options = { requests, requesters: 50, stops: 200, reactions: 200, say, interruption };
  return untilInterrupted(interruption, () => benchActuate(options));
}

const DEFAULT_MESSAGES = { line: 5_000_000, json: 1_000_000 } as const;

/** Line protocol, and bulk JSON beside it unless one of them was asked for. */
async function runIngest(invocation: Invocation, say: (text: string) => void): Promise<Record<string, unknown>> {
  const format = invocation.choice("format", ["both", "line", "json"]);
  const { benchIngest } = await import("../bench/bench-ingest.ts");
  const run = (one: "line" | "json") =>
    benchIngest({
      format: one,
      messages: invocation.integer("messages", MESSAGES) ?? DEFAULT_MESSAGES[one],
      devices: invocation.integer("devices", DEVICES) ?? 10_000,
      floorMessages: 1_000_000,
      messagesPerRequest: 5000,
      connections: invocation.integer("connections", { min: 1, max: 64 }) ?? 4,
      say,
    });
  if (format !== "both") return run(format);
  const line = await run("line");
  const json = await run("json");
  return {
    ...line,
    bulkJson: {
      messagesPerSecond: json.messagesPerSecond,
      ratioToLineProtocol: Number((Number(json.messagesPerSecond) / Number(line.messagesPerSecond)).toFixed(2)),
      stored: json.stored,
      bytesPerReading: json.bytesPerReading,
    },
    lost: Number(line.lost) + Number(json.lost),
    duplicated: Number(line.duplicated) + Number(json.duplicated),
    wrong: Number(line.wrong) + Number(json.wrong),
  };
}

/** A benchmark that lost or doubled anything, or let a device break the safety contract, has failed, however fast it was. */
function isIntact(report: Record<string, unknown>): boolean {
  return [report.lost, report.duplicated, report.wrong, report.violations].every(
    (count) => count === undefined || count === 0,
  );
}

function print(report: Record<string, unknown>, asJson: boolean, io: Io): void {
  if (asJson) {
    io.out.write(`${JSON.stringify(report)}\n`);
    return;
  }
  for (const [key, value] of Object.entries(report)) {
    io.out.write(`${key.padEnd(24)} ${typeof value === "object" ? JSON.stringify(value) : String(value)}\n`);
  }
}
