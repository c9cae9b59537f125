import { SluiceError } from "@sluice/core/errors.ts";
import { PRIORITIES } from "@sluice/core/safety/decide.ts";
import { POND_ACTION_NAMES, type PondActionName } from "@sluice/solutions/aquaculture/actions.ts";
import type { FastifyReply } from "fastify";
import type { Pool } from "pg";
import { type Static, Type } from "typebox";
import {
  type Actuation,
  countExecutions,
  DEFAULT_WAIT_MS,
  LONGEST_WAIT_MS,
  listConflicts,
  type PlacedRun,
  requestRun,
} from "../../actuation/index.ts";
import { readAlertQueue } from "../../alerts/index.ts";
import type { Requester } from "../../auth/index.ts";
import { executeAction, readHealth } from "../../automation/index.ts";
import type { DeviceDirectory } from "../../devices/index.ts";
import { readDeliveryQueue } from "../../notifications/index.ts";
import type { WorkerHealth } from "../../platform/polling-worker.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { findDeviceEntry } from "../find-device.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Nullable, SerialId, Uid, Uuid } from "../schemas.ts";
import { AMOUNT, RUN_MS, UNIT } from "./envelope-schema.ts";
import { Execution, type FindExecution, isOpen, type ListExecutions } from "./executions.ts";

/** Executions that one answer shows of what runs or waits. */
const MAX_SHOWN = 200;
/** How far back ended executions are counted. */
const COUNTED_HOURS = 24;
/** A device's action has a key for each of its steps, which are a little longer. */
const LONGEST_KEY = 190;
const LONGEST_ACTION_MINUTES = 24 * 60;

const Counts = Type.Record(Type.String(), Type.Integer());

const Status = Type.Object({
  byStatus: Counts,
  byPriority: Type.Object(Object.fromEntries(PRIORITIES.map((priority) => [priority, Type.Integer()]))),
  countedHours: Type.Integer({ description: "Of what has ended, how far back it is counted; what is open always is." }),
  running: Type.Array(Execution, { description: "What has been sent to a device, or is about to be." }),
});

const Conflict = Type.Object({
  execution: Uuid,
  priority: Type.String(),
  actuator: SerialId,
  actuatorKey: Type.String(),
  device: Uid,
  resource: Type.Object({ kind: Type.Enum(["actuator", "interlock-group"]), name: Type.String() }),
  reason: Nullable(Type.String()),
  message: Nullable(Type.String()),
  since: DateTime,
  until: Nullable(DateTime),
  passedOverSince: Nullable(DateTime),
  holder: Nullable(
    Type.Object(
      { execution: Uuid, command: Uuid, actuator: SerialId, priority: Type.String(), endsAtLatest: DateTime },
      { description: "Who has it now; null where a pause or a right of way is waited for." },
    ),
  ),
});

const Worker = Type.Object({
  name: Type.String(),
  isRunning: Type.Boolean(),
  lastRoundAt: Nullable(DateTime),
  lastRoundMs: Nullable(Type.Number()),
  lastError: Nullable(Type.String()),
});

const Health = Type.Object({
  workers: Type.Array(Worker, { description: "Of the process that answers." }),
  executions: Type.Object({
    due: Type.Integer(),
    waiting: Type.Integer(),
    dispatched: Type.Integer(),
    dead: Type.Integer({ description: "Dead letters, for a person to replay." }),
    oldestDueMs: Nullable(Type.Number()),
  }),
  alerts: Type.Object({
    due: Type.Integer({ description: "Whose shelf has ended, or which are to be told again." }),
    oldestDueMs: Nullable(Type.Number()),
  }),
  deliveries: Type.Object({
    due: Type.Integer(),
    waiting: Type.Integer(),
    sending: Type.Integer(),
    dead: Type.Integer({ description: "Given up, for a person to replay." }),
    oldestDueMs: Nullable(Type.Number()),
  }),
  unfoldedTransitions: Type.Integer({ description: "Of rules, not yet made alerts and executions; 10,000 at most." }),
  schedules: Type.Object({
    nextDueAt: Nullable(DateTime),
    overdue: Type.Integer({
      description: "Schedules whose run has been due for a while, and no worker has opened it.",
    }),
    oldestOverdueMs: Nullable(Type.Number()),
  }),
});

