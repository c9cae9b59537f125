import * as http from "node:http";
import * as https from "node:https";
import { SluiceError } from "@sluice/core/errors.ts";

const REQUEST_TIMEOUT_MS = 30_000;
/** No answer that is asked for here is larger; a longer one is cut off with an error. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** Requests to one server over a few connections that are kept alive. */
export class HttpClient {
  private readonly baseUrl: URL;
  private readonly agent: http.Agent;

  constructor(baseUrl: string, maxConnections: number) {
    this.baseUrl = parseBaseUrl(baseUrl);
    const options = { keepAlive: true, maxSockets: maxConnections };
    this.agent = this.baseUrl.protocol === "https:" ? new https.Agent(options) : new http.Agent(options);
  }

  get url(): string {
    return this.baseUrl.href.replace(/\/$/, "");
  }

  /** Rejects with `http.unreachable` (retryable) when no whole answer came. */
  request(method: "GET" | "POST", path: string, headers: http.OutgoingHttpHeaders, body?: string): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const fail = (cause: unknown) => reject(unreachable(this.url, cause));
    const send = this.baseUrl.protocol === "https:" ? https.request : http.request;
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const request = send(`${this.url}${path}`, { method, agent: this.agent, headers: { ...headers, ...length } });
    request.setTimeout(REQUEST_TIMEOUT_MS, () =>
      request.destroy(new Error(`no answer within ${REQUEST_TIMEOUT_MS / 1000} s`)),
    );
    request.on("error", fail);
    request.on("response", (response) => {
      readText(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        fail,
      );
    });
    request.end(body);
    return promise;
  }

  postJson(path: string, token: string | undefined, body: string): Promise<HttpAnswer> {
    return this.request("POST", path, { ...bearer(token), "content-type": "application/json" }, body);
  }

  close(): void {
    this.agent.destroy();
  }
}

export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

async function readText(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_RESPONSE_BYTES) throw new Error(`answer longer than ${MAX_RESPONSE_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseBaseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new SluiceError("invalid", "http.bad_url", `"${text}" is no address of a server.`, {
      details: { mend: "Give an address like http://localhost:8080." },
    });
  }
  return url;
}

function unreachable(url: string, cause: unknown): SluiceError {
  const reason = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause);
  return new SluiceError("unavailable", "http.unreachable", `No answer from ${url}: ${reason}.`, {
    cause,
    details: { mend: "Is the server running there? Start it with: sluice serve" },
  });
}
