import { outboundTopic } from "@sluice/protocol/mqtt/topics.ts";
import type { DeviceSessionListener, MqttPublisher } from "../../platform/mqtt-publisher.ts";
import type { IngestLimits } from "../limits.ts";
import type { MqttSession } from "./session.ts";

/** The open sessions of devices: who listens for commands, and the way to it. */
export class SessionRegistry implements MqttPublisher {
  private readonly limits: IngestLimits;
  private readonly listener: DeviceSessionListener;
  private readonly close: (session: MqttSession, reason: string) => void;
  /** Device number → its sessions, the oldest first. */
  private readonly ofDevice = new Map<number, Set<MqttSession>>();
  /** Device number → the session that subscribed to its commands last. */
  private readonly listening = new Map<number, MqttSession>();

  constructor(
    limits: IngestLimits,
    listener: DeviceSessionListener,
    close: (session: MqttSession, reason: string) => void,
  ) {
    this.limits = limits;
    this.listener = listener;
    this.close = close;
  }

  /** Adds an authenticated session; the oldest of its device goes when there are too many. */
  add(session: MqttSession): void {
    const { id } = session.device;
    const sessions = this.ofDevice.get(id) ?? new Set();
    this.ofDevice.set(id, sessions);
    sessions.add(session);
    const [oldest] = sessions;
    if (sessions.size > this.limits.maxConnectionsPerDevice && oldest !== undefined) {
      sessions.delete(oldest);
      this.close(oldest, "its device has too many connections");
    }
  }

  remove(session: MqttSession): void {
    const { id } = session.device;
    const sessions = this.ofDevice.get(id);
    sessions?.delete(session);
    if (sessions?.size === 0) this.ofDevice.delete(id);
    this.stopListening(session);
  }

  /** The session subscribed to its command topic. */
  startListening(session: MqttSession): void {
    session.isListening = true;
    this.listening.set(session.device.id, session);
    this.listener.onListening(session.device.id);
  }

  stopListening(session: MqttSession): void {
    const { id } = session.device;
    session.isListening = false;
    if (this.listening.get(id) !== session) return;
    const other = [...(this.ofDevice.get(id) ?? [])].findLast(({ isListening }) => isListening);
    if (other !== undefined) {
      this.listening.set(id, other);
      return;
    }
    this.listening.delete(id);
    this.listener.onGone(id);
  }

  sessionsOf(deviceId: number): readonly MqttSession[] {
    return [...(this.ofDevice.get(deviceId) ?? [])];
  }

  isListening(deviceId: number): boolean {
    return this.listening.has(deviceId);
  }

  listeningDeviceIds(): readonly number[] {
    return [...this.listening.keys()];
  }

  publish(deviceId: number, channel: "command" | "config", payload: string): Promise<boolean> {
    const session = this.listening.get(deviceId);
    if (session === undefined || session.isClosed) return Promise.resolve(false);
    const { client, device } = session;
    // A device that reads nothing is as good as gone.
    if (session.isWriteBlocked) return Promise.resolve(false);
    const topic = outboundTopic(device.uid, channel);
    return new Promise((resolve) => {
      client.publish({ cmd: "publish", topic, payload, qos: 1, retain: false, dup: false }, () =>
        resolve(!session.isClosed),
      );
    });
  }
}