/** Which action takes which of these is told by its refusal. */
const Order = Body({
  action: Type.Enum(["RUN", "DOSE", ...POND_ACTION_NAMES]),
  actuator: Type.Optional(Type.Integer({ ...SerialId, description: "Of a RUN or DOSE." })),
  device: Type.Optional(Type.String({ ...Uid, description: "Of every other action." })),
  durationMs: Type.Optional(Type.Integer({ ...RUN_MS, description: "Of a RUN; of a DOSE its worst case." })),
  amount: Type.Optional(Type.Number({ ...AMOUNT, description: "Of a DOSE." })),
  unit: Type.Optional(Type.String(UNIT)),
  grams: Type.Optional(Type.Number({ ...AMOUNT, description: "Of a FEED." })),
  minutes: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, maximum: LONGEST_ACTION_MINUTES, description: "Of AERATE and of WATER_…." }),
  ),
  waitMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: LONGEST_WAIT_MS,
      description: `How long it may wait for what stands against it; ${DEFAULT_WAIT_MS} when absent.`,
    }),
  ),
});
type Order = Static<typeof Order>;

export interface AutomationRoutesDependencies {
  readonly actuation: Actuation;
  readonly pool: Pool;
  readonly directory: DeviceDirectory;
  readonly listExecutions: ListExecutions;
  readonly findExecution: FindExecution;
  /** The workers of this process. */
  readonly workers: () => readonly WorkerHealth[];
}

/** What automation does now, what stands against it, and a way to ask it for something. */
export function automationRoutes(api: Api, dependencies: AutomationRoutesDependencies): void {
  const { pool, listExecutions, workers } = dependencies;
  api.get(
    "/api/v1/automation/status",
    {
      config: { access: "automation:read" },
      schema: {
        tags: ["automation"],
        summary: "How many executions are what, and which act now",
        response: answers(200, Status),
      },
    },
    async (request) => {
      const organizationId = organizationOf(request);
      const counts = await countExecutions(pool, organizationId, COUNTED_HOURS);
      const sumBy = (key: "status" | "priority", value: string): number =>
        counts.filter((count) => count[key] === value).reduce((sum, { executions }) => sum + executions, 0);
      const statuses = [...new Set(counts.map(({ status }) => status))];
      const page = { actuatorId: undefined, afterId: undefined, limit: MAX_SHOWN };
      return {
        byStatus: Object.fromEntries(statuses.map((status) => [status, sumBy("status", status)])),
        byPriority: Object.fromEntries(PRIORITIES.map((priority) => [priority, sumBy("priority", priority)])),
        countedHours: COUNTED_HOURS,
        running: await listExecutions(organizationId, { ...page, status: "DISPATCHED" }),
      };
    },
  );

  api.get(
    "/api/v1/automation/conflicts",
    {
      config: { access: "automation:read" },
      schema: {
        tags: ["automation"],
        summary: "What waits for what, the longest waiting first",
        description: `Executions that wait for a machine: ${MAX_SHOWN} at most. What waits for a device, a reading or a day's budget is no conflict.`,
        response: answers(200, Type.Array(Conflict)),
      },
    },
    (request) => listConflicts(pool, organizationOf(request), MAX_SHOWN),
  );

  api.get(
    "/api/v1/automation/health",
    {
      config: { access: "automation:read" },
      schema: {
        tags: ["automation"],
        summary: "Whether automation keeps up",
        response: answers(200, Health),
      },
    },
    async (request) => {
      const organizationId = organizationOf(request);
      const [health, alerts, deliveries] = await Promise.all([
        readHealth(pool, organizationId, workers()),
        readAlertQueue(pool, organizationId),
        readDeliveryQueue(pool, organizationId),
      ]);
      return { ...health, alerts, deliveries };
    },
  );
  executeRoute(api, dependencies);
}

