import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool } from "pg";
import type { Actuation } from "../../actuation/index.ts";
import type { Alerts } from "../../alerts/index.ts";
import type { Accounts, Principal, Requester } from "../../auth/index.ts";
import type { Scheduling } from "../../automation/index.ts";
import type { Device, DeviceDirectory, Registry } from "../../devices/index.ts";
import type { Energy } from "../../energy/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { Reports } from "../../reports/index.ts";
import type { TelemetryReader } from "../../telemetry/index.ts";
import type { FindExecution, ListExecutions } from "../rest/executions.ts";
import type { ListRules } from "../rest/rules.ts";
import type { LiveEvents } from "../ws/live-events.ts";
import type { Budget } from "./budget.ts";
import type { Loaders } from "./loaders.ts";
import type { Subscription } from "./subscriptions.ts";

/** What the fields work with: the use cases and readers that REST calls. */
export interface GraphDependencies {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly accounts: Accounts;
  readonly registry: Registry;
  readonly directory: DeviceDirectory;
  readonly telemetry: TelemetryReader;
  readonly actuation: Actuation;
  readonly alerts: Alerts;
  readonly scheduling: Scheduling;
  readonly energy: Energy;
  readonly reports: Reports;
  readonly liveEvents: Pick<LiveEvents, "subscribeReadings" | "subscribeItems">;
  readonly listRules: ListRules;
  readonly listExecutions: ListExecutions;
  readonly findExecution: FindExecution;
}

export interface GraphContext {
  readonly deps: GraphDependencies;
  readonly principal: Principal;
  /** Who a change is audited as. */
  readonly by: Requester;
  readonly organizationId: number;
  readonly loaders: Loaders;
  /** Nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Of the answer, or of the event, that is being made. */
  readonly budget: Budget;
  /** Does some work for the caller when it is their turn. Throws `server.busy`. */
  readonly inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Before anything is read for one. Throws `stream.too_many`. */
  readonly beginSubscription: () => Subscription;
  /** Throws when the token that a subscription came with is not good any more. */
  readonly authenticateAgain: () => Promise<Principal>;
}

/** Throws `device.unknown`. */
export function deviceUnknown(details: Readonly<Record<string, unknown>>): SluiceError {
  return new SluiceError("not-found", "device.unknown", "There is no such device.", { details });
}

export async function requireDeviceByUid({ loaders }: GraphContext, uid: string): Promise<Device> {
  const device = await loaders.deviceByUid.load(uid);
  if (device === null) throw deviceUnknown({ uid });
  return device;
}
