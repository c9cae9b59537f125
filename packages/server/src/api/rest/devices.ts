import { Type } from "typebox";
import {
  deactivateDevice,
  listDevices,
  type Registry,
  registerDevice,
  requireDevice,
  rotateDeviceToken,
  updateDevice,
} from "../../devices/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, NoContent, Nullable, Properties, SerialId, Slug, Uid } from "../schemas.ts";

const Status = Type.Union([Type.Literal("active"), Type.Literal("inactive")]);
const SiteReference = Type.Union([Slug, SerialId], { description: "A site's slug or number." });

const DeviceFields = {
  id: SerialId,
  uid: Uid,
  name: Name,
  profile: Slug,
  site: Slug,
  siteId: SerialId,
  asset: Nullable(SerialId),
  status: Status,
  properties: Properties,
  createdAt: DateTime,
};
const Device = Type.Object(DeviceFields);
const Token = Type.String({ description: "The device's own token, shown this once." });

export const DeviceParams = Type.Object({ uid: Uid });

export function deviceRoutes(api: Api, { registry }: { readonly registry: Registry }): void {
  api.get(
    "/api/v1/devices",
    {
      config: { access: "registry:read" },
      schema: {
        tags: ["devices"],
        summary: "List devices",
        querystring: Type.Object({
          ...PageQuery,
          site: Type.Optional(Type.String({ maxLength: 63 })),
          profile: Type.Optional(Type.String({ maxLength: 63 })),
          asset: Type.Optional(SerialId),
          status: Type.Optional(Status),
          search: Type.Optional(Type.String({ maxLength: 200, description: "Part of the uid or the name." })),
        }),
        response: answers(200, Type.Array(Device)),
      },
    },
    async (request, reply) => {
      const { site, profile, asset, status, search } = request.query;
      const devices = await listDevices(registry.pool, organizationOf(request), {
        site,
        profile,
        asset,
        status,
        search,
        afterId: cursorNumber(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, devices, ({ id }) => id);
    },
  );

  api.post(
    "/api/v1/devices",
    {
      config: { access: "devices:provision" },
      schema: {
        tags: ["devices"],
        summary: "Register a device",
        description: "Brings the actuators and rules of its profile. The token is shown in this answer only.",
        body: Body({
          uid: Uid,
          name: Type.Optional(Name),
          profile: Slug,
          site: Type.Optional(SiteReference),
          asset: Type.Optional(SerialId),
          properties: Type.Optional(Properties),
        }),
        response: answers(201, Type.Object({ ...DeviceFields, token: Token })),
      },
    },
    async (request, reply) => {
      const { device, token } = await registerDevice(registry, requesterFor(request), request.body);
      const location = `/api/v1/devices/${encodeURIComponent(device.uid)}`;
      return reply
        .code(201)
        .header("location", location)
        .send({ ...device, token });
    },
  );

  api.get(
    "/api/v1/devices/:uid",
    {
      config: { access: "registry:read" },
      schema: { tags: ["devices"], summary: "One device", params: DeviceParams, response: answers(200, Device) },
    },
    (request) => requireDevice(registry.pool, organizationOf(request), request.params.uid),
  );

  api.patch(
    "/api/v1/devices/:uid",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["devices"],
        summary: "Change a device",
        params: DeviceParams,
        body: Body({
          name: Type.Optional(Name),
          status: Type.Optional(Status),
          site: Type.Optional(SiteReference),
          asset: Type.Optional(Nullable(SerialId)),
          properties: Type.Optional(Properties),
        }),
        response: answers(200, Device),
      },
    },
    (request) => updateDevice(registry, requesterFor(request), request.params.uid, request.body),
  );

  api.delete(
    "/api/v1/devices/:uid",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["devices"],
        summary: "Deactivate a device",
        description: "Its token opens nothing more. Its readings stay.",
        params: DeviceParams,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await deactivateDevice(registry, requesterFor(request), request.params.uid);
      return reply.code(204).send();
    },
  );

  api.post(
    "/api/v1/devices/:uid/token",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["devices"],
        summary: "Give a device a new token",
        description: "The old one stops working within a second.",
        params: DeviceParams,
        response: answers(201, Type.Object({ id: SerialId, uid: Uid, token: Token })),
      },
    },
    async (request, reply) =>
      reply.code(201).send(await rotateDeviceToken(registry, requesterFor(request), request.params.uid)),
  );
}
