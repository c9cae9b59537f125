import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import {
  CHANNEL_KINDS,
  type Channel,
  type ChannelConfiguration,
  type ChannelKind,
  createChannel,
  deleteChannel,
  disableChannel,
  enableChannel,
  listChannels,
  MAX_BURST,
  MAX_EMAIL_RECIPIENTS,
  MAX_SENDS_PER_MINUTE,
  MAX_URL_LENGTH,
  type Notifications,
  replayDead,
  requireChannel,
  rotateChannelSecret,
  testChannel,
  updateChannel,
} from "../../notifications/index.ts";
import { callerMay, organizationOf, requesterFor } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, NoContent, Nullable, SerialId, Thing, Uuid } from "../schemas.ts";

const Kind = Type.Enum([...CHANNEL_KINDS]);

const Configuration = Type.Object(
  {
    url: Type.Optional(Type.String({ maxLength: MAX_URL_LENGTH, description: "Of a webhook." })),
    to: Type.Optional(
      Type.Union([Type.String({ maxLength: 320 }), Type.Array(Type.String({ maxLength: 320 }))], {
        description: `Of e-mail 1 to ${MAX_EMAIL_RECIPIENTS} addresses; of SMS one number, as E.164 has it.`,
      }),
    ),
  },
  { additionalProperties: false },
);

const LimitFields = {
  sendsPerMinute: Type.Integer({ minimum: 1, maximum: MAX_SENDS_PER_MINUTE }),
  burst: Type.Integer({ minimum: 1, maximum: MAX_BURST, description: "Messages that may follow each other at once." }),
};
const LimitsChange = Type.Partial(Type.Object(LimitFields), { additionalProperties: false });

export const ChannelBody = Body({
  name: Name,
  kind: Kind,
  configuration: Configuration,
  limits: Type.Optional(LimitsChange),
  secret: Type.Optional(
    Type.String({ maxLength: 100, description: '"whsec_" and base64; made when absent. Of a webhook.' }),
  ),
});

const ChannelFields = {
  id: SerialId,
  kind: Kind,
  name: Name,
  configuration: Configuration,
  limits: Type.Object(LimitFields),
  isEnabled: Type.Boolean(),
  disabledReason: Nullable(Type.String()),
  state: Type.Enum(["up", "down", "disabled"], {
    description: "Down: it failed three times in a row; messages wait, and one at a time probes.",
  }),
  pausedUntil: Nullable(DateTime),
  createdAt: DateTime,
};
const ChannelView = Thing("Channel", ChannelFields);
const Secret = Type.String({
  description: "Signs the messages (Standard Webhooks). It is in this answer and never shown again.",
});

const Params = Type.Object({ channel: SerialId });

export interface ChannelRoutesDependencies {
  readonly notifications: Notifications;
}

