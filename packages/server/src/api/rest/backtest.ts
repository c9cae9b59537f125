import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import { type Static, Type } from "typebox";
import {
  type BacktestJob,
  type BacktestResult,
  MAX_BACKTEST_DAYS,
  MAX_BACKTEST_DEVICES,
  type ResolvedBacktest,
  resolveBacktest,
} from "../../automation/index.ts";
import type { DeviceDirectory } from "../../devices/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { organizationOf } from "../access.ts";
import { formatTime, parseQueryTime } from "../query-time.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Nullable, SerialId, Uid } from "../schemas.ts";
import { AMOUNT, CooldownMs, MaxRunMs, OPTIONAL_LIMITS, RUN_MS, UNIT } from "./envelope-schema.ts";

const DEFAULT_EPISODES = 100;
const MAX_EPISODES = 1_000;

const Moment = Type.Union([Type.String({ maxLength: 64 }), Type.Integer()], {
  description: "RFC 3339 or epoch milliseconds.",
});
const { minOffMs, maxStartsPerDay, maxRunMsPerDay, maxReadingAgeMs } = OPTIONAL_LIMITS;

const Period = {
  from: Moment,
  to: Type.Optional(Moment),
  episodes: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MAX_EPISODES,
      default: DEFAULT_EPISODES,
      description: "Episodes, and runs of each actuator, that are told one by one; all are counted.",
    }),
  ),
};

const Scope = {
  devices: Type.Optional(
    Type.Array(Uid, { minItems: 1, maxItems: MAX_BACKTEST_DEVICES, description: "Each is evaluated by itself." }),
  ),
  asset: Type.Optional(
    Type.Integer({ ...SerialId, description: "Instead of `devices`: all of an asset that have the rule's metrics." }),
  ),
  action: Type.Optional(
    Body(
      {
        actuator: Type.Union([SerialId, Type.String({ minLength: 1, maxLength: 63 })], {
          description: "Its id, or the key that it has on each of the devices.",
        }),
        durationMs: Type.Optional(Type.Integer(RUN_MS)),
        dose: Type.Optional(Body({ amount: Type.Number(AMOUNT), unit: Type.String(UNIT) })),
        priority: Type.Optional(Type.Enum(["EMERGENCY", "THRESHOLD"])),
      },
      "What would run while the rule fires.",
    ),
  ),
  envelope: Type.Optional(
    Body(
      {
        maxRunMs: Type.Optional(MaxRunMs),
        cooldownMs: Type.Optional(CooldownMs),
        minOffMs: Type.Optional(minOffMs),
        maxStartsPerDay: Type.Optional(maxStartsPerDay),
        maxRunMsPerDay: Type.Optional(maxRunMsPerDay),
        maxReadingAgeMs: Type.Optional(maxReadingAgeMs),
      },
      "Limits in the place of the actuator's own.",
    ),
  ),
};

const Definition = Type.Unknown({ description: "A condition, as rules have it." });

const Counts = {
  fired: Type.Integer({ description: "Episodes that fired." }),
  lapsed: Type.Integer({ description: "Episodes that were pending and never fired." }),
};
const Times = Type.Record(Type.String(), Type.Integer());

const Answer = Type.Object({
  from: DateTime,
  to: DateTime,
  readings: Type.Integer({ description: "Valid readings of the metrics that the rule reads, its gates included." }),
  invalid: Type.Integer({ description: "Readings that were marked and left out." }),
  ...Counts,
  devices: Type.Array(Type.Object({ device: Uid, ...Counts, firingMs: Type.Number() })),
  episodes: Type.Array(
    Type.Object({
      device: Uid,
      episode: Type.Integer(),
      pendingAt: Nullable(DateTime),
      firedAt: DateTime,
      resolvedAt: Nullable(DateTime),
      value: Nullable(Type.Number()),
    }),
  ),
  actuators: Type.Array(
    Type.Object({
      actuator: SerialId,
      key: Type.String(),
      device: Uid,
      runs: Type.Integer(),
      runMs: Type.Number(),
      deferred: Type.Unsafe<Readonly<Record<string, number>>>({
        ...Times,
        description: "Limit → times it had to wait.",
      }),
      refused: Type.Unsafe<Readonly<Record<string, number>>>({
        ...Times,
        description: "Limit → times it was refused.",
      }),
      firstRuns: Type.Array(Type.Object({ from: DateTime, to: DateTime })),
    }),
  ),
});

