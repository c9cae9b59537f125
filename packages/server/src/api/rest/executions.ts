import { SluiceError } from "@sluice/core/errors.ts";
import { Type } from "typebox";
import type { ExecutionStatus } from "../../actuation/index.ts";
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

const Execution = Type.Object(
  {
    id: Uuid,
    type: Type.String({ description: "MANUAL, SCHEDULED or THRESHOLD: what caused it." }),
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
  },
  { additionalProperties: true },
);

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
  readonly listExecutions: ListExecutions;
  readonly findExecution: FindExecution;
}

/** The second path is the aquaculture specification's name for the same list. */
const PATHS = ["/api/v1/executions", "/api/v1/automation/executions"];

export function executionRoutes(api: Api, { listExecutions, findExecution }: ExecutionRoutesDependencies): void {
  for (const path of PATHS) {
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
          params: Type.Object({ id: Uuid }),
          response: answers(200, Execution),
        },
      },
      async (request) => {
        const execution = await findExecution(organizationOf(request), request.params.id);
        if (execution) return execution;
        throw new SluiceError("not-found", "execution.unknown", "There is no execution with this id.");
      },
    );
  }
}
