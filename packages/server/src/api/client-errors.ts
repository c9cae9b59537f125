import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

/** Code of Node's server → status, code and words of the problem. Anything else is no HTTP that we understand. */
const PROBLEMS: Readonly<Record<string, readonly [number, string, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, "request.timeout", "The request did not arrive in time."],
  HPE_HEADER_OVERFLOW: [431, "request.headers_too_large", "The headers are too large."],
};
const MALFORMED = [400, "request.malformed", "This is not a request in HTTP/1.1."] as const;

/** Answers what never became a request, with nothing of it, and closes the connection. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const [status, code, detail] = PROBLEMS[error.code ?? ""] ?? MALFORMED;
  const title = STATUS_CODES[status];
  const body = JSON.stringify({ type: "about:blank", title, status, code, detail });
  if (socket.writable) {
    const headers = `Content-Type: application/problem+json\r\nContent-Length: ${body.length}\r\nConnection: close`;
    socket.write(`HTTP/1.1 ${status} ${title}\r\n${headers}\r\n\r\n${body}`);
  }
  socket.destroy(error);
}
