import type { FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import {
  ASSET_EVENT_KINDS,
  type AssetEventFilter,
  deleteAssetEvent,
  listAssetEvents,
  type Registry,
  recordAssetEvent,
  requireAsset,
  requireAssetEvent,
  requireDevice,
  updateAssetEvent,
} from "../../devices/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import { badCursor, cursorText, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import { queryDate } from "../query-time.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, FromTime, NoContent, Nullable, SerialId, Thing, ToTime, Uid } from "../schemas.ts";
import { AssetParams } from "./assets.ts";
import { DeviceParams } from "./devices.ts";

const Kind = Type.Enum([...ASSET_EVENT_KINDS]);
const Word = Type.String({ minLength: 1, maxLength: 200 });
const Amount = Type.Number({ exclusiveMinimum: 0, maximum: 1e9 });

const Details = Type.Object(
  {
    grams: Type.Optional(Amount),
    feed: Type.Optional(Word),
    metric: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    method: Type.Optional(Word),
    reference: Type.Optional(Type.Number({ description: "What it should have shown." })),
    before: Type.Optional(Type.Number({ description: "What it showed." })),
    after: Type.Optional(Type.Number()),
    values: Type.Optional(
      Type.Record(Type.String({ maxLength: 256 }), Type.Number(), { minProperties: 1, maxProperties: 256 }),
    ),
    laboratory: Type.Optional(Word),
    sample: Type.Optional(Word),
    kilograms: Type.Optional(Amount),
    pieces: Type.Optional(Type.Integer({ minimum: 1, maximum: 1e9 })),
  },
  {
    additionalProperties: false,
    description:
      "feeding: grams, feed. calibration: metric, method, reference, before, after. lab-sample: values (name → number), laboratory, sample, method. harvest: kilograms, pieces. note: none.",
  },
);
const Note = Type.String({ minLength: 1, maxLength: 2000 });
const EventId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

const AssetEvent = Thing("AssetEvent", {
  id: EventId,
  kind: Kind,
  asset: Nullable(SerialId),
  device: Nullable(Type.String({ description: "Uid of the instrument." })),
  at: DateTime,
  details: Details,
  note: Nullable(Note),
  createdBy: Type.String({ description: "user:<id> or client:<id>." }),
  createdAt: DateTime,
  updatedAt: DateTime,
});

const ListQuery = {
  ...PageQuery,
  kind: Type.Optional(Kind),
  from: Type.Optional(FromTime),
  to: Type.Optional(ToTime),
};
const OwnQuery = Type.Object(ListQuery);
const Query = Type.Object({
  ...ListQuery,
  asset: Type.Optional(SerialId),
  device: Type.Optional(Uid),
  site: Type.Optional(Type.String({ maxLength: 63, description: "A site's slug." })),
});
const Params = Type.Object({ event: EventId });
const tags = ["registry"];

/** What people and laboratories say of assets and instruments, beside what sensors say. */
export function assetEventRoutes(api: Api, { registry }: { readonly registry: Registry }): void {
  listRoutes(api, registry);
  changingRoutes(api, registry);

  api.get(
    "/api/v1/asset-events/:event",
    {
      config: { access: "registry:read" },
      schema: { tags, summary: "One event of an asset", params: Params, response: taggedAnswers(AssetEvent) },
    },
    async (request, reply) =>
      sendTagged(request, reply, await requireAssetEvent(registry.pool, organizationOf(request), request.params.event)),
  );
}

