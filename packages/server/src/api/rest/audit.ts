import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import { type Static, Type } from "typebox";
import { type AuditEntry, type AuditFilter, listAuditEntries } from "../../auth/index.ts";
import { csvText } from "../../platform/csv.ts";
import { organizationOf } from "../access.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import { queryDate } from "../query-time.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, FromTime, Nullable, ToTime } from "../schemas.ts";
import { wantsCsv } from "../telemetry-answer.ts";

/** Read at once for an export. */
const ENTRIES_A_READ = 1_000;
/** Rows of an export; the newest are exported, and `to` goes on with older ones. */
export const MAX_EXPORTED_ENTRIES = 100_000;

const Entry = Type.Object({
  id: Type.Integer(),
  at: DateTime,
  actor: Type.String({ description: "user:<id>, client:<id>, rule:<id> or system." }),
  actorName: Nullable(Type.String({ description: "A person's address, a program's name." })),
  action: Type.String({ description: "The resource and the verb: device.update." }),
  subject: Type.String({ description: "device:<id>" }),
  before: Type.Unknown(),
  after: Type.Unknown(),
  address: Nullable(Type.String({ description: "Where the request came from." })),
});
const COLUMNS = ["id", "at", "actor", "actorName", "action", "subject", "address", "before", "after"] as const;

const Query = Type.Object({
  ...PageQuery,
  actor: Type.Optional(Type.String({ maxLength: 100, description: "user:<id>" })),
  action: Type.Optional(Type.String({ maxLength: 100, description: "What it begins with: device." })),
  subject: Type.Optional(Type.String({ maxLength: 200, description: "device:12, or device for all of them." })),
  from: Type.Optional(FromTime),
  to: Type.Optional(ToTime),
});

/** Who changed what. Nothing of it can be changed. */
export function auditRoutes(api: Api, { pool }: { readonly pool: Pool }): void {
  api.get(
    "/api/v1/audit",
    {
      config: { access: "audit:read" },
      schema: {
        tags: ["audit"],
        summary: "Who changed what, newest first",
        description: `Each change with the state before and after it. With \`Accept: text/csv\` all that match, ${MAX_EXPORTED_ENTRIES} at most, in one file.`,
        querystring: Query,
        response: answers(200, Type.Array(Entry)),
      },
    },
    async (request, reply) => {
      const filter = filterOf(request.query);
      if (wantsCsv(request)) return sendCsvFile(pool, request, reply, filter);
      const page = { beforeId: cursorNumber(request.query), limit: fetchLimit(request.query) };
      const entries = await listAuditEntries(pool, organizationOf(request), { ...filter, ...page });
      return sendPage(request, reply, entries, ({ id }) => id);
    },
  );
}

function filterOf({ actor, action, subject, from, to }: Static<typeof Query>): Omit<AuditFilter, "limit"> {
  return { actor, action, subject, from: queryDate("from", from), to: queryDate("to", to) };
}

function sendCsvFile(
  pool: Pool,
  request: FastifyRequest,
  reply: FastifyReply,
  filter: Omit<AuditFilter, "limit">,
): FastifyReply {
  reply.type("text/csv; charset=utf-8; header=present");
  reply.header("content-disposition", 'attachment; filename="audit.csv"');
  return reply.send(Readable.from(csvOf(pool, organizationOf(request), filter)));
}

async function* csvOf(pool: Pool, organizationId: number, filter: Omit<AuditFilter, "limit">): AsyncGenerator<string> {
  yield `${COLUMNS.join(",")}\r\n`;
  let beforeId: number | undefined;
  for (let exported = 0; exported < MAX_EXPORTED_ENTRIES; exported += ENTRIES_A_READ) {
    const entries = await listAuditEntries(pool, organizationId, { ...filter, beforeId, limit: ENTRIES_A_READ });
    if (entries.length > 0) yield entries.map(lineOf).join("");
    if (entries.length < ENTRIES_A_READ) return;
    beforeId = entries.at(-1)!.id;
  }
}

function lineOf(entry: AuditEntry): string {
  return `${COLUMNS.map((column) => csvText(entry[column])).join(",")}\r\n`;
}
