import { SluiceError } from "@sluice/core/errors.ts";
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from "graphql";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../paging.ts";

/** What one operation may ask for. Past any of these it is refused before anything is read. */
export interface QueryLimits {
  /** Lexical tokens of the document. */
  readonly maxTokens: number;
  /** Fields within one another; introspection has a limit of its own. */
  readonly maxDepth: number;
  /** Fields with a name of the caller's, in the whole document. */
  readonly maxAliases: number;
  /**
   * Fields that the answer may hold. Before it is executed, a page counts its size times what is asked of each item, and some
   * fields count as many (`cost`); while it is executed, what is really there counts (`Budget`).
   */
  readonly maxCost: number;
  /** Of a request's body; a query in a URL is bounded with the URL. */
  readonly maxBodyBytes: number;
  /** Until the answer is complete. A subscription is not timed. */
  readonly timeoutMs: number;
}

export const QUERY_LIMITS: QueryLimits = {
  maxTokens: 2_000,
  maxDepth: 12,
  maxAliases: 50,
  maxCost: 50_000,
  maxBodyBytes: 128 * 1024,
  timeoutMs: 15_000,
};

/** Counted for a list whose length nobody has asked for: the alerts of a device, its actuators, its metrics. */
export const ASSUMED_LIST_LENGTH = 5;
/** What a schema says of itself, once: its own depth is bounded by validation (`MaxIntrospectionDepthRule`). */
const INTROSPECTION_COST = 5_000;

interface Measure {
  readonly depth: number;
  readonly cost: number;
}
const NOTHING: Measure = { depth: 0, cost: 0 };

type Variables = Readonly<Record<string, unknown>>;

/** Throws `graphql.too_many_aliases`, `graphql.too_deep`, `graphql.too_costly` or `graphql.alias_refused`. The document has been validated. */
export function assertWithinLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
  limits: QueryLimits,
): void {
  const walk = new Walk(schema, document, variables);
  const { depth, cost } = walk.ofOperation(operation);
  const { maxAliases, maxDepth, maxCost } = limits;
  if (walk.aliases > maxAliases) throw refused("too_many_aliases", "fields with aliases", walk.aliases, maxAliases);
  if (walk.isSchemaAliased) throw schemaAliased();
  if (depth > maxDepth) throw refused("too_deep", "fields within one another", depth, maxDepth);
  if (cost > maxCost) throw refused("too_costly", "fields in the answer, as pages are counted", cost, maxCost);
}

function refused(name: string, what: string, given: number, limit: number): SluiceError {
  const message = `The query asks for ${Math.min(given, Number.MAX_SAFE_INTEGER)} ${what}; ${limit} are allowed. Ask for less at a time.`;
  return new SluiceError("invalid", `graphql.${name}`, message, { details: { given, limit } });
}

function schemaAliased(): SluiceError {
  const message = "What the schema says of itself (__schema, __type) is asked without aliases.";
  return new SluiceError("invalid", "graphql.alias_refused", message);
}

/** Looks at every fragment once, however often it is spread, so that the walk is as long as the document. */
class Walk {
  aliases = 0;
  /** Without aliases it can be asked for only once, however long the document. */
  isSchemaAliased = false;
  private readonly schema: GraphQLSchema;
  private readonly variables: Variables;
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  private readonly measured = new Map<string, Measure>();
  private defaults: ReadonlyMap<string, ValueNode | undefined> = new Map();

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Variables) {
    this.schema = schema;
    this.variables = variables;
    const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    this.fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  ofOperation({ operation, selectionSet, variableDefinitions }: OperationDefinitionNode): Measure {
    this.defaults = new Map((variableDefinitions ?? []).map((node) => [node.variable.name.value, node.defaultValue]));
    return this.ofSelections(selectionSet, this.schema.getRootType(operation) ?? undefined);
  }

  private ofSelections(selections: SelectionSetNode, parent: GraphQLNamedType | undefined): Measure {
    let { depth, cost } = NOTHING;
    for (const selection of selections.selections) {
      const measure =
        selection.kind === Kind.FIELD
          ? this.ofField(selection, parent)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? this.ofSelections(selection.selectionSet, this.typeOf(selection.typeCondition?.name.value) ?? parent)
            : this.ofFragment(selection.name.value);
      depth = Math.max(depth, measure.depth);
      cost += measure.cost;
    }
    return { depth, cost };
  }

  private ofFragment(name: string): Measure {
    const known = this.measured.get(name);
    if (known !== undefined) return known;
    const fragment = this.fragments.get(name);
    if (fragment === undefined) return NOTHING;
    // A circle is refused by validation; here it must only end.
    this.measured.set(name, NOTHING);
    const measure = this.ofSelections(fragment.selectionSet, this.typeOf(fragment.typeCondition.name.value));
    this.measured.set(name, measure);
    return measure;
  }

  private ofField(field: FieldNode, parent: GraphQLNamedType | undefined): Measure {
    const name = field.name.value;
    if (field.alias !== undefined) {
      this.aliases++;
      if (isOfSchema(name) || parent?.name.startsWith("__")) this.isSchemaAliased = true;
    }
    if (name.startsWith("__")) return this.ofSchema(field);
    const definition = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    if (definition === undefined) return { depth: 1, cost: 1 };
    if (field.selectionSet === undefined) return { depth: 1, cost: ownCost(definition) };
    const { depth, cost } = this.ofSelections(field.selectionSet, getNamedType(definition.type));
    const hasPages = definition.args.some((arg) => arg.name === "first");
    // The items of a page are counted where it is asked for.
    const isOfPage = parent?.extensions.isPage === true;
    const items = hasPages ? this.pageSize(field) : isOfPage ? 1 : lengthOf(definition.type);
    return { depth: depth + 1, cost: ownCost(definition) + items * cost };
  }

  private ofSchema({ name, selectionSet }: FieldNode): Measure {
    if (selectionSet === undefined) return { depth: 1, cost: 1 };
    // For its aliases.
    this.ofSelections(selectionSet, this.typeOf(name.value === "__schema" ? "__Schema" : "__Type"));
    return { depth: 1, cost: INTROSPECTION_COST };
  }

  private pageSize({ arguments: given = [] }: FieldNode): number {
    const value = given.find((argument) => argument.name.value === "first")?.value;
    const size = this.intOf(value) ?? DEFAULT_PAGE_SIZE;
    return Math.min(Math.max(size, 1), MAX_PAGE_SIZE);
  }

  private intOf(value: ValueNode | undefined): number | undefined {
    if (value?.kind === Kind.INT) return Number(value.value);
    if (value?.kind !== Kind.VARIABLE) return undefined;
    const name = value.name.value;
    const given = this.variables[name];
    // null is given, and is no default of the variable.
    if (given !== undefined) return typeof given === "number" ? given : undefined;
    return this.intOf(this.defaults.get(name));
  }

  private typeOf(name: string | undefined): GraphQLNamedType | undefined {
    return name === undefined ? undefined : this.schema.getType(name);
  }
}

/** `__typename` says it of one object, and clients that gather several selections alias it. */
function isOfSchema(field: string): boolean {
  return field.startsWith("__") && field !== "__typename";
}

function ownCost({ extensions }: GraphQLField<unknown, unknown>): number {
  return typeof extensions.cost === "number" ? extensions.cost : 1;
}

function lengthOf(type: GraphQLOutputType): number {
  return isListType(getNullableType(type)) ? ASSUMED_LIST_LENGTH : 1;
}
