import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { SluiceError } from "@sluice/core/errors.ts";
import { readConfig } from "@sluice/server/config.ts";
import { type OptionSpec, UsageError } from "./command.ts";
import { readDemoFile } from "./demo/demo-file.ts";
import { ENDPOINT_OPTIONS, endpointsOf } from "./endpoints.ts";
import type { Invocation } from "./parse-arguments.ts";

/** Who asks, for every command that uses the API as a person or a program does. */
export const SERVER_OPTIONS = {
  server: ENDPOINT_OPTIONS.server,
  token: { kind: "text", value: "TOKEN", help: "of an API client with the scope that is needed" },
  "token-file": {
    kind: "text",
    value: "FILE",
    help: "that holds it, which others on this machine do not see; - is stdin",
  },
  email: { kind: "text", value: "EMAIL", help: "or an administrator (the demo's)" },
  password: { kind: "text", value: "PASSWORD", help: "the administrator's password" },
  "password-file": { kind: "text", value: "FILE", help: "that holds it; - is stdin" },
} as const satisfies Record<string, OptionSpec>;

/** Whoever is told to go more slowly does so, this often for one request. */
const MAX_WAITS = 10;
const MAX_WAIT_SECONDS = 60;

/** The API of a running server, signed in. */
export class ServerClient {
  private readonly serverUrl: string;
  private readonly token: string;

  constructor(serverUrl: string, token: string) {
    this.serverUrl = serverUrl;
    this.token = token;
  }

  /** Answers what is no error. Throws the server's own words, with the code of its problem document. */
  request(method: string, path: string, body?: { readonly type: string; readonly text: string }, accept?: string) {
    const headers = {
      authorization: `Bearer ${this.token}`,
      ...(body === undefined ? {} : { "content-type": body.type }),
      ...(accept === undefined ? {} : { accept }),
    };
    return send(this.serverUrl, path, { method, headers, ...(body === undefined ? {} : { body: body.text }) });
  }
}

export async function openServerClient(invocation: Invocation): Promise<ServerClient> {
  const { serverUrl } = endpointsOf(invocation);
  const token = secretOf(invocation, "token");
  if (token !== undefined) return new ServerClient(serverUrl, token);
  const email = invocation.text("email");
  const password = secretOf(invocation, "password");
  const signIn =
    email === undefined && password === undefined ? readDemoFile(readConfig().home)?.signIn : { email, password };
  if (signIn?.email === undefined || signIn.password === undefined) {
    throw new UsageError("Say who asks: --token, or --email and --password.");
  }
  const answer = await send(serverUrl, "/api/auth/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: signIn.email, password: signIn.password }),
  });
  const { access_token } = (await answer.json()) as { access_token?: string };
  if (access_token !== undefined) return new ServerClient(serverUrl, access_token);
  throw new SluiceError("unauthenticated", "cli.second_factor", "This account has a second factor: use --token.");
}

/** As it was given, or the first line of the file that holds it. */
function secretOf(invocation: Invocation, name: "token" | "password"): string | undefined {
  const file = invocation.text(`${name}-file`);
  if (file === undefined) return invocation.text(name);
  if (invocation.text(name) !== undefined) throw new UsageError(`Say --${name} or --${name}-file, not both.`);
  const [line = ""] = readFileSync(file === "-" ? 0 : file, "utf8").split(/\r?\n/);
  return line;
}

async function send(serverUrl: string, path: string, init: RequestInit): Promise<Response> {
  const answer = await fetchInTime(serverUrl, path, init);
  if (answer.ok) return answer;
  const text = await answer.text();
  const problem = problemIn(text);
  const message = problem?.detail ?? `${serverUrl} answers ${answer.status}.`;
  const details = problem?.errors === undefined ? {} : { details: { errors: problem.errors } };
  const kind = answer.status === 401 ? "unauthenticated" : "invalid";
  throw new SluiceError(kind, problem?.code ?? "cli.refused", message, details);
}

/** The server's limit of rates is no failure of a long work: it goes on when it is told to. */
async function fetchInTime(serverUrl: string, path: string, init: RequestInit): Promise<Response> {
  for (let waits = 0; ; waits++) {
    const answer = await fetch(new URL(path, serverUrl), init).catch((cause: unknown) => {
      const message = `${serverUrl} does not answer: is the server running there? --server names another.`;
      throw new SluiceError("unavailable", "cli.unreachable", message, { cause });
    });
    const seconds = Number(answer.headers.get("retry-after") ?? Number.NaN);
    if (answer.status !== 429 || waits === MAX_WAITS || !(seconds <= MAX_WAIT_SECONDS)) return answer;
    await answer.body?.cancel();
    await pause(seconds * 1000);
  }
}

interface ProblemDocument {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: unknown;
}

function problemIn(text: string): ProblemDocument | undefined {
  try {
    return JSON.parse(text) as ProblemDocument;
  } catch {
    return undefined;
  }
}
