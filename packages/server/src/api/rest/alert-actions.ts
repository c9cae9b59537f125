import { SluiceError } from "@sluice/core/errors.ts";
import { type Static, Type } from "typebox";
import {
  type Alerts,
  acknowledgeAlert,
  acknowledgeAlerts,
  clearAlert,
  commentOnAlert,
  MAX_COMMENT_LENGTH,
  type ShelfEnd,
  shelveAlert,
  unshelveAlert,
  viewAlert,
} from "../../alerts/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { parseQueryTime } from "../query-time.ts";
import { type Api, allowAbsentBody } from "../schema-validation.ts";
import { answers, Body, DateTime, Nullable, Uuid } from "../schemas.ts";
import { Alert, AlertParams } from "./alerts.ts";

/** As many as a page of the list has at most. */
const MAX_BULK = 1_000;

const Words = Type.String({ minLength: 1, maxLength: MAX_COMMENT_LENGTH });
const OptionalComment = Body({ comment: Type.Optional(Words) });

const Shelf = Body({
  until: Type.Optional(DateTime),
  forMs: Type.Optional(Type.Integer({ minimum: 1, description: "Instead of `until`: so long from now." })),
  reason: Words,
});

const Acknowledgement = Type.Object({
  id: Uuid,
  acknowledged: Type.Boolean(),
  code: Nullable(Type.String({ description: "Why not." })),
  message: Nullable(Type.String()),
});

export function alertActionRoutes(api: Api, { alerts }: { readonly alerts: Alerts }): void {
  for (const [verb, summary, description, act] of COMMENTED_ACTS) {
    api.post(
      `/api/v1/alerts/:id/${verb}`,
      {
        config: { access: "alerts:operate" },
        schema: {
          tags: ["alerts"],
          summary,
          description,
          params: AlertParams,
          body: OptionalComment,
          response: answers(200, Alert),
        },
        preValidation: allowAbsentBody,
      },
      async (request) => {
        await act(alerts, requesterFor(request), request.params.id, request.body.comment);
        return viewAlert(alerts.pool, organizationOf(request), request.params.id);
      },
    );
  }

  api.post(
    "/api/v1/alerts/:id/shelve",
    {
      config: { access: "alerts:operate" },
      schema: {
        tags: ["alerts"],
        summary: "Put an alert aside for a while",
        description:
          "Nobody is told of it until its time has come or somebody takes it back, at most 7 days; then it says so if it still fires.",
        params: AlertParams,
        body: Shelf,
        response: answers(200, Alert),
      },
    },
    async (request) => {
      const { id } = request.params;
      await shelveAlert(alerts, requesterFor(request), id, shelfEndOf(request.body), request.body.reason);
      return viewAlert(alerts.pool, organizationOf(request), id);
    },
  );

  api.post(
    "/api/v1/alerts/:id/comments",
    {
      config: { access: "alerts:operate" },
      schema: {
        tags: ["alerts"],
        summary: "Add a comment to the trail of an alert",
        description: "Also to that of a closed one.",
        params: AlertParams,
        body: Body({ comment: Words }),
        response: answers(201, Alert),
      },
    },
    async (request, reply) => {
      await commentOnAlert(alerts, requesterFor(request), request.params.id, request.body.comment);
      reply.code(201);
      return viewAlert(alerts.pool, organizationOf(request), request.params.id);
    },
  );

  api.post(
    "/api/v1/alerts/acknowledge",
    {
      config: { access: "alerts:operate" },
      schema: {
        tags: ["alerts"],
        summary: "Acknowledge several alerts",
        description: "Those that can be are; each of the others says why not.",
        body: Body({
          ids: Type.Array(Uuid, { minItems: 1, maxItems: MAX_BULK }),
          comment: Type.Optional(Words),
        }),
        response: answers(200, Type.Array(Acknowledgement)),
      },
    },
    (request) => acknowledgeAlerts(alerts, requesterFor(request), request.body.ids, request.body.comment),
  );
}

const COMMENTED_ACTS = [
  [
    "acknowledge",
    "Acknowledge an alert",
    "Somebody cares: it is not told again. A latched one whose condition is over is closed by it.",
    acknowledgeAlert,
  ],
  [
    "clear",
    "Clear an alert",
    "Ends what stays open although its condition is over; refused while it still fires.",
    clearAlert,
  ],
  ["unshelve", "Take an alert back from its shelf", "It says so if it still fires.", unshelveAlert],
] as const;

function shelfEndOf({ until, forMs }: Static<typeof Shelf>): ShelfEnd {
  if (until !== undefined && forMs === undefined) return { untilMicros: parseQueryTime("until", until) };
  if (forMs !== undefined && until === undefined) return { forMs };
  throw new SluiceError("invalid", "alert.shelf_invalid", "Say `until` when, or `forMs` how long: one of the two.");
}
