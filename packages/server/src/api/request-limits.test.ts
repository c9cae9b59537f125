import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterEach, expect, test } from "vitest";
import type { Accounts, Principal } from "../auth/index.ts";
import { REQUEST_LIMITS, type RequestLimits } from "./request-limits.ts";
import { createDescribedApp } from "./testing/described-app.ts";

const principal: Principal = {
  kind: "user",
  userId: "1",
  sessionId: "s",
  organizationId: 1,
  roles: new Set(["admin"]),
};
const accounts = { authenticator: { authenticate: async () => principal, knows: () => true } } as unknown as Accounts;
const status = async () => ({ status: "healthy", db: "connected", workers: "running" }) as const;

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

async function createApp(limits: Partial<RequestLimits> = {}): Promise<FastifyInstance> {
  const requestLimits = { ...REQUEST_LIMITS, ...limits };
  const rateLimits = { user: undefined, address: undefined };
  app = await createDescribedApp({ accounts, status, settings: { requestLimits, rateLimits } });
  return app;
}

async function listening(limits: Partial<RequestLimits>): Promise<number> {
  const listener = await createApp(limits);
  await listener.listen({ host: "127.0.0.1", port: 0 });
  return (listener.server.address() as AddressInfo).port;
}

/** Sends this, and answers all that came until the connection was closed. */
async function spoken(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let heard = "";
  socket.on("data", (data) => {
    heard += data.toString();
  });
  // The server may close before everything is written.
  socket.on("error", () => {});
  socket.write(text);
  await once(socket, "close");
  return heard;
}

const post = (body: string) => ({
  method: "POST" as const,
  url: "/api/v1/rules",
  payload: body,
  headers: { authorization: "Bearer x", "content-type": "application/json" },
});

test("a long URL and one of many parts are refused before anything looks at them", async () => {
  const { inject } = await createApp();
  const long = await inject({ url: `/api/status?${"x".repeat(17_000)}` });
  expect([long.statusCode, long.json().code, long.json().limit]).toEqual([414, "request.url_too_long", 16384]);
  const many = await inject({ url: `/api/status?${"x&".repeat(100)}` });
  expect([many.statusCode, many.json().code]).toEqual([400, "request.too_many_parameters"]);
  expect((await inject({ url: `/api/status?${"x&".repeat(98)}x` })).statusCode).toBe(200);
});

test.each([
  ["arrays", "[".repeat(100_000)],
  ["objects", '{"a":'.repeat(100_000)],
  ["both, closed again", `${'{"a":['.repeat(500)}${"]}".repeat(500)}`],
])("a body of deeply nested %s is refused", async (_, body) => {
  const { inject } = await createApp();
  const answer = await inject(post(body));
  expect([answer.statusCode, answer.json().code]).toEqual([400, "request.too_deep"]);
});

test("brackets in texts are no depth, and one beside the other are none either", async () => {
  const { inject } = await createApp();
  for (const body of [
    JSON.stringify({ name: `\\"${"[{".repeat(5_000)}` }),
    JSON.stringify({ name: new Array(1_000).fill([]) }),
  ]) {
    expect((await inject(post(body))).json().code).toBe("request.invalid");
  }
  expect((await inject(post('{"a":'))).json().code).toBe("request.malformed_json");
});

test("a body over the limit is refused", async () => {
  const { inject } = await createApp({ maxBodyBytes: 1_000 });
  const answer = await inject(post(JSON.stringify({ name: "x".repeat(1_000) })));
  expect([answer.statusCode, answer.json().code]).toEqual([413, "request.too_large"]);
});

test("headers over the limit are refused with a problem document, and the connection is closed", async () => {
  const port = await listening({ maxHeaderBytes: 2_000 });
  const heard = await spoken(port, `GET /api/status HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(3_000)}\r\n\r\n`);
  expect(heard).toMatch(/^HTTP\/1\.1 431 /);
  expect(heard).toContain("application/problem+json");
  expect(heard).toContain('"code":"request.headers_too_large"');
  expect(heard).not.toContain("xxx");
});

test("what is no HTTP is answered in a few words, and not repeated", async () => {
  const port = await listening({});
  const heard = await spoken(port, "\u0000\u0001<script>alert(1)</script>\r\n\r\n");
  expect(heard).toMatch(/^HTTP\/1\.1 400 /);
  expect(heard).toContain('"code":"request.malformed"');
  expect(heard).not.toContain("script");
});

test.each([
  ["headers", "GET /api/status HTTP/1.1\r\nHost: x\r\nX-Slow: "],
  [
    "a body",
    "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
  ],
  ["anything", ""],
])("a connection that does not bring %s to an end is given up", async (_, text) => {
  const port = await listening({ headersTimeoutMs: 100, requestTimeoutMs: 150, checkIntervalMs: 20 });
  expect(await spoken(port, text)).toMatch(/^HTTP\/1\.1 408 .*"code":"request\.timeout"/s);
});

test("past the limit of connections the next one is closed, and those that are there go on", async () => {
  const port = await listening({ maxConnections: 2 });
  const open = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
  for (const socket of open) await once(socket, "connect");
  // They count once the server has accepted them, in order.
  open[1]!.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  await once(open[1]!, "data");
  expect(await spoken(port, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")).toBe("");
  open[0]!.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  expect(String((await once(open[0]!, "data"))[0])).toMatch(/^HTTP\/1\.1 200 /);
  for (const socket of open) socket.destroy();
});
