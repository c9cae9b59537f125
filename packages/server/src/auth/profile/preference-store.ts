import type { Queryable } from "../../platform/postgres.ts";
import { DEFAULT_PREFERENCES, type Preferences } from "./preferences.ts";

export async function findPreferences(db: Queryable, userId: string): Promise<Preferences> {
  const { rows } = await db.query<{ settings: Partial<Preferences> }>(
    "select settings from preference where user_id = $1",
    [userId],
  );
  return { ...DEFAULT_PREFERENCES, ...rows[0]?.settings };
}

export async function putPreferences(db: Queryable, userId: string, settings: Preferences, at: Date): Promise<void> {
  await db.query(
    `insert into preference (user_id, settings, updated_at) values ($1, $2, $3)
     on conflict (user_id) do update set settings = excluded.settings, updated_at = excluded.updated_at`,
    [userId, JSON.stringify(settings), at],
  );
}

export async function languageOf(db: Queryable, userId: string): Promise<string> {
  return (await findPreferences(db, userId)).language;
}
