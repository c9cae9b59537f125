import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import websocket from "@fastify/websocket";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "../ingest/testing/manual-clock.ts";
import { Metrics } from "../platform/metrics.ts";
import { parseExposition } from "../platform/testing/exposition.ts";
import { Admission, admitInTurn } from "./admission.ts";
import { measureRequests } from "./http-metrics.ts";

let app: FastifyInstance;
let metrics: Metrics;
let url: string;
/** Resolves once the request is being worked on. */
let begun: Promise<void>;
let answer: (text: string) => void;
beforeEach(async () => {
  app = Fastify();
  metrics = new Metrics();
  const admission = new Admission(new ManualClock());
  measureRequests(app, metrics, admission);
  admitInTurn(app, admission);
  await app.register(websocket);
  const isBegun = Promise.withResolvers<void>();
  const text = Promise.withResolvers<string>();
  begun = isBegun.promise;
  answer = text.resolve;
  app.get("/slow", () => {
    isBegun.resolve();
    return text.promise;
  });
  app.get("/events", (_request, reply) => {
    const events = new Readable({ read: () => {} });
    events.push("data: 1\n\n");
    return reply.type("text/event-stream").send(events);
  });
  app.get("/socket", { websocket: true }, (socket) => socket.send("hello"));
  url = `127.0.0.1:${await app.listen({ port: 0, host: "127.0.0.1" }).then(() => (app.server.address() as AddressInfo).port)}`;
});
afterEach(() => app.close());

async function told() {
  const all = parseExposition(await metrics.text());
  const value = (name: string) => all.get(`sluice_http_${name}`)!.samples[0]!.value;
  const counts = all.get("sluice_http_request_duration_seconds")!.samples.filter(({ name }) => name.endsWith("_count"));
  return {
    inFlight: value("requests_in_flight"),
    working: value("requests_working"),
    ended: counts.map(({ labels: { route, status }, value: count }) => [route, status, count]),
  };
}

/** As soon as the server has noticed that nobody waits for an answer. */
async function toldOnceOver() {
  for (;;) {
    const now = await told();
    if (now.inFlight === 0) return now;
    await nextTurn();
  }
}

test("a request whose caller goes away is over, and is counted as that", async () => {
  const caller = new AbortController();
  const asked = fetch(`http://${url}/slow`, { signal: caller.signal });
  await begun;
  expect(await told()).toMatchObject({ inFlight: 1, working: 1 });
  caller.abort();
  await expect(asked).rejects.toThrow();
  expect(await toldOnceOver()).toMatchObject({ working: 1, ended: [["/slow", "gone", 1]] });
  answer("nobody reads this");
  await nextTurn();
  expect(await told()).toMatchObject({ inFlight: 0, working: 0, ended: [["/slow", "gone", 1]] });
});

test("streams are in flight until they end, and how long somebody listened is no duration", async () => {
  const reader = new AbortController();
  await fetch(`http://${url}/events`, { signal: reader.signal });
  const socket = new WebSocket(`ws://${url}/socket`);
  await new Promise((resolve) => socket.addEventListener("message", resolve));
  expect(await told()).toMatchObject({ inFlight: 2 });
  reader.abort();
  socket.close();
  expect((await toldOnceOver()).ended).toEqual([]);
});

test("an answer that is read to its end is counted once", async () => {
  const asked = fetch(`http://${url}/slow`).then((response) => response.text());
  answer("yes");
  expect(await asked).toBe("yes");
  expect((await toldOnceOver()).ended).toEqual([["/slow", "2xx", 1]]);
});
