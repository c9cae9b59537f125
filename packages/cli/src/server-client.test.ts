import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { ServerClient } from "./server-client.ts";

let server: Server | undefined;
afterEach(() => void server?.close());

/** A server that answers this, one after the other, and the last one for ever. */
async function answering(...answers: readonly (readonly [number, Record<string, string>])[]) {
  let asked = 0;
  server = createServer((_request, response) => {
    const [status, headers] = answers[Math.min(asked++, answers.length - 1)]!;
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify({ code: "request.rate_limited", detail: "Go more slowly." }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = new ServerClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "token");
  return { client, asked: () => asked };
}

test("who is told to go more slowly waits for as long, and asks again", async () => {
  const { client, asked } = await answering([429, { "retry-after": "0" }], [429, { "retry-after": "0" }], [200, {}]);
  expect((await client.request("GET", "/")).status).toBe(200);
  expect(asked()).toBe(3);
});

test("a wait that is never over, is too long, or is not told, is an error", async () => {
  const told: readonly Record<string, string>[] = [{ "retry-after": "0" }, { "retry-after": "3600" }, {}];
  for (const headers of told) {
    const { client } = await answering([429, headers]);
    await expect(client.request("GET", "/")).rejects.toMatchObject({ code: "request.rate_limited" });
    server!.close();
  }
});
