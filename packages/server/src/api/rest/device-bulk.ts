import { Readable } from "node:stream";
import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import {
  type BulkItem,
  type BulkResult,
  type DeviceFilter,
  type Device as DeviceRecord,
  listDevices,
  listPropertyKeys,
  MAX_BULK_DEVICES,
  type Registry,
  registerDevices,
} from "../../devices/index.ts";
import { assertCallerMay, organizationOf, requesterFor } from "../access.ts";
import { bulkResultsCsv, deviceCsvHeader, deviceCsvRow, MAX_PROPERTY_COLUMNS, readDeviceCsv } from "../device-csv.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, MAX_SERIAL_ID, Nullable, Problem, Properties, SerialId, Thing } from "../schemas.ts";
import { wantsCsv } from "../telemetry-answer.ts";
import { Device, DeviceToken, SiteReference } from "./devices.ts";

/** Of a list of devices, as JSON or CSV. */
const MAX_BULK_BYTES = 8 * 1024 * 1024;
/** Devices read at once while they are exported. */
const EXPORT_PAGE = 1_000;
/** A list costs as much of its caller's rate as this many single requests. */
const BULK_COST = 20;
const PARTLY = 207;
const CSV_TYPE = "text/csv; charset=utf-8; header=present";

const Status = Type.Enum(["active", "inactive"]);
/** What is wrong with one is told in its place, so that it keeps no other back; only what has another shape is refused here. */
const Item = Body({
  uid: Type.String({ maxLength: 1_000 }),
  name: Type.Optional(Type.String({ maxLength: 1_000 })),
  profile: Type.Optional(Type.String({ maxLength: 63 })),
  site: Type.Optional(SiteReference),
  asset: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_SERIAL_ID })),
  gateway: Type.Optional(Type.String({ maxLength: 128 })),
  status: Type.Optional(Status),
  properties: Type.Optional(Properties),
});

const Outcome = Thing("BulkOutcome", {
  created: Type.Integer(),
  updated: Type.Integer(),
  skipped: Type.Integer(),
  failed: Type.Integer(),
  items: Type.Array(
    Type.Object({
      index: Type.Integer({ description: "From 0, in the order given." }),
      uid: Type.String(),
      status: Type.Enum(["created", "updated", "skipped", "failed"]),
      id: Nullable(SerialId),
      token: Type.Optional(DeviceToken),
      code: Type.Optional(Type.String({ description: "Of what failed." })),
      message: Type.Optional(Type.String()),
    }),
  ),
});

interface BulkQuery {
  readonly onExisting?: "skip" | "update" | "fail";
}

/** Devices by the thousand. */
export function deviceBulkRoutes(api: Api, { registry }: { readonly registry: Registry }): void {
  // In a scope of its own, because no other route takes CSV.
  api.register(async (scope) => importRoute(scope.withTypeProvider() as Api, registry));
  exportRoute(api, registry);
}

