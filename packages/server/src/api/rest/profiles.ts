import {
  ALERT_SEVERITIES,
  MAX_GROUP_LENGTH,
  MAX_RE_ALARM_MS,
  MIN_RE_ALARM_MS,
} from "@sluice/core/alerts/alert-policy.ts";
import { MAX_TEMPLATE_LENGTH } from "@sluice/core/alerts/message-template.ts";
import { MAX_WINDOW_MS } from "@sluice/core/rules/rule-definition.ts";
import { MAX_VALIDITY_WINDOW_MS } from "@sluice/core/telemetry/limits.ts";
import { Type } from "typebox";
import {
  createProfile,
  defineMetric,
  deleteProfile,
  listActuatorTemplates,
  listMetrics,
  listProfiles,
  listRuleTemplates,
  listScheduleTemplates,
  MAX_ACTUATORS_PER_PROFILE,
  MAX_RULES_PER_PROFILE,
  type Profile,
  type Registry,
  requireMetric,
  requireProfile,
  updateProfile,
} from "../../devices/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, NoContent, Nullable, Search, SerialId, Slug, Thing } from "../schemas.ts";
import { CooldownMs, DeclaredLimits, MaxRunMs, RUN_MS } from "./envelope-schema.ts";
import { Action, Times } from "./schedules.ts";

const MetricKey = Type.String({ minLength: 1, maxLength: 256 });
const Words = Nullable(Type.String({ maxLength: 100 }));
const Bound = Nullable(Type.Number());

const FLATLINE = "Longer the same value, bit for bit, is a sensor that hangs: its readings are marked and do not act.";
const STEP =
  "A further step from the newest valid reading of the last `stepMs` is a spike, until the next reading stays.";
const FlatlineMs = Nullable(Type.Integer({ minimum: 1, maximum: MAX_VALIDITY_WINDOW_MS, description: FLATLINE }));
const MaxStep = Nullable(Type.Number({ exclusiveMinimum: 0, description: STEP }));
const StepMs = Nullable(Type.Integer({ minimum: 1, maximum: MAX_VALIDITY_WINDOW_MS }));

const Kind = Type.Enum(["gauge", "counter"], {
  description: "A counter only grows, until its device starts anew at 0; a gauge goes up and down.",
});

const MetricDescription = {
  kind: Type.Optional(Kind),
  unit: Type.Optional(Words),
  quantity: Type.Optional(Words),
  minimum: Type.Optional(Bound),
  maximum: Type.Optional(Bound),
  precision: Type.Optional(Nullable(Type.Integer({ minimum: 0, maximum: 15 }))),
  flatlineMs: Type.Optional(FlatlineMs),
  maxStep: Type.Optional(MaxStep),
  stepMs: Type.Optional(StepMs),
};

const Metric = Thing("Metric", {
  number: Type.Integer({ minimum: 0, maximum: 255, description: "Names the metric in stored readings." }),
  key: MetricKey,
  kind: Kind,
  unit: Words,
  quantity: Words,
  minimum: Bound,
  maximum: Bound,
  precision: Nullable(Type.Integer()),
  flatlineMs: FlatlineMs,
  maxStep: MaxStep,
  stepMs: StepMs,
});

const ActuatorKey = Type.String({ pattern: "^[a-z0-9][a-z0-9_-]{0,62}$" });

const Actuator = Body({
  key: ActuatorKey,
  kind: Type.String({ minLength: 1, maxLength: 63 }),
  maxRunMs: MaxRunMs,
  cooldownMs: CooldownMs,
  ...DeclaredLimits,
  interlockGroup: Type.Optional(
    Type.String({ minLength: 1, maxLength: 63, description: "Each device has it for itself, as `<uid>/<group>`." }),
  ),
});

const Rule = Body({
  key: ActuatorKey,
  name: Name,
  metric: MetricKey,
  comparison: Type.Union([Type.Literal("below"), Type.Literal("above")]),
  threshold: Type.Number(),
  hysteresis: Type.Optional(
    Type.Number({ minimum: 0, description: "How far beyond its threshold a value has to come back; 0 when absent." }),
  ),
  forMs: Type.Optional(
    Type.Integer({ minimum: 0, maximum: MAX_WINDOW_MS, description: "How long it has to be so before it fires." }),
  ),
  priority: Type.Optional(Type.Enum(["EMERGENCY", "THRESHOLD"], { description: "THRESHOLD when absent." })),
  action: Type.Optional(
    Type.Union([
      Body({ actuator: ActuatorKey, kind: Type.Literal("RUN"), durationMs: Type.Integer(RUN_MS) }),
      Body({ actuator: ActuatorKey, kind: Type.Literal("TRIP") }, "Stops it and holds it until a person resets it."),
    ]),
  ),
  alert: Type.Optional(
    Body(
      {
        severity: Type.Enum([...ALERT_SEVERITIES]),
        message: Type.Optional(Type.String({ maxLength: MAX_TEMPLATE_LENGTH })),
        isLatched: Type.Optional(Type.Boolean()),
        group: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_GROUP_LENGTH })),
        reAlarmAfterMs: Type.Optional(Type.Integer({ minimum: MIN_RE_ALARM_MS, maximum: MAX_RE_ALARM_MS })),
      },
      "What it tells people while it fires. A rule has an action, an alert, or both.",
    ),
  ),
});

const Rate = Type.Integer({ minimum: 1, maximum: 1_000_000 });

const ProfileSummary = {
  id: SerialId,
  key: Slug,
  name: Name,
  isBuiltIn: Type.Boolean(),
  readingsPerSecond: Rate,
  readingsBurst: Rate,
  createdAt: DateTime,
};

