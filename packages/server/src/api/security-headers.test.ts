import type { FastifyInstance } from "fastify";
import { afterEach, expect, test } from "vitest";
import type { HttpSettings } from "./http-settings.ts";
import { createDescribedApp } from "./testing/described-app.ts";

const status = async () => ({ status: "healthy", db: "connected", workers: "running" }) as const;

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

async function createApp(settings: Partial<HttpSettings> = {}): Promise<FastifyInstance> {
  app = await createDescribedApp({ status, settings });
  return app;
}

test.each(["/", "/api/docs", "/api/status", "/api/v1/sites", "/nothing-here"])(
  "%s tells a browser what it may do with it",
  async (url) => {
    const { headers } = await (await createApp()).inject({ url });
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["content-security-policy"]).toContain("script-src 'self';");
    expect(headers["strict-transport-security"]).toBeUndefined();
    expect(headers["x-powered-by"]).toBeUndefined();
  },
);

test("only the reference page makes styles of its own", async () => {
  const { inject } = await createApp();
  expect((await inject({ url: "/api/docs" })).headers["content-security-policy"]).toContain("'unsafe-inline'");
  expect((await inject({ url: "/" })).headers["content-security-policy"]).not.toContain("'unsafe-inline'");
});

test("who is reached by https tells browsers to stay with it, on every page", async () => {
  const { inject } = await createApp({ isHttps: true });
  for (const url of ["/", "/api/docs", "/api/status"]) {
    expect((await inject({ url })).headers["strict-transport-security"], url).toBe("max-age=15552000");
  }
});

test("no cache keeps what was answered to one, and pages may be asked about again", async () => {
  const { inject } = await createApp();
  for (const url of ["/api/status", "/api/v1/sites", "/api/auth/login"]) {
    expect((await inject({ url })).headers["cache-control"], url).toBe("no-store");
  }
  expect((await inject({ url: "/" })).headers["cache-control"]).toBe("no-cache");
});

const ours = "https://console.example.org";
const preflight = (origin: string) => ({
  method: "OPTIONS" as const,
  url: "/api/v1/sites",
  headers: {
    origin,
    "access-control-request-method": "PATCH",
    "access-control-request-headers": "authorization,content-type",
  },
});

test("a page of an origin that was named may call, with a token and without cookies", async () => {
  const { inject } = await createApp({ corsOrigins: [ours] });
  const asked = await inject(preflight(ours));
  expect(asked.statusCode).toBe(204);
  expect(asked.headers["access-control-allow-origin"]).toBe(ours);
  expect(asked.headers["access-control-allow-methods"]).toContain("PATCH");
  expect(asked.headers["access-control-allow-headers"]).toContain("authorization");
  expect(asked.headers["access-control-max-age"]).toBe("600");
  expect(asked.headers["access-control-allow-credentials"]).toBeUndefined();
  const refused = await inject({ url: "/api/v1/sites", headers: { origin: ours } });
  expect([refused.statusCode, refused.headers["access-control-allow-origin"]]).toEqual([401, ours]);
  expect(refused.headers["access-control-expose-headers"]).toContain("retry-after");
  expect(refused.headers.vary).toContain("Origin");
});

test("a page of any other origin may not, and without a list none may", async () => {
  for (const corsOrigins of [[ours], []]) {
    const { inject } = await createApp({ corsOrigins });
    for (const origin of ["https://evil.example", "null", `${ours}.evil.example`]) {
      expect((await inject(preflight(origin))).headers["access-control-allow-origin"]).toBeUndefined();
      const { headers } = await inject({ url: "/api/status", headers: { origin } });
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    }
    await app!.close();
  }
});
