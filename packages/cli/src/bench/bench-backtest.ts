import { describeRun, rounded } from "./bench-report.ts";
import { sendBodies } from "./http-load.ts";
import { callApi, type ServerProcess, startServerProcess } from "./server-process.ts";

export interface BacktestOptions {
  readonly devices: number;
  readonly days: number;
  /** Backtests of the same month; the fastest and the slowest are told. */
  readonly times: number;
  readonly say: (text: string) => void;
  readonly interruption: AbortSignal;
}

const LINES_PER_BODY = 5_000;
const BODIES_AT_ONCE = 200;
const CONNECTIONS = 4;
const DAY_S = 86_400;
const THRESHOLD = 10;
const FOR_S = 300;

const PROFILE = {
  key: "bench-zone",
  name: "Zone of the benchmark",
  metrics: [{ key: "moisture", unit: "%" }],
  actuators: [{ key: "pump", kind: "pump", maxRunMs: 30_000, cooldownMs: 900_000 }],
};

interface Answer {
  readonly readings: number;
  readonly fired: number;
  readonly lapsed: number;
  readonly devices: readonly { readonly device: string; readonly fired: number; readonly firingMs: number }[];
}

/**
 * A rule with a `for` over a past month at one reading a second: how fast it is answered, and whether the answer is what a plain
 * loop over the same values counts.
 */
export async function benchBacktest(options: BacktestOptions): Promise<Record<string, unknown>> {
  const { devices, days, times, say, interruption } = options;
  say("starting a server");
  const server = await startServerProcess();
  try {
    const uids = Array.from({ length: devices }, (_, index) => `zone-${index + 1}`);
    await callApi(server, "POST", "/api/v1/profiles", PROFILE);
    for (const uid of uids) await callApi(server, "POST", "/api/v1/devices", { uid, profile: PROFILE.key });
    const beginS = Math.floor(Date.now() / 1000) - days * DAY_S;
    const period: Period = { beginS, endS: beginS + days * DAY_S };
    say(`storing ${(devices * days * DAY_S).toLocaleString("en")} readings`);
    const storedIn = await store(server, uids, period, interruption);
    const seconds: number[] = [];
    let answer: Answer | undefined;
    for (let time = 1; time <= times; time++) {
      interruption.throwIfAborted();
      say(`backtest ${time} of ${times}`);
      const begin = performance.now();
      answer = await ask(server, uids, period);
      seconds.push((performance.now() - begin) / 1000);
    }
    return report(options, { storedIn, seconds }, answer!, expectedOf(uids, period));
  } finally {
    await server.remove();
  }
}

interface Period {
  readonly beginS: number;
  readonly endS: number;
}

/** Dry for some hours of each day, longer or shorter from day to day, with dips that are too short to count. */
function moistureAt(device: number, second: number): number {
  const day = Math.floor(second / DAY_S);
  const wave = Math.sin((2 * Math.PI * (second + device * 5_000)) / DAY_S);
  const dip = (second + device * 97) % 7_200 < 60 ? 8 : 0;
  return Math.round((14 + 9 * wave - (day % 3) - dip) * 100) / 100;
}

/** By a plain loop: episodes that stayed below for long enough. */
function expectedFirings(device: number, { beginS, endS }: Period): number {
  let firings = 0;
  let belowSinceS: number | undefined;
  let isFiring = false;
  for (let second = beginS; second < endS; second++) {
    if (moistureAt(device, second) >= THRESHOLD) {
      belowSinceS = undefined;
      isFiring = false;
      continue;
    }
    belowSinceS ??= second;
    if (isFiring || second - belowSinceS < FOR_S) continue;
    isFiring = true;
    firings++;
  }
  return firings;
}

function expectedOf(uids: readonly string[], period: Period): ReadonlyMap<string, number> {
  return new Map(uids.map((uid, device) => [uid, expectedFirings(device, period)]));
}

async function store(
  server: ServerProcess,
  uids: readonly string[],
  period: Period,
  interruption: AbortSignal,
): Promise<number> {
  const client = await callApi<{ token: string }>(server, "POST", "/api/v1/clients", {
    name: "bench",
    scopes: ["ingest"],
  });
  const load = {
    url: `${server.httpUrl}/api/v2/write?precision=s`,
    token: client.token,
    contentType: "text/plain",
    connections: CONNECTIONS,
  };
  const begin = performance.now();
  let bodies: Buffer[] = [];
  const send = async () => {
    interruption.throwIfAborted();
    const { acknowledged } = await sendBodies(load, bodies);
    if (acknowledged.includes(false)) throw new Error("a body was not taken: there is nothing to measure");
    bodies = [];
  };
  for (const body of bodiesOf(uids, period)) {
    bodies.push(body);
    if (bodies.length === BODIES_AT_ONCE) await send();
  }
  await send();
  return (performance.now() - begin) / 1000;
}

function* bodiesOf(uids: readonly string[], { beginS, endS }: Period): Iterable<Buffer> {
  let lines: string[] = [];
  for (let second = beginS; second < endS; second++) {
    for (const [device, uid] of uids.entries()) {
      lines.push(`zone,device=${uid} moisture=${moistureAt(device, second)} ${second}`);
    }
    if (lines.length < LINES_PER_BODY) continue;
    yield Buffer.from(lines.join("\n"));
    lines = [];
  }
  if (lines.length > 0) yield Buffer.from(lines.join("\n"));
}

function ask(server: ServerProcess, uids: readonly string[], { beginS, endS }: Period): Promise<Answer> {
  return callApi<Answer>(server, "POST", "/api/v1/rules/backtest", {
    definition: { kind: "threshold", metric: "moisture", operator: "below", value: THRESHOLD, forMs: FOR_S * 1000 },
    devices: uids,
    from: beginS * 1000,
    to: endS * 1000,
    action: { actuator: "pump", durationMs: 30_000 },
  });
}

function report(
  { devices, days, times }: BacktestOptions,
  { storedIn, seconds }: { readonly storedIn: number; readonly seconds: readonly number[] },
  answer: Answer,
  expected: ReadonlyMap<string, number>,
): Record<string, unknown> {
  const readings = devices * days * DAY_S;
  const wrong = answer.devices.filter(({ device, fired }) => expected.get(device) !== fired).length;
  return {
    ...describeRun({ devices, days, times, everyMs: 1000, rule: `below ${THRESHOLD} for ${FOR_S} s` }),
    readings,
    storedInSeconds: rounded(storedIn, 1),
    fastestSeconds: rounded(Math.min(...seconds)),
    slowestSeconds: rounded(Math.max(...seconds)),
    readingsPerSecond: rounded(readings / Math.min(...seconds), 0),
    fired: answer.fired,
    expectedFired: [...expected.values()].reduce((sum, fired) => sum + fired, 0),
    lost: Math.max(0, readings - answer.readings),
    duplicated: Math.max(0, answer.readings - readings),
    wrong,
  };
}
