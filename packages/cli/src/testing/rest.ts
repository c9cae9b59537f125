/** The REST API as a test speaks to it, signed in. */
export class Rest {
  private readonly serverUrl: string;
  private token: string | undefined;

  constructor(serverUrl: string) {
    this.serverUrl = serverUrl;
  }

  async signIn(username: string, password: string): Promise<void> {
    this.token = (await this.post<{ access_token: string }>("/api/auth/login", { username, password })).access_token;
  }

  get<T>(path: string): Promise<T> {
    return this.request("GET", path);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.request("POST", path, JSON.stringify(body));
  }

  private async request<T>(method: string, path: string, body?: string): Promise<T> {
    const headers: Record<string, string> = this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    const answer = await fetch(`${this.serverUrl}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