const ProfileDetail = Thing("ProfileDetail", {
  ...ProfileSummary,
  metrics: Type.Array(Metric),
  actuators: Type.Array(Actuator),
  rules: Type.Array(Rule),
  schedules: Type.Array(
    Type.Object({ key: ActuatorKey, name: Name, actuator: ActuatorKey, times: Times, action: Action }),
    { description: "Of each device that is registered with it, by the clock of its site." },
  ),
});

export const ProfileBody = Body({
  key: Slug,
  name: Name,
  metrics: Type.Optional(Type.Array(Body({ key: MetricKey, ...MetricDescription }), { maxItems: 256 })),
  actuators: Type.Optional(Type.Array(Actuator, { maxItems: MAX_ACTUATORS_PER_PROFILE })),
  rules: Type.Optional(Type.Array(Rule, { maxItems: MAX_RULES_PER_PROFILE })),
  readingsPerSecond: Type.Optional(Rate),
  readingsBurst: Type.Optional(Rate),
});

const ProfileParams = Type.Object({ profile: Type.String({ maxLength: 63, description: "Its key." }) });
const MetricParams = Type.Object({ ...ProfileParams.properties, metric: MetricKey });

export function profileRoutes(api: Api, { registry }: { readonly registry: Registry }): void {
  const detail = async (profile: Profile) => ({
    ...profile,
    metrics: await listMetrics(registry.pool, profile.id),
    actuators: await listActuatorTemplates(registry.pool, profile.id),
    rules: await listRuleTemplates(registry.pool, profile.id),
    schedules: await listScheduleTemplates(registry.pool, profile.id),
  });

  api.get(
    "/api/v1/profiles",
    {
      config: { access: "registry:read" },
      schema: {
        tags: ["registry"],
        summary: "List device profiles",
        querystring: Type.Object({ ...PageQuery, search: Type.Optional(Search) }),
        response: answers(200, Type.Array(Type.Object(ProfileSummary))),
      },
    },
    async (request, reply) => {
      const profiles = await listProfiles(registry.pool, organizationOf(request), {
        search: request.query.search,
        afterId: cursorNumber(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, profiles, ({ id }) => id);
    },
  );

  api.post(
    "/api/v1/profiles",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["registry"],
        summary: "Make a device profile",
        description: "Each device that is registered with it is given its actuators and its rules.",
        body: ProfileBody,
        response: answers(201, ProfileDetail),
      },
    },
    async (request, reply) => {
      const template = { metrics: [], actuators: [], rules: [], ...request.body };
      const profile = await createProfile(registry, requesterFor(request), template);
      return reply
        .code(201)
        .header("location", `/api/v1/profiles/${profile.key}`)
        .send(await detail(profile));
    },
  );

  api.get(
    "/api/v1/profiles/:profile",
    {
      config: { access: "registry:read" },
      schema: {
        tags: ["registry"],
        summary: "One device profile with its metrics, actuators and rules",
        params: ProfileParams,
        response: taggedAnswers(ProfileDetail),
      },
    },
    async (request, reply) => {
      const profile = await requireProfile(registry.pool, organizationOf(request), request.params.profile);
      return sendTagged(request, reply, await detail(profile), profile);
    },
  );

  api.patch(
    "/api/v1/profiles/:profile",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["registry"],
        summary: "Change a device profile",
        params: ProfileParams,
        headers: EditHeaders,
        body: Body({
          name: Type.Optional(Name),
          readingsPerSecond: Type.Optional(Rate),
          readingsBurst: Type.Optional(Rate),
        }),
        response: answers(200, ProfileDetail),
      },
    },
    async (request, reply) => {
      const profile = await updateProfile(registry, editorFor(request), request.params.profile, request.body);
      return sendTagged(request, reply, await detail(profile), profile);
    },
  );

  api.delete(
    "/api/v1/profiles/:profile",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["registry"],
        summary: "Delete a device profile that no device has",
        params: ProfileParams,
        headers: EditHeaders,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await deleteProfile(registry, editorFor(request), request.params.profile);
      return reply.code(204).send();
    },
  );

  api.get(
    "/api/v1/profiles/:profile/metrics",
    {
      config: { access: "registry:read" },
      schema: {
        tags: ["registry"],
        summary: "The metrics of a profile",
        params: ProfileParams,
        response: answers(200, Type.Array(Metric)),
      },
    },
    async (request) => {
      const profile = await requireProfile(registry.pool, organizationOf(request), request.params.profile);
      return listMetrics(registry.pool, profile.id);
    },
  );

  api.get(
    "/api/v1/profiles/:profile/metrics/:metric",
    {
      config: { access: "registry:read" },
      schema: {
        tags: ["registry"],
        summary: "One metric of a profile",
        params: MetricParams,
        response: taggedAnswers(Metric),
      },
    },
    async (request, reply) => {
      const { profile, metric } = request.params;
      const found = await requireMetric(registry.pool, organizationOf(request), profile, metric);
      return sendTagged(request, reply, found);
    },
  );

  api.put(
    "/api/v1/profiles/:profile/metrics/:metric",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["registry"],
        summary: "Describe a metric, adding it when it is new",
        params: MetricParams,
        headers: EditHeaders,
        body: Body(MetricDescription),
        response: answers(200, Metric),
      },
    },
    async (request, reply) => {
      const { profile, metric } = request.params;
      const described = { ...request.body, key: metric };
      return sendTagged(request, reply, await defineMetric(registry, editorFor(request), profile, described));
    },
  );
}
