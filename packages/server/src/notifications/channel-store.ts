import type { PoolClient } from "pg";
import type { Channel, ChannelConfiguration, ChannelKind, ChannelLimits } from "./channel.ts";
import type { Queryable } from "./notifications.ts";
import { DOWN_AFTER_FAILURES } from "./retry-policy.ts";

interface ChannelRow extends Omit<Channel, "configuration" | "limits" | "isDown">, ChannelLimits {
  readonly kind: ChannelKind;
  readonly configuration: Omit<ChannelConfiguration, "kind">;
  readonly failures: number;
}

const CHANNEL = `
  select c.id, c.organization_id as "organizationId", c.kind, c.name, c.configuration, c.is_enabled as "isEnabled",
         c.disabled_reason as "disabledReason", c.sends_per_minute as "sendsPerMinute", c.send_burst as burst,
         c.created_at as "createdAt", p.failures, p.paused_until as "pausedUntil"
    from channel c join channel_pace p on p.channel_id = c.id`;

export async function listChannels(
  db: Queryable,
  organizationId: number,
  page: { readonly afterId?: number | undefined; readonly limit: number },
): Promise<Channel[]> {
  const { rows } = await db.query<ChannelRow>(
    `${CHANNEL} where c.organization_id = $1 and c.id > coalesce($2, 0) order by c.id limit $3`,
    [organizationId, page.afterId, page.limit],
  );
  return rows.map(channelOf);
}

export async function findChannel(db: Queryable, organizationId: number, id: number): Promise<Channel | undefined> {
  const { rows } = await db.query<ChannelRow>(`${CHANNEL} where c.organization_id = $1 and c.id = $2`, [
    organizationId,
    id,
  ]);
  return rows[0] && channelOf(rows[0]);
}

/** Locked against other changes of it. */
export async function lockChannel(
  client: PoolClient,
  organizationId: number,
  id: number,
): Promise<Channel | undefined> {
  await client.query("select from channel where organization_id = $1 and id = $2 for no key update", [
    organizationId,
    id,
  ]);
  return findChannel(client, organizationId, id);
}

export async function findSealedSecret(db: Queryable, organizationId: number, id: number): Promise<Buffer | null> {
  const { rows } = await db.query<{ sealed: Buffer | null }>(
    "select sealed_secret as sealed from channel where organization_id = $1 and id = $2",
    [organizationId, id],
  );
  return rows[0]?.sealed ?? null;
}

export async function countChannels(client: PoolClient, organizationId: number): Promise<number> {
  const { rows } = await client.query<{ count: number }>("select count(*) from channel where organization_id = $1", [
    organizationId,
  ]);
  return rows[0]!.count;
}

export interface NewChannel {
  readonly organizationId: number;
  readonly name: string;
  readonly configuration: ChannelConfiguration;
  readonly sealedSecret: Buffer | null;
  readonly limits: ChannelLimits;
  readonly now: Date;
}

/** With its two lanes and a full bucket; undefined when the name is taken. */
export async function insertChannel(client: PoolClient, channel: NewChannel): Promise<number | undefined> {
  const { kind, ...configuration } = channel.configuration;
  const { rows } = await client.query<{ id: number }>(
    `insert into channel (organization_id, kind, name, configuration, sealed_secret, sends_per_minute, send_burst)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict on constraint channel_name do nothing
     returning id`,
    [
      channel.organizationId,
      kind,
      channel.name,
      JSON.stringify(configuration),
      channel.sealedSecret,
      channel.limits.sendsPerMinute,
      channel.limits.burst,
    ],
  );
  const id = rows[0]?.id;
  if (id === undefined) return undefined;
  await client.query("insert into channel_lane (channel_id, is_urgent) values ($1, true), ($1, false)", [id]);
  await client.query("insert into channel_pace (channel_id, tokens, refilled_at) values ($1, $2, $3)", [
    id,
    channel.limits.burst,
    channel.now,
  ]);
  return id;
}

export async function updateChannelRow(
  client: PoolClient,
  id: number,
  channel: { readonly name: string; readonly configuration: ChannelConfiguration; readonly limits: ChannelLimits },
): Promise<void> {
  const { kind: _kind, ...configuration } = channel.configuration;
  await client.query(
    "update channel set name = $2, configuration = $3, sends_per_minute = $4, send_burst = $5 where id = $1",
    [id, channel.name, JSON.stringify(configuration), channel.limits.sendsPerMinute, channel.limits.burst],
  );
}

export async function saveSealedSecret(client: PoolClient, id: number, sealed: Buffer): Promise<void> {
  await client.query("update channel set sealed_secret = $2 where id = $1", [id, sealed]);
}

/** False when it was disabled before. */
export async function disableChannelRow(
  client: PoolClient,
  organizationId: number,
  id: number,
  reason: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update channel set is_enabled = false, disabled_reason = $3
      where organization_id = $1 and id = $2 and is_enabled`,
    [organizationId, id, reason],
  );
  return rowCount === 1;
}

/** It begins anew: what it failed at before says nothing any more. */
export async function enableChannelRow(client: PoolClient, id: number): Promise<void> {
  await client.query("update channel set is_enabled = true, disabled_reason = null where id = $1", [id]);
  await forgetFailures(client, id);
}

export async function forgetFailures(client: PoolClient, id: number): Promise<void> {
  await client.query("update channel_pace set failures = 0, paused_until = null where channel_id = $1", [id]);
}

export async function deleteChannelRow(client: PoolClient, id: number): Promise<void> {
  await client.query("delete from channel where id = $1", [id]);
}

function channelOf({ kind, configuration, sendsPerMinute, burst, failures, ...row }: ChannelRow): Channel {
  return {
    ...row,
    configuration: { kind, ...configuration } as ChannelConfiguration,
    limits: { sendsPerMinute, burst },
    isDown: failures >= DOWN_AFTER_FAILURES,
  };
}
