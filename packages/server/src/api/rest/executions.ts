import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool } from "pg";
import { Type } from "typebox";
import { type ExecutionStatus, listExecutionEvents } from "../../actuation/index.ts";
import type { ExecutionView } from "../../automation/index.ts";
import { organizationOf, readers } from "../access.ts";
import { cursorUuid, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, Nullable, SerialId, Uuid } from "../schemas.ts";

const Status = Type.Enum([
  "PENDING",
  "WAITING",
  "DISPATCHED",
  "SUCCEEDED",
  "FAILED",
  "CANCELLED",
  "SUPERSEDED",
  "DEAD",
] satisfies ExecutionStatus[]);

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
  },
  { additionalProperties: true },
);

const ExecutionEvent = Type.Object({
  at: DateTime,
  status: Status,
  reason: Nullable(Type.String()),
  message: Nullable(Type.String()),
  until: Nullable(DateTime),
  who: Nullable(Type.String({ description: "Who asked for it; null for what followed." })),
});

export interface ExecutionFilter {
  readonly actuatorId: number | undefined;
  readonly status: ExecutionStatus | undefined;
  /** Only executions that come after this one in the list. */
  readonly afterId: string | undefined;
  readonly limit: number;
}

/** Newest first. */
export type ListExecutions = (organizationId: number, filter: ExecutionFilter) => Promise<readonly ExecutionView[]>;
export type FindExecution = (organizationId: number, id: string) => Promise<ExecutionView | undefined>;

export interface ExecutionRoutesDependencies {
  readonly pool: Pool;
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
    routesAt(api, path, dependencies);
  }
}

function routesAt(api: Api, path: string, { pool, listExecutions, findExecution }: ExecutionRoutesDependencies): void {
  api.get(
    path,
    {
      config: { access: readers },
      schema: {
        tags: ["automation"],
        summary: "Executions, newest first",
        description: "One intention to act, from its cause to its end.",
        querystring: Type.Object({
          ...PageQuery,
          actuator: Type.Optional(SerialId),
          status: Type.Optional(Status),
        }),
        response: answers(200, Type.Array(Execution)),
      },
    },
    async (request, reply) => {
      const executions = await listExecutions(organizationOf(request), {
        actuatorId: request.query.actuator,
        status: request.query.status,
        afterId: cursorUuid(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, executions, ({ id }) => id);
    },
  );

  api.get(
    `${path}/:id`,
    {
      config: { access: readers },
      schema: {
        tags: ["automation"],
        summary: "One execution",
        params: ExecutionParams,
        response: answers(200, Execution),
      },
    },
    async (request) => {
      const execution = await findExecution(organizationOf(request), request.params.id);
      if (execution) return execution;
      throw new SluiceError("not-found", "execution.unknown", "There is no execution with this id.");
    },
  );

  api.get(
    `${path}/:id/events`,
    {
      config: { access: readers },
      schema: {
        tags: ["automation"],
        summary: "What became of an execution, step by step",
        description: "A wait that is only prolonged is no step.",
        params: ExecutionParams,
        response: answers(200, Type.Array(ExecutionEvent)),
      },
    },
    (request) => listExecutionEvents(pool, organizationOf(request), request.params.id),
  );
}
