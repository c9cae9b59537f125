import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction, isUniqueViolation, sqlStateOf } from "../platform/postgres.ts";
import {
  type Channel,
  type ChannelConfiguration,
  type ChannelLimits,
  DEFAULT_LIMITS,
  MAX_CHANNELS,
} from "./channel.ts";
import { assertConfiguration, assertLimits } from "./channel-configuration.ts";
import { newSigningSecret, openSecrets, rotateSealed, sealSecret } from "./channel-secret.ts";
import {
  countChannels,
  deleteChannelRow,
  disableChannelRow,
  enableChannelRow,
  findChannel,
  findSealedSecret,
  forgetFailures,
  insertChannel,
  lockChannel,
  saveSealedSecret,
  updateChannelRow,
} from "./channel-store.ts";
import { suppressWaiting } from "./delivery-queue-store.ts";
import { type Notifications, nowMs, type Queryable, type Requester } from "./notifications.ts";
import { unconfigured } from "./send-claim.ts";
import { assertSigningSecret } from "./senders/webhook-signature.ts";

const FOREIGN_KEY_VIOLATION = "23503";

export interface ChannelDraft {
  readonly name: string;
  readonly configuration: ChannelConfiguration;
  readonly limits?: Partial<ChannelLimits> | undefined;
  /** Of a webhook; made when absent. */
  readonly secret?: string | undefined;
}

export interface CreatedChannel {
  readonly channel: Channel;
  /** Of a webhook; in this answer and nowhere else. */
  readonly secret: string | undefined;
}

/** What is wrong with a draft whatever is there already. Throws what `assertConfiguration` does, and what is wrong with a secret. */
export function assertChannelDraft(
  { allowPrivate }: Notifications,
  { configuration, limits, secret }: ChannelDraft,
): void {
  assertConfiguration(configuration, allowPrivate);
  assertLimits({ ...DEFAULT_LIMITS[configuration.kind], ...withoutAbsent(limits) });
  assertSecret(configuration, secret);
}

/** Throws what `assertConfiguration` does, `channel.unconfigured`, `channel.name_taken`, `channel.too_many`. */
export async function createChannel(
  notifications: Notifications,
  by: Requester,
  draft: ChannelDraft,
): Promise<CreatedChannel> {
  const { configuration } = draft;
  const limits = { ...DEFAULT_LIMITS[configuration.kind], ...withoutAbsent(draft.limits) };
  assertCanSend(notifications, configuration);
  assertLimits(limits);
  const secret = secretOf(notifications, draft);
  const channel = await inTransaction(notifications.pool, async (client) => {
    if ((await countChannels(client, by.organizationId)) >= MAX_CHANNELS) throw tooMany();
    const id = await insertChannel(client, {
      organizationId: by.organizationId,
      name: draft.name,
      configuration,
      sealedSecret: secret === undefined ? null : sealSecret(notifications.sealer, secret),
      limits,
      now: new Date(nowMs(notifications)),
    });
    if (id === undefined) throw nameTaken(draft.name);
    const created = await requireChannel(client, by.organizationId, id);
    await recordChannel(notifications, client, by, "create", undefined, created);
    return created;
  });
  return { channel, secret };
}

export interface ChannelChange {
  readonly name?: string | undefined;
  /** Of the same kind. */
  readonly configuration?: ChannelConfiguration | undefined;
  readonly limits?: Partial<ChannelLimits> | undefined;
}

/** What waits for it goes where it leads now, and at once: what it failed at before was the other place. */
export async function updateChannel(
  notifications: Notifications,
  by: Requester,
  id: number,
  change: ChannelChange,
): Promise<Channel> {
  return changeChannel(notifications, by, id, "update", async (client, before) => {
    const configuration = change.configuration ?? before.configuration;
    if (configuration.kind !== before.configuration.kind) {
      throw new SluiceError("invalid", "channel.kind_fixed", "The kind of a channel stays: make another channel.");
    }
    const limits = { ...before.limits, ...withoutAbsent(change.limits) };
    assertCanSend(notifications, configuration);
    assertLimits(limits);
    const name = change.name ?? before.name;
    await updateChannelRow(client, id, { name, configuration, limits }).catch((error) => {
      throw isUniqueViolation(error, "channel_name") ? nameTaken(name) : error;
    });
    if (change.configuration !== undefined) await forgetFailures(client, id);
  });
}

export const PERSON_REASON = "Somebody disabled it.";

/** What waits for it is suppressed, and may be replayed once it is enabled. */
export async function disableChannel(
  notifications: Notifications,
  by: Requester,
  id: number,
  reason: string = PERSON_REASON,
): Promise<Channel> {
  return changeChannel(notifications, by, id, "disable", async (client) => {
    if (!(await disableChannelRow(client, by.organizationId, id, reason))) return;
    await suppressWaiting(client, id, new Date(nowMs(notifications)), reason);
  });
}

