import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "../../ingest/testing/manual-clock.ts";
import { Dialler } from "./dialler.ts";
import { createSmsSender } from "./sms-sender.ts";

const clock = new ManualClock();
let server: Server;
let requests: { path: string; authorization: string | undefined; form: Record<string, string> }[];
let answer: { status: number; body: string; headers?: Record<string, string> };

beforeEach(async () => {
  requests = [];
  answer = { status: 201, body: "{}" };
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
    requests.push({ path: request.url!, authorization: request.headers.authorization, form });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

function send(path = "", text = "3.1 mg/l") {
  const { port } = server.address() as AddressInfo;
  const smsUrl = `http://AC1:to%2Fken@127.0.0.1:${port}${path}`;
  const sender = createSmsSender({ dialler: new Dialler(clock), clock, smsUrl, from: "+15005550006" });
  const message = {
    id: "m",
    subject: "[MAJOR] Oxygen",
    text,
    entries: [],
    noticeCount: 1,
    isDigest: false,
    note: undefined,
  };
  const configuration = { kind: "sms", to: "+4915112345678" } as const;
  return sender({ configuration, signingSecrets: [] }, message, new AbortController().signal);
}

test("an SMS is posted as Twilio takes it, with account and token, in 160 characters", async () => {
  expect(await send("", "x".repeat(300))).toEqual({ kind: "sent", httpStatus: 201 });
  expect(requests[0]).toEqual({
    path: "/2010-04-01/Accounts/AC1/Messages.json",
    authorization: `Basic ${Buffer.from("AC1:to/ken").toString("base64")}`,
    form: { To: "+4915112345678", From: "+15005550006", Body: expect.stringMatching(/^\[MAJOR\] Oxygen\nx+\.\.\.$/) },
  });
  // Both brackets take the room of two.
  expect(requests[0]!.form.Body).toHaveLength(158);
});

test("a path of its own is used as it is", async () => {
  await send("/sms/out?unit=3");
  expect(requests[0]!.path).toBe("/sms/out?unit=3");
});

test.each([
  [400, '{"code":21211,"message":"no such number"}', "refused"],
  [401, "no", "failed"],
  [500, "", "failed"],
  [429, "", "limited"],
] as const)("%i is %s: %s", async (status, body, kind) => {
  answer = { status, body, headers: { "retry-after": "7" } };
  const outcome = await send();
  expect(outcome).toMatchObject({ kind, httpStatus: status, retryAfterMs: 7_000 });
  if (status === 400) expect(outcome.error).toBe("The SMS service answered 400: no such number.");
  expect(outcome.error).not.toContain("to/ken");
});
