/** MQTT 3.1.1 packets byte by byte, for what no client would send. */

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

export function packet(firstByte: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([firstByte]), remainingLength(body.length), body]);
}

/** The variable length encoding of MQTT 3.1.1, 2.2.3. */
export function remainingLength(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? digit | 0x80 : digit);
  } while (rest > 0);
  return Buffer.from(bytes);
}

/** Username and password, and a clean session; or one that is to be kept. */
const CLEAN = 0xc2;
export const KEPT = 0xc0;

export function connectPacket(uid: string, keepaliveSeconds = 0, flags = CLEAN): Buffer {
  return packet(
    0x10,
    text("MQTT"),
    Buffer.from([4, flags, keepaliveSeconds >> 8, keepaliveSeconds & 0xff]),
    text(`raw-${uid}`),
    text(uid),
    text(`1:${uid}`),
  );
}

export function publishPacket(topic: string, payload: string | Buffer, qos: 0 | 1 = 0, messageId = 1): Buffer {
  const id = qos === 0 ? Buffer.alloc(0) : Buffer.from([messageId >> 8, messageId & 0xff]);
  return packet(0x30 | (qos << 1), text(topic), id, Buffer.from(payload));
}

export function subscribePacket(filter: string): Buffer {
  return packet(0x82, Buffer.from([0, 1]), text(filter), Buffer.from([1]));
}

export const DISCONNECT = Buffer.from([0xe0, 0]);
export const PINGREQ = Buffer.from([0xc0, 0]);
export const CONNACK_ACCEPTED = Buffer.from([0x20, 2, 0, 0]);
