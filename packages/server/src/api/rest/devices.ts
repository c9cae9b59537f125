import { Type } from "typebox";
import {
  deactivateDevice,
  listDevices,
  listDevicesBehind,
  type Registry,
  registerDevice,
  requireDevice,
  updateDevice,
} from "../../devices/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import {
  answers,
  Body,
  DateTime,
  Name,
  NoContent,
  Nullable,
  Properties,
  SerialId,
  Slug,
  Thing,
  Uid,
} from "../schemas.ts";

const Status = Type.Union([Type.Literal("active"), Type.Literal("inactive")]);
export const SiteReference = Type.Union([Slug, SerialId], { description: "A site's slug or number." });

const Gateway = Type.String({
  minLength: 1,
  maxLength: 128,
  description: "Uid of the gateway that may speak for the device.",
});

export const DeviceFields = {
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
  gateway: Nullable(Uid),
  gatewaySince: Nullable(DateTime),
};
export const Device = Thing("Device", DeviceFields);
export const DeviceToken = Type.String({ description: "The device's own token, shown this once." });

export const DeviceRegistrationBody = Body({
  uid: Uid,
  name: Type.Optional(Name),
  profile: Slug,
  site: Type.Optional(SiteReference),
  asset: Type.Optional(SerialId),
  gateway: Type.Optional(Gateway),
  properties: Type.Optional(Properties),
});
export const DeviceChangeBody = Body({
  name: Type.Optional(Name),
  status: Type.Optional(Status),
  site: Type.Optional(SiteReference),
  asset: Type.Optional(Nullable(SerialId)),
  gateway: Type.Optional(Nullable(Gateway)),
  properties: Type.Optional(Properties),
});

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
        body: DeviceRegistrationBody,
        response: answers(201, Type.Object({ ...DeviceFields, token: DeviceToken })),
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
      schema: { tags: ["devices"], summary: "One device", params: DeviceParams, response: taggedAnswers(Device) },
    },
    async (request, reply) =>
      sendTagged(request, reply, await requireDevice(registry.pool, organizationOf(request), request.params.uid)),
  );

  api.patch(
    "/api/v1/devices/:uid",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["devices"],
        summary: "Change a device",
        params: DeviceParams,
        headers: EditHeaders,
        body: DeviceChangeBody,
        response: answers(200, Device),
      },
    },
    async (request, reply) =>
      sendTagged(request, reply, await updateDevice(registry, editorFor(request), request.params.uid, request.body)),
  );

  api.delete(
    "/api/v1/devices/:uid",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["devices"],
        summary: "Deactivate a device",
        description: "Its token opens nothing more. Its readings stay. 409 while an actuator of it runs, or may run.",
        params: DeviceParams,
        headers: EditHeaders,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await deactivateDevice(registry, editorFor(request), request.params.uid);
      return reply.code(204).send();
    },
  );

  api.get(
    "/api/v1/devices/:uid/devices",
    {
      config: { access: "registry:read" },
      schema: {
        tags: ["devices"],
        summary: "The devices that a gateway speaks for",
        params: DeviceParams,
        querystring: Type.Object(PageQuery),
        response: answers(200, Type.Array(Device)),
      },
    },
    async (request, reply) => {
      const devices = await listDevicesBehind(registry.pool, organizationOf(request), request.params.uid, {
        afterId: cursorNumber(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, devices, ({ id }) => id);
    },
  );
}
