import type { FastifyInstance } from "fastify";
import type { Api } from "../schema-validation.ts";
import { authorizeRoutes } from "./authorize-routes.ts";
import { readFormBodies } from "./form-body.ts";
import { metadataRoutes } from "./metadata-routes.ts";
import { type SingleSignOnDependencies, singleSignOnRoutes } from "./single-sign-on-routes.ts";
import { tokenRoutes } from "./token-routes.ts";

export type { SingleSignOn } from "./single-sign-on-routes.ts";
export type OAuthDependencies = SingleSignOnDependencies;

/**
 * OAuth 2.0 and single sign-on, each part in a scope of its own, because each tells errors in another shape. `prepare`: what
 * makes a scope one of the API.
 */
export async function oauthRoutes(
  app: FastifyInstance,
  dependencies: OAuthDependencies,
  prepare: (scope: FastifyInstance) => Api,
): Promise<void> {
  const { accounts, publicUrl, singleSignOn } = dependencies;
  const hasSingleSignOn = singleSignOn !== undefined;
  await app.register(async (scope) => metadataRoutes(prepare(scope), { accounts, publicUrl }));
  await app.register(async (scope) => {
    readFormBodies(scope);
    tokenRoutes(prepare(scope), { accounts, publicUrl });
  });
  await app.register(async (scope) => {
    readFormBodies(scope);
    authorizeRoutes(prepare(scope), { accounts, publicUrl, hasSingleSignOn });
  });
  await app.register(async (scope) => singleSignOnRoutes(prepare(scope), dependencies));
}
