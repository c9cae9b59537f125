import { Type } from "typebox";
import type { Api } from "../schema-validation.ts";

/** How the process is. It may say more than this page asks for. */
export interface StatusReport {
  /** Ready to take traffic, or why not. */
  readonly status: "healthy" | "starting" | "degraded" | "stopping";
  readonly db: "connected" | "disconnected";
  readonly workers: "running" | "stopped";
  /** Committed, over the last seconds; undefined where this process stores none. */
  readonly readingsPerSecond?: number | undefined;
  readonly [fact: string]: unknown;
}

export type ReadStatus = () => Promise<StatusReport>;

const Status = Type.Object(
  {
    status: Type.String(),
    db: Type.String(),
    workers: Type.String(),
    readingsPerSecond: Type.Optional(Type.Number()),
  },
  { additionalProperties: true },
);

export function statusRoutes(api: Api, { status }: { readonly status: ReadStatus }): void {
  api.get(
    "/api/status",
    {
      config: { access: "public" },
      schema: {
        tags: ["status"],
        summary: "Whether the server takes traffic",
        response: { 200: Status, 503: Status },
      },
    },
    async (_request, reply) => {
      const report = await status();
      reply.header("cache-control", "no-store");
      return reply.code(report.status === "healthy" ? 200 : 503).send(report);
    },
  );
}
