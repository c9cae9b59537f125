import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
} from "graphql";
import { PERMISSIONS, type Permission, type Principal } from "../../auth/index.ts";
import { assertMay } from "../access.ts";
import { boundsOf } from "./argument-bounds.ts";
import type { Budget } from "./budget.ts";

/**
 * What a field or an object type asks of its caller, stated in its `extensions.access` by `access(…)`:
 *
 *   a permission  whoever has it, by the table that REST uses too
 *   "signed-in"   whoever has a valid token: what says nothing by itself, such as a page's cursors
 *
 * Every field of Query, Mutation and Subscription and every object type must state it: a schema that leaves one out cannot be
 * built. A field asks for its own permission and for that of the type it leads to, before it is resolved. Then it holds its
 * arguments to their bounds, and takes itself, and the things of a list, from the budget of the answer.
 */
export type FieldAccess = Permission | "signed-in";

/** `cost`: fields that could be read with as much work; 1 when absent. */
export function access(permission: FieldAccess, cost?: number) {
  return { extensions: { access: permission, ...(cost === undefined ? {} : { cost }) } } as const;
}

interface Caller {
  readonly principal: Principal;
  readonly budget: Budget;
}
type Field = GraphQLField<unknown, Caller>;

/** Makes every field ask; throws where one does not say what for. */
export function guardSchema(schema: GraphQLSchema): GraphQLSchema {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    const own = roots.has(type) ? undefined : accessOfType(type);
    for (const field of Object.values(type.getFields())) {
      if (own === undefined) assertStated(accessOf(field), `${type.name}.${field.name}`);
      guardField(field, own, `${type.name}.${field.name}`);
    }
  }
  return schema;
}

function guardField(field: Field, ofParent: FieldAccess | undefined, name: string): void {
  const assert = assertionOf(field, ofParent);
  const checkBounds = boundsOf(field.args, name);
  const isListOfThings = isListType(getNullableType(field.type)) && isObjectType(getNamedType(field.type));
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (parent, args, context, info) => {
    assert?.(context);
    checkBounds?.(args);
    context.budget.spend(1);
    const value = resolve(parent, args, context, info);
    if (!isListOfThings) return value;
    return value instanceof Promise ? value.then((list) => counted(list, context)) : counted(value, context);
  };
  const { subscribe } = field;
  if (subscribe === undefined) return;
  field.subscribe = (parent, args, context, info) => {
    assert?.(context);
    checkBounds?.(args);
    return subscribe(parent, args, context, info);
  };
}

function counted(list: unknown, { budget }: Caller): unknown {
  if (Array.isArray(list)) budget.spend(list.length);
  return list;
}

/** Undefined where whoever sees the parent may see this too. */
function assertionOf(field: Field, ofParent: FieldAccess | undefined): ((caller: Caller) => void) | undefined {
  const target = getNamedType(field.type);
  const asked = [accessOf(field), isObjectType(target) ? accessOfType(target) : undefined] as const;
  const permissions = [...new Set(asked)].filter(
    (permission): permission is Permission =>
      permission !== undefined && permission !== "signed-in" && permission !== ofParent,
  );
  if (permissions.length === 0) return undefined;
  return ({ principal }) => {
    for (const permission of permissions) assertMay(principal, permission);
  };
}

function accessOfType(type: GraphQLObjectType): FieldAccess {
  return assertStated(accessOf(type), type.name);
}

function accessOf({ extensions }: { readonly extensions: Readonly<Record<string, unknown>> }): unknown {
  return extensions.access;
}

function assertStated(stated: unknown, what: string): FieldAccess {
  if (stated === "signed-in" || (typeof stated === "string" && stated in PERMISSIONS)) return stated as FieldAccess;
  throw new Error(`${what} does not say who may see it: give it access("…")`);
}
