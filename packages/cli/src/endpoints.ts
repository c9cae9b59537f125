import type { Endpoints } from "@sluice/simulator/senders/open-sender.ts";
import type { OptionSpec } from "./command.ts";
import type { Invocation } from "./parse-arguments.ts";

const DEFAULT_SERVER = "http://localhost:8080";
const DEFAULT_MQTT = "mqtt://localhost:1883";

/** Where the server is, for every command that talks to one over the network. */
export const ENDPOINT_OPTIONS = {
  server: { kind: "text", value: "URL", help: `the server (${DEFAULT_SERVER})` },
  mqtt: { kind: "text", value: "URL", help: `its MQTT broker (${DEFAULT_MQTT})` },
} as const satisfies Record<string, OptionSpec>;

export function endpointsOf(invocation: Invocation): Endpoints {
  return {
    serverUrl: invocation.text("server") ?? DEFAULT_SERVER,
    mqttUrl: invocation.text("mqtt") ?? DEFAULT_MQTT,
  };
}
