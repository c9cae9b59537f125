import { randomUUID } from "node:crypto";
import {
  type Actuation,
  type CommandGateway,
  createPostgresActuationStore,
  RequestBatches,
  readPermissives,
} from "./actuation/index.ts";
import { recordAuditEvent } from "./auth/index.ts";
import { createFollowUp } from "./automation/index.ts";
import type { Pools } from "./compose-database.ts";
import type { DeviceDirectory } from "./devices/index.ts";
import type { Logger } from "./platform/logger.ts";
import type { TelemetryReader } from "./telemetry/index.ts";

const STOP_STATEMENT_TIMEOUT_MS = 2_000;
/** A batch of decisions, one of evidence and a round of the gateway at a time, and what waits for locks apart from them. */
const ACTUATION_CONNECTIONS = 6;
/** STOPs that may wait for locks before one more waits for them. */
const STOP_CONNECTIONS = 8;

export interface ActuationParts {
  readonly pools: Pools;
  readonly logger: Logger;
  readonly telemetry: TelemetryReader;
  readonly directory: DeviceDirectory;
  /** Undefined where there is none, or not yet. */
  readonly gateway: () => CommandGateway | undefined;
  readonly onExecutionDue: () => void;
  readonly timeDecision: NonNullable<Actuation["timeDecision"]>;
}

export function composeActuation({ pools, logger, telemetry, directory, ...parts }: ActuationParts): Actuation {
  const { gateway, onExecutionDue, timeDecision } = parts;
  const urgent = { statementTimeoutMs: STOP_STATEMENT_TIMEOUT_MS, isPipelined: true };
  return {
    store: createPostgresActuationStore(pools.open("actuation", ACTUATION_CONNECTIONS, { isPipelined: true })),
    urgentStore: createPostgresActuationStore(pools.open("stop", STOP_CONNECTIONS, urgent)),
    requests: new RequestBatches((error) => logger.warn({ err: error }, "requests could not be decided together")),
    newId: randomUUID,
    sendStopNow: async (deviceId, payload) => (await gateway()?.sendStopNow(deviceId, payload)) ?? false,
    onQueued: (deviceId) => gateway()?.nudge(deviceId),
    onExecutionDue,
    readPermissives: (actuator) => readPermissives(actuator, directory, telemetry),
    recordChange: recordAuditEvent,
    followUp: createFollowUp(randomUUID),
    timeDecision,
  };
}