function executeRoute(api: Api, dependencies: AutomationRoutesDependencies): void {
  api.post(
    "/api/v1/automation/execute",
    {
      config: { access: "automation:operate" },
      schema: {
        tags: ["automation"],
        summary: "Have an action done",
        description:
          "RUN or DOSE of an actuator, or an action of a device by its name: FEED (grams), AERATE, WATER_DRAIN, WATER_FILL, WATER_FLUSH (minutes). With the priority of a person, inside all limits: a 409 names the one that refuses. A flush is two executions, of which the first begins at once, or not at all, and the second waits for it. 202 while any of them waits.",
        headers: Type.Object({
          "idempotency-key": Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: LONGEST_KEY,
              description:
                "The same key with the same body is answered with the same executions; with another it is a 422.",
            }),
          ),
        }),
        body: Order,
        response: {
          ...answers(201, Type.Object({ executions: Type.Array(Execution) })),
          202: Type.Object({ executions: Type.Array(Execution) }),
        },
      },
    },
    async (request, reply) => {
      const by = requesterFor(request);
      const placed = await place(dependencies, by, request.body, request.headers["idempotency-key"]);
      return answer(dependencies, by, reply, placed);
    },
  );
}

async function place(
  { actuation, pool, directory }: AutomationRoutesDependencies,
  by: Requester,
  order: Order,
  idempotencyKey: string | undefined,
): Promise<PlacedRun[]> {
  const { action, actuator, device, grams, minutes, waitMs } = order;
  if (action === "RUN" || action === "DOSE") {
    assertTakes(order, ["actuator", "durationMs", "amount", "unit", "waitMs"]);
    const { durationMs } = order;
    const actuatorId = needed(order, actuator, "actuator");
    if (action === "RUN") needed(order, durationMs, "durationMs");
    const dose = action === "DOSE" ? doseOf(order) : undefined;
    return [await requestRun(actuation, by, { actuatorId, durationMs, dose, waitMs, idempotencyKey })];
  }
  assertTakes(order, ["device", "grams", "minutes", "waitMs"]);
  const uid = needed(order, device, "device");
  await findDeviceEntry(directory, by.organizationId, uid);
  const named: PondActionName = action;
  return executeAction(actuation, pool, by, { device: uid, action: named, grams, minutes, waitMs, idempotencyKey });
}

function assertTakes({ action, ...fields }: Order, takes: readonly string[]): void {
  const surplus = Object.keys(fields).find((field) => !takes.includes(field));
  if (surplus === undefined) return;
  const message = `A ${action} takes no ${surplus}: leave it out. It takes ${takes.join(", ")}.`;
  throw new SluiceError("invalid", "action.field_unexpected", message, { details: { field: surplus } });
}

function needed<Value>({ action }: Order, value: Value | undefined, field: string): Value {
  if (value !== undefined) return value;
  throw new SluiceError("invalid", "action.field_needed", `A ${action} needs ${field}.`, { details: { field } });
}

function doseOf(order: Order) {
  return { amount: needed(order, order.amount, "amount"), unit: needed(order, order.unit, "unit") };
}

async function answer(
  { findExecution }: AutomationRoutesDependencies,
  { organizationId }: Requester,
  reply: FastifyReply,
  placed: readonly PlacedRun[],
): Promise<FastifyReply> {
  const found = await Promise.all(placed.map(({ executionId }) => findExecution(organizationId, executionId)));
  const executions = found.map((execution) => execution!);
  const isWaiting = executions.some((execution) => isOpen(execution) && execution.status !== "DISPATCHED");
  return reply.code(isWaiting ? 202 : 201).send({ executions });
}