export function channelRoutes(api: Api, { notifications }: ChannelRoutesDependencies): void {
  const { pool } = notifications;

  api.get(
    "/api/v1/channels",
    {
      config: { access: "notifications:read" },
      schema: {
        tags: ["notifications"],
        summary: "List channels",
        querystring: Type.Object(PageQuery),
        response: answers(200, Type.Array(ChannelView)),
      },
    },
    async (request, reply) => {
      const channels = await listChannels(pool, organizationOf(request), {
        afterId: cursorNumber(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, channels, ({ id }) => id).map((channel) => shownTo(request, channel));
    },
  );

  api.post(
    "/api/v1/channels",
    {
      config: { access: "notifications:write" },
      schema: {
        tags: ["notifications"],
        summary: "Make a channel",
        body: ChannelBody,
        response: answers(201, Type.Object({ ...ChannelFields, secret: Type.Optional(Secret) })),
      },
    },
    async (request, reply) => {
      const { kind, configuration, ...draft } = request.body;
      const { channel, secret } = await createChannel(notifications, requesterFor(request), {
        ...draft,
        configuration: configurationOf(kind, configuration),
      });
      return reply
        .code(201)
        .header("location", `/api/v1/channels/${channel.id}`)
        .send({ ...viewOf(channel), ...(secret === undefined ? {} : { secret }) });
    },
  );

  api.get(
    "/api/v1/channels/:channel",
    {
      config: { access: "notifications:read" },
      schema: { tags: ["notifications"], summary: "One channel", params: Params, response: taggedAnswers(ChannelView) },
    },
    async (request, reply) => {
      const channel = await requireChannel(pool, organizationOf(request), request.params.channel);
      const shown = shownTo(request, channel);
      // Whoever may not see the whole address edits nothing either: a tag of it would let them try which one it is.
      const edition = { ...editionOf(channel), configuration: { kind: shown.kind, ...shown.configuration } };
      return sendTagged(request, reply, shown, edition);
    },
  );

  api.patch(
    "/api/v1/channels/:channel",
    {
      config: { access: "notifications:write" },
      schema: {
        tags: ["notifications"],
        summary: "Change a channel",
        description: "What waits for it goes where it leads now. Its kind stays.",
        params: Params,
        headers: EditHeaders,
        body: Body({
          name: Type.Optional(Name),
          configuration: Type.Optional(Configuration),
          limits: Type.Optional(LimitsChange),
        }),
        response: answers(200, ChannelView),
      },
    },
    async (request, reply) => {
      const { configuration, ...change } = request.body;
      const { channel } = request.params;
      const before = await requireChannel(pool, organizationOf(request), channel);
      const { kind } = before.configuration;
      const changed = await updateChannel(notifications, editorFor(request, editionOf), channel, {
        ...change,
        ...(configuration === undefined ? {} : { configuration: configurationOf(kind, configuration) }),
      });
      return sendTagged(request, reply, viewOf(changed), editionOf(changed));
    },
  );

  api.delete(
    "/api/v1/channels/:channel",
    {
      config: { access: "notifications:write" },
      schema: {
        tags: ["notifications"],
        summary: "Delete a channel",
        description: "The log of its deliveries goes with it; to keep that, disable it instead.",
        params: Params,
        headers: EditHeaders,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await deleteChannel(notifications, editorFor(request, editionOf), request.params.channel);
      return reply.code(204).send();
    },
  );

  actions(api, notifications);
}

/** What is done with a channel. */
function actions(api: Api, notifications: Notifications): void {
  api.post(
    "/api/v1/channels/:channel/test",
    {
      config: { access: "notifications:write" },
      schema: {
        tags: ["notifications"],
        summary: "Send a test message now",
        description: "Past the queue and the limits. Answers 200 whatever became of it, and what that was.",
        params: Params,
        response: answers(
          200,
          Type.Object({
            outcome: Type.Enum(["sent", "failed", "limited", "refused", "gone", "interrupted"]),
            messageId: Uuid,
            httpStatus: Nullable(Type.Integer()),
            durationMs: Type.Integer(),
            error: Nullable(Type.String()),
            note: Nullable(Type.String()),
          }),
        ),
      },
    },
    async (request) => {
      const report = await testChannel(notifications, requesterFor(request), request.params.channel);
      const { kind, messageId, durationMs, httpStatus = null, error = null, note = null } = report;
      return { outcome: kind, messageId, httpStatus, durationMs, error, note };
    },
  );

  api.post(
    "/api/v1/channels/:channel/rotate-secret",
    {
      config: { access: "notifications:write" },
      schema: {
        tags: ["notifications"],
        summary: "Give a webhook another signing secret",
        description: "The one before signs beside it for a day, so that receivers can change over.",
        params: Params,
        response: answers(200, Type.Object({ ...ChannelFields, secret: Secret })),
      },
    },
    async (request) => {
      const { channel, secret } = await rotateChannelSecret(
        notifications,
        requesterFor(request),
        request.params.channel,
      );
      return { ...viewOf(channel), secret };
    },
  );

  api.post(
    "/api/v1/channels/:channel/enable",
    {
      config: { access: "notifications:write" },
      schema: {
        tags: ["notifications"],
        summary: "Enable a channel",
        params: Params,
        response: answers(200, ChannelView),
      },
    },
    async (request) => viewOf(await enableChannel(notifications, requesterFor(request), request.params.channel)),
  );

  api.post(
    "/api/v1/channels/:channel/disable",
    {
      config: { access: "notifications:write" },
      schema: {
        tags: ["notifications"],
        summary: "Disable a channel",
        description: "What waits for it, and what comes, is suppressed; it can be replayed.",
        params: Params,
        response: answers(200, ChannelView),
      },
    },
    async (request) => viewOf(await disableChannel(notifications, requesterFor(request), request.params.channel)),
  );

  api.post(
    "/api/v1/channels/:channel/replay",
    {
      config: { access: "notifications:write" },
      schema: {
        tags: ["notifications"],
        summary: "Send a channel's dead deliveries once more",
        params: Params,
        response: answers(
          200,
          Type.Object({ replayed: Type.Integer({ description: "At most 1,000 a call, the oldest first." }) }),
        ),
      },
    },
    async (request) => ({
      replayed: await replayDead(notifications, requesterFor(request), request.params.channel),
    }),
  );
}

export function configurationOf(kind: ChannelKind, { url, to }: Static<typeof Configuration>): ChannelConfiguration {
  if (kind === "webhook" && url !== undefined && to === undefined) return { kind, url };
  if (kind === "email" && url === undefined && Array.isArray(to)) return { kind, to };
  if (kind === "sms" && url === undefined && typeof to === "string") return { kind, to };
  const expected = {
    webhook: 'A webhook has {"url": "https://…"} and nothing else.',
    email: 'An e-mail channel has {"to": ["address", …]} and nothing else.',
    sms: 'An SMS channel has {"to": "+49…"} and nothing else.',
  }[kind];
  throw new SluiceError("invalid", "channel.configuration_invalid", expected);
}

/** The path of a webhook is often all that keeps strangers out, so only administrators see it. */
function shownTo(request: FastifyRequest, channel: Channel) {
  const view = viewOf(channel);
  const { configuration } = channel;
  if (callerMay(request, "notifications:write") || configuration.kind !== "webhook") return view;
  return { ...view, configuration: { url: `${new URL(configuration.url).origin}/…` } };
}

function viewOf({ configuration, organizationId: _organization, isDown, ...channel }: Channel) {
  const { kind, ...where } = configuration;
  const state: "up" | "down" | "disabled" = !channel.isEnabled ? "disabled" : isDown ? "down" : "up";
  return { ...channel, kind, configuration: where, state };
}

/** Whether messages get through is not edited. */
function editionOf({ id, name, configuration, limits, isEnabled }: Channel) {
  return { id, name, configuration, limits, isEnabled };
}
