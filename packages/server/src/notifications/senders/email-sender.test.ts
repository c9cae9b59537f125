import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, expect, test } from "vitest";
import type { OutgoingMessage } from "../channel.ts";
import { createEmailSender } from "./email-sender.ts";

interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
}

const never = new AbortController().signal;
let server: SMTPServer | undefined;
let mails: ReceivedMail[] = [];
afterEach(async () => {
  await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(resolve)));
  server = undefined;
  mails = [];
});

/** A real mail server, which takes everything unless it is told otherwise. */
async function startServer(options: SMTPServerOptions = {}): Promise<string> {
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
    ...options,
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
}

const TARGET = {
  configuration: { kind: "email", to: ["ada@example.org", "ben@example.org"] },
  signingSecrets: [],
} as const;

function message(fields: Partial<OutgoingMessage> = {}): OutgoingMessage {
  const id = "5b1ab0c1-7d29-4a1a-a5ff-1f4bd6b3b6a0";
  return {
    id,
    subject: "Oxygen",
    text: "3.1 mg/l",
    entries: [],
    noticeCount: 1,
    isDigest: false,
    note: undefined,
    ...fields,
  };
}

function sendTo(smtpUrl: string, fields: Partial<OutgoingMessage> = {}) {
  return createEmailSender({ smtpUrl, from: "Sluice <ops@farm.example>" })(TARGET, message(fields), never);
}

const rejection = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });

test("a mail has text and HTML, and the same Message-ID with every attempt", async () => {
  const url = await startServer();
  expect(await sendTo(url, { subject: "Sauerstoff <niedrig>", text: "pond <3> & all" })).toEqual({ kind: "sent" });
  await sendTo(url);
  expect(mails.map(({ from, to }) => ({ from, to }))).toEqual(
    Array(2).fill({ from: "ops@farm.example", to: ["ada@example.org", "ben@example.org"] }),
  );
  // Without the line breaks of quoted-printable.
  const [first, second] = mails.map(({ source }) => source.replaceAll("=\r\n", ""));
  expect(first).toContain("Content-Type: text/plain");
  expect(first).toContain("Content-Type: text/html");
  expect(first).toContain("pond &lt;3&gt; &amp; all");
  for (const source of [first, second]) {
    expect(source).toContain("Message-ID: <5b1ab0c1-7d29-4a1a-a5ff-1f4bd6b3b6a0@farm.example>");
  }
});

test("nothing that a subject says becomes a header", async () => {
  const url = await startServer();
  await sendTo(url, { subject: "Low\r\nBcc: all@example.org\r\n\r\nhello" });
  const headers = mails[0]!.source.split("\r\n\r\n")[0]!;
  expect(headers).not.toMatch(/^Bcc:/m);
  expect(mails[0]!.to).toEqual(["ada@example.org", "ben@example.org"]);
});

test("credentials of the URL are used", async () => {
  const signedIn: unknown[] = [];
  const url = await startServer({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      signedIn.push({ username, password });
      done(null, { user: username });
    },
  });
  expect(await sendTo(url.replace("//", "//sluice:p%40ss@"))).toEqual({ kind: "sent" });
  expect(signedIn).toEqual([{ username: "sluice", password: "p@ss" }]);
});

test.each([
  [451, "try later", "failed"],
  [550, "no such user", "refused"],
] as const)("a %i is %s: %s", async (code, text, kind) => {
  const url = await startServer({ onRcptTo: (_address, _session, done) => done(rejection(code, text)) });
  expect(await sendTo(url)).toMatchObject({ kind, error: expect.stringContaining(text) });
});

test("sent to one of two is sent, and says to whom it was not", async () => {
  const url = await startServer({
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith("ben") ? done(rejection(550, "no such user")) : done(),
  });
  expect(await sendTo(url)).toEqual({ kind: "sent", note: "The mail server did not take it for ben@example.org." });
  expect(mails.map(({ to }) => to)).toEqual([["ada@example.org"]]);
});

test("wrong credentials and a server that is not there are the channel's trouble", async () => {
  const url = await startServer({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) => done(rejection(535, "wrong")),
  });
  expect(await sendTo(url.replace("//", "//sluice:wrong@"))).toMatchObject({ kind: "failed" });
  expect(await sendTo("smtp://127.0.0.1:1")).toMatchObject({
    kind: "failed",
    error: expect.stringContaining("ECONNREFUSED"),
  });
});
