import { readFileSync } from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";
import { SluiceError } from "@sluice/core/errors.ts";
import type { HttpConfig } from "./config/http-config.ts";
import { nearest } from "./config/nearest.ts";
import { type NotificationConfig, notificationConfig } from "./config/notification-config.ts";
import { type ObjectStoreConfig, objectStoreConfig } from "./config/object-store-config.ts";
import { type SignOnConfig, signOnConfig } from "./config/sign-on-config.ts";
import {
  type LogLevel,
  NOT_OURS,
  NOT_SUPPORTED_YET,
  type Role,
  VARIABLES,
  type Variable,
  type VariableName,
} from "./config/variables.ts";

export { LOG_LEVELS, type LogLevel, ROLES, type Role, type VariableName } from "./config/variables.ts";

/** Everything that can be set from outside, checked and with its units. Read once, at start. */
export interface Config {
  /** Absolute. */
  readonly home: string;
  /** Undefined: the embedded PostgreSQL under `home`. */
  readonly databaseUrl: string | undefined;
  /** By default a folder under `home`. */
  readonly objectStore: ObjectStoreConfig;
  /**
   * False where the database is an outside one and nobody said where files belong: they would be apart from it and from its
   * backups, in a folder that may be thrown away, or is another on each machine. Readings stay in the database then.
   */
  readonly settlesReadings: boolean;
  readonly host: string;
  /** Ports: 0 lets the system choose. */
  readonly httpPort: number;
  readonly mqttPort: number;
  /** How the world reaches us; undefined: by host and port. */
  readonly publicUrl: string | undefined;
  readonly roles: ReadonlySet<Role>;
  /** "open": anybody may make an account, which is an operator's once it is confirmed. */
  readonly registration: "closed" | "open";
  readonly administrator: { readonly email: string; readonly password: string | undefined };
  /** Undefined: generated into `home`. */
  readonly secret: string | undefined;
  readonly logLevel: LogLevel;
  readonly http: HttpConfig;
  /** Undefined: no encrypted MQTT. */
  readonly mqtts: MqttsConfig | undefined;
  readonly notifications: NotificationConfig;
  /** Undefined: people sign in with passwords alone. */
  readonly singleSignOn: SignOnConfig | undefined;
}

