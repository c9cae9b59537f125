import type { PoolClient } from "pg";

/** PostgreSQL channel on which deciders tell gateways that something is queued for a device. */
export const COMMAND_CHANNEL = "sluice_command";

/**
 * "<device>": something is queued. "<device> <STOP as JSON>": send this now, it is being recorded. "<device> ?": it has a new
 * configuration, and gets it with its next hello, so ask for one.
 */
export interface CommandNotice {
  readonly deviceId: number;
  readonly stop: string | undefined;
  readonly isConfigured: boolean;
}

interface Database {
  query(text: string, values: unknown[]): Promise<unknown>;
}

/** Delivered after the transaction's commit. */
export async function notifyQueued(client: PoolClient, deviceId: number): Promise<void> {
  await client.query("select tell_after_commit($1, $2)", [COMMAND_CHANNEL, String(deviceId)]);
}

export async function notifyConfigured(client: PoolClient, deviceId: number): Promise<void> {
  await client.query("select tell_after_commit($1, $2)", [COMMAND_CHANNEL, `${deviceId} ?`]);
}

/** The same of many devices, more than a transaction gathers; delivered with its commit. */
export async function notifyConfiguredOf(client: PoolClient, deviceIds: readonly number[]): Promise<void> {
  const sql = "select pg_notify($1, device || ' ?') from unnest($2::int[]) as device";
  await client.query(sql, [COMMAND_CHANNEL, deviceIds]);
}

/** Outside a transaction, so that it waits for nothing. */
export async function notifyStop(db: Database, deviceId: number, payload: string): Promise<void> {
  await db.query("select pg_notify($1, $2)", [COMMAND_CHANNEL, `${deviceId} ${payload}`]);
}

/** Undefined for what this version does not know: a newer process may say more. */
export function parseCommandNotice(payload: string): CommandNotice | undefined {
  const match = /^(\d{1,10})(?: (\{.*\})| (\?))?$/s.exec(payload);
  if (match === null) return undefined;
  return { deviceId: Number(match[1]), stop: match[2], isConfigured: match[3] !== undefined };
}