export interface BacktestRoutesDependencies {
  readonly pool: Pool;
  readonly directory: DeviceDirectory;
  readonly clock: Clock;
  /** Ends when the signal is aborted. */
  readonly runBacktest: (job: BacktestJob, signal: AbortSignal) => Promise<BacktestResult>;
}

const DESCRIPTION = `Evaluates a rule over stored readings as if they arrived in the order of their times, and answers how often
it would have fired and how long each actuator would have run under its limits. Readings that were marked invalid are left out.
Over at most ${MAX_BACKTEST_DAYS} days and ${MAX_BACKTEST_DEVICES} devices, one backtest at a time; ends when its caller goes.`;

export function backtestRoutes(api: Api, dependencies: BacktestRoutesDependencies): void {
  const schema = { tags: ["automation"], description: DESCRIPTION, response: answers(200, Answer) };

  api.post(
    "/api/v1/rules/backtest",
    {
      config: { access: "analysis:run", cost: 20, waitsElsewhere: true },
      schema: {
        ...schema,
        summary: "Try a rule on the past",
        body: Body({ definition: Definition, ...Period, ...Scope }),
      },
    },
    (request, reply) => backtest(dependencies, request, reply, { ...request.body, ruleId: undefined }),
  );

  api.post(
    "/api/v1/rules/:id/backtest",
    {
      config: { access: "analysis:run", cost: 20, waitsElsewhere: true },
      schema: {
        ...schema,
        summary: "Try a stored rule, or a change of it, on the past",
        params: Type.Object({ id: SerialId }),
        body: Body({ definition: Type.Optional(Definition), ...Period, ...Scope }),
      },
    },
    (request, reply) => backtest(dependencies, request, reply, { ...request.body, ruleId: request.params.id }),
  );
}

type Asked = Static<ReturnType<typeof Type.Object<typeof Period & typeof Scope>>> & {
  readonly definition?: unknown;
  readonly ruleId: number | undefined;
};

async function backtest(
  { pool, directory, clock, runBacktest }: BacktestRoutesDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { from, to, episodes = DEFAULT_EPISODES, ...asked }: Asked,
): Promise<Static<typeof Answer>> {
  const nowMicros = clock.nowMicros();
  const order = {
    ...asked,
    organizationId: organizationOf(request),
    fromMicros: parseQueryTime("from", String(from)),
    // What has not happened yet fires nothing, and is no silence either.
    toMicros: to === undefined ? nowMicros : Math.min(nowMicros, parseQueryTime("to", String(to))),
    maxTold: episodes,
  };
  const resolved = await resolveBacktest({ pool, directory }, order);
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort(callerGone()));
  return answerOf(resolved, await runBacktest(resolved.job, gone.signal));
}

function answerOf({ job, uidOfRule, actuators }: ResolvedBacktest, result: BacktestResult): Static<typeof Answer> {
  const sum = (what: "fired" | "lapsed") => result.rules.reduce((total, rule) => total + rule[what], 0);
  return {
    from: formatTime(job.fromMicros),
    to: formatTime(job.toMicros),
    readings: result.readings,
    invalid: result.invalid,
    fired: sum("fired"),
    lapsed: sum("lapsed"),
    devices: result.rules.map(({ ruleId, ...counts }) => ({ device: uidOfRule.get(ruleId)!, ...counts })),
    episodes: result.episodes.map(({ ruleId, episode, pendingMicros, firedMicros, resolvedMicros, value }) => ({
      device: uidOfRule.get(ruleId)!,
      episode,
      pendingAt: timeOrNull(pendingMicros),
      firedAt: formatTime(firedMicros),
      resolvedAt: timeOrNull(resolvedMicros),
      value,
    })),
    actuators: result.actuators.map(({ actuatorId, told, ...outcome }) => {
      const { id: actuator, key, device } = actuators.get(actuatorId)!;
      const firstRuns = told.map(({ startMicros, endMicros }) => ({
        from: formatTime(startMicros),
        to: formatTime(endMicros),
      }));
      return { actuator, key, device, ...outcome, firstRuns };
    }),
  };
}

function timeOrNull(micros: number | null): string | null {
  return micros === null ? null : formatTime(micros);
}

function callerGone(): SluiceError {
  return new SluiceError("unavailable", "backtest.cancelled", "Whoever asked for the backtest has gone.");
}
