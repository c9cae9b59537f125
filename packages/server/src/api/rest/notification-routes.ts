import { ALERT_SEVERITIES } from "@sluice/core/alerts/alert-policy.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import { Type } from "typebox";
import {
  createRoute,
  deleteRoute,
  GROUPINGS,
  listRoutes,
  MAX_ESCALATION_MINUTES,
  MAX_ESCALATION_STEPS,
  MAX_GROUP_WINDOW_MS,
  MAX_MATCHED_IDS,
  MAX_POSITION,
  MAX_ROUTE_CHANNELS,
  MAX_TEMPLATE_LENGTH,
  NOTICE_EVENTS,
  type Notifications,
  type Route,
  requireRoute,
  updateRoute,
} from "../../notifications/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import { cursorText, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, NoContent, Nullable, SerialId, Thing } from "../schemas.ts";

const Severity = Type.Enum([...ALERT_SEVERITIES]);
const Ids = Nullable(Type.Array(SerialId, { minItems: 1, maxItems: MAX_MATCHED_IDS, description: "Null: all." }));
const Channels = Type.Array(SerialId, { maxItems: MAX_ROUTE_CHANNELS });
const TimeOfDay = Type.String({ maxLength: 5, description: '"22:00", by the clock on the wall.' });
const Text = Type.Optional(Type.String({ maxLength: MAX_TEMPLATE_LENGTH }));
const Template = Type.Object({ subject: Text, body: Text }, { additionalProperties: false });

const MatchFields = {
  minSeverity: Severity,
  sites: Ids,
  rules: Ids,
  events: Type.Array(Type.Enum([...NOTICE_EVENTS]), { maxItems: NOTICE_EVENTS.length }),
};

const RouteFields = {
  position: Type.Integer({ minimum: 1, maximum: MAX_POSITION, description: "Lower ones are tried first." }),
  isEnabled: Type.Boolean(),
  match: Type.Partial(Type.Object(MatchFields), { additionalProperties: false }),
  channels: Channels,
  escalation: Type.Array(
    Type.Object(
      { afterMinutes: Type.Integer({ minimum: 1, maximum: MAX_ESCALATION_MINUTES }), channels: Channels },
      { additionalProperties: false },
    ),
    {
      maxItems: MAX_ESCALATION_STEPS,
      description: "Whom to tell if nobody has acknowledged by then. A channel occurs once in a route.",
    },
  ),
  continues: Type.Boolean({ description: "What this route takes is offered to the routes after it as well." }),
  quietHours: Nullable(
    Type.Object(
      {
        timeZone: Type.String({ maxLength: 100, description: 'IANA name, such as "Europe/Berlin".' }),
        from: TimeOfDay,
        to: TimeOfDay,
        breakThrough: Type.Array(Severity, { description: "Told all the same." }),
        action: Type.Enum(["hold", "suppress"], { description: "Told when the quiet hours end, or never." }),
      },
      { additionalProperties: false },
    ),
  ),
  groupBy: Type.Enum([...GROUPINGS], { description: "What is told as one digest when it has to wait." }),
  groupWindowMs: Type.Integer({
    minimum: 0,
    maximum: MAX_GROUP_WINDOW_MS,
    description: "How long what is not critical waits for more of its group.",
  }),
  templates: Type.Object(
    { webhook: Type.Optional(Template), email: Type.Optional(Template), sms: Type.Optional(Template) },
    {
      additionalProperties: false,
      description:
        "Texts with {title}, {message}, {severity}, {event}, {alert}, {site}, {rule}, {device}, {time} and {data.…}, of which a number may have decimals: {data.value:1}. A brace itself is written twice.",
    },
  ),
};
const RouteChange = Type.Partial(Type.Object(RouteFields)).properties;
export const RouteBody = Body({ ...RouteChange, name: Name, channels: Channels });
const RouteView = Thing("NotificationRoute", {
  id: SerialId,
  name: Name,
  ...RouteFields,
  match: Type.Object(MatchFields),
  createdAt: DateTime,
});

const Params = Type.Object({ route: SerialId });

export interface NotificationRoutesDependencies {
  readonly notifications: Notifications;
}

/** The resource "notification route": which notices go to whom. */
export function notificationRouteRoutes(api: Api, { notifications }: NotificationRoutesDependencies): void {
  const { pool } = notifications;

  api.get(
    "/api/v1/notification-routes",
    {
      config: { access: "notifications:read" },
      schema: {
        tags: ["notifications"],
        summary: "List notification routes, in the order in which they are tried",
        querystring: Type.Object(PageQuery),
        response: answers(200, Type.Array(RouteView)),
      },
    },
    async (request, reply) => {
      const routes = await listRoutes(pool, organizationOf(request), {
        after: placeOf(cursorText(request.query)),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, routes, ({ position, id }) => `${position} ${id}`).map(viewOf);
    },
  );

  api.post(
    "/api/v1/notification-routes",
    {
      config: { access: "notifications:write" },
      schema: {
        tags: ["notifications"],
        summary: "Make a notification route",
        description: "Without a position it comes last. The first route that matches takes a notice.",
        body: RouteBody,
        response: answers(201, RouteView),
      },
    },
    async (request, reply) => {
      const route = await createRoute(notifications, requesterFor(request), request.body);
      return reply.code(201).header("location", `/api/v1/notification-routes/${route.id}`).send(viewOf(route));
    },
  );

  api.get(
    "/api/v1/notification-routes/:route",
    {
      config: { access: "notifications:read" },
      schema: {
        tags: ["notifications"],
        summary: "One notification route",
        params: Params,
        response: taggedAnswers(RouteView),
      },
    },
    async (request, reply) =>
      sendTagged(request, reply, viewOf(await requireRoute(pool, organizationOf(request), request.params.route))),
  );

  api.patch(
    "/api/v1/notification-routes/:route",
    {
      config: { access: "notifications:write" },
      schema: {
        tags: ["notifications"],
        summary: "Change a notification route",
        params: Params,
        headers: EditHeaders,
        body: Body({ ...RouteChange, name: Type.Optional(Name) }),
        response: answers(200, RouteView),
      },
    },
    async (request, reply) => {
      const editor = editorFor(request, viewOf);
      const route = await updateRoute(notifications, editor, request.params.route, request.body);
      return sendTagged(request, reply, viewOf(route));
    },
  );

  api.delete(
    "/api/v1/notification-routes/:route",
    {
      config: { access: "notifications:write" },
      schema: {
        tags: ["notifications"],
        summary: "Delete a notification route",
        description: "What it has queued is told all the same; what it would have escalated is not.",
        params: Params,
        headers: EditHeaders,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await deleteRoute(notifications, editorFor(request, viewOf), request.params.route);
      return reply.code(204).send();
    },
  );
}

function placeOf(cursor: string | undefined): { readonly position: number; readonly id: number } | undefined {
  if (cursor === undefined) return undefined;
  const match = /^(\d{1,7}) (\d{1,9})$/.exec(cursor);
  if (match !== null) return { position: Number(match[1]), id: Number(match[2]) };
  throw new SluiceError("invalid", "request.cursor", "The cursor is none of ours: take it from the header `Link`.");
}

function viewOf({ organizationId: _organization, ...route }: Route) {
  return route;
}
