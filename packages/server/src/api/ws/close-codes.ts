/** Why the server ends a connection; the numbers that a program may choose begin at 4000 (RFC 6455, section 7.4.2). */
export const CLOSE_CODES = {
  goingAway: 1001,
  badMessage: 4400,
  unauthenticated: 4401,
  forbidden: 4403,
  noToken: 4408,
  tooSlow: 4410,
  tooMany: 4429,
} as const;
export type CloseReason = keyof typeof CLOSE_CODES;

/** RFC 6455, section 5.5: a close frame's reason has room for so many bytes. */
const MAX_REASON_BYTES = 123;

/** Of an error that answers with this status over HTTP. */
export function closeCodeOf(status: number): CloseReason {
  if (status >= 500) return "goingAway";
  if (status === 401) return "unauthenticated";
  if (status === 403) return "forbidden";
  return status === 429 ? "tooMany" : "badMessage";
}

/** As much of it as a close frame holds. */
export function cut(reason: string): string {
  const bytes = Buffer.from(reason);
  return bytes.length <= MAX_REASON_BYTES
    ? reason
    : bytes
        .subarray(0, MAX_REASON_BYTES - 3)
        .toString()
        .replace(/\uFFFD$/, "");
}
