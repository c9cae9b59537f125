import type { Clock } from "../clock.ts";
import { FaultyModel } from "../faults/faulty-model.ts";
import type { FleetDevice } from "../fleet.ts";
import { GatedDevice } from "../gated-device.ts";
import { HttpClient } from "../senders/http-client.ts";
import { postLines, readAnswer } from "../senders/http-senders.ts";
import type { MqttIdentity } from "../senders/mqtt-connection.ts";
import type { Endpoints } from "../senders/open-sender.ts";
import { toLine, toSyncItem } from "../senders/outgoing-reading.ts";
import { untilTaken } from "../senders/retry.ts";
import type { SimulatedMember } from "../simulated-member.ts";
import { GatheredDevice, type Startable } from "./gathered-device.ts";
import { Gatherer } from "./gatherer.ts";
import { HttpDevice } from "./http-device.ts";
import { MqttGateway, toReadingOf } from "./mqtt-gateway.ts";
import { MqttStation } from "./mqtt-station.ts";
import { RebootingDevice } from "./rebooting-device.ts";

/**
 * mqtt: a connection each; gateway: an MQTT connection for many; http: a request a reading; line: line protocol for all with one
 * key; sync: each device's own batches, as the edge agent sends them.
 */
export const FLEET_VIAS = ["mqtt", "gateway", "http", "line", "sync"] as const;
export type FleetVia = (typeof FLEET_VIAS)[number];

/** Connections of a whole HTTP fleet. */
const MAX_HTTP_CONNECTIONS = 64;
/** As many as the edge agent sends in one request. */
const SYNC_BATCH = 360;
const MAX_LINES = 5_000;
const LINES_WAIT_MS = 20;
/** Devices behind one gateway: fewer than the server takes of one. */
export const DEVICES_PER_GATEWAY = 1_000;

export interface LinkOptions {
  readonly endpoints: Endpoints;
  readonly stateDirectory: string;
  readonly clock: Clock;
  readonly newBootId: () => string;
  /** Of this machine, from which MQTT devices connect in turn; the system's choice when empty. */
  readonly localAddresses: readonly string[];
  /** Local time of what the devices write down. */
  readonly offsetMinutes: number;
}

/** A member, with what it sends with: its own token, or nothing where others speak for it. */
export interface Linked {
  readonly member: SimulatedMember;
  readonly token: string;
}

export function openMqttDevices(linked: readonly Linked[], options: LinkOptions): FleetDevice[] {
  return linked.map(({ member, token }, index) => {
    const identity = mqttIdentity(member.uid, token, index, options);
    const open = () => openMqttDevice(member, identity, options);
    const { model } = member;
    return saving(model instanceof FaultyModel ? new RebootingDevice(member.uid, model, open) : open(), member);
  });
}

function openMqttDevice(member: SimulatedMember, identity: MqttIdentity, options: LinkOptions): FleetDevice {
  const { model, limits } = member;
  const { stateDirectory, clock, newBootId } = options;
  if (limits === undefined) return new MqttStation(identity, model, clock);
  return new GatedDevice({ identity, stateDirectory, model, clock, bootId: newBootId(), actuators: limits });
}

/** Each gateway with the members that it speaks for, in their order. */
export function openGatewayDevices(
  members: readonly SimulatedMember[],
  gateways: readonly { readonly uid: string; readonly token: string }[],
  options: LinkOptions,
): FleetDevice[] {
  const open = gateways.map(({ uid, token }, index) => {
    const identity = mqttIdentity(uid, token, index, options);
    return new MqttGateway(identity, options.clock);
  });
  return members.map((member, index) => {
    const gateway = open[Math.floor(index / DEVICES_PER_GATEWAY)]!;
    return saving(new GatheredDevice(member.uid, member.model, gateway.gatherer, toReadingOf, gateway), member);
  });
}

export function openHttpDevices(linked: readonly Linked[], { endpoints, clock }: LinkOptions): FleetDevice[] {
  const client = new HttpClient(endpoints.serverUrl, MAX_HTTP_CONNECTIONS);
  return linked.map(({ member, token }) =>
    saving(new HttpDevice(member.uid, token, member.model, client, clock), member),
  );
}

export function openLineDevices(
  members: readonly SimulatedMember[],
  token: string,
  { endpoints, clock }: LinkOptions,
): FleetDevice[] {
  const link = new HttpLink(endpoints.serverUrl, 1);
  const gatherer = new Gatherer<string>({
    clock,
    most: MAX_LINES,
    waitMs: LINES_WAIT_MS,
    mostUnderWay: 1,
    send: async (lines) => {
      const send = () => postLines(link.client, token, lines.join("\n"));
      return readAnswer(await untilTaken(send, clock, link.isStopped), lines.length);
    },
  });
  return members.map((member) => saving(new GatheredDevice(member.uid, member.model, gatherer, toLine, link), member));
}

/** A device that is connected sends what it has at each cycle; after an outage it sends batch after batch. */
export function openSyncDevices(linked: readonly Linked[], options: LinkOptions): FleetDevice[] {
  const { endpoints, clock, offsetMinutes } = options;
  const link = new HttpLink(endpoints.serverUrl, MAX_HTTP_CONNECTIONS);
  const encode = (uid: string, reading: Parameters<typeof toSyncItem>[1]) => toSyncItem(uid, reading, offsetMinutes);
  return linked.map(({ member, token }) => {
    const send = async (items: readonly string[]) => {
      const post = () => link.client.postJson("/readings/bulk", token, `{"readings":[${items.join(",")}]}`);
      return readAnswer(await untilTaken(post, clock, link.isStopped), items.length);
    };
    const gatherer = new Gatherer<string>({ clock, most: SYNC_BATCH, waitMs: 0, mostUnderWay: 1, send });
    return saving(new GatheredDevice(member.uid, member.model, gatherer, encode, link), member);
  });
}

/** The connections of many devices, let go with the first one that stops. */
class HttpLink implements Startable {
  readonly client: HttpClient;
  private hasStopped = false;
  readonly isStopped = () => this.hasStopped;

  constructor(serverUrl: string, maxConnections: number) {
    this.client = new HttpClient(serverUrl, maxConnections);
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.hasStopped = true;
  }
}

function mqttIdentity(uid: string, token: string, index: number, options: LinkOptions): MqttIdentity {
  const { endpoints, localAddresses } = options;
  const localAddress = localAddresses.length === 0 ? undefined : localAddresses[index % localAddresses.length];
  return { url: endpoints.mqttUrl, uid, token, localAddress };
}

/** At its end, a device keeps its world and labels what has not ended. */
function saving(device: FleetDevice, { model, save }: SimulatedMember): FleetDevice {
  const stop = async () => {
    await device.stop();
    if (model instanceof FaultyModel) model.end();
    save?.();
  };
  return { uid: device.uid, start: () => device.start(), report: (timeMicros) => device.report(timeMicros), stop };
}
