import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "@sluice/server/platform/embedded-postgres.ts";
import { createPool } from "@sluice/server/platform/postgres.ts";
import { deviceLogPath } from "@sluice/simulator/irrigation/simulated-device.ts";
import { readDeviceLog } from "@sluice/simulator/read-device-log.ts";
import { type ActuateOptions, type ActuateRun, type Measured, measureActuation, PUMPS } from "./actuate-phases.ts";
import { describeRun, rounded } from "./bench-report.ts";
import { storedCommands } from "./bench-store.ts";
import { type CommandReadBack, readCommandsBack } from "./command-read-back.ts";
import { type DecisionFloor, measureDecisionFloor } from "./decision-floor.ts";
import { type DecisionResult, decisionReport, spread } from "./decision-load.ts";
import { startServerProcess } from "./server-process.ts";
import type { StopResult } from "./stop-load.ts";

const STATEMENT_TIMEOUT_MS = 600_000;

/** From a request or a reading to the device, against a server and devices of their own; then a full read-back and the floor. */
export async function benchActuate(options: ActuateOptions): Promise<Record<string, unknown>> {
  const stateDirectory = mkdtempSync(path.join(tmpdir(), "sluice-actuate-"));
  options.say("starting a server");
  const server = await startServerProcess();
  const run: ActuateRun = { options, server, stateDirectory };
  try {
    const measured = await measureActuation(run);
    await server.stop();
    options.say("reading everything back, and measuring the floor");
    const { readBack, floor } = await inspect(run, measured);
    return report(options, measured, readBack, floor);
  } finally {
    await server.remove();
    rmSync(stateDirectory, { recursive: true, force: true });
  }
}

async function inspect({ options, server, stateDirectory }: ActuateRun, measured: Measured) {
  const postgres = await startEmbeddedPostgres({ home: server.home });
  const pool = createPool({
    connectionString: postgres.connectionString,
    name: "bench",
    max: options.requesters,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  try {
    const { warmUp, alone, rest, bursts, useCase, idle, saturated, uids } = measured;
    const answered = [warmUp, alone, rest, bursts, useCase, idle, saturated].flatMap(({ commandIds }) => commandIds);
    const logs = uids.map((uid) => [uid, readDeviceLog(deviceLogPath(stateDirectory, uid))] as const);
    const readBack = readCommandsBack(await storedCommands(pool), answered, new Map(logs));
    const { requesters: clients, requests: transactions } = options;
    const floor = await measureDecisionFloor(pool, { clients, rows: PUMPS, transactions });
    return { readBack, floor };
  } finally {
    await pool.end();
    await postgres.stop();
  }
}

function report(
  options: ActuateOptions,
  measured: Measured,
  readBack: CommandReadBack,
  floor: DecisionFloor,
): Record<string, unknown> {
  const { say: _say, interruption: _interruption, ...config } = options;
  const { lost, duplicated, wrong, violations, ...found } = readBack;
  return {
    ...describeRun({ ...config, pumps: PUMPS, tier: "fsync" }),
    decisions: { ...decisionReport(measured.rest), cpuMsPerDecision: cpuMs(measured) },
    decisionsInBursts: decisionReport(measured.bursts),
    decisionsOfUseCase: decisionReport(measured.useCase),
    decisionsAlone: decisionReport(measured.alone),
    floor: { transactionsPerSecond: rounded(floor.perSecond, 0), ...spread(floor.latencies) },
    ratio: rounded(perSecond(measured.rest) / floor.perSecond),
    ratioOfUseCase: rounded(perSecond(measured.useCase) / floor.perSecond),
    stop: stopReport(measured.idle),
    stopUnderIngest: {
      ...stopReport(measured.saturated),
      ingestMessagesPerSecond: rounded(measured.pressure.messagesPerSecond, 0),
    },
    ruleReaction: spread(measured.reactions),
    readBack: found,
    lost,
    duplicated,
    wrong,
    violations,
  };
}

function perSecond({ requests, busy, seconds }: DecisionResult): number {
  return (requests - busy) / seconds;
}

function cpuMs({ rest, cpuSeconds }: Measured): Record<string, unknown> {
  const perDecision = (seconds: number) => rounded((seconds * 1000) / rest.requests);
  const { sluice, postgres, requesters } = cpuSeconds;
  return { sluice: perDecision(sluice), postgres: perDecision(postgres), requesters: perDecision(requesters) };
}

function stopReport({ arrival, answer }: StopResult): Record<string, unknown> {
  return { atDevice: spread(arrival), answered: spread(answer) };
}
