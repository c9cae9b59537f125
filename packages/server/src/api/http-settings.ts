import { ADMISSION_LIMITS, type AdmissionLimits } from "./admission.ts";
import type { MetricsAccess } from "./metrics-route.ts";
import { RATE_LIMITS, type RateLimits } from "./rate-limits.ts";
import { REQUEST_LIMITS, type RequestLimits } from "./request-limits.ts";

/** What can be set of how the HTTP server treats requests. */
export interface HttpSettings {
  /** Addresses and networks of the proxies before it: from them alone `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Origins other than its own whose pages may call it. */
  readonly corsOrigins: readonly string[];
  /** Whether the world reaches it by https: then browsers are told never to come otherwise. */
  readonly isHttps: boolean;
  /** A line in the log for each request; else only for those that are slow or failed. */
  readonly logsAccess: boolean;
  /** An answer that took this long is worth a line. */
  readonly slowMs: number;
  readonly metricsAccess: MetricsAccess;
  readonly rateLimits: RateLimits;
  readonly requestLimits: RequestLimits;
  readonly admissionLimits: AdmissionLimits;
}

export const HTTP_SETTINGS: HttpSettings = {
  trustedProxies: [],
  corsOrigins: [],
  isHttps: false,
  logsAccess: false,
  slowMs: 1_000,
  metricsAccess: "loopback",
  rateLimits: RATE_LIMITS,
  requestLimits: REQUEST_LIMITS,
  admissionLimits: ADMISSION_LIMITS,
};
