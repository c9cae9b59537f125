import { SluiceError } from "@sluice/core/errors.ts";

/** RFC 6749, sections 4.1.2.1 and 5.2; RFC 7009, section 2.2.1; OpenID Connect Core, section 3.1.2.6. */
export type OAuthErrorName =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "invalid_scope"
  | "unsupported_grant_type"
  | "unsupported_response_type"
  | "unsupported_token_type"
  | "login_required"
  | "access_denied"
  | "temporarily_unavailable";

/** What is told to a program as `{"error": …}`; its code here is "oauth.<name>". */
export function oauthFailure(name: OAuthErrorName, message: string): SluiceError {
  return new SluiceError(name === "invalid_client" ? "unauthenticated" : "invalid", `oauth.${name}`, message);
}

/** In the letters that RFC 6749, sections 4.1.2.1 and 5.2, allows in descriptions. */
export function printable(text: string): string {
  return text.replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, "'");
}
