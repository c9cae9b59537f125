import { createHash } from "node:crypto";
import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import {
  type Accounts,
  type AuthorizationRequest,
  CONSOLE_APPLICATION,
  checkAuthorizationRequest,
  issueAuthorizationCode,
  type OAuthErrorName,
  type OpenIdProvider,
  openState,
  organizationFor,
  type PendingSignOn,
  printable,
  redeemAuthorizationCode,
  redirectWith,
  type SignOnSettings,
  sealState,
  signOn,
} from "../../auth/index.ts";
import { TokenPair } from "../rest/authentication.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body } from "../schemas.ts";
import { AuthorizeQuery } from "./authorize-routes.ts";
import { answerBrowsersWithPages } from "./pages.ts";
import { originOf, readCookie, setCookie } from "./request-origin.ts";

const PATH = "/api/auth/oidc";
const CALLBACK_PATH = `${PATH}/callback`;
/** Time to sign in over there. */
const PENDING_LIFETIME_S = 600;
const PENDING_COOKIE = "sluice_sign_on";
/** From the redirect to the page that is loaded then. */
const EXCHANGE_LIFETIME_S = 60;
const EXCHANGE_COOKIE = "sluice_exchange";
const VERIFIER_BYTES = 32;

/** What a browser keeps, sealed, while its person is with the provider. */
interface Pending {
  readonly pending: PendingSignOn;
  readonly request: AuthorizationRequest;
  /** Ours, where no program has one of its own: the code is then exchanged with the cookie of the same browser. */
  readonly verifier: string | undefined;
}

interface Exchange {
  readonly verifier: string;
  readonly redirectUri: string;
}

export interface SingleSignOn {
  readonly provider: OpenIdProvider;
  readonly settings: SignOnSettings;
}

export interface SingleSignOnDependencies {
  readonly accounts: Accounts;
  readonly publicUrl?: string | undefined;
  readonly singleSignOn?: SingleSignOn | undefined;
}

