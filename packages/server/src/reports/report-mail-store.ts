import type { Queryable } from "../platform/postgres.ts";
import type { ReportFiles } from "./report-run.ts";

export async function insertMails(
  db: Queryable,
  runId: string,
  recipients: readonly string[],
  at: Date,
  expiresAt: Date,
): Promise<void> {
  await db.query(
    `insert into report_mail (run_id, recipient, state, due_at, expires_at)
     select $1, recipient, 'queued', $3, $4 from unnest($2::text[]) as new (recipient)
     on conflict (run_id, recipient) do nothing`,
    [runId, recipients, at, expiresAt],
  );
}

export interface ClaimedMail {
  readonly id: string;
  readonly recipient: string;
  /** This one included. */
  readonly attempts: number;
  readonly runId: string;
  readonly organizationId: number;
  readonly files: ReportFiles;
}

/** The one that is due longest; nobody else takes it until `leaseUntil`. */
export async function claimMail(db: Queryable, at: Date, leaseUntil: Date): Promise<ClaimedMail | undefined> {
  const { rows } = await db.query<ClaimedMail>(
    `update report_mail m
        set attempts = m.attempts + 1, due_at = $2
       from report_run r
      where r.id = m.run_id and m.id = (
        select q.id from report_mail q join report_run of_run on of_run.id = q.run_id
         where q.state = 'queued' and q.due_at <= $1 and q.expires_at > $1 and of_run.deleted_at is null
         order by q.due_at limit 1 for update of q skip locked)
     returning m.id, m.recipient, m.attempts, r.id as "runId", r.organization_id as "organizationId", r.files`,
    [at, leaseUntil],
  );
  return rows[0];
}

/** Every change of a mail's state but its expiry. */
export async function recordMail(
  db: Queryable,
  id: string,
  outcome:
    | { readonly state: "sent"; readonly at: Date }
    | { readonly state: "refused"; readonly at: Date; readonly error: string }
    | { readonly state: "queued"; readonly dueAt: Date; readonly error: string },
): Promise<void> {
  const isQueued = outcome.state === "queued";
  await db.query(
    `update report_mail
        set state = $2, due_at = coalesce($3, due_at), last_error = $4, finished_at = $5
      where id = $1 and state = 'queued'`,
    [
      id,
      outcome.state,
      isQueued ? outcome.dueAt : null,
      outcome.state === "sent" ? null : outcome.error,
      isQueued ? null : outcome.at,
    ],
  );
}

/** Answers how many were given up. */
export async function expireMails(db: Queryable, at: Date): Promise<number> {
  const { rowCount } = await db.query(
    "update report_mail set state = 'expired', finished_at = $1 where state = 'queued' and expires_at <= $1",
    [at],
  );
  return rowCount ?? 0;
}

export interface ReportMail {
  readonly to: string;
  readonly state: "queued" | "sent" | "refused" | "expired";
  readonly attempts: number;
  readonly error: string | null;
  readonly finishedAt: Date | null;
}

export async function listMails(db: Queryable, runId: string): Promise<ReportMail[]> {
  const { rows } = await db.query<ReportMail>(
    `select recipient as "to", state, attempts, last_error as error, finished_at as "finishedAt"
       from report_mail where run_id = $1 order by recipient`,
    [runId],
  );
  return rows;
}
