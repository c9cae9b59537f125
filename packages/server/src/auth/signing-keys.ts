import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import type { Pool } from "pg";
import type { Clock } from "../platform/clock.ts";
import { inTransaction } from "../platform/postgres.ts";
import type { Sealer } from "../platform/secret.ts";
import type { RandomBytes } from "../platform/secret-token.ts";
import {
  deleteKeysRetiredBefore,
  insertSigningKey,
  listSigningKeys,
  lockSigningKeys,
  type SigningKeyRow,
} from "./signing-key-store.ts";

/** The one algorithm of our access tokens: Ed25519 (RFC 8037). */
export const SIGNING_ALGORITHM = "EdDSA";

const DAY_MS = 24 * 3600 * 1000;
/** A key signs this long, then the next one does. */
export const SIGNING_KEY_LIFETIME_MS = 90 * DAY_MS;
/** A retired key is kept for the tokens it signed, which live minutes; so long a process may not have seen the next one. */
export const KEEP_RETIRED_MS = 3600_000;
/** Tokens that name a key we do not know make us look for it in the database, at most this often. */
const RELOAD_INTERVAL_MS = 1_000;
/** `PrivateKeyInfo` of an Ed25519 key up to its 32 bytes of seed (RFC 8410, section 7). */
const ED25519_PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const SEED_BYTES = 32;
const ID_BYTES = 8;

interface SigningKey {
  readonly id: string;
  readonly createdAtMs: number;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface PublicKey {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
  readonly kid: string;
  readonly alg: typeof SIGNING_ALGORITHM;
  readonly use: "sig";
}

export interface SigningKeysOptions {
  readonly pool: Pool;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}

/** The keys of access tokens, shared by all processes through the database, where their private part lies sealed. */
export class SigningKeys {
  readonly #options: SigningKeysOptions;
  readonly #keys = new Map<string, SigningKey>();
  #newest: SigningKey | undefined;
  #reloadedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: SigningKeysOptions) {
    this.#options = options;
  }

  /** The key to sign with; made when there is none, or the last one is old. */
  async current(): Promise<{ readonly id: string; readonly privateKey: KeyObject }> {
    if (!this.#newest || this.#isOld(this.#newest)) await this.#renew();
    return this.#newest!;
  }

  /** Undefined when no key of that id may still verify. */
  async verificationKey(id: string): Promise<KeyObject | undefined> {
    if (!this.#keys.has(id) && this.#mayReload())
      this.#keep(await listSigningKeys(this.#options.pool, SIGNING_ALGORITHM));
    const key = this.#keys.get(id);
    return key && !this.#isSpent(key) ? key.publicKey : undefined;
  }

  /** Those that verify now, the newest first, as a JSON Web Key Set has them (RFC 8037). */
  async publicKeys(): Promise<PublicKey[]> {
    await this.current();
    if (this.#mayReload()) this.#keep(await listSigningKeys(this.#options.pool, SIGNING_ALGORITHM));
    return [...this.#keys.values()].filter((key) => !this.#isSpent(key)).map(publicKeyOf);
  }

  async #renew(): Promise<void> {
    const { pool, clock, randomBytes, sealer } = this.#options;
    const now = new Date(clock.nowMicros() / 1000);
    const rows = await inTransaction(pool, async (client) => {
      await lockSigningKeys(client);
      const [newest] = await listSigningKeys(client, SIGNING_ALGORITHM);
      if (!newest || this.#isOld({ createdAtMs: newest.createdAt.getTime() })) {
        await insertSigningKey(client, {
          id: Buffer.from(randomBytes(ID_BYTES)).toString("hex"),
          algorithm: SIGNING_ALGORITHM,
          sealed: sealer.seal(randomBytes(SEED_BYTES)),
          createdAt: now,
        });
        await deleteKeysRetiredBefore(client, new Date(now.getTime() - KEEP_RETIRED_MS));
      }
      return listSigningKeys(client, SIGNING_ALGORITHM);
    });
    this.#keep(rows);
  }

  #keep(rows: readonly SigningKeyRow[]): void {
    const known = new Map(this.#keys);
    this.#keys.clear();
    for (const row of rows) this.#keys.set(row.id, known.get(row.id) ?? this.#open(row));
    this.#newest = rows[0] && this.#keys.get(rows[0].id);
  }

  #open(row: SigningKeyRow): SigningKey {
    const seed = this.#options.sealer.unseal(row.sealed);
    const key = Buffer.concat([ED25519_PKCS8_PREFIX, seed]);
    const privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
    return { id: row.id, createdAtMs: row.createdAt.getTime(), privateKey, publicKey: createPublicKey(privateKey) };
  }

  #isOld({ createdAtMs }: { readonly createdAtMs: number }): boolean {
    return this.#options.clock.nowMicros() / 1000 - createdAtMs >= SIGNING_KEY_LIFETIME_MS;
  }

  /** Whatever it signed has expired, also where nobody has told this process of the next key. */
  #isSpent({ createdAtMs }: SigningKey): boolean {
    return this.#options.clock.nowMicros() / 1000 - createdAtMs >= SIGNING_KEY_LIFETIME_MS + KEEP_RETIRED_MS;
  }

  #mayReload(): boolean {
    const now = this.#options.clock.monotonicMs();
    if (now - this.#reloadedAtMs < RELOAD_INTERVAL_MS) return false;
    this.#reloadedAtMs = now;
    return true;
  }
}

function publicKeyOf({ id, publicKey }: SigningKey): PublicKey {
  const { x } = publicKey.export({ format: "jwk" });
  return { kty: "OKP", crv: "Ed25519", x: x!, kid: id, alg: SIGNING_ALGORITHM, use: "sig" };
}
