import Fastify, { type FastifyInstance, type InjectOptions } from "fastify";
import { problemOf } from "../../api/error-mapping.ts";
import { TokenBuckets } from "../../platform/token-buckets.ts";
import { newCounters } from "../counters.ts";
import { refusedTokens } from "../http/http-ingest.ts";
import { httpRoutes } from "../http/http-routes.ts";
import { BodyReader } from "../http/read-body.ts";
import { TakeReadings } from "../http/take-readings.ts";
import { INGEST_LIMITS, type IngestLimits } from "../limits.ts";
import { StampClock } from "../stamp-clock.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryDirectory } from "./memory-directory.ts";
import { MemoryLog } from "./memory-log.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are looked at as the sender would
  readonly json: any;
}

/** The ingest endpoints in a Fastify application, over a log and a registry in memory. */
export class HttpFixture {
  readonly clock = new ManualClock();
  readonly directory = new MemoryDirectory(this.clock);
  readonly log: MemoryLog;
  readonly counters = newCounters();
  readonly attributes: { deviceId: number; attributes: unknown }[] = [];
  readonly bodies: BodyReader;
  readonly app: FastifyInstance;

  constructor(limits: Partial<IngestLimits> = {}, log = new MemoryLog()) {
    this.log = log;
    const { directory, clock, counters } = this;
    const all = { ...INGEST_LIMITS, ...limits };
    this.bodies = new BodyReader(all, clock);
    const stamps = new StampClock(clock);
    const buckets = new TokenBuckets();
    const readings = new TakeReadings({ directory, log, clock, counters, stamps, buckets, limits: all });
    this.app = Fastify();
    this.app.setErrorHandler((error, _request, reply) => {
      const { status, headers, body } = problemOf(error);
      return reply.code(status).headers(headers).send(body);
    });
    this.app.register(
      httpRoutes({
        authenticate: directory.authenticate,
        isKnown: (token) => directory.wereGood.has(token),
        refused: refusedTokens(all, clock),
        readings,
        bodies: this.bodies,
        recordAttributes: async (deviceId, attributes) => {
          this.attributes.push({ deviceId, attributes });
        },
      }),
    );
  }

  async request(options: InjectOptions): Promise<Answer> {
    const { statusCode, headers, body } = await this.app.inject(options);
    let json: unknown;
    try {
      json = JSON.parse(body);
    } catch {
      json = undefined;
    }
    return { status: statusCode, headers, text: body, json };
  }

  /** Posts as an API client unless told otherwise; an object goes as JSON. */
  post(url: string, body: string | Buffer | object, headers: Record<string, string> = {}): Promise<Answer> {
    const isRaw = typeof body === "string" || Buffer.isBuffer(body);
    return this.request({
      method: "POST",
      url,
      payload: isRaw ? body : JSON.stringify(body),
      headers: { authorization: "Bearer client", "content-type": "application/json", ...headers },
    });
  }

  /** What is stored, in words: `[uid, values by key, extras]`. */
  get stored(): readonly (readonly [string, Record<string, number>, unknown])[] {
    return this.log.stored.map(({ deviceId, values, extras }) => {
      const named = [...values].map(([number, value]) => [this.directory.metrics[number], value]);
      return [
        this.directory.uids[deviceId - 1]!,
        Object.fromEntries(named),
        extras === undefined ? undefined : JSON.parse(extras),
      ] as const;
    });
  }
}
