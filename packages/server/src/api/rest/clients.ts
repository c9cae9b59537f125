import { Type } from "typebox";
import {
  type Accounts,
  type ApiClient,
  createClient,
  DEFAULT_ROTATION_OVERLAP_S,
  findClient,
  listClients,
  MAX_ROTATION_OVERLAP_S,
  requireEntity,
  revokeClient,
  rotateClient,
  SCOPES,
  unknownClient,
  updateClient,
} from "../../auth/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import { cursorText, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import { type Api, allowAbsentBody } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, NoContent, Nullable, Slug, Thing, Uuid } from "../schemas.ts";

const Scope = Type.Enum(SCOPES);
const Scopes = Type.Array(Scope, { minItems: 1, maxItems: SCOPES.length });
const MAX_REQUESTS = 1_000_000;

const Limits = Nullable(
  Type.Object(
    {
      perSecond: Type.Integer({ minimum: 1, maximum: MAX_REQUESTS }),
      burst: Type.Integer({ minimum: 1, maximum: MAX_REQUESTS }),
    },
    { additionalProperties: false, description: "Requests of this client; null: as many as it likes." },
  ),
);
const Expiry = Nullable(
  Type.String({ format: "date-time", description: "When it ends by itself; null: when it is revoked." }),
);

const ClientFields = {
  id: Type.String({ format: "uuid", description: "Also its `client_id` at the token endpoint." }),
  name: Name,
  scopes: Type.Array(Scope),
  entity: Nullable(Type.String({ description: "Slug of the outside party that it speaks for." })),
  limits: Limits,
  createdAt: DateTime,
  expiresAt: Nullable(DateTime),
  lastUsedAt: Nullable(Type.String({ format: "date-time", description: "To the minute." })),
  revokedAt: Nullable(DateTime),
};
const Client = Thing("Client", ClientFields);
const Credentials = {
  token: Type.String({ description: "A long-lived key, shown this once." }),
  clientSecret: Type.String({
    description: "With the id it is exchanged for access tokens at `/oauth2/token`; shown this once.",
  }),
};

const ClientParams = Type.Object({ id: Uuid });

export function clientRoutes(api: Api, { accounts }: { readonly accounts: Accounts }): void {
  api.get(
    "/api/v1/clients",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "List API clients",
        querystring: Type.Object({ ...PageQuery, entity: Type.Optional(Slug) }),
        response: answers(200, Type.Array(Client)),
      },
    },
    async (request, reply) => {
      const { entity } = request.query;
      const organizationId = organizationOf(request);
      const clients = await listClients(accounts.pool, organizationId, {
        afterName: cursorText(request.query),
        entityId: entity === undefined ? undefined : (await requireEntity(accounts.pool, organizationId, entity)).id,
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, clients, ({ name }) => name).map(viewOf);
    },
  );

  api.post(
    "/api/v1/clients",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Make an API client",
        description: "The client of an entity may have the scope `external:read` and no other.",
        body: Body({
          name: Name,
          scopes: Scopes,
          entity: Type.Optional(Slug),
          limits: Type.Optional(Limits),
          expiresAt: Type.Optional(Expiry),
        }),
        response: answers(201, Type.Object({ ...ClientFields, ...Credentials })),
      },
    },
    async (request, reply) => {
      const { expiresAt, ...draft } = request.body;
      const by = requesterFor(request);
      const { client, ...credentials } = await createClient(accounts, by, { ...draft, expiresAt: dateOf(expiresAt) });
      return reply
        .code(201)
        .header("location", `/api/v1/clients/${client.id}`)
        .send({ ...viewOf(client), ...credentials });
    },
  );

  api.get(
    "/api/v1/clients/:id",
    {
      config: { access: "clients:manage" },
      schema: { tags: ["accounts"], summary: "One API client", params: ClientParams, response: taggedAnswers(Client) },
    },
    async (request, reply) => {
      const client = await findClient(accounts.pool, organizationOf(request), request.params.id);
      if (client === undefined) throw unknownClient();
      return sendTagged(request, reply, viewOf(client), editionOf(client));
    },
  );

  api.patch(
    "/api/v1/clients/:id",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Change an API client",
        description: "What it may no longer do, its tokens open no more within a second.",
        params: ClientParams,
        headers: EditHeaders,
        body: Body({
          name: Type.Optional(Name),
          scopes: Type.Optional(Scopes),
          limits: Type.Optional(Limits),
          expiresAt: Type.Optional(Expiry),
        }),
        response: answers(200, Client),
      },
    },
    async (request, reply) => {
      const { expiresAt, ...change } = request.body;
      const client = await updateClient(accounts, editorFor(request, editionOf), request.params.id, {
        ...change,
        expiresAt: dateOf(expiresAt),
      });
      return sendTagged(request, reply, viewOf(client), editionOf(client));
    },
  );

  api.post(
    "/api/v1/clients/:id/rotate",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Give an API client another token and another secret",
        description: "The present ones stay good for `overlapSeconds`; any that were replaced before end now.",
        params: ClientParams,
        body: Body({
          overlapSeconds: Type.Optional(
            Type.Integer({ minimum: 0, maximum: MAX_ROTATION_OVERLAP_S, default: DEFAULT_ROTATION_OVERLAP_S }),
          ),
        }),
        response: answers(200, Type.Object({ ...ClientFields, ...Credentials, previousUntil: DateTime })),
      },
      preValidation: allowAbsentBody,
    },
    async (request) => {
      const { overlapSeconds } = request.body;
      const rotated = await rotateClient(accounts, requesterFor(request), request.params.id, overlapSeconds);
      const { client, ...credentials } = rotated;
      return { ...viewOf(client), ...credentials };
    },
  );

  api.delete(
    "/api/v1/clients/:id",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Revoke an API client",
        params: ClientParams,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await revokeClient(accounts, requesterFor(request), request.params.id);
      return reply.code(204).send();
    },
  );
}

function viewOf(client: ApiClient) {
  return { ...client, entity: client.entity?.slug ?? null };
}

/** Being used changes nothing that an edit would replace. */
function editionOf({ lastUsedAt: _, ...edition }: ApiClient) {
  return edition;
}

function dateOf(text: string | null | undefined): Date | null | undefined {
  return typeof text === "string" ? new Date(text) : text;
}
