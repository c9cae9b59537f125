import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import {
  type AddressInfo,
  connect as connectPlain,
  createServer as createPlainServer,
  type Server as PlainServer,
  type Socket,
} from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "../../ingest/testing/manual-clock.ts";
import { TEST_CERTIFICATE, TEST_KEY } from "../../ingest/testing/tls-certificate.ts";
import { TestReceiver } from "../testing/test-receiver.ts";
import { type Destination, Dialler, MAX_ANSWER_BYTES, type Network, POST_LIMIT_MS, SYSTEM_NETWORK } from "./dialler.ts";
import { createWebhookSender } from "./webhook-sender.ts";

const clock = new ManualClock();
const never = new AbortController().signal;
let receiver: TestReceiver;
let dialled: Destination[];
let resolved: string[];

beforeEach(async () => {
  receiver = new TestReceiver();
  await receiver.start();
  dialled = [];
  resolved = [];
});
afterEach(() => receiver.stop());

/** Every name has these addresses; every connection is noted, and ends at the receiver. */
function networkOf(addresses: readonly string[]): Network {
  return {
    resolve: async ({ hostname }) => {
      resolved.push(hostname);
      return addresses;
    },
    connect: (destination) => {
      dialled.push(destination);
      return connectPlain({ host: "127.0.0.1", port: receiver.port });
    },
  };
}

function post(url: string, network: Network | undefined, mayBePrivate = false) {
  return new Dialler(clock, network).post({ url: new URL(url), headers: {}, body: "{}", mayBePrivate, signal: never });
}

test("a name is resolved once, and the connection goes to the address that was judged", async () => {
  const answer = await post("http://hooks.example:8080/in?x=1", networkOf(["93.184.216.34", "1.1.1.1"]));
  expect(answer.status).toBe(204);
  expect(resolved).toEqual(["hooks.example"]);
  expect(dialled).toEqual([{ address: "93.184.216.34", port: 8080, tls: undefined }]);
  expect(receiver.requests[0]).toMatchObject({ path: "/in?x=1", headers: { host: "hooks.example:8080" } });
});

test("an https URL asks for a connection that is encrypted to its name, whatever the address", async () => {
  await post("https://hooks.example/", networkOf(["93.184.216.34"]));
  expect(dialled).toEqual([{ address: "93.184.216.34", port: 443, tls: { serverName: "hooks.example" } }]);
});

test.each([
  ["127.0.0.1"],
  ["10.0.0.1"],
  ["100.64.0.1"],
  ["169.254.169.254"],
  ["::1"],
  ["fe80::1"],
  ["::ffff:127.0.0.1"],
  ["64:ff9b::7f00:1"],
  ["224.0.0.1"],
])("a name that leads to %s is refused before anything is dialled, also as one address of several", async (address) => {
  for (const addresses of [[address], ["93.184.216.34", address]]) {
    await expect(post("https://hooks.example/", networkOf(addresses))).rejects.toMatchObject({
      code: "webhook.address_refused",
      message: expect.stringContaining("SLUICE_WEBHOOK_ALLOW_PRIVATE"),
    });
  }
  expect(dialled).toEqual([]);
});

test.each([
  "http://127.0.0.1:9/",
  "http://0x7f.1/",
  "http://2130706433/",
  "http://[::1]/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://169.254.169.254/",
])("%s is refused before anything is resolved or dialled", async (url) => {
  await expect(post(url, networkOf([]))).rejects.toMatchObject({ code: "webhook.address_refused" });
  expect({ resolved, dialled }).toEqual({ resolved: [], dialled: [] });
});

test("localhost is refused by what it resolves to", async () => {
  await expect(post("http://localhost/", networkOf(["127.0.0.1", "::1"]))).rejects.toMatchObject({
    code: "webhook.address_refused",
  });
  expect(dialled).toEqual([]);
});

test.each(["http://127.0.0.1:1/", "http://169.254.169.254/latest/meta-data", "//127.0.0.1:1/", "http://localhost:1/"])(
  "a redirect to %s is not followed: nothing but the receiver is ever dialled",
  async (location) => {
    receiver.answer = () => ({ status: 307, headers: { location } });
    const own = `127.0.0.1:${receiver.port}`;
    const dialler = new Dialler(clock, networkOf([]));
    const send = createWebhookSender({ dialler, clock, allowPrivate: new Set([own]) });
    const outcome = await send(
      { configuration: { kind: "webhook", url: receiver.url }, signingSecrets: [] },
      message(),
      never,
    );
    expect(outcome).toMatchObject({ kind: "failed", httpStatus: 307 });
    expect(dialled).toEqual([{ address: "127.0.0.1", port: receiver.port, tls: undefined }]);
    expect(resolved).toEqual([]);
    expect(receiver.requests).toHaveLength(1);
  },
);

