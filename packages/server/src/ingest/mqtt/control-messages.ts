import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import { readAttributes } from "@sluice/protocol/mqtt/attributes.ts";
import { gatewayDevices } from "@sluice/protocol/mqtt/telemetry.ts";
import { answerFilter, answerTopic, type InboundChannel } from "@sluice/protocol/mqtt/topics.ts";
import { type Fault, faultToError } from "@sluice/protocol/readings/faults.ts";
import { parseJson } from "@sluice/protocol/readings/json-text.ts";
import { isPlainObject } from "@sluice/protocol/readings/reading-decoder.ts";
import type { DeviceDirectory, DeviceEntry } from "../../devices/index.ts";
import type { DeviceSessionListener } from "../../platform/mqtt-publisher.ts";
import type { IngestLimits } from "../limits.ts";
import { Resolution } from "../resolution.ts";
import { answerAttributeRequest } from "./attribute-requests.ts";
import type { MqttSession } from "./session.ts";
import { utf8Text } from "./telemetry-decoder.ts";

export type ControlChannel = Exclude<InboundChannel, "telemetry" | "gateway-telemetry">;

export interface ControlDeps {
  readonly directory: DeviceDirectory;
  readonly limits: IngestLimits;
  readonly sessions: DeviceSessionListener;
  readonly recordAttributes: (deviceId: number, attributes: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly readAttributes: (deviceId: number) => Promise<Readonly<Record<string, unknown>>>;
  /** Sets a message aside that can never be taken; resolves once that is committed. */
  readonly setAside: (session: MqttSession, payload: Buffer, error: SluiceError) => Promise<void>;
}

const DEVICE_NAME_MISSING: Fault = {
  kind: "invalid",
  code: "gateway.device_missing",
  message: 'A gateway names the device: {"device":"…"}.',
};

/**
 * What a device says that is no telemetry. It is handled at once, in the order received, whatever telemetry waits; resolves
 * when it may be acknowledged.
 */
export class ControlMessages {
  private readonly deps: ControlDeps;

  constructor(deps: ControlDeps) {
    this.deps = deps;
  }

  async handle(session: MqttSession, channel: ControlChannel, topic: string, payload: Buffer): Promise<void> {
    try {
      await this.dispatch(session, channel, topic, payload);
    } catch (error) {
      // Sent again it would be refused again, so it must be acknowledged; anything else passes, and is sent again.
      if (!isSluiceError(error) || error.retryable) throw error;
      await this.deps.setAside(session, payload, error);
    }
  }

  private dispatch(session: MqttSession, channel: ControlChannel, topic: string, payload: Buffer): Promise<void> {
    const { sessions } = this.deps;
    const { device } = session;
    switch (channel) {
      case "evidence":
        return sessions.onEvidence(device.id, utf8Text(payload));
      case "hello":
        return sessions.onHello(device.id, utf8Text(payload));
      case "attributes":
        return this.recordAttributes(device, parseJson(utf8Text(payload)));
      case "gateway-attributes":
        return this.recordGatewayAttributes(device, parseJson(utf8Text(payload)));
      case "gateway-connect":
        return this.connectThroughGateway(device, parseJson(utf8Text(payload)));
      case "attributes-request":
        return this.answerAttributes(session, topic, parseJson(utf8Text(payload)));
      case "rpc-request":
        answer(session, topic, { error: "There are no procedures to call here." });
        return Promise.resolve();
      case "gateway-disconnect":
      case "unanswered":
        return Promise.resolve();
    }
  }

  private async recordAttributes(device: DeviceEntry, json: unknown): Promise<void> {
    const attributes = readAttributes(json);
    if ("fault" in attributes) throw faultToError(attributes.fault);
    await this.deps.recordAttributes(device.id, attributes.values);
  }

  private async answerAttributes(session: MqttSession, topic: string, json: unknown): Promise<void> {
    answer(session, topic, answerAttributeRequest(json, await this.deps.readAttributes(session.device.id)));
  }

  private async recordGatewayAttributes(gateway: DeviceEntry, json: unknown): Promise<void> {
    const devices = gatewayDevices(json);
    const { maxMessagesPerPublish: limit } = this.deps.limits;
    if (devices.length > limit) {
      throw new SluiceError("limit", "publish.too_many_messages", `A publish holds at most ${limit} messages.`);
    }
    const found = await this.behindGateway(
      gateway,
      devices.map(({ uid }) => uid),
    );
    for (const { uid, value } of devices) await this.recordAttributes(found.get(uid)!, value);
  }

  private async connectThroughGateway(gateway: DeviceEntry, json: unknown): Promise<void> {
    const uid = isPlainObject(json) ? json.device : undefined;
    if (typeof uid !== "string") throw faultToError(DEVICE_NAME_MISSING);
    await this.behindGateway(gateway, [uid]);
  }

  /** The devices that a gateway speaks for; new ones are registered. */
  private async behindGateway(
    gateway: DeviceEntry,
    uids: readonly string[],
  ): Promise<ReadonlyMap<string, DeviceEntry>> {
    const resolution = new Resolution(this.deps.directory, { kind: "device", device: gateway }, true);
    for (const uid of uids) resolution.device(uid);
    await resolution.settle();
    const found = new Map<string, DeviceEntry>();
    for (const uid of uids) {
      const device = resolution.device(uid);
      if (device === undefined) throw new SluiceError("unavailable", "ingest.unsettled", "The registry is changing.");
      if ("code" in device) throw faultToError(device);
      found.set(uid, device);
    }
    return found;
  }
}

/** To whoever listens and reads: an answer that finds nobody is asked for again. */
function answer(session: MqttSession, topic: string, body: object): void {
  if (session.isClosed || session.isWriteBlocked || !session.answerFilters.has(answerFilter(topic))) return;
  const payload = JSON.stringify(body);
  const packet = { cmd: "publish", topic: answerTopic(topic), payload, qos: 1, retain: false, dup: false } as const;
  session.client.publish(packet, () => {});
}
