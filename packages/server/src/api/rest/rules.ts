import {
  ALERT_SEVERITIES,
  MAX_GROUP_LENGTH,
  MAX_RE_ALARM_MS,
  MIN_RE_ALARM_MS,
} from "@sluice/core/alerts/alert-policy.ts";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import {
  changeRule,
  createRule,
  deleteRule,
  type RuleDraft,
  type RuleEditing,
  type RuleView,
  ruleUnknown,
} from "../../automation/index.ts";
import type { DeviceDirectory } from "../../devices/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import { findDeviceEntry } from "../find-device.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, NoContent, Nullable, Search, SerialId, Uid } from "../schemas.ts";

const Key = Type.String({ minLength: 1, maxLength: 63, description: "Unique on its device; made from the name." });
const DurationMs = Type.Integer({ minimum: 1, maximum: 86_400_000 });
const Unit = Type.String({ minLength: 1, maxLength: 16 });
const Priority = Type.Enum(["EMERGENCY", "THRESHOLD"]);

const Definition = Type.Unknown({
  description:
    "A condition: `threshold` {metric, operator: below | above, value, hysteresis}, `rate` {metric, operator: rising | falling, by, withinMs}, `no-data` {metric, afterMs}, `repeated` {condition, times, withinMs}, `all` or `any` {conditions}, `not` {condition}, each with its `kind`. A metric is a key of the rule's device, or {device, metric} of another one at the same asset. Beside the outermost: `forMs`, `resolveAfterMs`, `staleAfterMs` (15 minutes), and `gates`: {kind: daylight, is: day | night, offsetMs} or {kind: rule, rule, is: firing | not-firing}.",
});

const Action = Type.Union(
  [
    Body({ kind: Type.Literal("RUN"), actuator: SerialId, durationMs: DurationMs }),
    Body({
      kind: Type.Literal("DOSE"),
      actuator: SerialId,
      amount: Type.Number({ exclusiveMinimum: 0 }),
      unit: Unit,
      durationMs: Type.Optional(DurationMs),
    }),
    Body({ kind: Type.Literal("SET"), actuator: SerialId, value: Type.Number(), unit: Type.Optional(Unit) }),
    Body({ kind: Type.Literal("STOP"), actuator: SerialId }),
    Body({ kind: Type.Literal("TRIP"), actuator: SerialId }, "Stops it, and holds it until a person resets the trip."),
  ],
  { description: "What it does when it fires." },
);

const Alert = Body(
  {
    severity: Type.Enum([...ALERT_SEVERITIES]),
    message: Type.Optional(Type.String({ description: "A template: {device}, {metric}, {value} …" })),
    isLatched: Type.Optional(Type.Boolean()),
    group: Type.Optional(Type.String({ maxLength: MAX_GROUP_LENGTH, description: "Its first alert is marked." })),
    reAlarmAfterMs: Type.Optional(Type.Integer({ minimum: MIN_RE_ALARM_MS, maximum: MAX_RE_ALARM_MS })),
  },
  "The alert that it raises while it fires.",
);

const Kind = Type.Enum(["threshold", "rate", "no-data", "repeated", "all", "any", "not"]);

const Rule = Type.Object(
  {
    id: SerialId,
    device: Uid,
    asset: Nullable(SerialId),
    key: Type.String(),
    name: Type.String(),
    kind: Kind,
    definition: Definition,
    action: Nullable(Type.Unknown({ description: "What it does when it fires." })),
    alert: Nullable(Type.Unknown({ description: "The alert that it raises." })),
    priority: Type.String(),
    enabled: Type.Boolean(),
    createdAt: DateTime,
    standing: Nullable(Type.Unknown({ description: "Whether it fires now; null before it ever did." })),
  },
  { title: "Rule", additionalProperties: true },
);

const Content = {
  name: Name,
  definition: Definition,
  action: Type.Optional(Nullable(Action)),
  alert: Type.Optional(Nullable(Alert)),
  priority: Type.Optional(Priority),
  enabled: Type.Optional(Type.Boolean()),
};
export const RuleBody = Body({
  ...Content,
  key: Type.Optional(Key),
  device: Type.Optional(Uid),
  asset: Type.Optional(SerialId),
});
const Params = Type.Object({ id: SerialId });