function importRoute(api: Api, registry: Registry): void {
  api.addContentTypeParser("text/csv", { parseAs: "string", bodyLimit: MAX_BULK_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  api.post(
    "/api/v1/devices/bulk",
    {
      config: { access: "devices:provision", cost: BULK_COST },
      bodyLimit: MAX_BULK_BYTES,
      schema: {
        tags: ["devices"],
        summary: "Register many devices",
        description: `Up to ${MAX_BULK_DEVICES}, as a JSON array or as CSV (uid, name, profile, site, asset, gateway, status, \`properties.<key>\`). Each is told of in its place; those that are good are stored, 207 says that some are not. Tokens are shown in this answer only; with \`Accept: text/csv\` it is CSV too. Sent again with \`onExisting=skip\` it does what was left undone.`,
        querystring: Type.Object({
          onExisting: Type.Optional(
            Type.Enum(["skip", "update", "fail"], {
              default: "fail",
              description:
                "What becomes of a device that is registered: properties are merged, the profile stays; to update takes `registry:write`.",
            }),
          ),
        }),
        body: {
          content: {
            "application/json": { schema: Type.Array(Item, { maxItems: MAX_BULK_DEVICES }) },
            "text/csv": { schema: Type.String() },
          },
        },
        response: {
          200: { description: "All were taken.", content: described() },
          [PARTLY]: { description: "Some were not taken.", content: described() },
          "4xx": Problem,
          "5xx": Problem,
        },
      },
    },
    async (request, reply) => {
      const { onExisting = "fail" } = request.query as BulkQuery;
      if (onExisting === "update") assertCallerMay(request, "registry:write");
      const items = await itemsOf(request);
      return sendResults(request, reply, await registerDevices(registry, requesterFor(request), items, onExisting));
    },
  );
}

function described() {
  return { "application/json": { schema: Outcome }, "text/csv": { schema: Type.String() } };
}

async function itemsOf({ body }: FastifyRequest): Promise<readonly BulkItem[]> {
  if (typeof body === "string") return readDeviceCsv(body);
  if (Array.isArray(body)) return body as BulkItem[];
  throw new SluiceError("invalid", "request.invalid", "Send a JSON array of devices, or CSV as text/csv.");
}

function sendResults(request: FastifyRequest, reply: FastifyReply, results: readonly BulkResult[]): FastifyReply {
  const count = (status: BulkResult["status"]) => results.filter((result) => result.status === status).length;
  const failed = count("failed");
  reply.code(failed === 0 ? 200 : PARTLY);
  if (wantsCsv(request)) return reply.type(CSV_TYPE).serializer(String).send(bulkResultsCsv(results));
  return reply.send({
    created: count("created"),
    updated: count("updated"),
    skipped: count("skipped"),
    failed,
    items: results.map(outcomeOf),
  });
}

function outcomeOf(result: BulkResult, index: number) {
  const { uid, status } = result;
  if (result.status === "failed") {
    return { index, uid, status, id: null, code: result.error.code, message: result.error.message };
  }
  return { index, uid, status, id: result.id, ...(result.status === "created" ? { token: result.token } : {}) };
}

function exportRoute(api: Api, registry: Registry): void {
  api.get(
    "/api/v1/devices/export",
    {
      config: { access: "registry:read", cost: BULK_COST },
      schema: {
        tags: ["devices"],
        summary: "All devices as a file",
        description:
          "Without anything secret. JSON, or with `Accept: text/csv` CSV that `POST /api/v1/devices/bulk` takes; a text that a spreadsheet would take for a formula begins with an apostrophe there.",
        querystring: Type.Object({
          site: Type.Optional(Type.String({ maxLength: 63 })),
          profile: Type.Optional(Type.String({ maxLength: 63 })),
        }),
        response: {
          ...answers(200, Type.Array(Device)),
          200: {
            description: "The devices, in the order in which they were registered.",
            content: { "application/json": { schema: Type.Array(Device) }, "text/csv": { schema: Type.String() } },
          },
        },
      },
    },
    async (request, reply) => {
      const organizationId = organizationOf(request);
      const devices = exported(registry, organizationId, request.query);
      reply.header("vary", "accept");
      if (!wantsCsv(request)) return reply.type("application/json; charset=utf-8").send(Readable.from(asJson(devices)));
      const keys = await listPropertyKeys(registry.pool, organizationId, MAX_PROPERTY_COLUMNS + 1);
      const rows = asCsv(devices, keys.length > MAX_PROPERTY_COLUMNS ? undefined : keys);
      return reply
        .type(CSV_TYPE)
        .header("content-disposition", 'attachment; filename="devices.csv"')
        .send(Readable.from(rows));
    },
  );
}

/** Page by page, so that no fleet has to fit into memory. */
async function* exported(
  { pool }: Registry,
  organizationId: number,
  filter: Pick<DeviceFilter, "site" | "profile">,
): AsyncGenerator<readonly DeviceRecord[]> {
  let afterId = 0;
  for (;;) {
    const page = await listDevices(pool, organizationId, { ...filter, afterId, limit: EXPORT_PAGE });
    if (page.length > 0) yield page;
    if (page.length < EXPORT_PAGE) return;
    afterId = page.at(-1)!.id;
  }
}

async function* asJson(pages: AsyncIterable<readonly DeviceRecord[]>): AsyncGenerator<string> {
  let opening = "[";
  for await (const page of pages) {
    yield opening + page.map((device) => JSON.stringify(device)).join(",");
    opening = ",";
  }
  yield opening === "[" ? "[]" : "]";
}

async function* asCsv(
  pages: AsyncIterable<readonly DeviceRecord[]>,
  keys: readonly string[] | undefined,
): AsyncGenerator<string> {
  yield deviceCsvHeader(keys);
  for await (const page of pages) yield page.map((device) => deviceCsvRow(device, keys)).join("");
}
