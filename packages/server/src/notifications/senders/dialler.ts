import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { SluiceError } from "@sluice/core/errors.ts";
import type { Clock } from "../../platform/clock.ts";
import { type NameQuery, NameResolution } from "./name-resolution.ts";
import { isPublicAddress } from "./public-address.ts";
import { untilAborted } from "./until-aborted.ts";

/** Where a connection goes: to exactly this address. With a `serverName` it is encrypted, and the certificate must name it. */
export interface Destination {
  readonly address: string;
  readonly port: number;
  readonly tls: { readonly serverName: string } | undefined;
}

/** The two ways out into the network, so that tests see every packet that would leave. */
export interface Network {
  readonly resolve: (query: NameQuery) => Promise<readonly string[]>;
  readonly connect: (destination: Destination) => Socket;
}

export interface HttpPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly mayBePrivate: boolean;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** At most `MAX_ANSWER_BYTES`. */
  readonly body: string;
}

/** From the look-up of the name to the last byte of the answer. */
export const POST_LIMIT_MS = 15_000;
/** What is longer is not read on: only its status counts. */
export const MAX_ANSWER_BYTES = 16_384;

/**
 * Sends HTTP requests to addresses that strangers choose. A name is resolved once, every address it has must be public unless
 * the caller allows others, and the connection goes to the address that was judged, so that a name which resolves otherwise a
 * moment later reaches nothing. Redirects are answers like any other, proxies of the environment are not used, and
 * certificates are verified.
 */
export class Dialler {
  private readonly network: Network;
  private readonly clock: Clock;

  constructor(clock: Clock, network: Network = SYSTEM_NETWORK) {
    this.clock = clock;
    this.network = network;
  }

  /** Throws `webhook.address_refused`, `webhook.timeout`, or whatever the network did. */
  async post(post: HttpPost): Promise<HttpAnswer> {
    const limit = new AbortController();
    const cancel = this.clock.after(POST_LIMIT_MS, () => limit.abort(tooSlow(post.url)));
    const signal = AbortSignal.any([post.signal, limit.signal]);
    try {
      const address = await untilAborted(this.resolve(post, signal), signal);
      return await this.exchange(address, post, signal);
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      cancel();
    }
  }

  private async resolve({ url, mayBePrivate }: HttpPost, signal: AbortSignal): Promise<string> {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const query = { hostname: host, isOwn: mayBePrivate, signal };
    const addresses = isIP(host) === 0 ? await this.network.resolve(query) : [host];
    const refused = mayBePrivate ? undefined : addresses.find((address) => !isPublicAddress(address));
    if (refused !== undefined) throw addressRefused(url, refused);
    const [address] = addresses;
    if (address === undefined) throw new Error(`${host} has no address`);
    return address;
  }

  /** Ends with the request, whatever its receiver does: an aborted one is closed. */
  private exchange(address: string, { url, headers, body }: HttpPost, signal: AbortSignal): Promise<HttpAnswer> {
    const isEncrypted = url.protocol === "https:";
    const destination = {
      address,
      port: Number(url.port) || (isEncrypted ? 443 : 80),
      tls: isEncrypted ? { serverName: url.hostname.replace(/^\[|\]$/g, "") } : undefined,
    };
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const request = httpRequest({
        method: "POST",
        path: url.pathname + url.search,
        headers: { ...headers, host: url.host, "content-length": Buffer.byteLength(body), connection: "close" },
        createConnection: () => this.network.connect(destination),
        signal,
      });
      const close = () => reject(new Error(`${url.host} closed the connection without an answer`));
      request.on("error", reject).on("close", close);
      request.once("response", (response) => {
        // What breaks from here on breaks off the answer, and is no failure of the request.
        request
          .off("error", reject)
          .off("close", close)
          .on("error", () => {});
        readAnswer(response).then(resolve, reject);
      });
      // Nobody asked for another protocol.
      request.once("upgrade", ({ statusCode, headers }, socket) => {
        socket.destroy();
        resolve({ status: statusCode!, headers, body: "" });
      });
      request.end(body);
    });
  }
}

/** Half an answer is one: its status has come, and nothing else of it decides anything. */
async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      // Leaving the loop closes the connection.
      if (bytes >= MAX_ANSWER_BYTES) break;
    }
  } catch {
    // Broken off, or slower than the limit.
  }
  const body = Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString();
  return { status: response.statusCode!, headers: response.headers, body };
}

const names = new NameResolution();

export const SYSTEM_NETWORK: Network = {
  resolve: (query) => names.resolve(query),
  connect: ({ address, port, tls }) => {
    if (tls === undefined) return connectPlain({ host: address, port });
    const { serverName } = tls;
    // A certificate may name an address, which is then compared as `host`; SNI has names only (RFC 6066, section 3).
    return connectTls({ host: address, port, ...(isIP(serverName) === 0 ? { servername: serverName } : {}) });
  },
};

/** The address is for the log alone: whoever names a host is not to learn from us where an inner name leads. */
export function addressRefused(url: URL, address: string): SluiceError {
  return new SluiceError(
    "forbidden",
    "webhook.address_refused",
    `${url.hostname} is not on the public internet. If it is meant, name ${url.host} in SLUICE_WEBHOOK_ALLOW_PRIVATE.`,
    { details: { host: url.hostname }, cause: new Error(`it leads to ${address}`) },
  );
}

function tooSlow(url: URL): SluiceError {
  return new SluiceError(
    "unavailable",
    "webhook.timeout",
    `${url.host} did not answer within ${POST_LIMIT_MS / 1000} s.`,
  );
}
