import { SluiceError } from "@sluice/core/errors.ts";
import type { Clock } from "./clock.ts";
import { bearer, type HttpAnswer, HttpClient } from "./senders/http-client.ts";
import { refusal, untilTaken } from "./senders/retry.ts";

/** Connections for registering: the server hashes and commits for each device, more in parallel gain nothing. */
const MAX_CONNECTIONS = 8;

export interface DeviceToRegister {
  readonly uid: string;
  readonly profile: string;
  readonly name?: string;
  readonly site?: string;
  readonly asset?: number;
}

/** The part of the REST API that a simulation needs, signed in as a person. */
export class SluiceApi {
  private readonly client: HttpClient;
  private readonly clock: Clock;
  private token: string | undefined;

  constructor(serverUrl: string, clock: Clock) {
    this.client = new HttpClient(serverUrl, MAX_CONNECTIONS);
    this.clock = clock;
  }

  /** Tried once: a server that is not there should be said at once. */
  async signIn(email: string, password: string): Promise<void> {
    const body = JSON.stringify({ username: email, password });
    const answer = await this.client.postJson("/api/auth/login", undefined, body);
    if (answer.status !== 200) throw refusal(answer);
    this.token = (JSON.parse(answer.text) as { access_token: string }).access_token;
  }

  /** The device's token. A device that is there already gets a new one: its old one is not known here. */
  async registerDevice(device: DeviceToRegister): Promise<string> {
    const answer = await this.post("/api/v1/devices", device);
    if (answer.status === 201) return tokenIn(answer);
    if (answer.status === 409) return this.rotateToken(device.uid);
    throw refusal(answer);
  }

  hasDevice(uid: string): Promise<boolean> {
    return this.exists(`/api/v1/devices/${encodeURIComponent(uid)}`);
  }

  /** Makes the site unless one of this slug is there. */
  async ensureSite(site: { readonly slug: string; readonly name: string; readonly timeZone: string }): Promise<void> {
    const answer = await this.post("/api/v1/sites", site);
    if (answer.status !== 201 && answer.status !== 409) throw refusal(answer);
  }

  /** The id of a new asset. */
  async createAsset(asset: { readonly kind: string; readonly name: string; readonly site: string }): Promise<number> {
    const answer = await this.post("/api/v1/assets", asset);
    if (answer.status !== 201) throw refusal(answer);
    return (JSON.parse(answer.text) as { id: number }).id;
  }

  hasAsset(id: number): Promise<boolean> {
    return this.exists(`/api/v1/assets/${id}`);
  }

  /** A long-lived key that may send readings for every device of the organization. */
  async createIngestClient(name: string): Promise<string> {
    const answer = await this.post("/api/v1/clients", { name, scopes: ["ingest"] });
    if (answer.status !== 201) throw refusal(answer);
    return tokenIn(answer);
  }

  get isSignedIn(): boolean {
    return this.token !== undefined;
  }

  close(): void {
    this.client.close();
  }

  private async rotateToken(uid: string): Promise<string> {
    const answer = await this.post(`/api/v1/devices/${encodeURIComponent(uid)}/token`, {});
    if (answer.status >= 300) throw refusal(answer);
    return tokenIn(answer);
  }

  private async exists(path: string): Promise<boolean> {
    const answer = await this.get(path);
    if (answer.status !== 200 && answer.status !== 404) throw refusal(answer);
    return answer.status === 200;
  }

  private post(path: string, body: unknown): Promise<HttpAnswer> {
    return untilTaken(
      () => this.client.postJson(path, this.token, JSON.stringify(body)),
      this.clock,
      () => false,
    );
  }

  private get(path: string): Promise<HttpAnswer> {
    return untilTaken(
      () => this.client.request("GET", path, bearer(this.token)),
      this.clock,
      () => false,
    );
  }
}

function tokenIn(answer: HttpAnswer): string {
  const { token } = JSON.parse(answer.text) as { token?: unknown };
  if (typeof token === "string") return token;
  throw new SluiceError("internal", "api.no_token", "The server's answer holds no token.");
}
