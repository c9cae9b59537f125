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

const Health = Type.Object({ status: Type.String() });

export function statusRoutes(api: Api, { status }: { readonly status: ReadStatus }): void {
  api.get(
    "/api/status",
    {
      config: { access: "public", cost: 0 },
      schema: {
        tags: ["status"],
        summary: "Whether the server takes traffic",
        response: { 200: Status, 503: Status },
      },
    },
    async (_request, reply) => {
      const report = await status();
      return reply.code(report.status === "healthy" ? 200 : 503).send(report);
    },
  );
  api.get(
    "/healthz",
    {
      config: { access: "public", cost: 0 },
      schema: {
        tags: ["status"],
        summary: "Whether the process lives",
        description: "For whoever starts a process anew that does not answer. It says nothing of the database.",
        response: { 200: Health },
      },
    },
    async () => ({ status: "live" }),
  );

  api.get(
    "/readyz",
    {
      config: { access: "public", cost: 0 },
      schema: {
        tags: ["status"],
        summary: "Whether to send traffic here",
        description: "A process that begins to stop says 503 first, and still answers what comes.",
        response: { 200: Health, 503: Health },
      },
    },
    async (_request, reply) => {
      const { status: state } = await status();
      return reply.code(state === "healthy" ? 200 : 503).send({ status: state });
    },
  );
}
