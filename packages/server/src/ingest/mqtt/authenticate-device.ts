import { inboundChannel } from "@sluice/protocol/mqtt/topics.ts";
import type { AuthenticateError } from "aedes";
import type { DeviceDirectory, DeviceSender, Sender } from "../../devices/index.ts";
import type { Logger } from "../../platform/logger.ts";

/** What a CONNECT packet claims. */
export interface ConnectClaim {
  readonly username: string | undefined;
  readonly password: Buffer | undefined;
  readonly clientId: string;
  readonly willTopic: string | undefined;
  /** SHA-256 of the client certificate, whose private key the client has proved to have. */
  readonly fingerprint: Buffer | undefined;
}

export interface AuthenticateDeviceDeps {
  readonly authenticate: (token: string) => Promise<Sender | undefined>;
  readonly directory: Pick<DeviceDirectory, "senderByCertificate">;
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
 * username alone. A client certificate stands for both, and what is said besides it must be of the same device. Throws what
 * CONNACK is to say.
 */
export async function authenticateDevice(
  { willTopic, ...claim }: ConnectClaim,
  deps: AuthenticateDeviceDeps,
): Promise<DeviceSender> {
  if (claim.clientId.length > MAX_CLIENT_ID_CHARACTERS) throw refusal(IDENTIFIER_REJECTED, "the client id is too long");
  const sender = await findSender(claim, deps).catch((error: unknown) => {
    if (error instanceof Refusal) throw error;
    deps.logger.warn({ error }, "a device could not be authenticated");
    throw refusal(SERVER_UNAVAILABLE, "the registry does not answer");
  });
  const { device } = sender;
  if (!device.active) throw refusal(NOT_AUTHORIZED, "the device is deactivated");
  if (willTopic !== undefined && !isWillTopic(willTopic, device.uid)) {
    throw refusal(NOT_AUTHORIZED, "the will is not the device's own telemetry or attributes");
  }
  return sender;
}

type IdentityClaim = Pick<ConnectClaim, "username" | "password" | "fingerprint">;

async function findSender(
  { username, password, fingerprint }: IdentityClaim,
  deps: AuthenticateDeviceDeps,
): Promise<DeviceSender> {
  const isPasswordAbsent = password === undefined || password.length === 0;
  if (fingerprint === undefined) {
    return findByToken(isPasswordAbsent ? undefined : username, isPasswordAbsent ? username : text(password), deps);
  }
  const sender = await deps.directory.senderByCertificate(fingerprint);
  if (sender === undefined) throw refusal(NOT_AUTHORIZED, "no device has this certificate");
  const { uid, id } = sender.device;
  if (username !== undefined && username !== "" && username !== uid) {
    throw refusal(NOT_AUTHORIZED, "the certificate is not that device's");
  }
  if (isPasswordAbsent) return sender;
  const byToken = await findByToken(uid, text(password), deps);
  if (byToken.device.id !== id) throw refusal(NOT_AUTHORIZED, "the certificate and the token are different devices'");
  return sender;
}

async function findByToken(
  uid: string | undefined,
  token: string | undefined,
  { authenticate }: AuthenticateDeviceDeps,
): Promise<DeviceSender> {
  if (token === undefined || token === "" || token.length > MAX_TOKEN_CHARACTERS) {
    throw refusal(BAD_USERNAME_OR_PASSWORD, "no token");
  }
  const sender = await authenticate(token);
  if (sender?.kind !== "device") throw refusal(BAD_USERNAME_OR_PASSWORD, "no device has this token");
  if (uid !== undefined && uid !== sender.device.uid) {
    throw refusal(BAD_USERNAME_OR_PASSWORD, "the token is not that device's");
  }
  return sender;
}

function text(password: Buffer): string {
  return password.toString("utf8");
}

export function stoppingRefusal(): AuthenticateError {
  return refusal(SERVER_UNAVAILABLE, "the server is stopping");
}

function isWillTopic(topic: string, uid: string): boolean {
  const channel = inboundChannel(topic, uid);
  return channel === "telemetry" || channel === "attributes";
}

class Refusal extends Error {
  readonly returnCode: number;

  constructor(returnCode: number, message: string) {
    super(message);
    this.returnCode = returnCode;
  }
}

function refusal(returnCode: number, message: string): AuthenticateError {
  return new Refusal(returnCode, message) as AuthenticateError;
}
