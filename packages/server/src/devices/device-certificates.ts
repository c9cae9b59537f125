import { X509Certificate } from "node:crypto";
import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { type Credential, deleteCertificate, insertCredential, listCredentials } from "./credential-store.ts";
import { lockDevice, requireDevice } from "./device-store.ts";
import { nowOf, type Registry, type Requester } from "./registry.ts";
import { notifyRegistry } from "./registry-notice.ts";

export const MAX_CERTIFICATES_PER_DEVICE = 8;
/** Of one certificate in PEM. */
export const MAX_CERTIFICATE_CHARACTERS = 16_384;
const MAX_SUBJECT_CHARACTERS = 1_000;

export interface DeviceCertificate {
  /** SHA-256 of its DER, in lower-case hexadecimal digits. */
  readonly fingerprint: string;
  readonly subject: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
}

/** Lets a device prove itself by a certificate's private key, until the certificate ends or is taken back. */
export async function registerCertificate(
  registry: Registry,
  by: Requester,
  uid: string,
  pem: string,
): Promise<DeviceCertificate> {
  return inTransaction(registry.pool, async (client) => {
    await lockDevice(client, by.organizationId, uid);
    const device = await requireDevice(client, by.organizationId, uid);
    const certificate = await addCertificate(client, device.id, pem, nowOf(registry));
    await registry.recordChange(client, by, {
      action: "device.register-certificate",
      subject: `device:${device.id}`,
      after: certificate,
    });
    return certificate;
  });
}

export async function listCertificates(registry: Registry, by: Requester, uid: string): Promise<DeviceCertificate[]> {
  const { id } = await requireDevice(registry.pool, by.organizationId, uid);
  return (await listCredentials(registry.pool, id, "certificate")).map(certificateOf);
}

/** Sessions that it opened end within a second. */
export async function removeCertificate(
  registry: Registry,
  by: Requester,
  uid: string,
  fingerprint: string,
): Promise<void> {
  await inTransaction(registry.pool, async (client) => {
    const device = await requireDevice(client, by.organizationId, uid);
    if (!(await deleteCertificate(client, device.id, Buffer.from(fingerprint, "hex")))) {
      throw new SluiceError("not-found", "certificate.unknown", "The device has no certificate with this fingerprint.");
    }
    await notifyRegistry(client, { kind: "device", id: device.id });
    await registry.recordChange(client, by, {
      action: "device.remove-certificate",
      subject: `device:${device.id}`,
      before: { fingerprint },
    });
  });
}

/** In the transaction of its caller. Throws `certificate.invalid`, `.expired`, `.authority`, `.taken` or `.too_many`. */
export async function addCertificate(
  client: PoolClient,
  deviceId: number,
  pem: string,
  now: Date,
): Promise<DeviceCertificate> {
  const certificate = readCertificate(pem);
  const expiresAt = certificate.validToDate;
  if (expiresAt <= now) throw new SluiceError("invalid", "certificate.expired", "The certificate has expired.");
  if (certificate.ca) {
    const message = "This is an authority's certificate: register the device's own.";
    throw new SluiceError("invalid", "certificate.authority", message);
  }
  const hash = Buffer.from(certificate.fingerprint256.replaceAll(":", ""), "hex");
  const subject = certificate.subject.replaceAll("\n", ", ").slice(0, MAX_SUBJECT_CHARACTERS);
  const id = await insertCredential(client, { deviceId, kind: "certificate", hash, subject, expiresAt });
  if (id === undefined) {
    throw new SluiceError("conflict", "certificate.taken", "This certificate is registered already.");
  }
  const all = await listCredentials(client, deviceId, "certificate");
  if (all.length > MAX_CERTIFICATES_PER_DEVICE) {
    const message = `A device has at most ${MAX_CERTIFICATES_PER_DEVICE} certificates: remove one first.`;
    throw new SluiceError("conflict", "certificate.too_many", message);
  }
  return certificateOf(all.find((one) => one.id === id)!);
}

function readCertificate(pem: string): X509Certificate {
  // A private key in the text is refused too: it belongs on the device alone.
  const isOne = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/.test(pem);
  try {
    if (isOne) return new X509Certificate(pem);
  } catch {
    // What is wrong inside is of no use to whoever sent it.
  }
  throw new SluiceError("invalid", "certificate.invalid", "Send one X.509 certificate in PEM, and nothing besides it.");
}

function certificateOf({ hash, subject, createdAt, expiresAt, lastUsedAt }: Credential): DeviceCertificate {
  return { fingerprint: hash.toString("hex"), subject: subject ?? "", createdAt, expiresAt: expiresAt!, lastUsedAt };
}
