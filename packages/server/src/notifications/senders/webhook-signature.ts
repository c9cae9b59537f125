import { createHmac } from "node:crypto";
import { SluiceError } from "@sluice/core/errors.ts";

/** Signing secrets of Standard Webhooks 1.0 (standardwebhooks.com): "whsec_" and base64 of 24 to 64 bytes. */
const PREFIX = "whsec_";
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** Of a message as it is sent. While secrets rotate there is a signature a secret, and one that fits is enough. */
export function signWebhook(
  secrets: readonly string[],
  message: { readonly id: string; readonly timestampS: number; readonly body: string },
): Readonly<Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>> {
  const { id, timestampS, body } = message;
  const signatures = secrets.map((secret) => {
    const signature = createHmac("sha256", secretBytes(secret)).update(`${id}.${timestampS}.${body}`).digest("base64");
    return `v1,${signature}`;
  });
  return { "webhook-id": id, "webhook-timestamp": String(timestampS), "webhook-signature": signatures.join(" ") };
}

/** Throws `channel.secret_invalid` for what is no signing secret. The text itself is never repeated. */
export function assertSigningSecret(secret: string): void {
  const bytes = secret.startsWith(PREFIX) ? secretBytes(secret) : Buffer.alloc(0);
  const isBase64 = bytes.toString("base64").replace(/=+$/, "") === secret.slice(PREFIX.length).replace(/=+$/, "");
  if (isBase64 && bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES) return;
  throw new SluiceError(
    "invalid",
    "channel.secret_invalid",
    `A signing secret is "${PREFIX}" and base64 of ${MIN_BYTES} to ${MAX_BYTES} bytes. Leave it out to have one made.`,
  );
}

function secretBytes(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), "base64");
}
