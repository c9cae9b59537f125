import { Type } from "typebox";
import {
  createClaim,
  DeviceClaims,
  listClaims,
  MAX_CERTIFICATE_CHARACTERS,
  MAX_CLAIM_DAYS,
  type Registry,
  revokeClaim,
} from "../../devices/index.ts";
import { callerMay, organizationOf, requesterFor } from "../access.ts";
import { cursorUuid, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, NoContent, Nullable, SerialId, Slug, Thing, Uid, Uuid } from "../schemas.ts";
import { DeviceFields, DeviceToken, SiteReference } from "./devices.ts";

const ClaimFields = {
  id: Uuid,
  profile: Slug,
  site: Slug,
  asset: Nullable(SerialId),
  uid: Nullable(Uid),
  mayReplace: Type.Boolean({ description: "Whether a device of this uid that is registered gets a new token by it." }),
  createdAt: DateTime,
  expiresAt: DateTime,
  revokedAt: Nullable(DateTime),
  usedAt: Nullable(DateTime),
  device: Nullable(Type.String({ description: "Uid of the device that was claimed." })),
};

/** Devices that have nothing yet become ours by a code that an administrator has given to whoever sets them up. */
export function claimRoutes(api: Api, { registry }: { readonly registry: Registry }): void {
  codeRoutes(api, registry);
  claimingRoute(api, new DeviceClaims(registry));
}

function codeRoutes(api: Api, registry: Registry): void {
  api.get(
    "/api/v1/claims",
    {
      config: { access: "devices:provision" },
      schema: {
        tags: ["devices"],
        summary: "List the codes for claiming devices",
        description: "Without the codes themselves: those are shown once.",
        querystring: Type.Object(PageQuery),
        response: answers(200, Type.Array(Thing("DeviceClaim", ClaimFields))),
      },
    },
    async (request, reply) => {
      const claims = await listClaims(registry.pool, organizationOf(request), {
        afterId: cursorUuid(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, claims, ({ id }) => id);
    },
  );

  api.post(
    "/api/v1/claims",
    {
      config: { access: "devices:provision" },
      schema: {
        tags: ["devices"],
        summary: "Make a code for claiming a device",
        description: `Good once. The code is shown in this answer only; it ends in 7 days unless said otherwise, in ${MAX_CLAIM_DAYS} at most.`,
        body: Body({
          profile: Slug,
          site: Type.Optional(SiteReference),
          asset: Type.Optional(SerialId),
          uid: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 128,
              description:
                "The only device that may be claimed; one that is registered gets a new token by it, which takes `registry:write`.",
            }),
          ),
          expiresAt: Type.Optional(DateTime),
        }),
        response: answers(
          201,
          Thing("NewDeviceClaim", {
            ...ClaimFields,
            code: Type.String({ description: "For people: K7QF-3M9P-X2TD-6HV0." }),
          }),
        ),
      },
    },
    async (request, reply) => {
      const { expiresAt, ...draft } = request.body;
      const { claim, code } = await createClaim(registry, requesterFor(request), {
        ...draft,
        mayReplace: callerMay(request, "registry:write"),
        expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
      });
      return reply.code(201).send({ ...claim, code });
    },
  );

  api.delete(
    "/api/v1/claims/:id",
    {
      config: { access: "devices:provision" },
      schema: {
        tags: ["devices"],
        summary: "Revoke a code for claiming a device",
        params: Type.Object({ id: Uuid }),
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await revokeClaim(registry, requesterFor(request), request.params.id);
      return reply.code(204).send();
    },
  );
}

function claimingRoute(api: Api, claims: DeviceClaims): void {
  api.post(
    "/api/v1/devices/claim",
    {
      config: { access: "public" },
      schema: {
        tags: ["devices"],
        summary: "Claim a device by its code",
        description:
          "For the device itself, which has nothing but the code. The answer is the same for a code that is wrong, used, revoked or has ended. The token is shown in this answer only.",
        body: Body({
          code: Type.String({ maxLength: 64, description: "In any case, with or without its hyphens." }),
          uid: Type.Optional(
            Type.String({ minLength: 1, maxLength: 128, description: "The device's own, unless the code names it." }),
          ),
          certificate: Type.Optional(
            Type.String({
              maxLength: MAX_CERTIFICATE_CHARACTERS,
              description: "One X.509 certificate in PEM, by which the device will prove itself over MQTT with TLS.",
            }),
          ),
        }),
        response: answers(201, Thing("ClaimedDevice", { ...DeviceFields, token: DeviceToken })),
      },
    },
    async (request, reply) => {
      const { device, token } = await claims.claim({ ...request.body, address: request.ip });
      return reply.code(201).send({ ...device, token });
    },
  );
}
