import { SluiceError } from "@sluice/core/errors.ts";
import { PRIORITIES } from "@sluice/core/safety/decide.ts";
import type { Pool } from "pg";
import { type Static, Type } from "typebox";
import {
  type Actuation,
  DEFAULT_WAIT_MS,
  type ExecutionRecord,
  type WhyNot as Found,
  LONGEST_WAIT_MS,
  listExecutionEvents,
  requireExecution,
  whyNot,
} from "../../actuation/index.ts";
import type { Requester } from "../../auth/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, Nullable, Thing } from "../schemas.ts";
import { ActuatorParams } from "./actuators.ts";
import { AMOUNT, RUN_MS, UNIT } from "./envelope-schema.ts";
import { EXECUTION_PATHS, ExecutionParams } from "./executions.ts";

const WhyNot = Thing("WhyNot", {
  outcome: Type.Enum(["accept", "refuse", "defer", "preempt"], {
    description: "What would be decided now. preempt: a run of lower priority would be stopped for it.",
  }),
  limits: Type.Array(
    Type.Object({
      limit: Type.String({ description: "The last part of the code that a refusal has: cooldown, interlock, held …" }),
      message: Type.String(),
      retryAt: Nullable(DateTime),
    }),
    { description: "Everything that stands against it, in the order in which it counts." },
  ),
});

const Question = Type.Object({
  durationMs: Type.Optional(Type.Integer({ ...RUN_MS, description: "The longest run when absent." })),
  priority: Type.Optional(Type.Enum([...PRIORITIES], { description: "MANUAL when absent." })),
  amount: Type.Optional(Type.Number({ ...AMOUNT, description: "With unit, of a DOSE." })),
  unit: Type.Optional(Type.String(UNIT)),
  waitMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: LONGEST_WAIT_MS,
      description: `How long a person would wait; ${DEFAULT_WAIT_MS} when absent, as in a command.`,
    }),
  ),
});

const ExecutionWhyNot = Thing("ExecutionWhyNot", {
  status: Type.String(),
  reason: Nullable(Type.String({ description: "The last that its trail says." })),
  message: Nullable(Type.String()),
  at: DateTime,
  until: Nullable(DateTime),
  now: Type.Union([WhyNot, Type.Null()], { description: "While it waits: what would be decided at this moment." }),
});

export interface WhyNotRoutesDependencies {
  readonly actuation: Actuation;
  readonly pool: Pool;
  /** Whether a rule still wants an execution, and the newest reading that it rests on. */
  readonly readNeed: (execution: Pick<ExecutionRecord, "id" | "type">) => Promise<{
    readonly isNeeded: boolean;
    readonly readingMicros: number | undefined;
  }>;
}

/** Why something does not run. Nothing is locked or changed by asking. */
export function whyNotRoutes(api: Api, dependencies: WhyNotRoutesDependencies): void {
  const { actuation, pool } = dependencies;
  api.get(
    "/api/v1/actuators/:id/why-not",
    {
      config: { access: "actuation:read" },
      schema: {
        tags: ["actuators"],
        summary: "Whether an actuator would start now, and all that stands against it",
        params: ActuatorParams,
        querystring: Question,
        response: answers(200, WhyNot),
      },
    },
    async (request) => {
      const { durationMs, priority, waitMs = DEFAULT_WAIT_MS } = request.query;
      const dose = doseOf(request.query);
      const question = { actuatorId: request.params.id, durationMs, priority, dose, waitMs };
      return answerOf(await whyNot(actuation, requesterFor(request), question));
    },
  );

  for (const path of EXECUTION_PATHS) {
    api.get(
      `${path}/:id/why-not`,
      {
        config: { access: "actuation:read" },
        schema: {
          tags: ["automation"],
          summary: "Why an execution has not acted",
          params: ExecutionParams,
          response: answers(200, ExecutionWhyNot),
        },
      },
      async (request) => {
        const execution = await requireExecution(pool, organizationOf(request), request.params.id);
        const last = (await listExecutionEvents(pool, organizationOf(request), execution.id)).at(-1)!;
        const { status, reason, message, at, until } = last;
        const now = await whatNow(dependencies, requesterFor(request), execution);
        return { status, reason, message, at, until, now };
      },
    );
  }
}

function doseOf({ amount, unit }: Static<typeof Question>) {
  if (amount === undefined && unit === undefined) return undefined;
  if (amount !== undefined && unit !== undefined) return { amount, unit };
  const field = amount === undefined ? "amount" : "unit";
  throw new SluiceError("invalid", "command.amount_needed", "A DOSE needs amount and unit.", { details: { field } });
}

const CAUSE_GONE = {
  outcome: "refuse",
  limits: [{ limit: "cause_gone", message: "Its rule no longer fires.", retryAt: null }],
} as const;

async function whatNow({ actuation, readNeed }: WhyNotRoutesDependencies, by: Requester, execution: ExecutionRecord) {
  const { status, action, actuator: actuatorId, parameters, priority, waitLimitAt, readingNeededAfter } = execution;
  const isWaiting = status === "PENDING" || status === "WAITING";
  if (!isWaiting || (action !== "RUN" && action !== "DOSE")) return null;
  const { isNeeded, readingMicros } = await readNeed(execution);
  if (!isNeeded) return CAUSE_GONE;
  const { durationMs, amount, unit } = parameters as { durationMs: number; amount?: number; unit?: string };
  const found = await whyNot(actuation, by, {
    actuatorId,
    durationMs,
    dose: amount === undefined || unit === undefined ? undefined : { amount, unit },
    priority,
    waitLimitMicros: microsOf(waitLimitAt),
    overrideReason: execution.overrideReason ?? undefined,
    cause: { readingMicros, readingNeededAfterMicros: microsOf(readingNeededAfter) },
  });
  return answerOf(found);
}

function microsOf(date: Date | null): number | undefined {
  return date === null ? undefined : date.getTime() * 1000;
}

function answerOf({ outcome, obstacles }: Found) {
  const limits = obstacles.map(({ limit, message, untilMicros }) => ({
    limit,
    message,
    retryAt: untilMicros === undefined ? null : new Date(Math.ceil(untilMicros / 1000)),
  }));
  return { outcome, limits };
}
