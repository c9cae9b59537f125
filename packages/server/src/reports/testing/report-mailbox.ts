import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { composeReportMailWorker } from "../../compose-reports.ts";
import { createSenders } from "../../notifications/index.ts";
import type { Reports } from "../reports.ts";

export interface ReceivedReport {
  readonly to: string;
  readonly messageId: string;
  readonly source: string;
  /** Of the attachment. */
  readonly pdf: Buffer;
}

/** A real mail server, and the reports that it has taken. */
export class ReportMailbox {
  readonly mails: ReceivedReport[] = [];
  /** What it answers to whoever names a recipient; undefined: it takes the mail. */
  rejection: { readonly responseCode: number; readonly message: string } | undefined;
  /** Never answers to a mail's last line, so that its sender does not know what became of it. */
  isSilent = false;
  /** Mails that came to their last line, taken or not. */
  heard = 0;
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
          this.heard++;
          if (this.isSilent) return;
          this.mails.push(read(session.envelope.rcptTo[0]!.address, Buffer.concat(chunks).toString()));
          done();
        });
      },
    });
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`;
  }

  static async open(): Promise<ReportMailbox> {
    const mailbox = new ReportMailbox();
    // A sender that was killed breaks its connection off.
    mailbox.#server.on("error", () => {});
    await new Promise<void>((resolve) => mailbox.#server.listen(0, "127.0.0.1", resolve));
    return mailbox;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(resolve));
  }

  /** Sends everything that is due now, by the worker that the composition root makes. */
  async deliver(reports: Reports): Promise<void> {
    const email = { smtpUrl: this.url, from: "Sluice <ops@water.example>" };
    const senders = createSenders({ allowPrivate: "any", email, sms: undefined }, reports.clock);
    const worker = composeReportMailWorker(reports, senders);
    worker.start();
    await worker.settled();
    await worker.stop();
  }
}

/** RFC 2046: the attachment is the part of its type, in base64. */
function read(to: string, source: string): ReceivedReport {
  const messageId = /^Message-ID: (.*)$/im.exec(source)?.[1] ?? "";
  const part = /Content-Type: application\/pdf[\s\S]*?\r?\n\r?\n([A-Za-z0-9+/=\r\n]+)/.exec(source)?.[1] ?? "";
  return { to, messageId, source, pdf: Buffer.from(part, "base64") };
}
