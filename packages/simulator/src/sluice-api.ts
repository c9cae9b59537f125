import { SluiceError } from "@sluice/core/errors.ts";
import { createSluiceClient, type SluiceClient } from "@sluice/protocol/http/sluice-client.ts";
import { solutions } from "@sluice/solutions/registry.ts";
import type { Clock } from "./clock.ts";
import { fetchOver } from "./senders/fetch-over.ts";
import { HttpClient } from "./senders/http-client.ts";
import { refusal, untilTaken } from "./senders/retry.ts";

/** Connections for registering: the server hashes and commits for each device, more in parallel gain nothing. */
const MAX_CONNECTIONS = 8;

export interface DeviceToRegister {
  readonly uid: string;
  readonly profile: string;
  readonly name?: string;
  readonly site?: string;
  readonly asset?: number;
  /** Uid of the gateway that speaks for it. */
  readonly gateway?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** The part of the REST API that a simulation needs, signed in as a person. */
export class SluiceApi {
  private readonly http: HttpClient;
  private readonly client: SluiceClient;
  private token: string | undefined;

  constructor(serverUrl: string, clock: Clock) {
    this.http = new HttpClient(serverUrl, MAX_CONNECTIONS);
    this.client = createSluiceClient({
      serverUrl: this.http.url,
      token: () => this.token,
      fetch: fetchOver(this.http, (send) => untilTaken(send, clock, () => false)),
    });
  }

  /** Tried once: a server that is not there should be said at once. */
  async signIn(email: string, password: string): Promise<void> {
    const once = fetchOver(this.http, (send) => send());
    this.token = dataOf(await this.client.login({ username: email, password }, { fetch: once })).access_token;
  }

  /**
   * The tokens of those that are new, in the order given; undefined for those that were there already, which get what was not
   * known of them.
   */
  async registerDevices(devices: readonly DeviceToRegister[]): Promise<(string | undefined)[]> {
    const body = devices.map((device) => ({ ...device, properties: { ...device.properties } }));
    const onExisting = devices.some(({ gateway }) => gateway !== undefined) ? "update" : "skip";
    const { items } = dataOf(await this.client.bulkDevices({ body, onExisting }));
    const failed = items.find(({ status }) => status === "failed");
    if (failed !== undefined) {
      throw new SluiceError("invalid", "simulator.not_registered", `${failed.uid}: ${failed.message}`);
    }
    return items.map(({ token }) => token);
  }

  /** Installs the solutions of these profiles that do not come with every organization; one that is there is not upgraded. */
  async ensureSolutionsOf(profiles: ReadonlySet<string>): Promise<void> {
    const needed = solutions.filter((one) => !one.isStandard && one.profiles.some(({ key }) => profiles.has(key)));
    if (needed.length === 0) return;
    const listed = dataOf(await this.client.listSolutions());
    for (const { key: solution } of needed) {
      const isInstalled = listed.some(({ key, installedVersion }) => key === solution && installedVersion !== null);
      if (!isInstalled) dataOf(await this.client.installSolution({ solution }));
    }
  }

  /** A new one: the old one opens nothing any more. */
  async rotateDeviceToken(uid: string): Promise<string> {
    return dataOf(await this.client.rotateDeviceToken({ uid })).token;
  }

  async hasDevice(uid: string): Promise<boolean> {
    return isThere(await this.client.getDevice({ uid }));
  }

  /** Makes the site unless one of this slug is there. */
  async ensureSite(site: { readonly slug: string; readonly name: string; readonly timeZone: string }): Promise<void> {
    const answer = await this.client.createSite(site);
    if (answer.response?.status !== 409) dataOf(answer);
  }

  /** The id of a new asset. */
  async createAsset(asset: { readonly kind: string; readonly name: string; readonly site: string }): Promise<number> {
    return dataOf(await this.client.createAsset(asset)).id;
  }

  async hasAsset(id: number): Promise<boolean> {
    return isThere(await this.client.getAsset({ asset: id }));
  }

  /** A long-lived key that may send readings for every device of the organization. */
  async createIngestClient(name: string): Promise<string> {
    return dataOf(await this.client.createClient({ name, scopes: ["ingest"] })).token;
  }

  get isSignedIn(): boolean {
    return this.token !== undefined;
  }

  close(): void {
    this.http.close();
  }
}

interface Answer<Data> {
  readonly data: Data | undefined;
  readonly error?: unknown;
  readonly response?: Response;
}

function isThere(answer: Answer<unknown>): boolean {
  if (answer.response?.status === 404) return false;
  dataOf(answer);
  return true;
}

/** What was asked for. Throws what the server said instead, or why it said nothing. */
function dataOf<Data>({ data, error, response }: Answer<Data>): NonNullable<Data> {
  if (data !== undefined && data !== null) return data;
  if (error instanceof Error || response === undefined) throw error;
  throw refusal({ status: response.status, headers: {}, text: JSON.stringify(error) });
}
