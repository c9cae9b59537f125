import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MAX_SYSTEM_LOOKUPS, NameResolution } from "./name-resolution.ts";

const THREADS = 4;
const never = new AbortController().signal;
let nameServer: Socket;
let names: NameResolution;
let asked: Set<string>;
/** Undefined: it stays silent. */
let answer: (query: Buffer) => Buffer | undefined;
let onQuery: () => void;

beforeEach(async () => {
  asked = new Set();
  answer = () => undefined;
  onQuery = () => {};
  nameServer = createSocket("udp4");
  nameServer.on("message", (query, from) => {
    asked.add(nameIn(query));
    onQuery();
    const reply = answer(query);
    if (reply !== undefined) nameServer.send(reply, from.port, from.address);
  });
  nameServer.bind(0, "127.0.0.1");
  await once(nameServer, "listening");
  names = new NameResolution([`127.0.0.1:${nameServer.address().port}`]);
});
afterEach(() => nameServer.close());

const A = 1;
const HEADER_BYTES = 12;

/** The question of a query: its labels, each with its length before it, then type and class (RFC 1035, section 4.1.2). */
function nameIn(query: Buffer): string {
  const labels: string[] = [];
  for (let at = HEADER_BYTES; query[at] !== 0; at += query[at]! + 1) {
    labels.push(query.toString("latin1", at + 1, at + 1 + query[at]!));
  }
  return labels.join(".");
}

function reply(query: Buffer, code: number, addresses: readonly string[]): Buffer {
  const end = query.indexOf(0, HEADER_BYTES) + 5;
  const isA = query.readUInt16BE(end - 4) === A;
  const records = (isA ? addresses : []).map((address) =>
    Buffer.from([0xc0, HEADER_BYTES, 0, A, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split(".").map(Number)]),
  );
  const header = Buffer.from([query[0]!, query[1]!, 0x81, 0x80 + code, 0, 1, 0, records.length, 0, 0, 0, 0]);
  return Buffer.concat([header, query.subarray(HEADER_BYTES, end), ...records]);
}

test("a stranger's name has the addresses that the DNS says", async () => {
  answer = (query) => reply(query, 0, ["93.184.216.34", "1.1.1.1"]);
  const found = await names.resolve({ hostname: "hooks.example", isOwn: false, signal: never });
  expect([...found].sort()).toEqual(["1.1.1.1", "93.184.216.34"]);
});

test("names whose name server is silent hold no thread: more are asked for at once than there are, and each can be left", async () => {
  const allAsked = Promise.withResolvers<void>();
  const hostnames = Array.from({ length: 2 * THREADS }, (_, index) => `silent${index}.example`);
  onQuery = () => asked.size === hostnames.length && allAsked.resolve();
  const left = new AbortController();
  const found = hostnames.map((hostname) => names.resolve({ hostname, isOwn: false, signal: left.signal }));
  await allAsked.promise;
  left.abort(new Error("nobody waits any more"));
  const outcomes = await Promise.allSettled(found);
  expect(outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason.message)).toEqual(
    hostnames.map(() => "nobody waits any more"),
  );
});

test("a name that the DNS does not know says what to do about one of the own network", async () => {
  const NXDOMAIN = 3;
  answer = (query) => reply(query, NXDOMAIN, []);
  await expect(names.resolve({ hostname: "hub.lan", isOwn: false, signal: never })).rejects.toMatchObject({
    code: "webhook.name_unknown",
    message: expect.stringContaining("SLUICE_WEBHOOK_ALLOW_PRIVATE"),
  });
});

test("a name that the installation names is the system's to find", async () => {
  expect(await names.resolve({ hostname: "localhost", isOwn: true, signal: never })).toContain("127.0.0.1");
  expect(asked.size).toBe(0);
});

test("the system looks up few names at a time; the others wait, and may leave", async () => {
  const begun: { readonly hostname: string; readonly end: (addresses: string[]) => void }[] = [];
  const slow = new NameResolution(undefined, (hostname) => {
    const { promise, resolve } = Promise.withResolvers<string[]>();
    begun.push({ hostname, end: resolve });
    return promise;
  });
  const leaving = new AbortController();
  const ask = (hostname: string, signal = never) => slow.resolve({ hostname, isOwn: true, signal });
  const first = Array.from({ length: MAX_SYSTEM_LOOKUPS }, (_, index) => ask(`first${index}.lan`));
  const left = ask("left.lan", leaving.signal);
  const last = ask("last.lan");
  leaving.abort(new Error("left"));
  await expect(left).rejects.toThrow("left");
  expect(begun.map(({ hostname }) => hostname)).toEqual(["first0.lan", "first1.lan"]);
  for (const { end } of [...begun]) end(["10.0.0.1"]);
  await Promise.all(first);
  await expect.poll(() => begun.length).toBe(MAX_SYSTEM_LOOKUPS + 1);
  begun.at(-1)!.end(["10.0.0.2"]);
  expect(await last).toEqual(["10.0.0.2"]);
  expect(begun.some(({ hostname }) => hostname === "left.lan")).toBe(false);
});