export async function enableChannel(notifications: Notifications, by: Requester, id: number): Promise<Channel> {
  return changeChannel(notifications, by, id, "enable", (client) => enableChannelRow(client, id));
}

/** Whether a webhook's messages are signed by this secret, and not only until the next one is known. */
export async function isSignedBy(
  { pool, sealer, clock }: Notifications,
  organizationId: number,
  id: number,
  secret: string,
): Promise<boolean> {
  const sealed = await findSealedSecret(pool, organizationId, id);
  return openSecrets(sealer, sealed, clock.nowMicros() / 1000)[0] === secret;
}

/** Another signing secret, made unless it is given; the one before signs beside it for a day. */
export async function rotateChannelSecret(
  notifications: Notifications,
  by: Requester,
  id: number,
  given?: string,
): Promise<{ readonly channel: Channel; readonly secret: string }> {
  if (given !== undefined) assertSigningSecret(given);
  const secret = given ?? newSigningSecret(notifications.randomBytes);
  const channel = await changeChannel(notifications, by, id, "rotate-secret", async (client) => {
    const sealed = await findSealedSecret(client, by.organizationId, id);
    if (sealed === null) {
      throw new SluiceError("conflict", "channel.no_secret", "Only webhooks are signed: this channel has no secret.");
    }
    await saveSealedSecret(client, id, rotateSealed(notifications.sealer, sealed, secret, nowMs(notifications)));
  });
  return { channel, secret };
}

/** With the log of its deliveries. Throws `channel.in_use` while a route names it. */
export async function deleteChannel(notifications: Notifications, by: Requester, id: number): Promise<void> {
  await inTransaction(notifications.pool, async (client) => {
    const before = await lockChannel(client, by.organizationId, id);
    if (before === undefined) throw unknownChannel(id);
    by.assertSeen?.(before);
    await recordChannel(notifications, client, by, "delete", before, undefined);
    await deleteChannelRow(client, id).catch((cause) => {
      if (sqlStateOf(cause) !== FOREIGN_KEY_VIOLATION) throw cause;
      const message = "A route names this channel: take it out there first, or disable the channel.";
      throw new SluiceError("conflict", "channel.in_use", message, { cause });
    });
  });
}

export async function requireChannel(db: Queryable, organizationId: number, id: number): Promise<Channel> {
  const channel = await findChannel(db, organizationId, id);
  if (channel === undefined) throw unknownChannel(id);
  return channel;
}

async function changeChannel(
  notifications: Notifications,
  by: Requester,
  id: number,
  verb: string,
  change: (client: PoolClient, before: Channel) => Promise<void>,
): Promise<Channel> {
  return inTransaction(notifications.pool, async (client) => {
    const before = await lockChannel(client, by.organizationId, id);
    if (before === undefined) throw unknownChannel(id);
    by.assertSeen?.(before);
    await change(client, before);
    const after = await requireChannel(client, by.organizationId, id);
    await recordChannel(notifications, client, by, verb, before, after);
    return after;
  });
}

async function recordChannel(
  { recordChange }: Notifications,
  client: PoolClient,
  by: Requester,
  verb: string,
  before: Channel | undefined,
  after: Channel | undefined,
): Promise<void> {
  const id = (after ?? before)!.id;
  await recordChange(client, by, { action: `channel.${verb}`, subject: `channel:${id}`, before, after });
}

function assertCanSend({ senders, allowPrivate }: Notifications, configuration: ChannelConfiguration): void {
  assertConfiguration(configuration, allowPrivate);
  if (senders[configuration.kind] !== undefined) return;
  throw new SluiceError("conflict", "channel.unconfigured", unconfigured(configuration.kind));
}

function secretOf({ randomBytes }: Notifications, { configuration, secret }: ChannelDraft): string | undefined {
  assertSecret(configuration, secret);
  return configuration.kind === "webhook" ? (secret ?? newSigningSecret(randomBytes)) : undefined;
}

function assertSecret({ kind }: ChannelConfiguration, secret: string | undefined): void {
  if (secret === undefined) return;
  if (kind === "webhook") assertSigningSecret(secret);
  else throw new SluiceError("invalid", "channel.no_secret", "Only webhooks are signed: leave the secret out.");
}

function withoutAbsent(limits: Partial<ChannelLimits> = {}): Partial<ChannelLimits> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}

function unknownChannel(id: number): SluiceError {
  return new SluiceError("not-found", "channel.unknown", "There is no such channel.", { details: { channel: id } });
}

function nameTaken(name: string): SluiceError {
  return new SluiceError("conflict", "channel.name_taken", "There is a channel of this name.", { details: { name } });
}

function tooMany(): SluiceError {
  return new SluiceError("conflict", "channel.too_many", `An organization has at most ${MAX_CHANNELS} channels.`);
}
