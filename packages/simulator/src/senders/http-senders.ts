import type { Clock } from "../clock.ts";
import { type BatchAnswer, BatchSender } from "./batch-sender.ts";
import { bearer, type HttpAnswer, HttpClient } from "./http-client.ts";
import { type OutgoingReading, toBulkItem, toLine } from "./outgoing-reading.ts";
import { refusal, untilTaken } from "./retry.ts";

export interface HttpIdentity {
  readonly serverUrl: string;
  readonly uid: string;
  readonly token: string;
}

type PostReadings = (client: HttpClient, readings: readonly OutgoingReading[]) => Promise<HttpAnswer>;

/** `POST /api/readings/bulk`, JSON, answered item by item. */
export function httpSender(identity: HttpIdentity, clock: Clock): BatchSender {
  const { uid, token } = identity;
  return batchSender(identity, clock, (client, readings) =>
    client.postJson(
      "/api/readings/bulk",
      token,
      `{"readings":[${readings.map((reading) => toBulkItem(uid, reading)).join(",")}]}`,
    ),
  );
}

/** `POST /api/v2/write`, line protocol with times in microseconds. */
export function lineSender(identity: HttpIdentity, clock: Clock): BatchSender {
  const { uid, token } = identity;
  return batchSender(identity, clock, (client, readings) =>
    postLines(client, token, readings.map((reading) => toLine(uid, reading)).join("\n")),
  );
}

export function postLines(client: HttpClient, token: string, lines: string): Promise<HttpAnswer> {
  const headers = { ...bearer(token), "content-type": "text/plain; charset=utf-8" };
  return client.request("POST", "/api/v2/write?precision=us", headers, lines);
}

function batchSender(identity: HttpIdentity, clock: Clock, post: PostReadings): BatchSender {
  const client = new HttpClient(identity.serverUrl, 1);
  let isStopped = false;
  const sendBatch = async (readings: readonly OutgoingReading[]) =>
    readAnswer(
      await untilTaken(
        () => post(client, readings),
        clock,
        () => isStopped,
      ),
      readings.length,
    );
  return new BatchSender(sendBatch, clock, () => {
    isStopped = true;
    client.close();
  });
}

/**
 * How many of the readings were refused, from an answer that counts them: `{"rejected":2,"errors":[{"message":…}]}`; a request
 * of one reading is answered with its error alone. Throws when the request as a whole was refused, say for a wrong token.
 */
export function readAnswer(answer: HttpAnswer, readings: number): BatchAnswer {
  const { rejected, errors } = bodyOf(answer.text);
  if (typeof rejected === "number") {
    const [first] = Array.isArray(errors) ? (errors as { message?: unknown }[]) : [];
    return { refused: rejected, firstRefusal: String(first?.message ?? "no reason was given") };
  }
  if (answer.status < 300) return { refused: 0 };
  const error = refusal(answer);
  if (readings === 1 && error.kind === "invalid") return { refused: 1, firstRefusal: error.message };
  throw error;
}

function bodyOf(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
