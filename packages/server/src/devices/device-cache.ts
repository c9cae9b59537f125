import type { CredentialKey } from "./credential-key.ts";
import type { DeviceEntry } from "./directory.ts";

export interface CachedCredential {
  readonly key: CredentialKey;
  /** Undefined: never. */
  readonly expiresAtMs: number | undefined;
}

/**
 * Devices by number, uid and credential in memory, at most `limit` of them: past it the one that came first goes. Asking by
 * number or uid is one `Map` access (one more when the organization changes from call to call).
 */
export class DeviceCache {
  readonly #limit: number;
  readonly #byId = new Map<number, DeviceEntry>();
  readonly #byUid = new Map<number, Map<string, DeviceEntry>>();
  readonly #idByKey = new Map<CredentialKey, number>();
  /** Of those that expire. */
  readonly #expiresAtMs = new Map<CredentialKey, number>();
  /** Most devices have one. */
  readonly #keysById = new Map<number, CredentialKey | readonly CredentialKey[]>();
  #lastOrganizationId = 0;
  #lastByUid: ReadonlyMap<string, DeviceEntry> | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#byId.size;
  }

  byId(id: number): DeviceEntry | undefined {
    return this.#byId.get(id);
  }

  byUid(organizationId: number, uid: string): DeviceEntry | undefined {
    if (organizationId !== this.#lastOrganizationId || this.#lastByUid === undefined) {
      this.#lastByUid = this.#byUid.get(organizationId);
      this.#lastOrganizationId = organizationId;
    }
    return this.#lastByUid?.get(uid);
  }

  byCredential(key: CredentialKey): DeviceEntry | undefined {
    const id = this.#idByKey.get(key);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** Undefined: never, as far as it is known here. */
  expiresAtMs(key: CredentialKey): number | undefined {
    return this.#expiresAtMs.size === 0 ? undefined : this.#expiresAtMs.get(key);
  }

  /** Keeps a device; with its credential when it was found by one. */
  put(device: DeviceEntry, credential?: CachedCredential): void {
    if (!this.#byId.has(device.id) && this.#byId.size >= this.#limit) this.#dropOldest();
    this.#byId.set(device.id, device);
    this.#uidsOf(device.organizationId).set(device.uid, device);
    if (credential !== undefined) this.#putCredential(device.id, credential);
  }

  forget(id: number): void {
    const device = this.#byId.get(id);
    if (!device) return;
    this.#byId.delete(id);
    this.#byUid.get(device.organizationId)?.delete(device.uid);
    this.#forgetKeys(id);
  }

  clear(): void {
    this.#byId.clear();
    this.#byUid.clear();
    this.#idByKey.clear();
    this.#expiresAtMs.clear();
    this.#keysById.clear();
    this.#lastByUid = undefined;
  }

  #uidsOf(organizationId: number): Map<string, DeviceEntry> {
    let uids = this.#byUid.get(organizationId);
    if (!uids) {
      uids = new Map();
      this.#byUid.set(organizationId, uids);
      this.#lastByUid = undefined;
    }
    return uids;
  }

  #putCredential(id: number, { key, expiresAtMs }: CachedCredential): void {
    if (expiresAtMs !== undefined) this.#expiresAtMs.set(key, expiresAtMs);
    if (this.#idByKey.get(key) === id) return;
    this.#idByKey.set(key, id);
    const keys = this.#keysOf(id);
    this.#keysById.set(id, keys.length === 0 ? key : [...keys, key]);
  }

  #keysOf(id: number): readonly CredentialKey[] {
    const keys = this.#keysById.get(id);
    return keys === undefined ? [] : typeof keys === "string" ? [keys] : keys;
  }

  #forgetKeys(id: number): void {
    for (const key of this.#keysOf(id)) {
      this.#idByKey.delete(key);
      this.#expiresAtMs.delete(key);
    }
    this.#keysById.delete(id);
  }

  #dropOldest(): void {
    const [oldest] = this.#byId.keys();
    if (oldest !== undefined) this.forget(oldest);
  }
}
