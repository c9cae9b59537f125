import { Type } from "typebox";
import { type Registry, requireProfile } from "../../devices/index.ts";
import type { Clock } from "../../platform/clock.ts";
import {
  dryRunRetention,
  MAX_RETENTION_DAYS,
  type Retention,
  readRetention,
  setRetention,
} from "../../telemetry/index.ts";
import { organizationOf } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Nullable } from "../schemas.ts";

const Policy = Type.Enum(["keep", "thin", "own"], {
  description:
    "`keep`: readings two years, quarter-hours for ever. `thin`: readings 7 days, quarter-hours 90 days, days two years, months for ever. `own`: as said.",
});
const Reason = Type.String({ minLength: 1, maxLength: 1000 });

const days = (description: string) =>
  Nullable(Type.Integer({ minimum: 1, maximum: MAX_RETENTION_DAYS, description: `${description} Null: for ever.` }));
const DAYS = {
  rawDays: days("Readings."),
  quarterDays: days("Quarter-hours, of which hours are made; then days are left."),
  dayDays: days("Days; then months are left."),
  rollupDays: days("Whatever is left."),
};

const RetentionView = {
  policy: Policy,
  ...DAYS,
  hold: Nullable(Type.Object({ reason: Reason, since: DateTime }, { description: "While it stands, nothing goes." })),
};

const WantedDays = {
  rawDays: Type.Optional(DAYS.rawDays),
  quarterDays: Type.Optional(DAYS.quarterDays),
  dayDays: Type.Optional(DAYS.dayDays),
  rollupDays: Type.Optional(DAYS.rollupDays),
};

const WantedRetention = Body({
  policy: Policy,
  ...WantedDays,
  holdReason: Type.Optional(
    Nullable(Type.String({ minLength: 1, maxLength: 1000, description: "A legal hold; null lifts it." })),
  ),
});

const Doomed = Type.Object({
  parts: Type.Integer(),
  readings: Type.Number({ description: "That these parts were made of." }),
  bytes: Type.Number(),
  from: Nullable(DateTime),
  to: Nullable(DateTime),
});

const Params = Type.Object({ profile: Type.String({ maxLength: 63, description: "Its key." }) });

export interface RetentionRoutesDependencies {
  readonly registry: Registry;
  readonly clock: Clock;
}

export function retentionRoutes(api: Api, { registry, clock }: RetentionRoutesDependencies): void {
  const now = () => new Date(Math.floor(clock.nowMicros() / 1000));

  api.get(
    "/api/v1/profiles/:profile/retention",
    {
      config: { access: "registry:read" },
      schema: {
        tags: ["registry"],
        summary: "How long the readings of a profile are kept",
        params: Params,
        response: taggedAnswers(Type.Object(RetentionView)),
      },
    },
    async (request, reply) => {
      const profile = await requireProfile(registry.pool, organizationOf(request), request.params.profile);
      return sendTagged(request, reply, viewOf(await readRetention(registry.pool, profile.id)));
    },
  );

  api.put(
    "/api/v1/profiles/:profile/retention",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["registry"],
        summary: "Say how long the readings of a profile are kept, or hold them",
        description: "Whole parts go, a day or a month of readings at a time, once all of it is old enough.",
        params: Params,
        headers: EditHeaders,
        body: WantedRetention,
        response: answers(200, Type.Object(RetentionView)),
      },
    },
    async (request, reply) => {
      const by = editorFor(request, viewOf);
      const retention = await setRetention(registry, by, request.params.profile, request.body, now());
      return sendTagged(request, reply, viewOf(retention));
    },
  );

  api.post(
    "/api/v1/profiles/:profile/retention/dry-run",
    {
      config: { access: "registry:read" },
      schema: {
        tags: ["registry"],
        summary: "What would go now, by the policy that holds or by another",
        description:
          "Changes nothing. Under a hold nothing goes; this says what would without it. What is due goes a day later.",
        params: Params,
        body: Body(
          { policy: Type.Optional(Policy), ...WantedDays },
          "Without a policy and days: by what holds. Days alone: a policy of one's own.",
        ),
        response: answers(
          200,
          Type.Object({
            retention: Type.Object(RetentionView),
            raw: Doomed,
            toDays: Doomed,
            toMonths: Doomed,
            rollups: Doomed,
          }),
        ),
      },
    },
    async (request) => {
      const { policy = Object.keys(request.body).length > 0 ? "own" : undefined, ...wantedDays } = request.body;
      const wanted = policy && { policy, ...wantedDays };
      const organizationId = organizationOf(request);
      const { profile } = request.params;
      const doomed = await dryRunRetention(registry, organizationId, profile, wanted, now());
      return {
        retention: viewOf(doomed.retention),
        raw: spanOf(doomed.readings),
        toDays: spanOf(doomed.day),
        toMonths: spanOf(doomed.month),
        rollups: spanOf(doomed.rollups),
      };
    },
  );
}

function viewOf({ policy, rawDays, quarterDays, dayDays, rollupDays, hold }: Retention) {
  return { policy, rawDays, quarterDays, dayDays, rollupDays, hold };
}

function spanOf({ fromMicros, toMicros, ...counts }: Awaited<ReturnType<typeof dryRunRetention>>["readings"]) {
  const time = (micros: number | null) => (micros === null ? null : new Date(Math.floor(micros / 1000)));
  return { ...counts, from: time(fromMicros), to: time(toMicros) };
}
