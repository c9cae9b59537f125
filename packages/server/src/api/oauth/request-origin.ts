import type { FastifyReply, FastifyRequest } from "fastify";

/**
 * By which address the server is reached, without a slash at its end: as it is configured, else as the request says, which only
 * ever decides where that request's own browser goes.
 */
export function originOf(request: FastifyRequest, publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return new URL(publicUrl).href.replace(/\/+$/, "");
  const text = `${request.protocol}://${request.host}`;
  const isHost = /^[A-Za-z0-9.\-:[\]]+$/.test(request.host ?? "") && URL.canParse(text);
  // As a URL writes it, so that what is compared letter by letter is the same wherever it comes from.
  return isHost ? new URL(text).origin : `${request.protocol}://localhost`;
}

export function readCookie(request: FastifyRequest, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const [key, value] = pair.trim().split("=", 2);
    if (key === name && value !== undefined && /^[A-Za-z0-9_-]+$/.test(value)) return value;
  }
  return undefined;
}

export interface CookieOptions {
  readonly path: string;
  /** 0: forget it. */
  readonly maxAgeS: number;
  /** "Lax" where another site sends the browser here. */
  readonly sameSite: "Lax" | "Strict";
  readonly isHttps: boolean;
}

/** Of letters, digits, "-" and "_". Scripts cannot read it. */
export function setCookie(reply: FastifyReply, name: string, value: string, options: CookieOptions): void {
  const { path, maxAgeS, sameSite, isHttps } = options;
  const secure = isHttps ? "; Secure" : "";
  reply.header(
    "set-cookie",
    `${name}=${value}; Path=${path}; Max-Age=${maxAgeS}; HttpOnly; SameSite=${sameSite}${secure}`,
  );
}
