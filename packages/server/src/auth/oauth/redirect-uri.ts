import { SluiceError } from "@sluice/core/errors.ts";

export const MAX_REDIRECT_URIS = 10;
const MAX_LENGTH = 500;
const LOOPBACK_HOSTS = ["127.0.0.1", "[::1]", "localhost"];

/**
 * Where a program may have people sent back to: a page of its own by https, or this machine by http, as RFC 8252 has it for
 * native programs. Throws `application.redirect_invalid`.
 */
export function assertRedirectUri(text: string): void {
  const url = text.length <= MAX_LENGTH && URL.canParse(text) ? new URL(text) : undefined;
  const isUsable = url && (url.protocol === "https:" || isLoopback(url));
  if (isUsable && !text.includes("#") && url.username === "" && url.password === "") return;
  throw new SluiceError(
    "invalid",
    "application.redirect_invalid",
    "A redirect URI begins with https://, or with http:// and 127.0.0.1, [::1] or localhost, and has no fragment.",
  );
}

/** Letter by letter (RFC 9700, section 2.1); only the port of this machine is free (RFC 8252, section 7.3). */
export function isRegisteredRedirect(registered: readonly string[], asked: string): boolean {
  if (registered.includes(asked)) return true;
  const loopback = withoutLoopbackPort(asked);
  return loopback !== undefined && registered.some((uri) => withoutLoopbackPort(uri) === loopback);
}

function withoutLoopbackPort(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  // Only what is written as it is read: no "http:\\127.0.0.1" or user names that look like hosts.
  if (!isLoopback(url) || (url.href !== text && `${url.href}` !== `${text}/`)) return undefined;
  url.port = "";
  return url.href;
}

function isLoopback({ protocol, hostname, username, password }: URL): boolean {
  return protocol === "http:" && LOOPBACK_HOSTS.includes(hostname) && username === "" && password === "";
}
