import { inboundChannel } from "@sluice/protocol/mqtt/topics.ts";
import type { AuthenticateError } from "aedes";
import type { DeviceEntry, Sender } from "../../devices/index.ts";
import type { Logger } from "../../platform/logger.ts";

/** What a CONNECT packet claims. */
export interface ConnectClaim {
  readonly username: string | undefined;
  readonly password: Buffer | undefined;
  readonly clientId: string;
  readonly willTopic: string | undefined;
}

export interface AuthenticateDeviceDeps {
  readonly authenticate: (token: string) => Promise<Sender | undefined>;
  readonly logger: Logger;
}

/** CONNACK's return codes (MQTT 3.1.1, table 3.1). */
const IDENTIFIER_REJECTED = 2;
const SERVER_UNAVAILABLE = 3;
const BAD_USERNAME_OR_PASSWORD = 4;
const NOT_AUTHORIZED = 5;

const MAX_CLIENT_ID_CHARACTERS = 256;
const MAX_TOKEN_CHARACTERS = 512;

/**
 * The device that connects. Username and password are its uid and its token; ThingsBoard's devices send their token as the
 * username alone. Throws what CONNACK is to say.
 */
export async function authenticateDevice(
  { username, password, clientId, willTopic }: ConnectClaim,
  { authenticate, logger }: AuthenticateDeviceDeps,
): Promise<DeviceEntry> {
  if (clientId.length > MAX_CLIENT_ID_CHARACTERS) throw refusal(IDENTIFIER_REJECTED, "the client id is too long");
  const isTokenAlone = password === undefined || password.length === 0;
  const token = isTokenAlone ? username : password.toString("utf8");
  if (token === undefined || token === "" || token.length > MAX_TOKEN_CHARACTERS) {
    throw refusal(BAD_USERNAME_OR_PASSWORD, "no token");
  }
  const sender = await authenticate(token).catch((error: unknown) => {
    logger.warn({ error }, "a device could not be authenticated");
    throw refusal(SERVER_UNAVAILABLE, "the registry does not answer");
  });
  if (sender?.kind !== "device") throw refusal(BAD_USERNAME_OR_PASSWORD, "no device has this token");
  const { device } = sender;
  if (!isTokenAlone && username !== device.uid) {
    throw refusal(BAD_USERNAME_OR_PASSWORD, "the token is not that device's");
  }
  if (!device.active) throw refusal(NOT_AUTHORIZED, "the device is deactivated");
  if (willTopic !== undefined && !isWillTopic(willTopic, device.uid)) {
    throw refusal(NOT_AUTHORIZED, "the will is not the device's own telemetry or attributes");
  }
  return device;
}

export function stoppingRefusal(): AuthenticateError {
  return refusal(SERVER_UNAVAILABLE, "the server is stopping");
}

function isWillTopic(topic: string, uid: string): boolean {
  const channel = inboundChannel(topic, uid);
  return channel === "telemetry" || channel === "attributes";
}

function refusal(returnCode: number, message: string): AuthenticateError {
  return Object.assign(new Error(message), { returnCode }) as AuthenticateError;
}