function listRoutes(api: Api, { pool }: Registry): void {
  const send = async (
    request: FastifyRequest,
    reply: FastifyReply,
    query: Static<typeof OwnQuery>,
    subject: Pick<AssetEventFilter, "asset" | "device" | "site">,
  ) => {
    const events = await listAssetEvents(pool, organizationOf(request), {
      ...subject,
      kind: query.kind,
      from: queryDate("from", query.from),
      to: queryDate("to", query.to),
      after: positionOf(cursorText(query)),
      limit: fetchLimit(query),
    });
    return sendPage(request, reply, events, ({ at, id }) => `${at.getTime()} ${id}`);
  };

  api.get(
    "/api/v1/asset-events",
    {
      config: { access: "registry:read" },
      schema: {
        tags,
        summary: "What happened at assets, the newest first",
        querystring: Query,
        response: answers(200, Type.Array(AssetEvent)),
      },
    },
    (request, reply) => send(request, reply, request.query, request.query),
  );

  api.get(
    "/api/v1/assets/:asset/events",
    {
      config: { access: "registry:read" },
      schema: {
        tags,
        summary: "What happened at an asset, the newest first",
        params: AssetParams,
        querystring: OwnQuery,
        response: answers(200, Type.Array(AssetEvent)),
      },
    },
    async (request, reply) => {
      const { id } = await requireAsset(pool, organizationOf(request), request.params.asset);
      return send(request, reply, request.query, { asset: id });
    },
  );

  api.get(
    "/api/v1/devices/:uid/events",
    {
      config: { access: "registry:read" },
      schema: {
        tags,
        summary: "What was done to a device, such as its calibrations, the newest first",
        params: DeviceParams,
        querystring: OwnQuery,
        response: answers(200, Type.Array(AssetEvent)),
      },
    },
    async (request, reply) => {
      const { uid } = await requireDevice(pool, organizationOf(request), request.params.uid);
      return send(request, reply, request.query, { device: uid });
    },
  );
}

function changingRoutes(api: Api, registry: Registry): void {
  api.post(
    "/api/v1/asset-events",
    {
      config: { access: "events:write" },
      schema: {
        tags,
        summary: "Write down what happened",
        description:
          "At an asset, to an instrument, or both; an instrument's asset is named by itself. `at` is when it happened, also long ago.",
        body: Body({
          kind: Kind,
          asset: Type.Optional(SerialId),
          device: Type.Optional(Uid),
          at: DateTime,
          details: Type.Optional(Details),
          note: Type.Optional(Note),
        }),
        response: answers(201, AssetEvent),
      },
    },
    async (request, reply) => {
      const { at, ...draft } = request.body;
      const event = await recordAssetEvent(registry, requesterFor(request), { ...draft, at: new Date(at) });
      return sendTagged(request, reply.code(201).header("location", `/api/v1/asset-events/${event.id}`), event);
    },
  );

  api.patch(
    "/api/v1/asset-events/:event",
    {
      config: { access: "events:write" },
      schema: {
        tags,
        summary: "Correct what was written down",
        description: "What is absent stays. What happened, and to whom, stays too: delete it and write it anew.",
        params: Params,
        headers: EditHeaders,
        body: Body({
          at: Type.Optional(DateTime),
          details: Type.Optional(Details),
          note: Type.Optional(Nullable(Note)),
        }),
        response: answers(200, AssetEvent),
      },
    },
    async (request, reply) => {
      const { at, ...rest } = request.body;
      const change = { ...rest, at: at === undefined ? undefined : new Date(at) };
      return sendTagged(
        request,
        reply,
        await updateAssetEvent(registry, editorFor(request), request.params.event, change),
      );
    },
  );

  api.delete(
    "/api/v1/asset-events/:event",
    {
      config: { access: "events:write" },
      schema: {
        tags,
        summary: "Delete an event that did not happen",
        description: "The audit keeps what it said.",
        params: Params,
        headers: EditHeaders,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await deleteAssetEvent(registry, editorFor(request), request.params.event);
      return reply.code(204).send();
    },
  );
}

function positionOf(text: string | undefined): AssetEventFilter["after"] {
  if (text === undefined) return undefined;
  const match = /^(-?\d{1,15}) (\d{1,15})$/.exec(text);
  if (match === null) throw badCursor();
  return { at: new Date(Number(match[1])), id: Number(match[2]) };
}
