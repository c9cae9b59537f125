import { isSluiceError } from "@sluice/core/errors.ts";
import { GraphQLError } from "graphql";
import type { Logger } from "../../platform/logger.ts";
import { problemOf } from "../error-mapping.ts";

/**
 * What a caller is told of an error: the words, the code and the facts of the problem document that REST answers with, and
 * nothing of one that nobody expected. Mistakes in a query are told as they are.
 */
export function tellError(error: unknown, logger: Pick<Logger, "error">): GraphQLError {
  const given = error instanceof GraphQLError ? error : undefined;
  const cause = given === undefined ? error : given.originalError;
  if (given !== undefined && (cause === undefined || cause instanceof GraphQLError)) return withCode(given);
  const { status, body } = problemOf(cause);
  if (status >= 500) logger.error({ err: cause, code: body.code, path: given?.path }, "a GraphQL field failed");
  const { type: _type, title: _title, status: _status, detail, code, ...facts } = body;
  const known = isSluiceError(cause) ? cause : undefined;
  return new GraphQLError(detail, {
    ...(given?.nodes === undefined ? {} : { nodes: given.nodes }),
    ...(given?.source === undefined ? {} : { source: given.source }),
    ...(given?.positions === undefined ? {} : { positions: given.positions }),
    ...(given?.path === undefined ? {} : { path: given.path }),
    extensions: {
      ...facts,
      code,
      kind: known?.kind ?? (status >= 500 ? "internal" : "invalid"),
      ...(known?.retryAfterMs === undefined ? {} : { retryAfterMs: known.retryAfterMs }),
      // Of a request that was refused as a whole; an error of one field leaves the others their answers.
      ...(given?.path === undefined ? { http: { status } } : {}),
    },
  });
}

/** A query that says nothing sensible: syntax, unknown fields, wrong types of variables. */
function withCode(error: GraphQLError): GraphQLError {
  if (error.extensions.code !== undefined) return error;
  const { message, nodes, source, positions, path, extensions } = error;
  return new GraphQLError(message, {
    ...{ nodes, source, positions, path },
    extensions: { ...extensions, code: "graphql.invalid", kind: "invalid" },
  });
}
