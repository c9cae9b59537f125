import { SluiceError } from "@sluice/core/errors.ts";
import * as client from "openid-client";
import type { Clock } from "../../platform/clock.ts";

export interface OpenIdProviderSettings {
  /** As the provider names itself: its metadata lies under it. */
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined: we are a public client there. */
  readonly clientSecret: string | undefined;
  readonly scopes: string;
  /** Takes http, for tests on this machine. */
  readonly allowInsecure: boolean;
}

/** What the provider says of a person. */
export type IdentityClaims = Readonly<Record<string, unknown>> & { readonly sub: string };

/** What a sign-on that has begun has to find again at its end. */
export interface PendingSignOn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

const TIMEOUT_S = 10;
/** A provider's keys and addresses change seldom, and its library looks for new keys by itself. */
const METADATA_BELIEVED_MS = 3600_000;

/** The relying party's half of OpenID Connect: authorization code with PKCE, state and nonce. */
export class OpenIdProvider {
  readonly settings: OpenIdProviderSettings;
  private readonly clock: Clock;
  private configuration: { readonly value: Promise<client.Configuration>; readonly untilMs: number } | undefined;

  constructor(settings: OpenIdProviderSettings, clock: Clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** Throws `auth.provider_unavailable`. */
  async begin(callbackUrl: string): Promise<{ readonly url: string; readonly pending: PendingSignOn }> {
    const configuration = await this.discover();
    const verifier = client.randomPKCECodeVerifier();
    const pending = { state: client.randomState(), nonce: client.randomNonce(), verifier };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: callbackUrl,
      scope: this.settings.scopes,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    });
    return { url: url.href, pending };
  }

  /**
   * `callback`: the address that the browser came back to, as the provider knows it. Throws `auth.provider_unavailable` or
   * `auth.sign_on_failed`.
   */
  async finish(callback: URL, pending: PendingSignOn): Promise<IdentityClaims> {
    const configuration = await this.discover();
    try {
      const tokens = await client.authorizationCodeGrant(configuration, callback, {
        pkceCodeVerifier: pending.verifier,
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims()!;
      if (configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
      // What says who it is comes from the signed token, whatever else is told.
      const further = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
      return joinedClaims(claims, further);
    } catch (cause) {
      throw isNetworkFailure(cause) ? unavailable(cause) : failed(cause);
    }
  }

  private async discover(): Promise<client.Configuration> {
    const now = this.clock.monotonicMs();
    if (this.configuration && this.configuration.untilMs > now) return this.configuration.value;
    const asked = { value: this.ask(), untilMs: now + METADATA_BELIEVED_MS };
    this.configuration = asked;
    try {
      return await asked.value;
    } catch (cause) {
      if (this.configuration === asked) this.configuration = undefined;
      throw unavailable(cause);
    }
  }

  private ask(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret, allowInsecure } = this.settings;
    return client.discovery(
      new URL(issuer),
      clientId,
      undefined,
      clientSecret === undefined ? client.None() : client.ClientSecretPost(clientSecret),
      { timeout: TIMEOUT_S, ...(allowInsecure ? { execute: [client.allowInsecureRequests] } : {}) },
    );
  }
}

/** Whether an address is verified is said by whoever says the address: both come from one place. */
export function joinedClaims(claims: IdentityClaims, further: IdentityClaims): IdentityClaims {
  const { email, email_verified } = claims.email === undefined ? further : claims;
  return { ...further, ...claims, email, email_verified };
}

function isNetworkFailure(error: unknown): boolean {
  const code = error instanceof client.ClientError ? error.code : undefined;
  return code === "OAUTH_TIMEOUT" || (error instanceof TypeError && error.message === "fetch failed");
}

function unavailable(cause: unknown): SluiceError {
  return new SluiceError(
    "unavailable",
    "auth.provider_unavailable",
    "The provider of single sign-on does not answer as it should. Signing in with a password works as ever.",
    { cause },
  );
}

function failed(cause: unknown): SluiceError {
  const isRefused = cause instanceof client.AuthorizationResponseError;
  const message = isRefused
    ? `The provider has not signed you in: ${cause.error_description ?? cause.error}.`
    : "The answer of the provider does not belong to this sign-in: begin again.";
  return new SluiceError("unauthenticated", "auth.sign_on_failed", message, { cause });
}
