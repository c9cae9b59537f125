import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { SluiceError } from "@sluice/core/errors.ts";
import { replaceFile } from "./durable-file.ts";
import type { DeviceToRegister, SluiceApi } from "./sluice-api.ts";

/** Devices in one request, after each of which their tokens are saved: they are shown once. */
const REGISTERED_AT_ONCE = 1_000;
/** Requests under way at once. */
const PARALLEL_ROTATIONS = 8;

/** Stands for the token of a device that was registered before by somebody else. */
const UNKNOWN = "";

export interface SignIn {
  readonly email: string;
  readonly password: string;
}

interface TokenFile {
  devices: Record<string, string>;
  /** Of each device that is spoken for: by which gateway. */
  gateways?: Record<string, string>;
  client?: string;
}

/** The tokens of simulated devices on one server, kept so that a restart is the same fleet. */
export class FleetTokens {
  private readonly path: string;
  private readonly api: SluiceApi;
  private readonly signIn: SignIn | undefined;
  private content: TokenFile;

  constructor(filePath: string, api: SluiceApi, signIn: SignIn | undefined) {
    this.path = filePath;
    this.api = api;
    this.signIn = signIn;
    this.content = existsSync(this.path) ? (JSON.parse(readFileSync(this.path, "utf8")) as TokenFile) : { devices: {} };
  }

  /** Registers those that are not, and answers the token of each device, in their order. */
  async devices(fleet: readonly DeviceToRegister[], onProgress: (done: number) => void = () => {}): Promise<string[]> {
    await this.register(fleet, onProgress);
    const unknown = fleet.filter(({ uid }) => this.content.devices[uid] === UNKNOWN);
    if (unknown.length > 0) await this.ensureSignedIn();
    await inParallel(unknown, PARALLEL_ROTATIONS, async ({ uid }) => {
      this.content.devices[uid] = await this.api.rotateDeviceToken(uid);
    });
    if (unknown.length > 0) this.save();
    return fleet.map(({ uid }) => this.content.devices[uid]!);
  }

  /** For devices that never speak for themselves, whose tokens do not matter. */
  async register(fleet: readonly DeviceToRegister[], onProgress: (done: number) => void = () => {}): Promise<void> {
    await this.forgetOtherDatabase(fleet);
    const missing = fleet.filter((device) => !this.isKnown(device));
    if (missing.length > 0) {
      await this.ensureSignedIn();
      await this.api.ensureSolutionsOf(new Set(missing.map(({ profile }) => profile)));
    }
    this.content.gateways ??= {};
    const { gateways } = this.content;
    for (let from = 0; from < missing.length; from += REGISTERED_AT_ONCE) {
      const some = missing.slice(from, from + REGISTERED_AT_ONCE);
      const tokens = await this.api.registerDevices(some);
      for (const [index, { uid, gateway }] of some.entries()) {
        this.content.devices[uid] = tokens[index] ?? this.content.devices[uid] ?? UNKNOWN;
        if (gateway !== undefined) gateways[uid] = gateway;
      }
      this.save();
      onProgress(from + some.length);
    }
  }

  private isKnown({ uid, gateway }: DeviceToRegister): boolean {
    const isBehindIt = gateway === undefined || this.content.gateways?.[uid] === gateway;
    return Object.hasOwn(this.content.devices, uid) && isBehindIt;
  }

  /** A key that sends for all of them, made once. */
  async ingestClient(name: string): Promise<string> {
    if (this.content.client === undefined) {
      await this.ensureSignedIn();
      this.content.client = await this.api.createIngestClient(name);
      this.save();
    }
    return this.content.client;
  }

  /** Tokens of a server whose database was made anew open nothing: the first device tells for all. */
  private async forgetOtherDatabase(fleet: readonly DeviceToRegister[]): Promise<void> {
    const known = fleet.find(({ uid }) => Object.hasOwn(this.content.devices, uid));
    if (known === undefined || this.signIn === undefined) return;
    await this.ensureSignedIn();
    if (!(await this.api.hasDevice(known.uid))) this.content = { devices: {} };
  }

  private async ensureSignedIn(): Promise<void> {
    if (this.api.isSignedIn) return;
    if (this.signIn === undefined) {
      throw new SluiceError("unauthenticated", "simulator.sign_in", "Registering devices needs a sign-in.", {
        details: { mend: "Give --email and --password of an administrator." },
      });
    }
    await this.api.signIn(this.signIn.email, this.signIn.password);
  }

  private save(): void {
    replaceFile(this.path, JSON.stringify(this.content, undefined, 1));
  }
}

/** The server names the file: fleets of two servers never mix. */
export function tokenFilePath(stateDirectory: string, serverUrl: string): string {
  const host = serverUrl.replace(/^\w+:\/\//, "").replace(/[^\w.-]+/g, "_");
  return path.join(stateDirectory, `tokens-${host}.json`);
}

/** Runs `work` over all items, so many at once; rejects with the first error, after the others under way have ended. */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      await work(items[index]!, index);
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
