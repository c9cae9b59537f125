import { Agent, request } from "node:http";
import { eventually } from "./eventually.ts";

/** How a sender that knows nothing of its server's health behaves: it sends again until it is told 2xx. */
export class RepeatingSender {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });
  /** Changes when the server is started again on another port. */
  url: string;
  readonly token: string;
  /** Attempts that were refused or broken off. */
  failures = 0;

  constructor(url: string, token: string) {
    this.url = url;
    this.token = token;
  }

  /** Resolves when some attempt was acknowledged. With `twice`, a second attempt starts while the first is under way. */
  async deliver(path: string, body: string, twice: boolean): Promise<void> {
    await eventually(async () => {
      const attempts = [this.post(path, body), ...(twice ? [this.post(path, body)] : [])];
      const statuses = await Promise.all(attempts);
      return statuses.some((status) => status >= 200 && status < 300) ? true : undefined;
    });
  }

  close(): void {
    this.agent.destroy();
  }

  private post(path: string, body: string): Promise<number> {
    return new Promise((resolve) => {
      const fail = () => {
        this.failures++;
        resolve(0);
      };
      const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json" };
      const outgoing = request(this.url + path, { method: "POST", agent: this.agent, headers }, (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
        response.on("error", fail);
      });
      outgoing.on("error", fail);
      outgoing.end(body);
    });
  }
}
