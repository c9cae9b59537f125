import { SluiceError } from "@sluice/core/errors.ts";
import type { Clock } from "../clock.ts";
import type { HttpAnswer } from "./http-client.ts";

const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 5_000;
/** A server that takes nothing for this long is given up. */
export const GIVE_UP_AFTER_MS = 120_000;

/**
 * Repeats a request until the server takes or refuses it: a lost connection and a busy server are tried again, after what
 * `Retry-After` says or a growing delay. Sending twice is harmless: one device's one time is stored once.
 */
export async function untilTaken(
  send: () => Promise<HttpAnswer>,
  clock: Clock,
  isStopped: () => boolean,
): Promise<HttpAnswer> {
  const startMs = clock.monotonicMs();
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(MAX_DELAY_MS, delayMs * 2)) {
    const outcome = await send().catch((error: unknown) => error as SluiceError);
    if (!(outcome instanceof Error) && !isBusy(outcome.status)) return outcome;
    if (isStopped() || clock.monotonicMs() - startMs > GIVE_UP_AFTER_MS) throw toError(outcome);
    await delay(clock, outcome instanceof Error ? delayMs : (retryAfterMs(outcome) ?? delayMs));
  }
}

export function delay(clock: Clock, durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(durationMs, resolve);
  });
}

/** Too many requests, and the three answers of a server or proxy that will be back. 500 is a fault that stays. */
function isBusy(status: number): boolean {
  return status === 429 || (status >= 502 && status <= 504);
}

function retryAfterMs(answer: HttpAnswer): number | undefined {
  const seconds = Number(answer.headers["retry-after"]);
  return Number.isFinite(seconds) ? Math.min(GIVE_UP_AFTER_MS, seconds * 1000) : undefined;
}

function toError(outcome: HttpAnswer | Error): Error {
  if (outcome instanceof Error) return outcome;
  return refusal(outcome);
}

/** The server's own words: the problem document's detail or title, else the start of what it said. */
export function refusal({ status, text }: HttpAnswer): SluiceError {
  const kind =
    status === 401 ? "unauthenticated" : status === 403 ? "forbidden" : status >= 500 ? "unavailable" : "invalid";
  return new SluiceError(kind, "http.refused", `The server answered ${status}: ${reasonIn(text)}`, {
    details: { status },
  });
}

function reasonIn(text: string): string {
  try {
    const { detail, title, error, message } = JSON.parse(text) as Record<string, unknown>;
    const reason = [detail, title, message, error].find((part) => typeof part === "string");
    if (reason !== undefined) return String(reason);
  } catch {
    // Not JSON: say what came.
  }
  return text.slice(0, 200).trim() || "(empty)";
}
