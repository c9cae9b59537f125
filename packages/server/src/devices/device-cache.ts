import type { DeviceEntry } from "./directory.ts";

/**
 * Devices by number, uid and token in memory, at most `limit` of them: past it the one that came first goes. Asking by
 * number or uid is one `Map` access (one more when the organization changes from call to call).
 */
export class DeviceCache {
  readonly #limit: number;
  readonly #byId = new Map<number, DeviceEntry>();
  readonly #byUid = new Map<number, Map<string, DeviceEntry>>();
  readonly #idByToken = new Map<string, number>();
  readonly #tokenById = new Map<number, string>();
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

  byTokenHash(tokenHash: string): DeviceEntry | undefined {
    const id = this.#idByToken.get(tokenHash);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** Keeps a device; with its token's hash when it was found by that. */
  put(device: DeviceEntry, tokenHash?: string): void {
    if (!this.#byId.has(device.id) && this.#byId.size >= this.#limit) this.#dropOldest();
    this.#byId.set(device.id, device);
    this.#uidsOf(device.organizationId).set(device.uid, device);
    if (tokenHash !== undefined) {
      this.#forgetToken(device.id);
      this.#idByToken.set(tokenHash, device.id);
      this.#tokenById.set(device.id, tokenHash);
    }
  }

  forget(id: number): void {
    const device = this.#byId.get(id);
    if (!device) return;
    this.#byId.delete(id);
    this.#byUid.get(device.organizationId)?.delete(device.uid);
    this.#forgetToken(id);
  }

  clear(): void {
    this.#byId.clear();
    this.#byUid.clear();
    this.#idByToken.clear();
    this.#tokenById.clear();
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

  #forgetToken(id: number): void {
    const tokenHash = this.#tokenById.get(id);
    if (tokenHash === undefined) return;
    this.#idByToken.delete(tokenHash);
    this.#tokenById.delete(id);
  }

  #dropOldest(): void {
    const [oldest] = this.#byId.keys();
    if (oldest !== undefined) this.forget(oldest);
  }
}
