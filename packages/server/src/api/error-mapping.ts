import { type ErrorKind, isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import { isConnectionFailure, isTransient, isUniqueViolation, sqlStateOf } from "../platform/postgres.ts";

/** A problem document (RFC 9457). `type` is "about:blank", so `title` is the status in words; `code` tells problems apart. */
export interface Problem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly [fact: string]: unknown;
}

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Problem;
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

const STATUS_OF_KIND: Readonly<Record<Exclude<ErrorKind, "limit">, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  unavailable: 503,
  internal: 500,
};

/** Where a kind alone says too little. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  // The safety contract, clause 14: the same idempotency key with another body.
  "idempotency.mismatch": 422,
  "request.url_too_long": 414,
  // It was there, and retention has let it go.
  "telemetry.raw_gone": 410,
  "telemetry.resolution_gone": 410,
  // RFC 9110, section 13.1.1: what was to be changed is no longer as it was seen.
  "request.stale": 412,
};

const RETRY_DATABASE_MS = 1_000;

/** Anything thrown → what the caller is told. Of an unexpected error nothing but that it happened. */
export function problemOf(error: unknown): ProblemAnswer {
  const known = isSluiceError(error) ? error : (fromDatabase(error) ?? fromFastify(error));
  return known ? answer(known, statusOf(known)) : answer(unexpected(error), 500);
}

function statusOf(error: SluiceError | HttpFailure): number {
  if (error instanceof HttpFailure) return error.status;
  const own = STATUS_OF_CODE[error.code];
  if (own !== undefined) return own;
  if (error.kind === "limit") return error.retryable || error.retryAfterMs !== undefined ? 429 : 413;
  return STATUS_OF_KIND[error.kind];
}

function answer(error: SluiceError, status: number): ProblemAnswer {
  const isSecret = error.kind === "internal";
  const body: Problem = {
    ...(isSecret ? {} : error.details),
    type: "about:blank",
    title: TITLES[status] ?? "Error",
    status,
    code: error.code,
    detail: isSecret ? "Something went wrong here; it is in the log under the request id." : error.message,
  };
  return { status, headers: headersOf(error), body };
}

function headersOf(error: SluiceError): Record<string, string> {
  const headers: Record<string, string> = {};
  if (error.retryAfterMs !== undefined) headers["retry-after"] = String(Math.ceil(error.retryAfterMs / 1000));
  if (error.kind === "unauthenticated") headers["www-authenticate"] = challengeOf(error.code);
  return headers;
}

/** RFC 6750, section 3: no error code when no token was given. */
function challengeOf(code: string): string {
  return code.startsWith("auth.token_") && code !== "auth.token_missing"
    ? 'Bearer realm="sluice", error="invalid_token"'
    : 'Bearer realm="sluice"';
}

function unexpected(cause: unknown): SluiceError {
  return new SluiceError("internal", "internal", "unexpected", { cause });
}

function fromDatabase(error: unknown): SluiceError | undefined {
  const state = sqlStateOf(error);
  // Both were checked, and neither could see the other.
  if (isUniqueViolation(error, "actuator_one_safe_on")) {
    const message = "At most one member of an interlock group may have a safe state other than off.";
    return new SluiceError("conflict", "actuator.interlock_invalid", message, { cause: error });
  }
  // Class 22, data exception: a null character in a text, a number past its range.
  if (state?.startsWith("22")) {
    return new SluiceError("invalid", "request.unstorable", "A value in the request cannot be stored.", {
      cause: error,
    });
  }
  if (state === undefined ? !isSocketFailure(error) : !isTransient(error)) return undefined;
  return new SluiceError("unavailable", "database.unavailable", "The database does not answer right now.", {
    cause: error,
    retryAfterMs: RETRY_DATABASE_MS,
  });
}

/** Of errors without an SQL state only those of a socket: a message that merely says "connection" is not enough here. */
function isSocketFailure(error: unknown): boolean {
  return (
    isConnectionFailure(error) &&
    error instanceof Error &&
    ("syscall" in error || /^Connection terminated|timeout exceeded when trying to connect/.test(error.message))
  );
}

/** What Fastify itself refuses. */
class HttpFailure extends SluiceError {
  readonly status: number;

  constructor(status: number, code: string, message: string, cause: unknown) {
    super("invalid", code, message, { cause });
    this.status = status;
  }
}

const FASTIFY_CODES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "request.too_large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "request.media_type",
  FST_ERR_CTP_INVALID_JSON_BODY: "request.malformed_json",
  FST_ERR_CTP_EMPTY_JSON_BODY: "request.empty",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "request.content_length",
  FST_ERR_BAD_URL: "request.malformed_url",
};

function fromFastify(error: unknown): HttpFailure | undefined {
  if (!(error instanceof Error) || !("statusCode" in error) || typeof error.statusCode !== "number") return undefined;
  const status = error.statusCode;
  if (status < 400 || status > 499) return undefined;
  const code = "code" in error && typeof error.code === "string" ? FASTIFY_CODES[error.code] : undefined;
  if (error instanceof SyntaxError) return new HttpFailure(status, "request.malformed_json", error.message, error);
  return new HttpFailure(status, code ?? "request.refused", error.message, error);
}
