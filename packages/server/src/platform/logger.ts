import { type DestinationStream, destination, type Logger, pino } from "pino";

export type { Logger } from "pino";

const STDERR = 2;

/** Keys whose values never reach a log, at the top and one level down, and headers, which may be within a request. */
const SECRET_KEYS = [
  "password",
  "token",
  "secret",
  "authorization",
  "connectionString",
  "cookie",
  "access_token",
  "refresh_token",
  "client_secret",
];
const SECRET_HEADERS = ["authorization", "cookie", '["set-cookie"]', '["proxy-authorization"]'];

/**
 * One JSON line an event, to stderr: stdout belongs to lines that machines wait for (`{"event":"ready",…}`). Written at once:
 * the last line before a crash is the one that matters.
 */
export function createLogger(
  level: string,
  stream: DestinationStream = destination({ dest: STDERR, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      redact: [
        ...SECRET_KEYS.flatMap((key) => [key, `*.${key}`]),
        ...SECRET_HEADERS.map((name) => (name.startsWith("[") ? `*.headers${name}` : `*.headers.${name}`)),
      ],
    },
    stream,
  );
}

const MAX_CAUSES = 5;

/**
 * An error as its name, message, code, details and causes, and nothing else that hangs on it: libraries put whole clients
 * there, with connection strings inside.
 */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error);
  const { code, details, detail, constraint } = error as {
    code?: unknown;
    details?: unknown;
    detail?: unknown;
    constraint?: unknown;
  };
  const hasCause = error.cause !== undefined && depth < MAX_CAUSES;
  return {
    type: error.name,
    message: error.message,
    code,
    details: details ?? detail,
    constraint,
    stack: error.stack,
    cause: hasCause ? describeError(error.cause, depth + 1) : undefined,
  };
}