export interface RuleFilter {
  /** Uid. */
  readonly device?: string | undefined;
  readonly ids?: readonly number[] | undefined;
  readonly asset?: number | undefined;
  readonly kind?: RuleView["kind"] | undefined;
  readonly enabled?: boolean | undefined;
  /** Part of the key or the name, in any case. */
  readonly search?: string | undefined;
  readonly afterId?: number | undefined;
  readonly limit: number;
}

/** In the order of their ids. */
export type ListRules = (organizationId: number, filter: RuleFilter) => Promise<readonly RuleView[]>;

export interface RuleRoutesDependencies {
  readonly directory: DeviceDirectory;
  readonly listRules: ListRules;
  readonly ruleEditing: RuleEditing;
}

/** The second path is the aquaculture specification's name for the same. */
const RULE_PATHS = ["/api/v1/rules", "/api/v1/automation/thresholds"];

export function ruleRoutes(api: Api, dependencies: RuleRoutesDependencies): void {
  for (const path of RULE_PATHS) {
    readingRoutes(api, path, dependencies);
    writingRoutes(api, path, dependencies);
  }
}

function readingRoutes(api: Api, path: string, { directory, listRules }: RuleRoutesDependencies): void {
  api.get(
    path,
    {
      config: { access: "automation:read" },
      schema: {
        tags: ["automation"],
        summary: "List rules",
        querystring: Type.Object({
          ...PageQuery,
          device: Type.Optional(Uid),
          asset: Type.Optional(SerialId),
          kind: Type.Optional(Kind),
          enabled: Type.Optional(Type.Boolean()),
          search: Type.Optional(Search),
        }),
        response: answers(200, Type.Array(Rule)),
      },
    },
    async (request, reply) => {
      const organizationId = organizationOf(request);
      const { device, asset, kind, enabled, search } = request.query;
      if (device !== undefined) await findDeviceEntry(directory, organizationId, device);
      const page = { afterId: cursorNumber(request.query), limit: fetchLimit(request.query) };
      const rules = await listRules(organizationId, { device, asset, kind, enabled, search, ...page });
      return sendPage(request, reply, rules, ({ id }) => id);
    },
  );

  api.get(
    `${path}/:id`,
    {
      config: { access: "automation:read" },
      schema: { tags: ["automation"], summary: "One rule", params: Params, response: taggedAnswers(Rule) },
    },
    async (request, reply) => {
      const { id } = request.params;
      const [rule] = await listRules(organizationOf(request), { ids: [id], limit: 1 });
      if (rule === undefined) throw ruleUnknown(id);
      return sendTagged(request, reply, rule, editionOf(rule));
    },
  );
}

function writingRoutes(api: Api, path: string, { ruleEditing }: RuleRoutesDependencies): void {
  api.post(
    path,
    {
      config: { access: "automation:write" },
      schema: {
        tags: ["automation"],
        summary: "Make a rule",
        description:
          "On a device, or over the devices of an asset. It is judged from the next reading on; what it does, and tells, begins when it fires.",
        body: RuleBody,
        response: answers(201, Rule),
      },
    },
    async (request, reply) => {
      const rule = await createRule(ruleEditing, requesterFor(request), request.body as RuleDraft);
      return reply.code(201).header("location", `/api/v1/rules/${rule.id}`).send(rule);
    },
  );

  api.patch(
    `${path}/:id`,
    {
      config: { access: "automation:write" },
      schema: {
        tags: ["automation"],
        summary: "Change a rule",
        description:
          "What is absent stays; `null` takes the action or the alert away. With another definition, or disabled, what it had begun ends.",
        params: Params,
        headers: EditHeaders,
        body: Body({ ...Content, name: Type.Optional(Name), definition: Type.Optional(Definition) }),
        response: answers(200, Rule),
      },
    },
    async (request: FastifyRequest<{ Params: { id: number }; Body: Partial<RuleDraft> }>, reply) => {
      const rule = await changeRule(ruleEditing, editorFor(request, editionOf), request.params.id, request.body);
      return sendTagged(request, reply, rule, editionOf(rule));
    },
  );

  api.delete(
    `${path}/:id`,
    {
      config: { access: "automation:write" },
      schema: {
        tags: ["automation"],
        summary: "Delete a rule",
        description: "What it had begun ends.",
        params: Params,
        headers: EditHeaders,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await deleteRule(ruleEditing, editorFor(request, editionOf), request.params.id);
      return reply.code(204).send();
    },
  );
}

/** Whether it fires is not edited. */
function editionOf({ standing: _standing, ...rule }: RuleView) {
  return rule;
}
