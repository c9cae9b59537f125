import { Type } from "typebox";
import { organizationOf } from "../access.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, Nullable, Thing } from "../schemas.ts";

/** A message that could not be stored, newest first. */
export interface RejectedMessageView {
  readonly id: number;
  readonly deviceUid: string | null;
  /** How it came: "mqtt", "http", "line-protocol". */
  readonly source: string;
  readonly code: string;
  readonly reason: string;
  readonly payload: Uint8Array | null;
  readonly receivedAt: Date;
}

/** Newest first; with `beforeId` only those that came before that one. */
export type ListRejectedMessages = (
  organizationId: number,
  page: { readonly beforeId: number | undefined; readonly limit: number },
) => Promise<readonly RejectedMessageView[]>;

/** Of a payload this much is shown; the rest is in the table. */
const MAX_SHOWN_BYTES = 4096;

const RejectedMessage = Thing("RejectedMessage", {
  id: Type.Integer(),
  deviceUid: Nullable(Type.String()),
  source: Type.String(),
  code: Type.String(),
  reason: Type.String(),
  payload: Nullable(Type.String({ description: `As text, the first ${MAX_SHOWN_BYTES} bytes.` })),
  payloadBytes: Nullable(Type.Integer()),
  receivedAt: DateTime,
});

export interface RejectedMessageRoutesDependencies {
  readonly listRejectedMessages: ListRejectedMessages;
}

export function rejectedMessageRoutes(api: Api, { listRejectedMessages }: RejectedMessageRoutesDependencies): void {
  api.get(
    "/api/v1/rejected-messages",
    {
      config: { access: "ingest:inspect" },
      schema: {
        tags: ["telemetry"],
        summary: "Messages that could not be stored, with the reason, newest first",
        querystring: Type.Object(PageQuery),
        response: answers(200, Type.Array(RejectedMessage)),
      },
    },
    async (request, reply) => {
      const messages = await listRejectedMessages(organizationOf(request), {
        beforeId: cursorNumber(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, messages, ({ id }) => id).map(viewOf);
    },
  );
}

function viewOf({ payload, ...message }: RejectedMessageView) {
  return {
    ...message,
    payload: payload === null ? null : Buffer.from(payload).toString("utf8", 0, MAX_SHOWN_BYTES),
    payloadBytes: payload === null ? null : payload.length,
  };
}
