/** Reads and writes the few packets of MQTT 3.1.1 that a proxy has to understand. */
export const CONNECT = 1;
export const PUBLISH = 3;
export const PUBACK = 4;

export interface MqttPacket {
  /** The control packet type, such as PUBLISH (MQTT 3.1.1, 2.2.1). */
  readonly type: number;
  readonly bytes: Buffer;
  /** Where the variable header begins. */
  readonly bodyAt: number;
}

export interface Publish {
  readonly topic: string;
  /** 0 at QoS 0. */
  readonly messageId: number;
  readonly payload: string;
}

const MAX_LENGTH_BYTES = 4;

/** Cuts one direction of a connection into its packets. */
export class MqttPacketReader {
  private rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): MqttPacket[] {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const packets: MqttPacket[] = [];
    for (let packet = this.next(); packet !== undefined; packet = this.next()) packets.push(packet);
    return packets;
  }

  private next(): MqttPacket | undefined {
    const { rest } = this;
    let length = 0;
    for (let i = 0; i < MAX_LENGTH_BYTES && 1 + i < rest.length; i++) {
      const digit = rest[1 + i]!;
      length += (digit & 0x7f) * 128 ** i;
      if (digit & 0x80) continue;
      const bodyAt = 2 + i;
      if (rest.length < bodyAt + length) return undefined;
      this.rest = rest.subarray(bodyAt + length);
      return { type: rest[0]! >> 4, bytes: rest.subarray(0, bodyAt + length), bodyAt };
    }
    return undefined;
  }
}

/** The user name of a CONNECT, which is a device's uid. */
export function usernameOf({ bytes, bodyAt }: MqttPacket): string {
  const flagsAt = bodyAt + 2 + bytes.readUInt16BE(bodyAt) + 1;
  const clientIdAt = flagsAt + 3;
  const usernameAt = clientIdAt + 2 + bytes.readUInt16BE(clientIdAt);
  return bytes.toString("utf8", usernameAt + 2, usernameAt + 2 + bytes.readUInt16BE(usernameAt));
}

export function publishIn({ bytes, bodyAt }: MqttPacket): Publish {
  const qos = (bytes[0]! >> 1) & 3;
  const topicEnd = bodyAt + 2 + bytes.readUInt16BE(bodyAt);
  const messageId = qos === 0 ? 0 : bytes.readUInt16BE(topicEnd);
  const payload = bytes.toString("utf8", topicEnd + (qos === 0 ? 0 : 2));
  return { topic: bytes.toString("utf8", bodyAt + 2, topicEnd), messageId, payload };
}

export function pubackIn({ bytes, bodyAt }: MqttPacket): number {
  return bytes.readUInt16BE(bodyAt);
}

/** A PUBLISH of QoS 1, not retained. */
export function publishPacket({ topic, messageId, payload }: Publish): Buffer {
  const name = Buffer.from(topic);
  const id = Buffer.from([messageId >> 8, messageId & 0xff]);
  const body = Buffer.concat([Buffer.from([name.length >> 8, name.length & 0xff]), name, id, Buffer.from(payload)]);
  return Buffer.concat([Buffer.from([(PUBLISH << 4) | 0b10]), remainingLength(body.length), body]);
}

/** The variable length encoding of MQTT 3.1.1, 2.2.3. */
function remainingLength(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    bytes.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}
