import { outboundTopic, telemetryTopic } from "@sluice/protocol/mqtt/topics.ts";
import type { DeviceEntry } from "../../devices/index.ts";
import type { IngestLimits } from "../limits.ts";
import type { Resolution } from "../resolution.ts";
import { AckLane, type Unacknowledged } from "./ack-lane.ts";
import type { AedesClient } from "./aedes-broker.ts";
import { Queue } from "./queue.ts";

/** A telemetry message on its way: received → (waiting) → offered → settled → acknowledged, in the order received. */
export interface TelemetryMessage extends Unacknowledged {
  readonly session: MqttSession;
  readonly isGateway: boolean;
  readonly payload: Buffer;
  readonly heldBytes: number;
  readonly qos: 0 | 1 | 2;
}

/** Memory that all sessions hold together. */
export interface HeldMemory {
  heldBytes: number;
}

/** What a message costs beside its payload: its packet, its closures. */
export const MESSAGE_OVERHEAD_BYTES = 512;

/**
 * One MQTT connection:
 *
 *   connecting → (authenticated) → open → closed
 *
 * Its socket is read while it is open, holds less than its share and has little left to be written.
 */
export class MqttSession {
  readonly client: AedesClient;
  readonly openedAtMs: number;
  /** Telemetry that was not offered yet. */
  readonly waiting = new Queue<TelemetryMessage>();
  /** Telemetry of QoS 1 and 2 in the order received, until it is acknowledged. */
  private readonly lane = new AckLane<TelemetryMessage>();
  /** Evidence, hellos and attributes have an order of their own, so that none waits behind telemetry. */
  readonly controlLane = new AckLane<Unacknowledged>();
  private readonly limits: IngestLimits;
  private readonly held: HeldMemory;
  private deviceEntry: DeviceEntry | undefined;
  telemetryTopic = "";
  commandTopic = "";
  isListening = false;
  /** Looks up what this session's messages lack. */
  resolution: Resolution | undefined;
  resolvePasses = 0;
  /** None of its messages is decoded while something is looked up, or its rate does not let it. */
  isHeldUp = false;
  /** Ends the hold-up early, or the waiting for its end. */
  cancelHoldUp: (() => void) | undefined;
  isReadScheduled = false;
  /** There is something to read, and the session may not. */
  isReadParked = false;
  isGatherScheduled = false;
  private messages = 0;
  private bytes = 0;
  private controls = 0;
  private isEnded = false;

  constructor(client: AedesClient, limits: IngestLimits, held: HeldMemory, openedAtMs: number) {
    this.client = client;
    this.limits = limits;
    this.held = held;
    this.openedAtMs = openedAtMs;
  }

  get device(): DeviceEntry {
    if (this.deviceEntry === undefined) throw new Error("the session is not authenticated");
    return this.deviceEntry;
  }

  get isAuthenticated(): boolean {
    return this.deviceEntry !== undefined;
  }

  get isClosed(): boolean {
    return this.client.closed;
  }

  /** Messages received and not yet let go of. */
  get heldMessages(): number {
    return this.messages;
  }

  authenticate(device: DeviceEntry): void {
    this.deviceEntry = device;
    this.telemetryTopic = telemetryTopic(device.uid);
    this.commandTopic = outboundTopic(device.uid, "command");
  }

  /** Whether the socket may be read now; past each limit its sender is held back by TCP. */
  mayRead(): boolean {
    const { limits, client } = this;
    if (client.closed || client.connecting) return false;
    if (client.conn.writableLength > limits.maxOutgoingBytes) return false;
    if (this.controls >= limits.maxPendingControls) return false;
    if (this.messages >= limits.maxUnacknowledged || this.bytes >= limits.maxUnacknowledgedBytes) return false;
    return this.messages === 0 || this.held.heldBytes < limits.maxHeldBytes;
  }

  /** Bytes to read from it before the next one has its turn. */
  get readQuantumBytes(): number {
    const { readQuantumBytes, readQuantumWhenFullBytes, maxHeldBytes } = this.limits;
    return this.held.heldBytes < maxHeldBytes ? readQuantumBytes : readQuantumWhenFullBytes;
  }

  receive(message: TelemetryMessage): void {
    this.hold(1, message.heldBytes);
    this.waiting.push(message);
    if (message.qos > 0) this.lane.push(message);
  }

  /** A message was acknowledged; or it is of QoS 0, and was offered or dropped. */
  letGo(heldBytes: number): void {
    this.hold(-1, -heldBytes);
  }

  /** A message may be acknowledged; it is, once all before it are. */
  settle(message: TelemetryMessage): void {
    this.lane.settle(message);
  }

  /**
   * The connection is gone. What its sender has to send again is forgotten; what came at QoS 0 still waits to be stored.
   */
  end(): void {
    this.isEnded = true;
    this.held.heldBytes -= this.bytes;
    this.lane.clear();
    this.controlLane.clear();
    this.waiting.remove(({ qos }) => qos > 0);
  }

  beginControl(): void {
    this.controls++;
  }

  endControl(): void {
    this.controls--;
  }

  private hold(messages: number, bytes: number): void {
    if (this.isEnded) return;
    this.messages += messages;
    this.bytes += bytes;
    this.held.heldBytes += bytes;
  }
}
