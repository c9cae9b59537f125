import { SluiceError } from "@sluice/core/errors.ts";
import { decodeDeviceReadings, readingsOf } from "@sluice/protocol/http/device-readings.ts";
import { decodeSensorData } from "@sluice/protocol/http/sensor-data.ts";
import { readAttributes } from "@sluice/protocol/mqtt/attributes.ts";
import { decodeTelemetry, telemetryLength } from "@sluice/protocol/mqtt/telemetry.ts";
import { faultToError } from "@sluice/protocol/readings/faults.ts";
import { parseJson, parseNdjson } from "@sluice/protocol/readings/json-text.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Sender } from "../../devices/index.ts";
import { MULTI_STATUS, nothingStored, partialAnswer } from "./answers.ts";
import { authenticateFirst, type HttpIngestDeps, isNdjson, senderOfRequest, textOf } from "./http-ingest.ts";
import { described } from "./route-schema.ts";
import type { DecodeItems, Taken, TakeReadings } from "./take-readings.ts";

export interface JsonRoutesDeps extends HttpIngestDeps {
  /** Keeps what a device says of itself; resolves once it is committed. */
  readonly recordAttributes: (deviceId: number, attributes: Readonly<Record<string, unknown>>) => Promise<void>;
}

/** The forms of JSON that devices and gateways send. */
export function jsonRoutes(scope: FastifyInstance, deps: JsonRoutesDeps): void {
  authenticateFirst(scope, deps);
  const { readings } = deps;

  scope.post(
    "/api/sensors/data",
    { schema: described("One reading of a sensor, or several") },
    async (request, reply) => {
      const items = itemsOf(request, (body) => (Array.isArray(body) ? body : [body]));
      const taken = await take(readings, request, items.length, (decoder, own) =>
        decodeSensorData(items, own, decoder),
      );
      return partlyStored(taken, items.length, reply) ?? { status: "success", message: "Data received" };
    },
  );

  for (const path of ["/api/readings", "/readings", "/api/readings/bulk", "/readings/bulk"]) {
    const schema = described("Readings with a payload that may nest: one, an array, {readings} or NDJSON");
    scope.post(path, { schema }, async (request, reply) => {
      const items = itemsOf(request, readingsOf);
      const taken = await take(readings, request, items.length, (decoder, own) =>
        decodeDeviceReadings(items, own, decoder),
      );
      const partly = partlyStored(taken, items.length, reply);
      if (partly !== undefined) return partly;
      reply.code(201);
      return { status: "success", stored: taken.stored };
    });
  }

  scope.post(
    "/api/v1/:token/telemetry",
    { schema: described("Telemetry, as ThingsBoard takes it") },
    async (request, reply) => {
      const json = parseJson(textOf(request));
      const count = telemetryLength(json);
      const sender = deviceSender(request);
      const taken = await readings.items(sender, count, (decoder) => decodeTelemetry(json, sender.device, decoder));
      return partlyStored(taken, count, reply) ?? "";
    },
  );

  scope.post(
    "/api/v1/:token/attributes",
    { schema: described("Attributes, as ThingsBoard takes them") },
    async (request) => {
      const { device } = deviceSender(request);
      const attributes = readAttributes(parseJson(textOf(request)));
      if ("fault" in attributes) throw faultToError(attributes.fault);
      await deps.recordAttributes(device.id, attributes.values);
      return "";
    },
  );
}

function itemsOf(request: FastifyRequest, split: (body: unknown) => readonly unknown[]): readonly unknown[] {
  const body = textOf(request);
  return isNdjson(request) ? parseNdjson(body) : split(parseJson(body));
}

function take(readings: TakeReadings, request: FastifyRequest, count: number, decode: DecodeItems): Promise<Taken> {
  return readings.items(senderOfRequest(request), count, decode);
}

/** The answer that names what was not stored; undefined when everything was. */
function partlyStored(taken: Taken, items: number, reply: FastifyReply): object | undefined {
  if (taken.refused === 0) return undefined;
  if (taken.stored === 0) throw nothingStored(taken, items);
  reply.code(MULTI_STATUS);
  return partialAnswer(taken);
}

function deviceSender(request: FastifyRequest): Extract<Sender, { kind: "device" }> {
  const sender = senderOfRequest(request);
  if (sender.kind === "device") return sender;
  throw new SluiceError("forbidden", "auth.device_only", "This path takes a device's own token.");
}
