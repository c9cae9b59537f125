/** What a device may publish: the topics of its own, in Sluice's names and in ThingsBoard's. */
export type InboundChannel =
  | "telemetry"
  | "attributes"
  | "hello"
  | "evidence"
  | "gateway-telemetry"
  | "gateway-attributes"
  | "gateway-connect"
  | "gateway-disconnect"
  | "attributes-request"
  | "rpc-request"
  /** Taken and acknowledged so that firmware works unchanged, and answered by nothing yet. */
  | "unanswered";

const NATIVE_CHANNELS: Readonly<Record<string, InboundChannel>> = {
  telemetry: "telemetry",
  attributes: "attributes",
  hello: "hello",
  evidence: "evidence",
};

const THINGSBOARD_CHANNELS: ReadonlyMap<string, InboundChannel> = new Map<string, InboundChannel>([
  ["v1/devices/me/telemetry", "telemetry"],
  ["v1/devices/me/attributes", "attributes"],
  ["v1/gateway/telemetry", "gateway-telemetry"],
  ["v1/gateway/attributes", "gateway-attributes"],
  ["v1/gateway/connect", "gateway-connect"],
  ["v1/gateway/disconnect", "gateway-disconnect"],
  ["v1/gateway/rpc", "unanswered"],
  ["v1/gateway/attributes/request", "unanswered"],
]);

const THINGSBOARD_REQUEST = /^v1\/devices\/me\/(attributes\/request|rpc\/request|rpc\/response)\/\d{1,19}$/;

const REQUEST_CHANNELS: Readonly<Record<string, InboundChannel>> = {
  "attributes/request": "attributes-request",
  "rpc/request": "rpc-request",
  "rpc/response": "unanswered",
};

/** What the device of this uid says with a topic; undefined for every topic that is not its own. */
export function inboundChannel(topic: string, uid: string): InboundChannel | undefined {
  const prefix = `devices/${uid}/`;
  if (topic.startsWith(prefix)) {
    const channel = topic.slice(prefix.length);
    return Object.hasOwn(NATIVE_CHANNELS, channel) ? NATIVE_CHANNELS[channel] : undefined;
  }
  return THINGSBOARD_CHANNELS.get(topic) ?? REQUEST_CHANNELS[THINGSBOARD_REQUEST.exec(topic)?.[1] ?? ""];
}

/** Where the answer to a request of ThingsBoard's names goes: `…/request/7` → `…/response/7`. */
export function answerTopic(requestTopic: string): string {
  return requestTopic.replace("/request/", "/response/");
}

/** The filter that whoever waits for that answer has subscribed to. */
export function answerFilter(requestTopic: string): string {
  return answerTopic(requestTopic).replace(/\d+$/, "+");
}

export function telemetryTopic(uid: string): string {
  return `devices/${uid}/telemetry`;
}

export type OutboundChannel = "command" | "config";

export function outboundTopic(uid: string, channel: OutboundChannel): string {
  return `devices/${uid}/${channel}`;
}

/** As ThingsBoard's device API names them, the only wildcards there are: each stands for numbers of the device's own calls. */
const THINGSBOARD_SUBSCRIPTIONS: ReadonlySet<string> = new Set([
  "v1/devices/me/attributes",
  "v1/devices/me/attributes/response/+",
  "v1/devices/me/rpc/request/+",
  "v1/devices/me/rpc/response/+",
  "v1/gateway/attributes",
  "v1/gateway/attributes/response",
  "v1/gateway/rpc",
]);

/** Whether the device of this uid may subscribe to a topic filter. */
export function maySubscribe(filter: string, uid: string): boolean {
  return (
    filter === outboundTopic(uid, "command") ||
    filter === outboundTopic(uid, "config") ||
    THINGSBOARD_SUBSCRIPTIONS.has(filter)
  );
}
