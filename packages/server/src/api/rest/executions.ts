import { SluiceError } from "@sluice/core/errors.ts";
import { PRIORITIES, type Priority } from "@sluice/core/safety/decide.ts";
import type { Pool } from "pg";
import { Type } from "typebox";
import { type Actuation, cancelExecution, type ExecutionStatus, replayExecution } from "../../actuation/index.ts";
import { type ExecutionView, readExecution, readTrail } from "../../automation/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { cursorUuid, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import { queryDate } from "../query-time.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, FromTime, Nullable, SerialId, Thing, ToTime, Uid, Uuid } from "../schemas.ts";

export const EXECUTION_STATUSES = [
  "PENDING",
  "WAITING",
  "DISPATCHED",
  "SUCCEEDED",
  "FAILED",
  "CANCELLED",
  "SUPERSEDED",
  "DEAD",
] as const satisfies readonly ExecutionStatus[];
const Status = Type.Enum([...EXECUTION_STATUSES]);

export const Execution = Type.Object(
  {
    id: Uuid,
    type: Type.String({ description: "MANUAL, SCHEDULED, THRESHOLD or FOREIGN: what caused it." }),
    action: Type.String(),
    priority: Type.String(),
    status: Status,
    scheduledAt: Nullable(DateTime),
    startedAt: Nullable(DateTime),
    completedAt: Nullable(DateTime),
    threshold: Nullable(Type.Unknown()),
    schedule: Nullable(Type.Unknown()),
    parameters: Type.Unknown(),
    success: Nullable(Type.Boolean()),
    errorDetails: Nullable(Type.String()),
    retries: Type.Integer(),
    reason: Nullable(Type.String()),
    message: Nullable(Type.String({ description: "The reason in words." })),
    waitUntil: Nullable(DateTime),
    replayOf: Nullable(Type.String({ format: "uuid", description: "The dead letter that it repeats." })),
  },
  { title: "Execution", additionalProperties: true },
);

const Cause = Thing("Cause", {
  rule: SerialId,
  ruleKey: Nullable(Type.String()),
  ruleName: Nullable(Type.String()),
  device: Nullable(Uid),
  firstEpisode: Type.Integer({ description: "Of the rule on this device: the first that it acts for." }),
  lastEpisode: Type.Integer(),
  readingAt: Nullable(DateTime),
  value: Nullable(Type.Number({ description: "Of the reading that began the first episode." })),
  foldedAt: Nullable(DateTime),
});

const CommandShort = {
  id: Uuid,
  kind: Type.String(),
  fence: Nullable(Type.Integer()),
  state: Type.String(),
};

const ExecutionDetail = Type.Object(
  {
    ...Execution.properties,
    causedBy: Type.Array(Cause, { description: "What fired." }),
    commands: Type.Array(
      Type.Object({
        ...CommandShort,
        reason: Nullable(Type.String()),
        decidedAt: DateTime,
        endedAt: Nullable(DateTime),
      }),
      { description: "One an attempt, and the STOPs that made way for it; the oldest first." },
    ),
    replays: Type.Array(Uuid, { description: "Executions that repeat this dead letter." }),
  },
  { title: "ExecutionDetail", additionalProperties: true },
);

const TrailStep = Thing("ExecutionEvent", {
  at: DateTime,
  what: Type.Enum(["execution", "cause", "command"], {
    description: "It changed, a cause was folded into it, or something became of a command of it.",
  }),
  status: Nullable(Status),
  reason: Nullable(Type.String({ description: "What it waited for, or what refused or ended it, as a code." })),
  message: Nullable(Type.String()),
  until: Nullable(DateTime),
  who: Nullable(Type.String({ description: "Who asked for it; null for what followed." })),
  cause: Nullable(Cause),
  command: Nullable(Type.Object({ ...CommandShort, what: Type.String(), details: Nullable(Type.Unknown()) })),
});

export interface ExecutionFilter {
  readonly actuatorId: number | undefined;
  readonly status: ExecutionStatus | undefined;
  /** Uid. */
  readonly device?: string | undefined;
  readonly priority?: Priority | undefined;
  /** Asked for then or later. */
  readonly from?: Date | undefined;
  /** Asked for before. */
  readonly to?: Date | undefined;
  /** Only executions that come after this one in the list. */
  readonly afterId: string | undefined;
  readonly limit: number;
}

/** Newest first. */
export type ListExecutions = (organizationId: number, filter: ExecutionFilter) => Promise<readonly ExecutionView[]>;
export type FindExecution = (organizationId: number, id: string) => Promise<ExecutionView | undefined>;

