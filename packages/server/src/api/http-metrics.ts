import type { FastifyInstance } from "fastify";
import type { Clock } from "../platform/clock.ts";
import type { Metrics } from "../platform/metrics.ts";
import type { Admission } from "./admission.ts";
import type { Caller } from "./rate-limits.ts";
import { whenEnded } from "./request-end.ts";

/** Seconds. Few, because each is a line for each route. */
const BUCKETS_SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10];
/** What a request's route is called that found none: what it asked for is anybody's invention. */
const NO_ROUTE = "none";
/** The status of a request whose caller went away before the end of its answer. */
const CALLER_GONE = "gone";

/** Most checks are answered from memory, in microseconds; the others ask the database. */
const CHECK_BUCKETS_SECONDS = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.00075, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.02, 0.1, 1,
];

/** Times how long it takes to find out whose token a request brings. */
export function measureChecks(metrics: Metrics, clock: Clock): () => () => void {
  const timer = metrics.timer(
    { name: "sluice_token_check_duration_seconds", help: "Time to find out whose token a request brings." },
    CHECK_BUCKETS_SECONDS,
  );
  return () => {
    const beganMs = clock.monotonicMs();
    return () => timer.observe({}, (clock.monotonicMs() - beganMs) / 1000);
  };
}

/** Counts and times requests by the patterns of their routes, of which there are only so many. */
export function measureRequests(
  app: FastifyInstance,
  metrics: Metrics,
  admission: Admission,
): (caller: Caller) => void {
  let underWay = 0;
  const limited: Record<Caller, number> = { user: 0, client: 0, address: 0 };
  const duration = metrics.timer(
    {
      name: "sluice_http_request_duration_seconds",
      help: "Time from a request's headers to the end of its answer, by the pattern of its route.",
      labels: ["method", "route", "status"],
    },
    BUCKETS_SECONDS,
  );
  app.addHook("onRequest", async () => {
    underWay++;
  });
  whenEnded(app, ({ request: { method, routeOptions }, reply, durationMs, isWhole, isStream }) => {
    underWay--;
    // How long somebody listened says nothing of how long anything took.
    if (isStream) return;
    const status = isWhole ? `${Math.floor(reply.statusCode / 100)}xx` : CALLER_GONE;
    duration.observe({ method, route: routeOptions.url ?? NO_ROUTE, status }, durationMs / 1000);
  });

  const name = (rest: string) => `sluice_http_${rest}`;
  metrics.gauge(
    { name: name("requests_in_flight"), help: "Requests that have no whole answer yet, streams among them." },
    () => underWay,
  );
  metrics.gauge({ name: name("requests_working"), help: "Requests that are worked on." }, () => admission.working);
  metrics.gauge(
    { name: name("requests_waiting"), help: "Requests that wait for their turn." },
    () => admission.waiting,
  );
  metrics.counter(
    { name: name("requests_put_off_total"), help: "Requests refused with 503 because too many waited, or too long." },
    () => admission.refused,
  );
  metrics.counter(
    { name: name("rate_limited_total"), help: "Requests refused with 429, by what was limited.", labels: ["caller"] },
    () => Object.entries(limited).map(([caller, value]) => ({ labels: { caller }, value })),
  );
  return (caller) => {
    limited[caller]++;
  };
}
