import { Type } from "typebox";
import {
  listCertificates,
  MAX_CERTIFICATE_CHARACTERS,
  MAX_CERTIFICATES_PER_DEVICE,
  MAX_TOKEN_OVERLAP_SECONDS,
  type Registry,
  registerCertificate,
  removeCertificate,
  revokeDeviceTokens,
  rotateDeviceToken,
} from "../../devices/index.ts";
import { requesterFor } from "../access.ts";
import { type Api, allowAbsentBody } from "../schema-validation.ts";
import { answers, Body, DateTime, NoContent, Nullable, SerialId, Thing, Uid } from "../schemas.ts";
import { DeviceParams, DeviceToken } from "./devices.ts";

const Fingerprint = Type.String({
  pattern: "^[0-9a-f]{64}$",
  description:
    "SHA-256 of the certificate's DER, as `openssl x509 -noout -fingerprint -sha256` says it, without colons.",
});

const Certificate = Thing("DeviceCertificate", {
  fingerprint: Fingerprint,
  subject: Type.String(),
  createdAt: DateTime,
  expiresAt: DateTime,
  lastUsedAt: Nullable(DateTime),
});

const RotatedToken = Thing("RotatedDeviceToken", {
  id: SerialId,
  uid: Uid,
  token: DeviceToken,
  oldTokenEndsAt: Nullable(
    Type.String({ format: "date-time", description: "At the latest; null when no old token works any more." }),
  ),
});

/** By what a device proves itself: its tokens and its certificates. */
export function deviceCredentialRoutes(api: Api, { registry }: { readonly registry: Registry }): void {
  tokenRoutes(api, registry);
  certificateRoutes(api, registry);
}

function tokenRoutes(api: Api, registry: Registry): void {
  api.post(
    "/api/v1/devices/:uid/token",
    {
      config: { access: "registry:write" },
      preValidation: allowAbsentBody,
      schema: {
        tags: ["devices"],
        summary: "Give a device a new token",
        description:
          "The old one stops working within a second, or after the overlap. There are never more than two: in an overlap the one in use stays.",
        params: DeviceParams,
        body: Body({
          overlapSeconds: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: MAX_TOKEN_OVERLAP_SECONDS,
              default: 0,
              description: "How long the old token goes on working.",
            }),
          ),
          endsOldOnFirstUse: Type.Optional(
            Type.Boolean({
              default: true,
              description: "Whether the overlap is over as soon as the new token is used.",
            }),
          ),
        }),
        response: answers(201, RotatedToken),
      },
    },
    async (request, reply) =>
      reply.code(201).send(await rotateDeviceToken(registry, requesterFor(request), request.params.uid, request.body)),
  );

  api.delete(
    "/api/v1/devices/:uid/token",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["devices"],
        summary: "Revoke the tokens of a device",
        description: "Its sessions end within a second. Its certificates stay; another token is given with POST.",
        params: DeviceParams,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await revokeDeviceTokens(registry, requesterFor(request), request.params.uid);
      return reply.code(204).send();
    },
  );
}

function certificateRoutes(api: Api, registry: Registry): void {
  api.get(
    "/api/v1/devices/:uid/certificates",
    {
      config: { access: "registry:read" },
      schema: {
        tags: ["devices"],
        summary: "The certificates of a device",
        params: DeviceParams,
        response: answers(200, Type.Array(Certificate, { maxItems: MAX_CERTIFICATES_PER_DEVICE })),
      },
    },
    (request) => listCertificates(registry, requesterFor(request), request.params.uid),
  );

  api.post(
    "/api/v1/devices/:uid/certificates",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["devices"],
        summary: "Let a device prove itself by a certificate",
        description:
          "Over MQTT with TLS, where `SLUICE_TLS_CA` names the authority that signed it. HTTP is encrypted by the proxy in front, so certificates count for nothing there.",
        params: DeviceParams,
        body: Body({
          certificate: Type.String({
            maxLength: MAX_CERTIFICATE_CHARACTERS,
            description: "One X.509 certificate in PEM.",
          }),
        }),
        response: answers(201, Certificate),
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      return reply
        .code(201)
        .send(await registerCertificate(registry, requesterFor(request), params.uid, body.certificate));
    },
  );

  api.delete(
    "/api/v1/devices/:uid/certificates/:fingerprint",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["devices"],
        summary: "Take a certificate from a device",
        description: "Sessions that it opened end within a second.",
        params: Type.Object({ ...DeviceParams.properties, fingerprint: Fingerprint }),
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      const { uid, fingerprint } = request.params;
      await removeCertificate(registry, requesterFor(request), uid, fingerprint);
      return reply.code(204).send();
    },
  );
}
