import type { Clock } from "../../platform/clock.ts";
import type { Senders } from "../channel.ts";
import type { AllowPrivate } from "./allow-private.ts";
import { Dialler, type Network } from "./dialler.ts";
import { createEmailSender, type EmailSenderOptions } from "./email-sender.ts";
import { createSmsSender, type SmsSenderOptions } from "./sms-sender.ts";
import { createWebhookSender } from "./webhook-sender.ts";

/** How this installation sends; what is undefined it cannot. */
export interface SenderSettings {
  readonly allowPrivate: AllowPrivate;
  readonly email: EmailSenderOptions | undefined;
  readonly sms: Pick<SmsSenderOptions, "smsUrl" | "from"> | undefined;
}

export function createSenders({ allowPrivate, email, sms }: SenderSettings, clock: Clock, network?: Network): Senders {
  const dialler = new Dialler(clock, network);
  return {
    webhook: createWebhookSender({ dialler, clock, allowPrivate }),
    email: email && createEmailSender(email),
    sms: sms && createSmsSender({ ...sms, dialler, clock }),
  };
}
