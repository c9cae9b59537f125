import { timingSafeEqual } from "node:crypto";
import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import {
  type Accounts,
  type AuthorizationRequest,
  checkAuthorizationRequest,
  openState,
  redirectWith,
  sealState,
  signInForApplication,
} from "../../auth/index.ts";
import { problemOf } from "../error-mapping.ts";
import type { Api } from "../schema-validation.ts";
import { answerBrowsersWithPages, sendPage } from "./pages.ts";
import { originOf, readCookie, setCookie } from "./request-origin.ts";
import { signInPage } from "./sign-in-page.ts";

/** Time to type; after that the form is shown anew. */
const FORM_LIFETIME_S = 600;
const COOKIE = "sluice_sign_in";
const COOKIE_BYTES = 24;
const PATH = "/oauth2/authorize";

const Field = Type.Optional(Type.String({ maxLength: 2000 }));
export const AuthorizeQuery = Type.Object({
  response_type: Field,
  client_id: Field,
  redirect_uri: Field,
  state: Field,
  scope: Field,
  code_challenge: Field,
  code_challenge_method: Field,
  prompt: Field,
});

const FormBody = Type.Object({
  form: Type.String({ maxLength: 12_000 }),
  username: Type.Optional(Type.String({ maxLength: 320 })),
  password: Type.Optional(Type.String({ maxLength: 1024 })),
  code: Type.Optional(Type.String({ maxLength: 100 })),
});

/** What a form carries, sealed: for whom one signs in, and of which browser it is. */
interface FormState {
  readonly request: AuthorizationRequest;
  /** The browser's cookie: the form of another one is not taken, so that nobody is signed in as somebody else unawares. */
  readonly browser: string;
  /** After a right password that is not enough. */
  readonly challenge?: string;
}

export interface AuthorizeRoutesDependencies {
  readonly accounts: Accounts;
  readonly publicUrl?: string | undefined;
  /** Whether there is a provider to sign on by. */
  readonly hasSingleSignOn: boolean;
}

/**
 * Where a program sends a person to sign in (RFC 6749, section 4.1, with PKCE). Nobody is remembered: each time the person
 * types the password, and nothing happens by a cookie alone.
 */
export function authorizeRoutes(api: Api, dependencies: AuthorizeRoutesDependencies): void {
  const { accounts, publicUrl, hasSingleSignOn } = dependencies;
  answerBrowsersWithPages(api);

  api.get(PATH, { config: { access: "public" }, schema: { querystring: AuthorizeQuery } }, async (request, reply) => {
    const origin = originOf(request, publicUrl);
    const asked = await checkAuthorizationRequest(accounts, request.query, origin);
    if ("error" in asked) {
      const { error, description } = asked;
      return reply.redirect(redirectWith(asked, origin, { error, error_description: description }), 302);
    }
    const browser = readCookie(request, COOKIE) ?? newBrowser(accounts);
    const isHttps = origin.startsWith("https:");
    setCookie(reply, COOKIE, browser, { path: PATH, maxAgeS: FORM_LIFETIME_S, sameSite: "Lax", isHttps });
    const signOnUrl = hasSingleSignOn ? `/api/auth/oidc/login?${queryText(request.query)}` : undefined;
    return sendForm(accounts, reply, 200, { request: asked, browser }, { signOnUrl });
  });

  api.post(PATH, { config: { access: "public" }, schema: { body: FormBody } }, async (request, reply) => {
    const state = openForm(accounts, request, request.body.form);
    try {
      const code = await signInForApplication(accounts, state.request, proofIn(request, request.body, state));
      return reply.redirect(redirectWith(state.request, originOf(request, publicUrl), { code }), 303);
    } catch (error) {
      return sendAgain(accounts, reply, state, { error, username: request.body.username });
    }
  });
}

function newBrowser({ randomBytes }: Accounts): string {
  return Buffer.from(randomBytes(COOKIE_BYTES)).toString("base64url");
}

function queryText(query: Static<typeof AuthorizeQuery>): string {
  return new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined)).toString();
}

/** Throws `oauth.form_expired`. */
function openForm(accounts: Accounts, request: FastifyRequest, text: string): FormState {
  const state = openState<FormState>(accounts, "authorization-form", text);
  const browser = Buffer.from(readCookie(request, COOKIE) ?? "");
  const expected = Buffer.from(state?.browser ?? "");
  if (state && browser.length === expected.length && timingSafeEqual(browser, expected)) return state;
  throw new SluiceError(
    "forbidden",
    "oauth.form_expired",
    "This form is too old, or of another browser: go back to the program that you came from and begin again.",
  );
}

function proofIn({ ip, headers }: FastifyRequest, body: Static<typeof FormBody>, { challenge }: FormState) {
  const from = { address: ip, userAgent: headers["user-agent"] };
  if (challenge !== undefined) return { ...from, challenge, code: body.code ?? "" };
  return { ...from, username: body.username ?? "", password: body.password ?? "" };
}

/** A wrong password is typed again; what nobody can mend by typing is a page of its own. */
function sendAgain(
  accounts: Accounts,
  reply: FastifyReply,
  state: FormState,
  { error, username }: { readonly error: unknown; readonly username: string | undefined },
): FastifyReply {
  if (!isSluiceError(error)) throw error;
  const { status, headers, body } = problemOf(error);
  const { challenge: _, ...begun } = state;
  switch (error.code) {
    case "auth.second_factor_required":
      return sendForm(accounts, reply, 200, { ...begun, challenge: String(error.details.challenge) });
    case "auth.second_factor_wrong":
      return sendForm(accounts, reply, status, state, { problem: body.detail });
    case "auth.bad_credentials":
    case "auth.challenge_invalid":
    case "auth.too_many_attempts":
    case "auth.busy":
    case "auth.not_a_member":
      return sendForm(accounts, reply.headers(headers), status, begun, { problem: body.detail, username });
    default:
      throw error;
  }
}

interface Shown {
  readonly problem?: string | undefined;
  readonly username?: string | undefined;
  readonly signOnUrl?: string | undefined;
}

function sendForm(accounts: Accounts, reply: FastifyReply, status: number, state: FormState, shown: Shown = {}) {
  const { host, origin } = new URL(state.request.redirectUri);
  // Browsers hold the redirect after a form, too, against where forms may go.
  const target = origin.includes("[") ? "http:" : origin;
  const policy = `default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' ${target}`;
  reply.header("content-security-policy", policy).removeHeader("www-authenticate");
  const page = signInPage({
    ...shown,
    applicationName: state.request.applicationName,
    redirectHost: host,
    form: sealState(accounts, "authorization-form", state, FORM_LIFETIME_S * 1000),
    asksForCode: state.challenge !== undefined,
  });
  return sendPage(reply, status, page);
}
