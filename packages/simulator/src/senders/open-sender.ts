import type { Clock } from "../clock.ts";
import { httpSender, lineSender } from "./http-senders.ts";
import { MqttSender } from "./mqtt-sender.ts";
import type { ReadingSender } from "./reading-sender.ts";

export type Via = "mqtt" | "http" | "line";

export interface Endpoints {
  readonly serverUrl: string;
  readonly mqttUrl: string;
}

/** The way one device sends with its own token. Not started yet. */
export function openSender(via: Via, endpoints: Endpoints, uid: string, token: string, clock: Clock): ReadingSender {
  const { serverUrl, mqttUrl } = endpoints;
  if (via === "mqtt") return new MqttSender({ url: mqttUrl, uid, token }, clock);
  const identity = { serverUrl, uid, token };
  return via === "http" ? httpSender(identity, clock) : lineSender(identity, clock);
}
