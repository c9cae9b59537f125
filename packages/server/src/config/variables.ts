import { accessSync, constants } from "node:fs";
import { drainMs, METRICS_ACCESS, origins, proxies, rateLimit } from "./http-config.ts";
import { allowPrivate, mailbox, smsSender, smsService } from "./notification-config.ts";
import { objectStorePlace } from "./object-store-config.ts";
import { NEWCOMER_ROLES, scopes } from "./sign-on-config.ts";

/** One environment variable: how its text becomes a value. A parser throws an Error whose message completes "NAME …". */
export interface Variable<T> {
  readonly fallback: string | undefined;
  parse(text: string): T;
}

export const ROLES = ["gateway", "pipeline", "worker", "api"] as const;
export type Role = (typeof ROLES)[number];

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Who may make an account: whoever was invited, or anybody. */
export const REGISTRATIONS = ["closed", "open"] as const;

/** A shorter one could be guessed from what it sealed. */
export const MIN_SECRET_CHARACTERS = 16;
/** NIST SP 800-63B, 5.1.1.2: at least eight characters for a secret that a person chose. */
export const MIN_PASSWORD_CHARACTERS = 8;

const MAX_PORT = 65_535;

export const VARIABLES = {
  SLUICE_HOME: variable(".sluice", (text) => text),
  SLUICE_DATABASE_URL: variable(undefined, url("postgres:", "postgresql:")),
  SLUICE_OBJECT_STORE: variable(undefined, objectStorePlace),
  SLUICE_HOST: variable("0.0.0.0", (text) => text),
  SLUICE_HTTP_PORT: variable("8080", port),
  SLUICE_MQTT_PORT: variable("1883", port),
  SLUICE_MQTTS_PORT: variable(undefined, port),
  SLUICE_PUBLIC_URL: variable(undefined, url("http:", "https:")),
  SLUICE_ROLES: variable(ROLES.join(","), roles),
  SLUICE_ADMIN_EMAIL: variable("admin@sluice.local", email),
  SLUICE_ADMIN_PASSWORD: variable(undefined, atLeast(MIN_PASSWORD_CHARACTERS)),
  SLUICE_REGISTRATION: variable("closed", oneOf(REGISTRATIONS)),
  SLUICE_SECRET: variable(undefined, atLeast(MIN_SECRET_CHARACTERS)),
  SLUICE_LOG_LEVEL: variable("info", oneOf(LOG_LEVELS)),
  SLUICE_ACCESS_LOG: variable("false", (text) => oneOf(["true", "false"])(text) === "true"),
  SLUICE_METRICS: variable("loopback", oneOf(METRICS_ACCESS)),
  SLUICE_TRUST_PROXY: variable("", proxies),
  SLUICE_CORS_ORIGINS: variable("", origins),
  SLUICE_RATE_LIMIT_USER: variable("50/200", rateLimit),
  SLUICE_RATE_LIMIT_ADDRESS: variable("20/100", rateLimit),
  SLUICE_DRAIN_SECONDS: variable("0", drainMs),
  SLUICE_OIDC_ISSUER: variable(undefined, url("http:", "https:")),
  SLUICE_OIDC_CLIENT_ID: variable(undefined, (text) => text),
  SLUICE_OIDC_CLIENT_SECRET: variable(undefined, (text) => text),
  SLUICE_OIDC_SCOPES: variable(undefined, scopes),
  SLUICE_OIDC_ROLES_CLAIM: variable(undefined, (text) => text),
  SLUICE_OIDC_DEFAULT_ROLE: variable(undefined, oneOf(NEWCOMER_ROLES)),
  SLUICE_OIDC_ALLOW_INSECURE: variable(undefined, (text) => oneOf(["true", "false"])(text) === "true"),
  SLUICE_SMTP_URL: variable(undefined, url("smtp:", "smtps:")),
  SLUICE_SMTP_FROM: variable(undefined, mailbox),
  SLUICE_SMS_URL: variable(undefined, smsService),
  SLUICE_SMS_FROM: variable(undefined, smsSender),
  SLUICE_WEBHOOK_ALLOW_PRIVATE: variable("false", allowPrivate),
  SLUICE_TLS_CERT: variable(undefined, readableFile),
  SLUICE_TLS_KEY: variable(undefined, readableFile),
  SLUICE_TLS_CA: variable(undefined, readableFile),
};

export type VariableName = keyof typeof VARIABLES;

/** Part of the design and not built yet: better refused than silently ignored. A final * stands for anything. */
export const NOT_SUPPORTED_YET: readonly string[] = ["SLUICE_BUS_URL", "SLUICE_MQTT_URL", "SLUICE_REDIS_URL"];

/** Read by the test set-up, and none of the program's business. */
export const NOT_OURS: readonly string[] = ["SLUICE_TEST_*"];

function variable<T>(fallback: string | undefined, parse: (text: string) => T): Variable<T> {
  return { fallback, parse };
}

function port(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > MAX_PORT) {
    throw new Error(`must be a port from 0 (any free one) to ${MAX_PORT}, not "${text}"`);
  }
  return number;
}

/** The text itself is never repeated: it may hold a password. */
function url(...protocols: readonly string[]): (text: string) => string {
  return (text) => {
    if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) {
      throw new Error(`must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`);
    }
    return text;
  };
}

function roles(text: string): ReadonlySet<Role> {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  for (const name of names) {
    if (!isOneOf(ROLES, name)) throw new Error(`names the role "${name}"; the roles are ${ROLES.join(", ")}`);
  }
  if (names.length === 0) throw new Error(`names no role; the roles are ${ROLES.join(", ")}`);
  return new Set(names as Role[]);
}

function email(text: string): string {
  if (!/^[^\s@]+@[^\s@]+$/.test(text)) throw new Error(`must be an e-mail address, not "${text}"`);
  return text;
}

function atLeast(characters: number): (text: string) => string {
  return (text) => {
    if ([...text].length < characters) throw new Error(`must have at least ${characters} characters`);
    return text;
  };
}

function oneOf<T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => {
    if (!isOneOf(values, text)) throw new Error(`must be one of ${values.join(", ")}, not "${text}"`);
    return text;
  };
}

function isOneOf<T extends string>(values: readonly T[], text: string): text is T {
  return (values as readonly string[]).includes(text);
}

function readableFile(text: string): string {
  try {
    accessSync(text, constants.R_OK);
    return text;
  } catch (error) {
    throw new Error(`names a file that cannot be read (${(error as NodeJS.ErrnoException).code}): ${text}`);
  }
}
