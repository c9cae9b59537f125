import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { httpSender, lineSender } from "./http-senders.ts";

type Answer = (response: ServerResponse, body: string) => void;

let server: Server;
let answers: Answer[];
let bodies: { path: string; authorization: string; body: string }[];
let url: string;

beforeEach(async () => {
  answers = [];
  bodies = [];
  server = createServer((request, response) => void take(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  bodies.push({ path: request.url!, authorization: request.headers.authorization!, body });
  const answer = answers.shift() ?? ((ok) => ok.end("{}"));
  answer(response, body);
}

const status =
  (code: number, headers: Record<string, string> = {}, text = ""): Answer =>
  (response) =>
    response.writeHead(code, headers).end(text);

const identity = () => ({ serverUrl: url, uid: "d-1", token: "t-1" });
const reading = (index: number) => ({ timeMicros: index * 1_000, values: [["v", index]] as const });

test("readings go out in order, in batches, with the device's token", async () => {
  const http = httpSender(identity(), systemClock);
  for (let index = 0; index < 2_500; index++) await http.send(reading(index));
  await http.drain();
  await http.stop();
  expect(http.counters).toMatchObject({ sent: 2_500, acknowledged: 2_500, refused: 0 });
  const sent = bodies.flatMap(
    ({ body }) => JSON.parse(body).readings as { device_id: string; payload: { v: number } }[],
  );
  expect(sent.map(({ payload }) => payload.v)).toEqual(Array.from({ length: 2_500 }, (_, index) => index));
  expect(
    bodies.every(({ path, authorization }) => path === "/api/readings/bulk" && authorization === "Bearer t-1"),
  ).toBe(true);
  expect(bodies.length).toBeLessThan(10);
});

test("line protocol goes to the write path with microseconds", async () => {
  const line = lineSender(identity(), systemClock);
  await line.send(reading(1));
  await line.send(reading(2));
  await line.drain();
  await line.stop();
  expect(bodies.map(({ path }) => path)).toEqual(["/api/v2/write?precision=us"]);
  expect(bodies[0]!.body).toBe("reading,device=d-1 v=1 1000\nreading,device=d-1 v=2 2000");
});

test("a busy server and a broken connection are tried again until the batch is taken", async () => {
  answers.push(
    status(503, { "retry-after": "0" }),
    (response) => response.destroy(),
    status(429, { "retry-after": "0" }),
  );
  const http = httpSender(identity(), systemClock);
  await http.send(reading(1));
  await http.drain();
  await http.stop();
  expect(bodies).toHaveLength(4);
  expect(new Set(bodies.map(({ body }) => body)).size).toBe(1);
  expect(http.counters).toMatchObject({ sent: 1, acknowledged: 1 });
});

test("a refused token ends it with the server's own words", async () => {
  answers.push(status(401, {}, '{"title":"Unauthorized","detail":"This token is unknown."}'));
  const http = httpSender(identity(), systemClock);
  await http.send(reading(1));
  await expect(http.drain()).rejects.toMatchObject({ code: "http.refused", message: /This token is unknown/ });
  await expect(http.send(reading(2))).rejects.toMatchObject({ code: "http.refused" });
  await http.stop();
  expect(http.counters).toMatchObject({ sent: 1, acknowledged: 0 });
});

test("readings that are refused one by one are counted, with the first reason, and the others are acknowledged", async () => {
  answers.push(
    status(
      207,
      {},
      '{"status":"partial","stored":1,"rejected":1,"errors":[{"index":0,"message":"The time is ahead."}]}',
    ),
    status(400, {}, '{"title":"Invalid","detail":"Too many values."}'),
  );
  const http = httpSender(identity(), systemClock);
  await http.send(reading(1));
  await http.send(reading(2));
  await http.drain();
  await http.send(reading(3));
  await http.drain();
  await http.stop();
  const counters = { sent: 3, acknowledged: 1, refused: 2, firstRefusal: "The time is ahead." };
  expect(http.counters).toEqual(counters);
});

test("an address that is none is said before anything is sent", () => {
  expect(() => httpSender({ ...identity(), serverUrl: "localhost:8080" }, systemClock)).toThrow(/no address/);
});