export interface MqttsConfig {
  readonly port: number;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Authority that signs client certificates. */
  readonly authorityFile: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ReadConfigOptions {
  /** A file of `NAME=value` lines; the environment wins over it. Not there is fine. */
  readonly envFile?: string;
  /** Fallbacks other than the usual ones, as a command wants them: `demo` listens on 127.0.0.1 alone. */
  readonly defaults?: Partial<Record<VariableName, string>>;
  /** What the command line said, which wins over everything. */
  readonly overrides?: Partial<Record<VariableName, string>>;
}

const DEFAULT_MQTTS_PORT = 8883;

/** Throws one `config.invalid` that names every problem (`details.problems`). This is the only reader of the environment. */
export function readConfig(environment: Environment = process.env, options: ReadConfigOptions = {}): Config {
  const given = { ...readEnvFile(options.envFile ?? ".env"), ...withoutBlanks(environment), ...options.overrides };
  const problems = unknownVariables(given);

  function value<N extends VariableName>(name: N): ValueOf<N> {
    const variable = VARIABLES[name] as Variable<ValueOf<N>>;
    const text = given[name] ?? options.defaults?.[name] ?? variable.fallback;
    try {
      // A variable that is unset and has no fallback is undefined; its type says so.
      return text === undefined ? (undefined as ValueOf<N>) : variable.parse(text);
    } catch (error) {
      problems.push(`${name} ${(error as Error).message}`);
      return undefined as ValueOf<N>;
    }
  }

  const home = path.resolve(value("SLUICE_HOME") ?? "");
  const config: Config = {
    home,
    objectStore: objectStoreConfig(value("SLUICE_OBJECT_STORE"), home),
    databaseUrl: value("SLUICE_DATABASE_URL"),
    settlesReadings: given.SLUICE_DATABASE_URL === undefined || given.SLUICE_OBJECT_STORE !== undefined,
    host: value("SLUICE_HOST")!,
    httpPort: value("SLUICE_HTTP_PORT")!,
    mqttPort: value("SLUICE_MQTT_PORT")!,
    publicUrl: value("SLUICE_PUBLIC_URL"),
    roles: value("SLUICE_ROLES")!,
    registration: value("SLUICE_REGISTRATION")!,
    administrator: { email: value("SLUICE_ADMIN_EMAIL")!, password: value("SLUICE_ADMIN_PASSWORD") },
    secret: value("SLUICE_SECRET"),
    logLevel: value("SLUICE_LOG_LEVEL")!,
    http: {
      trustedProxies: value("SLUICE_TRUST_PROXY")!,
      corsOrigins: value("SLUICE_CORS_ORIGINS")!,
      logsAccess: value("SLUICE_ACCESS_LOG")!,
      metricsAccess: value("SLUICE_METRICS")!,
      rateLimits: { user: value("SLUICE_RATE_LIMIT_USER"), address: value("SLUICE_RATE_LIMIT_ADDRESS") },
      drainMs: value("SLUICE_DRAIN_SECONDS")!,
    },
    mqtts: mqtts({
      port: value("SLUICE_MQTTS_PORT"),
      certificateFile: value("SLUICE_TLS_CERT"),
      keyFile: value("SLUICE_TLS_KEY"),
      authorityFile: value("SLUICE_TLS_CA"),
    }),
    singleSignOn: signOnConfig(
      {
        isNamed: Object.keys(given).some((name) => name.startsWith("SLUICE_OIDC_")),
        issuer: value("SLUICE_OIDC_ISSUER"),
        clientId: value("SLUICE_OIDC_CLIENT_ID"),
        clientSecret: value("SLUICE_OIDC_CLIENT_SECRET"),
        scopes: value("SLUICE_OIDC_SCOPES"),
        rolesClaim: value("SLUICE_OIDC_ROLES_CLAIM"),
        defaultRole: value("SLUICE_OIDC_DEFAULT_ROLE"),
        allowInsecure: value("SLUICE_OIDC_ALLOW_INSECURE"),
      },
      problems,
    ),
    notifications: notificationConfig(
      {
        allowPrivate: value("SLUICE_WEBHOOK_ALLOW_PRIVATE"),
        smtpUrl: value("SLUICE_SMTP_URL"),
        smtpFrom: value("SLUICE_SMTP_FROM"),
        smsUrl: value("SLUICE_SMS_URL"),
        smsFrom: value("SLUICE_SMS_FROM"),
      },
      problems,
    ),
  };
  if (!given.SLUICE_TLS_CERT !== !given.SLUICE_TLS_KEY) {
    problems.push("SLUICE_TLS_CERT and SLUICE_TLS_KEY belong together: set both or neither");
  } else if (!given.SLUICE_TLS_CERT && (given.SLUICE_MQTTS_PORT || given.SLUICE_TLS_CA)) {
    problems.push("SLUICE_MQTTS_PORT and SLUICE_TLS_CA need SLUICE_TLS_CERT and SLUICE_TLS_KEY");
  }
  if (problems.length > 0) throw invalid(problems);
  return config;
}

type ValueOf<N extends VariableName> = ReturnType<(typeof VARIABLES)[N]["parse"]> | undefined;

function mqtts(given: Partial<MqttsConfig>): MqttsConfig | undefined {
  const { port = DEFAULT_MQTTS_PORT, certificateFile, keyFile, authorityFile } = given;
  return certificateFile && keyFile ? { port, certificateFile, keyFile, authorityFile } : undefined;
}

function readEnvFile(file: string): Environment {
  try {
    return withoutBlanks(parseEnv(readFileSync(file, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw invalid([`the file ${path.resolve(file)} cannot be read: ${(error as Error).message}`]);
  }
}

/** `NAME=` means the same as no such line, as it does in a compose file. */
function withoutBlanks(environment: Environment): Record<string, string> {
  const ours = Object.entries(environment).filter(([name, text]) => name.startsWith("SLUICE_") && text !== "");
  return Object.fromEntries(ours) as Record<string, string>;
}

function unknownVariables(given: Environment): string[] {
  const known = Object.keys(VARIABLES);
  const names = Object.keys(given).filter((name) => !known.includes(name) && !matches(NOT_OURS, name));
  return names.sort().map((name) => {
    if (matches(NOT_SUPPORTED_YET, name)) return `${name} is not supported yet: unset it`;
    const suggestion = nearest(name, known);
    return suggestion ? `${name} is unknown; did you mean ${suggestion}?` : `${name} is unknown: unset it`;
  });
}

function matches(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

function invalid(problems: readonly string[]): SluiceError {
  return new SluiceError("invalid", "config.invalid", `The configuration has problems:\n  ${problems.join("\n  ")}`, {
    details: { problems },
  });
}
