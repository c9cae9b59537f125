import { SluiceError } from "@sluice/core/errors.ts";
import { placeOf } from "../platform/address-place.ts";
import type { Clock } from "../platform/clock.ts";
import { RateCells } from "./rate-cells.ts";

/** Registrations, forgotten passwords and the like from one network, each of which makes a mail or costs a password hash. */
export const FREE_REQUESTS = 20;
export const REQUEST_INTERVAL_MS = 30_000;
/** Mails of one purpose to one address; past it none is sent, because one of the last ten minutes lies there already. */
export const FREE_MAILS = 3;
export const MAIL_INTERVAL_MS = 10 * 60_000;
const MAX_KEYS = 10_000;

/** Each has a limit of its own, so that nobody stops a link to a new password by registering its owner's address. */
export type MailPurpose = "registration" | "reset-password" | "change-email" | "invitation";

/** Limits what people who are not signed in may ask for. */
export class RequestLimits {
  readonly #networks: RateCells;
  readonly #mailboxes: RateCells;

  constructor(clock: Clock) {
    this.#networks = new RateCells(clock, { free: FREE_REQUESTS, intervalMs: REQUEST_INTERVAL_MS, maxKeys: MAX_KEYS });
    this.#mailboxes = new RateCells(clock, { free: FREE_MAILS, intervalMs: MAIL_INTERVAL_MS, maxKeys: MAX_KEYS });
  }

  /** Throws `auth.too_many_requests`. */
  request(address: string): void {
    const retryAfterMs = this.#networks.take(placeOf(address));
    if (retryAfterMs === 0) return;
    const message = "Too many requests of this kind from this address.";
    throw new SluiceError("limit", "auth.too_many_requests", message, { retryable: true, retryAfterMs });
  }

  /** Whether another mail may go to the address now. Never an error: others could see by it what is sent, and stop it. */
  mayMail(purpose: MailPurpose, email: string): boolean {
    return this.#mailboxes.take(`${purpose} ${email.toLowerCase()}`) === 0;
  }
}
