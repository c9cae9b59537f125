import type { HttpAnswer, HttpClient } from "./http-client.ts";

/** Statuses that have no body at all. */
const BODILESS = new Set([204, 205, 304]);

/** `fetch` over the connections of a client, with whatever stands around the sending: tries again, or none. */
export function fetchOver(
  client: HttpClient,
  sendWith: (send: () => Promise<HttpAnswer>) => Promise<HttpAnswer>,
): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { pathname, search } = new URL(request.url);
    const body = request.body === null ? undefined : await request.text();
    const headers = Object.fromEntries(request.headers);
    const method = request.method as "GET" | "POST";
    const answer = await sendWith(() => client.request(method, pathname + search, headers, body));
    const text = BODILESS.has(answer.status) ? null : answer.text;
    return new Response(text, { status: answer.status, headers: headersOf(answer) });
  };
}

function headersOf({ headers }: HttpAnswer): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
}
