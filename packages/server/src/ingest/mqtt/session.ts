import { outboundTopic, telemetryTopic } from "@sluice/protocol/mqtt/topics.ts";
import type { DeviceEntry, DeviceSender } from "../../devices/index.ts";
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
  /** 0 at QoS 0. */
  readonly messageId: number;
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
  /** Telemetry that was not offered yet. */
  readonly waiting = new Queue<TelemetryMessage>();
  /** Telemetry of QoS 1 and 2 in the order received, until it is acknowledged. */
  private readonly unacknowledged = new Queue<TelemetryMessage>();
  /** Evidence, hellos and attributes have an order of their own, so that none waits behind telemetry. */
  readonly controlLane = new AckLane<Unacknowledged>();
  private readonly limits: IngestLimits;
  private readonly held: HeldMemory;
  private deviceEntry: DeviceEntry | undefined;
  /** SHA-256 of the certificate whose private key the client has proved to have. */
  readonly fingerprint: Buffer | undefined;
  /** By what it has proved itself. */
  credential: DeviceSender["credential"];
  /** Topic filters of ThingsBoard's answers that it listens to. */
  readonly answerFilters = new Set<string>();
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
  /** How long its client has read nothing, while it is watched for that. */
  writeBlockedMs = 0;
  isGatherScheduled = false;
  private messages = 0;
  private bytes = 0;
  private controls = 0;
  private isEnded = false;

  constructor(client: AedesClient, limits: IngestLimits, held: HeldMemory, fingerprint: Buffer | undefined) {
    this.client = client;
    this.limits = limits;
    this.held = held;
    this.fingerprint = fingerprint;
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

  authenticate({ device, credential }: DeviceSender): void {
    this.deviceEntry = device;
    this.credential = credential;
    this.telemetryTopic = telemetryTopic(device.uid);
    this.commandTopic = outboundTopic(device.uid, "command");
  }

  /** Whether the socket may be read now; past each limit its sender is held back by TCP. */
  mayRead(): boolean {
    const { limits, client } = this;
    if (client.closed || client.connecting) return false;
    if (this.isWriteBlocked) return false;
    if (this.controls >= limits.maxPendingControls) return false;
    if (this.messages >= limits.maxUnacknowledged || this.bytes >= limits.maxUnacknowledgedBytes) return false;
    return this.messages === 0 || this.held.heldBytes < limits.maxHeldBytes;
  }

  /** Its client leaves unread what was written to it. */
  get isWriteBlocked(): boolean {
    return this.client.conn.writableLength > this.limits.maxOutgoingBytes;
  }

  /** Bytes to read from it before the next one has its turn. */
  get readQuantumBytes(): number {
    const { readQuantumBytes, readQuantumWhenFullBytes, maxHeldBytes } = this.limits;
    return this.held.heldBytes < maxHeldBytes ? readQuantumBytes : readQuantumWhenFullBytes;
  }

  receive(message: TelemetryMessage): void {
    this.hold(1, message.heldBytes);
    this.waiting.push(message);
    if (message.qos > 0) this.unacknowledged.push(message);
  }

  /** A message of QoS 0 was offered or dropped: nothing more will be said of it. */
  letGo(message: TelemetryMessage): void {
    this.hold(-1, -message.heldBytes);
  }

  /**
   * Acknowledges what is settled and has nothing unsettled before it: MQTT 3.1.1 wants PUBACKs in the order of their
   * messages (4.6). Those of a run are written at once, where Aedes would queue four buffers and a callback for each: that
   * is a fifth of what an MQTT message costs.
   */
  acknowledgeSettled(): void {
    const messageIds: number[] = [];
    for (let next = this.unacknowledged.peek(); next?.isSettled === true; next = this.unacknowledged.peek()) {
      this.unacknowledged.shift();
      this.hold(-1, -next.heldBytes);
      if (next.qos === 1) messageIds.push(next.messageId);
      else next.done();
    }
    if (messageIds.length > 0 && !this.client.closed) this.client.conn.write(pubacks(messageIds));
  }

  /**
   * The connection is gone. What its sender has to send again is forgotten; what came at QoS 0 still waits to be stored.
   */
  end(): void {
    this.isEnded = true;
    this.held.heldBytes -= this.bytes;
    this.unacknowledged.clear();
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

const PUBACK = 0x40;
const PUBACK_BYTES = 4;

function pubacks(messageIds: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(messageIds.length * PUBACK_BYTES);
  messageIds.forEach((messageId, index) => {
    const at = index * PUBACK_BYTES;
    bytes[at] = PUBACK;
    bytes[at + 1] = 2;
    bytes.writeUInt16BE(messageId, at + 2);
  });
  return bytes;
}
