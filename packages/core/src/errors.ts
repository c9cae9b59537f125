/**
 * The errors a user can meet. `code` is stable and grouped ("reading.time_ahead"); `kind` says what sort of failure it is,
 * and the edges (HTTP, MQTT, command line) translate it. A programmer's error is an assertion, not one of these.
 */
export type ErrorKind =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "limit"
  | "unavailable"
  | "internal";

export interface ErrorOptions {
  readonly cause?: unknown;
  /** True when the same request may succeed later without being changed. */
  readonly retryable?: boolean;
  /** When a retry makes sense, in milliseconds from now. */
  readonly retryAfterMs?: number;
  /** Further facts for the caller: the limit, the offending key, the line. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export class SluiceError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(kind: ErrorKind, code: string, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "SluiceError";
    this.kind = kind;
    this.code = code;
    this.retryable = options.retryable ?? kind === "unavailable";
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details ?? {};
  }
}

export function isSluiceError(error: unknown): error is SluiceError {
  return error instanceof SluiceError;
}
