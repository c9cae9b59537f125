/** Reads `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date. Undefined when absent, past or unreadable. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const delay = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(delay) && delay > 0 ? delay : undefined;
}
