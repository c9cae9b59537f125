import { createTransport } from "nodemailer";
import type { Outcome, OutgoingMessage, Send } from "../channel.ts";
import { untilAborted } from "./until-aborted.ts";

export interface EmailSenderOptions {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  readonly smtpUrl: string;
  readonly from: string;
}

const CONNECT_LIMIT_MS = 5_000;
const SILENCE_LIMIT_MS = 10_000;

/** Sends text and HTML by SMTP. The Message-ID is the same with every attempt: many mail programs show a repeated one once. */
export function createEmailSender({ smtpUrl, from }: EmailSenderOptions): Send {
  const transport = createTransport(
    {
      url: smtpUrl,
      connectionTimeout: CONNECT_LIMIT_MS,
      greetingTimeout: CONNECT_LIMIT_MS,
      socketTimeout: SILENCE_LIMIT_MS,
    },
    // A text of a template is a text, never a file or an address to read it from.
    { from, disableFileAccess: true, disableUrlAccess: true },
  );
  const domain = from.slice(from.lastIndexOf("@") + 1).replace(/>$/, "");
  return async ({ configuration }, message, signal) => {
    if (configuration.kind !== "email") throw new Error("an e-mail sender was given another channel");
    const sending = transport.sendMail({
      to: configuration.to.map((address) => ({ name: "", address })),
      subject: message.subject,
      text: message.text,
      html: htmlOf(message),
      ...(message.attachments && {
        attachments: message.attachments.map((one) => ({ ...one, content: Buffer.from(one.content) })),
      }),
      messageId: `<${message.id}@${domain}>`,
      headers: { "Auto-Submitted": "auto-generated" },
    });
    return untilAborted(sending.then(sent, judge), signal);
  };
}

interface SentMail {
  readonly rejected: readonly (string | { readonly address: string })[];
}

/** Sent to those that the server took; sending it again for the others would tell the first ones twice. */
function sent({ rejected }: SentMail): Outcome {
  if (rejected.length === 0) return { kind: "sent" };
  const addresses = rejected.map((one) => (typeof one === "string" ? one : one.address));
  return { kind: "sent", note: `The mail server did not take it for ${addresses.join(", ")}.` };
}

/** SMTP's own split (RFC 5321, section 4.2.1): 5xx is for good, 4xx and a broken connection are not. */
function judge(failure: { readonly responseCode?: number; readonly code?: string; readonly message: string }): Outcome {
  const isForGood = (failure.responseCode ?? 0) >= 500 && failure.code !== "EAUTH" && failure.code !== "ECONNECTION";
  return { kind: isForGood ? "refused" : "failed", error: failure.message };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function htmlOf({ subject, text }: OutgoingMessage): string {
  const inHtml = (plain: string) => plain.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
  return `<!doctype html><html><body><h3>${inHtml(subject)}</h3><pre style="font:inherit;white-space:pre-wrap">${inHtml(text)}</pre></body></html>`;
}
