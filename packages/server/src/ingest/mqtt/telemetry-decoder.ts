import { isUtf8 } from "node:buffer";
import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import type { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import {
  decodeGatewayTelemetry,
  decodeTelemetry,
  gatewayTelemetryLength,
  telemetryLength,
} from "@sluice/protocol/mqtt/telemetry.ts";
import { faultToError, type Problems } from "@sluice/protocol/readings/faults.ts";
import { parseJson } from "@sluice/protocol/readings/json-text.ts";
import { ReadingDecoder } from "@sluice/protocol/readings/reading-decoder.ts";
import type { DeviceResolver, DeviceTarget } from "@sluice/protocol/readings/resolver.ts";
import type { DeviceDirectory } from "../../devices/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { IngestLimits } from "../limits.ts";
import { MAX_DECODE_PASSES, Resolution } from "../resolution.ts";
import type { StampClock } from "../stamp-clock.ts";
import type { TelemetryMessage } from "./session.ts";

/** What became of one MQTT message: "pending" is to be decoded again once its session's resolution has settled. */
export type Decoded = "pending" | { readonly messages: number; readonly error: SluiceError | undefined };

/** Decodes the MQTT messages of all sessions into one batch. */
export class TelemetryDecoder {
  private readonly directory: DeviceDirectory;
  private readonly limits: IngestLimits;
  private readonly clock: Clock;
  private readonly stamps: StampClock;
  private readonly resolver = new SessionResolver();
  private readonly decoder: ReadingDecoder;

  constructor(
    batch: MessageBatch,
    deps: {
      readonly directory: DeviceDirectory;
      readonly limits: IngestLimits;
      readonly clock: Clock;
      readonly stamps: StampClock;
    },
  ) {
    this.directory = deps.directory;
    this.limits = deps.limits;
    this.clock = deps.clock;
    this.stamps = deps.stamps;
    this.decoder = new ReadingDecoder(batch, this.resolver, this.decodeClock());
  }

  /** Empties the batch for the next group. */
  restart(): void {
    this.decoder.restart(this.decodeClock());
  }

  /** Adds what the message says to the batch. */
  decode(message: TelemetryMessage): Decoded {
    const { decoder } = this;
    const { session } = message;
    session.resolution ??= this.newResolution(message);
    this.resolver.current = session.resolution;
    const before = decoder.batch.length;
    decoder.problems.clear();
    try {
      this.decodePayload(message);
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      return { messages: 0, error };
    }
    if (decoder.isPending) {
      decoder.rollBack(before);
      if (++session.resolvePasses < MAX_DECODE_PASSES) return "pending";
    }
    if (session.resolvePasses > 0) {
      session.resolution = undefined;
      session.resolvePasses = 0;
    }
    const messages = decoder.batch.length - before;
    return { messages, error: problemsError(decoder.problems, messages) };
  }

  private decodePayload({ payload, isGateway, session }: TelemetryMessage): void {
    const { decoder } = this;
    const json = parseJson(utf8Text(payload));
    const count = isGateway ? gatewayTelemetryLength(json) : telemetryLength(json);
    const { maxMessagesPerPublish: limit } = this.limits;
    if (count > limit) {
      throw new SluiceError("limit", "publish.too_many_messages", `A publish holds at most ${limit} messages.`, {
        details: { limit },
      });
    }
    if (isGateway) decodeGatewayTelemetry(json, decoder);
    else decodeTelemetry(json, session.resolution!.device(session.device.uid), decoder);
  }

  private newResolution({ session, isGateway }: TelemetryMessage): Resolution {
    return new Resolution(this.directory, { kind: "device", device: session.device }, isGateway);
  }

  private decodeClock(): { readonly nowMicros: number; readonly stampMicros: () => number } {
    return { nowMicros: this.clock.nowMicros(), stampMicros: this.stamps.next };
  }
}

/** Asks the resolution of the session whose message is being decoded. */
class SessionResolver implements DeviceResolver {
  current!: Resolution;

  device(uid: string): ReturnType<Resolution["device"]> {
    return this.current.device(uid);
  }

  metricNumber(device: DeviceTarget, key: string): number {
    return this.current.metricNumber(device, key);
  }

  requestMetrics(device: DeviceTarget, keys: readonly string[]): void {
    this.current.requestMetrics(device, keys);
  }
}

/** Throws `body.not_utf8`. */
export function utf8Text(payload: Buffer): string {
  if (isUtf8(payload)) return payload.toString("utf8");
  throw new SluiceError("invalid", "body.not_utf8", "The payload is not UTF-8 text.");
}

/** One error for all that was wrong with a publish: the first, and how many there were. */
function problemsError({ list, count }: Problems, stored: number): SluiceError | undefined {
  const first = list[0];
  if (first === undefined) return undefined;
  const error = faultToError(first.fault);
  if (count + stored === 1) return error;
  const message = `${count} of ${count + stored} messages; the first, at index ${first.item}: ${error.message}`;
  return new SluiceError(error.kind, error.code, message, { details: error.details });
}
