import { type ServerProcess, startServerProcess } from "@sluice/cli/bench/server-process.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";

describe("a server that is told to stop", () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await startServerProcess({ env: { SLUICE_DRAIN_SECONDS: "5" } });
  });
  afterAll(() => server?.remove());

  const statusOf = async (path: string) => (await fetch(`${server.httpUrl}${path}`)).status;

  it("says that it is not ready, and still answers, before it closes its doors", async () => {
    expect([await statusOf("/readyz"), await statusOf("/healthz")]).toEqual([200, 200]);
    const metrics = await (await fetch(`${server.httpUrl}/metrics`)).text();
    expect(metrics).toMatch(/^sluice_ready 1$/m);
    expect(metrics).toMatch(/^sluice_worker_rounds_total\{worker="automation"\} \d+$/m);
    expect(metrics).toMatch(/^sluice_ingest_messages_stored_total 0$/m);
    const stopped = server.stop();
    await eventually(async () => ((await statusOf("/readyz")) === 503 ? true : undefined));
    expect(await statusOf("/healthz")).toBe(200);
    await stopped;
    await expect(statusOf("/healthz")).rejects.toThrow();
  });
});
