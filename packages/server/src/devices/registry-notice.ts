import type { Queryable } from "./registry.ts";

/** PostgreSQL channel on which processes tell each other what changed in the registry. */
export const REGISTRY_CHANNEL = "sluice_registry";

/** What changed: a device (its site, status, token …), or a profile (its metrics, its rate). */
export type RegistryNotice =
  | { readonly kind: "device"; readonly id: number }
  | { readonly kind: "profile"; readonly id: number };

/** Delivered to every listener when the transaction commits, and not at all when it rolls back. */
export async function notifyRegistry(db: Queryable, notice: RegistryNotice): Promise<void> {
  await db.query("select pg_notify($1, $2)", [REGISTRY_CHANNEL, noticeText(notice)]);
}

/** The same of many devices, in one statement. */
export async function notifyDevices(db: Queryable, ids: readonly number[]): Promise<void> {
  const texts = ids.map((id) => noticeText({ kind: "device", id }));
  await db.query("select pg_notify($1, text) from unnest($2::text[]) as text", [REGISTRY_CHANNEL, texts]);
}

export function noticeText({ kind, id }: RegistryNotice): string {
  return `${kind}:${id}`;
}

/** Undefined for what this version does not know: a newer process may say more. */
export function parseRegistryNotice(payload: string): RegistryNotice | undefined {
  const match = /^(device|profile):(\d{1,10})$/.exec(payload);
  return match ? { kind: match[1] as RegistryNotice["kind"], id: Number(match[2]) } : undefined;
}
