import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it arrived; `isSigned` when one of its signatures fits one of the receiver's secrets. */
export interface ReceivedRequest {
  readonly headers: IncomingMessage["headers"];
  readonly path: string;
  readonly body: string;
  readonly isSigned: boolean;
}

export interface ReceiverAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A real HTTP server that takes webhooks, and answers as a test says: a status, or not at all. */
export class TestReceiver {
  readonly requests: ReceivedRequest[] = [];
  secrets: string[] = [];
  /** Undefined: it stays silent. */
  answer: (request: ReceivedRequest) => ReceiverAnswer | undefined = () => ({ status: 204 });
  private server: Server | undefined;
  private waiting: (() => void)[] = [];

  async start(port = 0): Promise<void> {
    this.server = createServer((request, response) => this.take(request, response));
    await new Promise<void>((resolve) => this.server!.listen(port, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  }

  get port(): number {
    return (this.server!.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** Resolves when one more request has arrived. */
  nextRequest(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  bodies<T>(): T[] {
    return this.requests.map(({ body }) => JSON.parse(body));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const received = { headers: request.headers, path: request.url!, body, isSigned: this.isSigned(request, body) };
    this.requests.push(received);
    const answer = this.answer(received);
    if (answer !== undefined) response.writeHead(answer.status, answer.headers).end();
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Written after the specification, and not with the code that it judges. */
  private isSigned({ headers }: IncomingMessage, body: string): boolean {
    const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const expected = this.secrets.map((secret) => {
      const key = Buffer.from(secret.replace("whsec_", ""), "base64");
      return `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
    });
    const given = String(headers["webhook-signature"]).split(" ");
    return given.some((signature) => expected.includes(signature));
  }
}