test("proxies of the environment are not used", async () => {
  const before = process.env.HTTP_PROXY;
  process.env.HTTP_PROXY = "http://127.0.0.1:1";
  try {
    expect((await post(receiver.url, undefined, true)).status).toBe(204);
  } finally {
    if (before === undefined) delete process.env.HTTP_PROXY;
    else process.env.HTTP_PROXY = before;
  }
});

test("a receiver that stays silent, and a name that is never resolved, end at the limit", async () => {
  receiver.answer = () => undefined;
  const arrived = receiver.nextRequest();
  const silent = post(receiver.url, undefined, true);
  await arrived;
  const unresolved = post("http://hooks.example/", { ...networkOf([]), resolve: () => new Promise(() => {}) });
  clock.advance(POST_LIMIT_MS);
  await expect(silent).rejects.toMatchObject({ code: "webhook.timeout" });
  await expect(unresolved).rejects.toMatchObject({ code: "webhook.timeout" });
});

test("an answer without an end is cut, and its connection closed", async () => {
  const closed = Promise.withResolvers<void>();
  const server = createHttpServer((_request, response) => {
    const pour = () => response.write("x".repeat(MAX_ANSWER_BYTES));
    response.on("drain", pour).on("close", closed.resolve);
    pour();
  });
  const answer = await post(`http://127.0.0.1:${await listen(server)}/`, undefined, true);
  expect(answer).toMatchObject({ status: 200, body: "x".repeat(MAX_ANSWER_BYTES) });
  await closed.promise;
  await close(server);
});

test.each([
  ["stalls", (_socket: Socket) => clock.advance(POST_LIMIT_MS)],
  ["breaks off", (socket: Socket) => socket.destroy()],
])("an answer that %s after its status is one: what was taken is not sent again", async (_what, interfere) => {
  const server = createHttpServer((_request, response) =>
    response.writeHead(200, { "content-length": 10 }).write("half"),
  );
  const port = await listen(server);
  const half = Promise.withResolvers<Socket>();
  const connect = () => {
    const socket = connectPlain({ host: "127.0.0.1", port });
    return socket.on("data", () => half.resolve(socket));
  };
  const answer = post(`http://127.0.0.1:${port}/`, { ...networkOf([]), connect }, true);
  interfere(await half.promise);
  expect(await answer).toMatchObject({ status: 200, body: "half" });
  await close(server);
});

test.each([
  ["changes to another protocol", "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"],
  ["says nothing and closes", ""],
])("a receiver that %s has not taken it, and is not waited for", async (_what, words) => {
  const server = createPlainServer((socket) => socket.once("data", () => socket.end(words)));
  const port = await listen(server);
  const send = createWebhookSender({ dialler: new Dialler(clock), clock, allowPrivate: "any" });
  const channel = { kind: "webhook", url: `http://127.0.0.1:${port}/` } as const;
  const sending = send({ configuration: channel, signingSecrets: [] }, message(), never);
  const outcome = await sending.catch((error: Error) => ({ kind: "failed", error: error.message }));
  expect(outcome.kind).toBe("failed");
  await new Promise((resolve) => server.close(resolve));
});

test("what a name leads to is told to nobody who may not know it", async () => {
  const refusal = await post("https://hooks.example/", networkOf(["10.20.30.40"])).catch((error: Error) => error);
  expect(JSON.stringify(refusal) + String(refusal)).not.toContain("10.20.30.40");
});

test("a certificate that nobody trusts ends the connection; a trusted one of the name does not", async () => {
  const server = createHttpsServer({ cert: TEST_CERTIFICATE, key: TEST_KEY }, (_request, response) => response.end());
  const url = `https://localhost:${await listen(server)}/`;
  const trusted = getCACertificates("default");
  await expect(post(url, undefined, true)).rejects.toThrow(/self-signed/);
  setDefaultCACertificates([...trusted, TEST_CERTIFICATE]);
  try {
    expect((await post(url, undefined, true)).status).toBe(200);
    const elsewhere = { ...SYSTEM_NETWORK, resolve: async () => ["127.0.0.1"] };
    await expect(post(url.replace("localhost", "hooks.example"), elsewhere, true)).rejects.toThrow(/hooks\.example/);
  } finally {
    setDefaultCACertificates(trusted);
    await close(server);
  }
});

function message() {
  return { id: "m", subject: "s", text: "t", entries: [entry()], noticeCount: 1, isDigest: false, note: undefined };
}

function entry() {
  return {
    noticeId: "n",
    alertId: "a",
    event: "fired",
    severity: "major" as const,
    siteId: null,
    ruleId: null,
    deviceId: null,
    title: "t",
    message: "m",
    occurredAtMicros: 0,
    data: {},
  };
}

async function listen(server: PlainServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
