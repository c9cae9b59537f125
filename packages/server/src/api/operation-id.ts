/** Paths whose words make no good name. */
const NAMED: Readonly<Record<string, string>> = {
  "POST /api/auth/password": "changePassword",
  "POST /api/v1/devices": "registerDevice",
  "DELETE /api/v1/devices/{uid}": "deactivateDevice",
  "POST /api/v1/devices/{uid}/token": "rotateDeviceToken",
  "GET /api/v1/devices/{uid}/latest": "getLatestValues",
  "GET /api/v1/devices/{uid}/telemetry": "getTelemetry",
  "GET /api/v1/assets/{asset}/events": "listEventsOfAsset",
  "POST /api/v1/devices/claim": "claimDevice",
  "GET /api/v1/me/sessions": "listOwnSessions",
  "GET /api/v1/zones/{zone}/hourly-averages": "getHourlyAverages",
  "DELETE /api/v1/clients/{id}": "revokeClient",
  "POST /api/v1/actuators/{id}/commands": "sendCommand",
  "GET /api/v1/actuators/{id}/why-not": "explainActuator",
  "GET /api/v1/executions/{id}/why-not": "explainExecution",
  "GET /api/v1/automation/executions/{id}/why-not": "explainAutomationExecution",
  "POST /api/v1/automation/execute": "requestExecution",
  "POST /api/v1/alerts/{id}/comments": "commentOnAlert",
  "GET /api/alerts": "listOpenAlerts",
  "GET /api/sensors/latest": "getLatestOfSensor",
  "GET /api/sensors/historical": "listHistoryOfSensor",
  "POST /api/sensors/data": "sendSensorData",
  "GET /api/readings/latest": "listLatestReadings",
  "GET /readings/latest": "listLatestReadingsAtRoot",
  "POST /api/readings": "sendReadings",
  "POST /readings": "sendReadingsAtRoot",
  "POST /api/readings/bulk": "sendReadingsInBulk",
  "POST /readings/bulk": "sendReadingsInBulkAtRoot",
  "POST /api/v1/{token}/telemetry": "sendTelemetry",
  "POST /api/v1/{token}/attributes": "sendAttributes",
  "POST /api/v2/write": "writeLines",
  "POST /write": "writeLinesAtRoot",
  "GET /healthz": "getLiveness",
  "GET /readyz": "getReadiness",
  "POST /oauth2/token": "requestToken",
  "POST /oauth2/revoke": "revokeToken",
  "GET /.well-known/oauth-authorization-server": "getAuthorizationServer",
  "GET /.well-known/jwks.json": "getSigningKeys",
  "GET /api/auth/oidc": "getSignOnSettings",
  "POST /api/auth/oidc/token": "finishSignOn",
  "GET /ping": "pingAsInflux",
  "GET /health": "getHealthAsInflux",
  "GET /query": "queryAsInflux",
  "POST /query": "postQueryAsInflux",
};

const VERBS: Readonly<Record<string, string>> = { GET: "get", PATCH: "update", PUT: "put", DELETE: "delete" };

/** What an operation answers, as far as its name shows it. */
export interface Answered {
  /** 200 with an array. */
  readonly isList: boolean;
  /** 201. */
  readonly isMade: boolean;
}

/**
 * The name of an operation, from its method and path: what a generated client calls its method. `GET /api/v1/devices` is
 * `listDevices`, `POST /api/v1/sites/{site}/stop` is `stopSite`. It changes with the path, and with nothing else.
 */
export function operationIdOf(method: string, path: string, answered: Answered): string {
  const named = NAMED[`${method} ${path}`];
  if (named !== undefined) return named;
  const segments = path.split("/").filter((part) => !["", "api", "v1", "auth"].includes(part));
  return camelCase(wordsOf(method, segments, answered)) + (path.startsWith("/api/") ? "" : "AtRoot");
}

function wordsOf(method: string, segments: readonly string[], { isList, isMade }: Answered): string[] {
  const last = segments.at(-1) ?? "root";
  if (method !== "POST") {
    const verb = method === "GET" && isList ? "list" : (VERBS[method] ?? method.toLowerCase());
    return [verb, ...subjectOf(segments)];
  }
  // What a collection is sent makes one of its things; anything else at the end of a path is the verb itself.
  if (isMade && last.endsWith("s")) return ["create", ...subjectOf([...segments, "{it}"])];
  const [verb = "", ...object] = last.split("-");
  return [verb, ...subjectOf(segments.slice(0, -1)), ...object];
}

/** sites/{site}/stops → site, stops: a word is in the singular where one of them is named. */
function subjectOf(segments: readonly string[]): string[] {
  return segments
    .flatMap((segment, index) => {
      if (segment.startsWith("{")) return [];
      return segments[index + 1]?.startsWith("{") ? singular(segment) : segment;
    })
    .flatMap((word) => word.split("-"));
}

function singular(word: string): string {
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  return word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

function camelCase(words: readonly string[]): string {
  const letters = words.map((word) => word.replaceAll(/[^A-Za-z0-9]/g, "")).filter((word) => word !== "");
  return letters.map((word, index) => (index === 0 ? word : word[0]!.toUpperCase() + word.slice(1))).join("");
}
