import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import type { S3Settings } from "../object-store/s3-object-store.ts";

/** What the network, or the service, does to a request. */
export type Fault =
  | "none"
  /** 503. */
  | "unavailable"
  /** 500. */
  | "failing"
  /** The connection is reset before anything was done. */
  | "cut"
  | "cut-after-doing-it"
  /** Never answered. */
  | "silent"
  /** Half of the answer, then the connection is reset. */
  | "half"
  /** Half of the answer, then nothing. */
  | "half-then-silent";

export interface S3TestServer {
  readonly settings: S3Settings;
  readonly requests: string[];
  /** Asked for every request, with its method and its path and query. */
  fault: (request: string) => Fault;
  stop(): Promise<void>;
}

const BUCKET = "sluice-test";

interface Koa {
  configureBuckets(): Promise<unknown>;
  callback(): http.RequestListener;
}

/** A real HTTP server that speaks S3, behind a network that fails when it is told to. */
export async function startS3Server(): Promise<S3TestServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "sluice-s3-"));
  // It has no types of its own.
  const S3rver = createRequire(import.meta.url)("s3rver") as new (options: object) => Koa;
  const app = new S3rver({ directory: folder, silent: true, configureBuckets: [{ name: BUCKET }] });
  await app.configureBuckets();
  const handle = withConditions(app.callback());
  const server = http.createServer((request, response) => {
    const name = `${request.method} ${request.url}`;
    test.requests.push(name);
    const fault = test.fault(name);
    if (fault === "none") return handle(request, response);
    if (fault === "cut-after-doing-it") return doThenCut(handle, request, response);
    if (fault === "half" || fault === "half-then-silent") return sendHalf(handle, request, response, fault === "half");
    request.resume();
    if (fault === "silent") return;
    if (fault === "cut") return void request.socket.destroy();
    response.writeHead(fault === "failing" ? 500 : 503, { "content-type": "application/xml" });
    response.end("<Error><Code>SlowDown</Code><Message>injected</Message></Error>");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const test: S3TestServer = {
    settings: {
      bucket: BUCKET,
      prefix: "installation/",
      endpoint: `http://127.0.0.1:${port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
      cacheFolder: path.join(folder, "cache"),
      maxCacheBytes: 1_000_000,
    },
    requests: [],
    fault: () => "none",
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
  return test;
}

/** `If-Match` and `If-None-Match: *` of a PUT, which the library does not know; one such request at a time. */
function withConditions(handle: http.RequestListener): http.RequestListener {
  let turn: Promise<void> = Promise.resolve();
  return (request, response) => {
    const { "if-match": etag, "if-none-match": isNew } = request.headers;
    if (request.method !== "PUT" || (etag ?? isNew) === undefined) return handle(request, response);
    turn = turn.then(async () => {
      const found = await etagOf(request);
      if (isNew === undefined ? found === etag : found === undefined) {
        handle(request, response);
      } else {
        request.resume();
        response.writeHead(412, { "content-type": "application/xml" });
        response.end("<Error><Code>PreconditionFailed</Code></Error>");
      }
      await new Promise((resolve) => response.once("close", resolve));
    });
  };
}

/** Of the object that lies there now. */
async function etagOf({ headers, url }: http.IncomingMessage): Promise<string | undefined> {
  const address = `http://${headers.host}${url!.split("?")[0]}`;
  const { ok, headers: answered } = await fetch(address, { method: "HEAD" });
  return ok ? (answered.get("etag") ?? undefined) : undefined;
}

function sendHalf(
  handle: http.RequestListener,
  request: http.IncomingMessage,
  response: http.ServerResponse,
  isReset: boolean,
): void {
  const { socket } = request;
  const write = response.write.bind(response) as (chunk: Uint8Array, sent: () => void) => boolean;
  let isSent = false;
  response.write = (chunk: unknown) => {
    if (isSent) return true;
    isSent = true;
    const bytes = Buffer.from(chunk as Uint8Array);
    return write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => isReset && socket.destroy());
  };
  response.end = () => {
    // Of an answer without a body nothing arrives.
    if (!isSent && isReset) socket.destroy();
    return response;
  };
  handle(request, response);
}

/** The service has done it, and nobody hears of it. */
function doThenCut(handle: http.RequestListener, request: http.IncomingMessage, response: http.ServerResponse): void {
  const { socket } = request;
  response.write = () => true;
  response.end = () => {
    socket.destroy();
    return response;
  };
  handle(request, response);
}
