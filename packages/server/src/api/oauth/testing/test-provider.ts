import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

export const CLIENT_ID = "sluice";
export const CLIENT_SECRET = "a secret of the provider's";

/** A real OpenID Connect provider on this machine, which signs in whomever the test names, without asking anything. */
export class TestProvider {
  /** Who is signed in next, and what is said of them. */
  person: { readonly sub: string; readonly [claim: string]: unknown } = { sub: "nobody" };
  readonly issuer: string;
  private readonly server: Server;
  private readonly provider: Provider;

  private constructor(server: Server, redirectUri: string) {
    this.server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          redirect_uris: [redirectUri],
          token_endpoint_auth_method: "client_secret_post",
        },
      ],
      findAccount: (_context, sub) => ({ accountId: sub, claims: async () => ({ ...this.person, sub }) }),
      claims: { openid: ["sub", "roles"], email: ["email", "email_verified"], profile: ["name"] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      pkce: { required: () => true },
      cookies: { keys: ["a key for cookies"] },
      ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    });
    const callback = this.provider.callback();
    server.on("request", (request, response) => {
      if (request.url?.startsWith("/interaction/")) void this.answerInteraction(request, response);
      else void callback(request, response);
    });
  }

  static async start(redirectUri: string): Promise<TestProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new TestProvider(server, redirectUri);
  }

  /** Goes where the browser was sent, and answers where the provider sends it back to. */
  async signIn(url: string): Promise<URL> {
    const jar = new Map<string, string>();
    let at = url;
    while (at.startsWith(this.issuer)) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
      const answer = await fetch(at, { redirect: "manual", headers: { cookie } });
      for (const line of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
        jar.set(name!, value!);
      }
      const location = answer.headers.get("location");
      if (location === null) throw new Error(`the provider answered ${answer.status}: ${await answer.text()}`);
      at = new URL(location, at).href;
    }
    return new URL(at);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answerInteraction(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { prompt, params } = await this.provider.interactionDetails(request, response);
    const accountId = this.person.sub;
    if (prompt.name === "login") {
      return this.provider.interactionFinished(request, response, { login: { accountId } });
    }
    const grant = new this.provider.Grant({ accountId, clientId: CLIENT_ID });
    grant.addOIDCScope(String(params.scope));
    const grantId = await grant.save();
    return this.provider.interactionFinished(request, response, { consent: { grantId } });
  }
}