/** Signing in by an OpenID Connect provider. It ends with a code in the address, never with a token. */
export function singleSignOnRoutes(api: Api, { accounts, publicUrl, singleSignOn }: SingleSignOnDependencies): void {
  answerBrowsersWithPages(api);
  const requireSignOn = () => {
    if (singleSignOn) return singleSignOn;
    throw new SluiceError(
      "not-found",
      "auth.sign_on_off",
      "There is no single sign-on here: it is set up with SLUICE_OIDC_ISSUER.",
    );
  };

  api.get(
    PATH,
    {
      config: { access: "public" },
      schema: {
        tags: ["sign-in"],
        summary: "Whether there is single sign-on",
        response: answers(200, Type.Object({ enabled: Type.Boolean() })),
      },
    },
    async () => ({ enabled: singleSignOn !== undefined }),
  );

  api.get(
    `${PATH}/login`,
    { config: { access: "public" }, schema: { querystring: AuthorizeQuery } },
    async (request, reply) => {
      const { provider } = requireSignOn();
      const origin = originOf(request, publicUrl);
      const asked = await askedFor(accounts, request.query, origin);
      if ("error" in asked) {
        const { error, description } = asked;
        return reply.redirect(redirectWith(asked, origin, { error, error_description: description }), 302);
      }
      let begun: Awaited<ReturnType<OpenIdProvider["begin"]>>;
      try {
        begun = await provider.begin(origin + CALLBACK_PATH);
      } catch (error) {
        return tellProgram(reply, asked, origin, error);
      }
      const { url, pending } = begun;
      const value = sealState(accounts, "single-sign-on", { ...asked, pending }, PENDING_LIFETIME_S * 1000);
      // The provider is another site, and sends the browser back here with it.
      setCookie(reply, PENDING_COOKIE, value, { ...cookieAt(origin), maxAgeS: PENDING_LIFETIME_S, sameSite: "Lax" });
      return reply.header("cache-control", "no-store").redirect(url, 302);
    },
  );

  api.get(CALLBACK_PATH, { config: { access: "public" } }, async (request, reply) => {
    const { provider, settings } = requireSignOn();
    const origin = originOf(request, publicUrl);
    const { pending, request: asked, verifier } = openPending(accounts, request);
    setCookie(reply, PENDING_COOKIE, "", { ...cookieAt(origin), maxAgeS: 0, sameSite: "Lax" });
    const query = request.url.split("?", 2)[1] ?? "";
    let code: string;
    try {
      const claims = await provider.finish(new URL(`${origin}${CALLBACK_PATH}?${query}`), pending);
      const person = await signOn(accounts, settings, claims, request.ip);
      const organizationId = await organizationFor(accounts, asked, { ...person, id: person.userId });
      code = await issueAuthorizationCode(accounts, { userId: person.userId, organizationId }, asked);
    } catch (error) {
      return tellProgram(reply, { request: asked, verifier }, origin, error);
    }
    if (verifier !== undefined) {
      const exchange: Exchange = { verifier, redirectUri: asked.redirectUri };
      const value = sealState(accounts, "code-exchange", exchange, EXCHANGE_LIFETIME_S * 1000);
      setCookie(reply, EXCHANGE_COOKIE, value, {
        ...cookieAt(origin),
        maxAgeS: EXCHANGE_LIFETIME_S,
        sameSite: "Strict",
      });
    }
    return reply.header("cache-control", "no-store").redirect(redirectWith(asked, origin, { code }), 302);
  });

  api.post(
    `${PATH}/token`,
    {
      config: { access: "public" },
      schema: {
        tags: ["sign-in"],
        summary: "Exchange the code of a single sign-on for tokens",
        description: "From the browser that signed on, which has the cookie for it; good once, within a minute.",
        body: Body({ code: Type.String({ minLength: 1, maxLength: 200 }) }),
        response: answers(200, TokenPair),
      },
    },
    async (request, reply) => {
      const origin = originOf(request, publicUrl);
      const exchange = openState<Exchange>(accounts, "code-exchange", readCookie(request, EXCHANGE_COOKIE) ?? "");
      if (!exchange) throw signOnExpired();
      setCookie(reply, EXCHANGE_COOKIE, "", { ...cookieAt(origin), maxAgeS: 0, sameSite: "Strict" });
      return redeemAuthorizationCode(accounts, {
        ...exchange,
        code: request.body.code,
        applicationId: CONSOLE_APPLICATION,
        origin,
        address: request.ip,
        userAgent: request.headers["user-agent"],
      });
    },
  );
}

/** What a program asked for, or without one the page at `/`. */
async function askedFor(accounts: Accounts, query: Static<typeof AuthorizeQuery>, origin: string) {
  if (query.client_id !== undefined) {
    const request = await checkAuthorizationRequest(accounts, query, origin);
    return "error" in request ? request : { request, verifier: undefined };
  }
  const verifier = Buffer.from(accounts.randomBytes(VERIFIER_BYTES)).toString("base64url");
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const asked = {
    response_type: "code",
    client_id: CONSOLE_APPLICATION,
    redirect_uri: `${origin}/`,
    code_challenge: challenge,
    code_challenge_method: "S256",
  };
  const request = await checkAuthorizationRequest(accounts, asked, origin);
  return "error" in request ? request : { request, verifier };
}

/** A program that waits for an answer gets one (RFC 6749, section 4.1.2.1); without one the person is shown the reason here. */
function tellProgram(reply: FastifyReply, asked: Omit<Pending, "pending">, origin: string, failure: unknown) {
  if (asked.verifier !== undefined || !isSluiceError(failure)) throw failure;
  const error: OAuthErrorName = failure.kind === "unavailable" ? "temporarily_unavailable" : "access_denied";
  const answer = { error, error_description: printable(failure.message) };
  return reply.header("cache-control", "no-store").redirect(redirectWith(asked.request, origin, answer), 302);
}

function openPending(accounts: Accounts, request: FastifyRequest): Pending {
  const pending = openState<Pending>(accounts, "single-sign-on", readCookie(request, PENDING_COOKIE) ?? "");
  if (pending) return pending;
  throw signOnExpired();
}

function signOnExpired(): SluiceError {
  return new SluiceError(
    "unauthenticated",
    "auth.sign_on_expired",
    "This sign-in is too old, or was begun in another browser: begin again.",
  );
}

function cookieAt(origin: string) {
  return { path: PATH, isHttps: origin.startsWith("https:") };
}
