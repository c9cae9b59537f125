import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { composeMailWorker } from "../../compose-accounts.ts";
import { createSenders } from "../../notifications/index.ts";
import { createLogger } from "../../platform/logger.ts";
import type { Accounts } from "../accounts.ts";
import type { AccountMailWorker } from "../mail/mail-worker.ts";

export interface ReceivedMail {
  readonly to: string;
  readonly messageId: string;
  readonly subject: string;
  /** Without the encoding of its transfer. */
  readonly text: string;
}

/** A real mail server, and what it has taken. */
export class TestMailbox {
  readonly mails: ReceivedMail[] = [];
  /** What it answers to whoever names a recipient; undefined: it takes the mail. */
  rejection: { readonly responseCode: number; readonly message: string } | undefined;
  readonly #server: SMTPServer;

  private constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onRcptTo: (_address, _session, done) =>
        done(this.rejection && Object.assign(new Error(this.rejection.message), this.rejection)),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          const [to] = session.envelope.rcptTo;
          this.mails.push(read(to!.address, Buffer.concat(chunks).toString()));
          done();
        });
      },
    });
  }

  static async open(): Promise<TestMailbox> {
    const mailbox = new TestMailbox();
    await new Promise<void>((resolve) => mailbox.#server.listen(0, "127.0.0.1", resolve));
    return mailbox;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(resolve));
  }

  /** The worker that the composition root makes, sending here. */
  workerOf(accounts: Accounts): AccountMailWorker {
    const { port } = this.#server.server.address() as AddressInfo;
    const email = { smtpUrl: `smtp://127.0.0.1:${port}`, from: "Sluice <ops@farm.example>" };
    const senders = createSenders({ allowPrivate: "any", email, sms: undefined }, accounts.clock);
    return composeMailWorker(accounts, senders, createLogger("silent"));
  }

  /** Sends everything that is due now. */
  async deliver(accounts: Accounts): Promise<void> {
    const worker = this.workerOf(accounts);
    worker.start();
    await worker.settled();
    await worker.stop();
  }

  /** What the newest mail to the address leads to: what stands behind "=" in its link. */
  secretFor(to: string): string {
    const mail = this.mails.findLast((candidate) => candidate.to === to);
    const secret = /#[a-z-]+=(sla_[\w-]+)/.exec(mail?.text ?? "")?.[1];
    if (secret === undefined) throw new Error(`no mail with a link to ${to}; there are ${JSON.stringify(this.mails)}`);
    return secret;
  }
}

function read(to: string, source: string): ReceivedMail {
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, "im").exec(source)?.[1] ?? "";
  return { to, messageId: header("Message-ID"), subject: decodeWord(header("Subject")), text: decode(source) };
}

/** Quoted-printable (RFC 2045, section 6.7). */
function decode(source: string): string {
  const bytes = source.replaceAll(/=\r?\n/g, "").replaceAll(/=([0-9A-F]{2})/g, (_match, hex: string) => {
    return String.fromCharCode(Number.parseInt(hex, 16));
  });
  return Buffer.from(bytes, "latin1").toString();
}

function decodeWord(text: string): string {
  return text.replace(/^=\?UTF-8\?Q\?(.*)\?=$/i, (_match, word: string) => decode(word.replaceAll("_", " ")));
}