export interface ExecutionRoutesDependencies {
  readonly pool: Pool;
  readonly actuation: Actuation;
  readonly listExecutions: ListExecutions;
  readonly findExecution: FindExecution;
}

export const ExecutionParams = Type.Object({ id: Uuid });

/** The second path is the aquaculture specification's name for the same list. */
export const EXECUTION_PATHS = ["/api/v1/executions", "/api/v1/automation/executions"];

export function isOpen({ status }: { readonly status: ExecutionStatus }): boolean {
  return status === "PENDING" || status === "WAITING" || status === "DISPATCHED";
}

export function executionRoutes(api: Api, dependencies: ExecutionRoutesDependencies): void {
  for (const path of EXECUTION_PATHS) {
    readingRoutes(api, path, dependencies);
    actingRoutes(api, path, dependencies);
  }
}

function readingRoutes(api: Api, path: string, { pool, listExecutions }: ExecutionRoutesDependencies): void {
  api.get(
    path,
    {
      config: { access: "automation:read" },
      schema: {
        tags: ["automation"],
        summary: "Executions, newest first",
        description: "One intention to act, from its cause to its end.",
        querystring: Type.Object({
          ...PageQuery,
          actuator: Type.Optional(SerialId),
          status: Type.Optional(Status),
          device: Type.Optional(Uid),
          priority: Type.Optional(Type.Enum([...PRIORITIES])),
          from: Type.Optional(FromTime),
          to: Type.Optional(ToTime),
        }),
        response: answers(200, Type.Array(Execution)),
      },
    },
    async (request, reply) => {
      const { actuator, status, device, priority, from, to } = request.query;
      const executions = await listExecutions(organizationOf(request), {
        actuatorId: actuator,
        ...{ status, device, priority, from: queryDate("from", from), to: queryDate("to", to) },
        afterId: cursorUuid(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, executions, ({ id }) => id);
    },
  );

  api.get(
    `${path}/:id`,
    {
      config: { access: "automation:read" },
      schema: {
        tags: ["automation"],
        summary: "One execution, with what fired and what was commanded",
        params: ExecutionParams,
        response: answers(200, ExecutionDetail),
      },
    },
    async (request) => {
      const execution = await readExecution(pool, organizationOf(request), request.params.id);
      if (execution) return execution;
      throw new SluiceError("not-found", "execution.unknown", "There is no execution with this id.");
    },
  );

  api.get(
    `${path}/:id/events`,
    {
      config: { access: "automation:read" },
      schema: {
        tags: ["automation"],
        summary: "What became of an execution, step by step",
        description:
          "What fired, what it waited for, what refused it, what its device was sent and said. A wait that is only prolonged is no step.",
        params: ExecutionParams,
        response: answers(200, Type.Array(TrailStep)),
      },
    },
    (request) => readTrail(pool, organizationOf(request), request.params.id),
  );
}

function actingRoutes(api: Api, path: string, { actuation, pool, findExecution }: ExecutionRoutesDependencies): void {
  api.post(
    `${path}/:id/cancel`,
    {
      config: { access: "automation:operate" },
      schema: {
        tags: ["automation"],
        summary: "Call off what has not started",
        description:
          "A 409 says that it has been sent to its device, or has ended. Its rules or schedule start nothing by that before their next episode or occurrence.",
        params: ExecutionParams,
        response: answers(200, Execution),
      },
    },
    async (request) => {
      const by = requesterFor(request);
      await cancelExecution(actuation, by, request.params.id);
      return (await findExecution(by.organizationId, request.params.id))!;
    },
  );

  api.post(
    `${path}/:id/replay`,
    {
      config: { access: "automation:operate" },
      schema: {
        tags: ["automation"],
        summary: "Have a dead letter done after all",
        description:
          "A new execution of your own, subject to every limit of this moment: a 409 says which one refuses. Asked again while that is under way, or has succeeded, it is answered with the same; 202 while it waits.",
        params: ExecutionParams,
        response: { ...answers(201, Execution), 202: Execution },
      },
    },
    async (request, reply) => {
      const by = requesterFor(request);
      const { executionId } = await replayExecution(actuation, pool, by, request.params.id);
      const execution = (await findExecution(by.organizationId, executionId))!;
      const status = execution.status === "PENDING" || execution.status === "WAITING" ? 202 : 201;
      return reply.code(status).header("location", `/api/v1/executions/${executionId}`).send(execution);
    },
  );
}
