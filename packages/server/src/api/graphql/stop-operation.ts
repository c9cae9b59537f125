import {
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from "graphql";

/** A document with nothing but STOPs is short; what is longer is not looked at. */
const MAX_CHARACTERS = 8_192;
const MAX_TOKENS = 200;
/** Of what is asked of a STOP: the command and its device. Lists are further away. */
const MAX_DEPTH = 3;

/**
 * Whether a request's body is STOPs and nothing else: one operation, a mutation with the field `sendCommand` alone, as often as
 * it may be, whose kind is STOP, written there or given by a variable. Such a request is never limited, as in REST.
 */
export function isStopOperation(body: unknown): boolean {
  if (typeof body !== "string" || body.length > MAX_CHARACTERS) return false;
  // Spares everything else the reading.
  if (!body.includes("sendCommand") || !body.includes("STOP")) return false;
  try {
    const { query, variables } = JSON.parse(body) as { query?: unknown; variables?: unknown };
    if (typeof query !== "string") return false;
    const { definitions } = parse(query, { maxTokens: MAX_TOKENS, noLocation: true });
    const [operation, ...others] = definitions;
    if (others.length > 0 || operation?.kind !== Kind.OPERATION_DEFINITION) return false;
    return isStop(operation, (variables ?? {}) as Variables);
  } catch {
    // What it is instead is for those to say who answer it.
    return false;
  }
}

type Variables = Readonly<Record<string, unknown>>;

function isStop(
  { operation, selectionSet, variableDefinitions = [] }: OperationDefinitionNode,
  given: Variables,
): boolean {
  if (operation !== "mutation") return false;
  const defaults = variableDefinitions.flatMap(({ variable, defaultValue }) =>
    defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)] as const],
  );
  const variables = { ...Object.fromEntries(defaults), ...given };
  return selectionSet.selections.every((field) => sendsStop(field, variables));
}

function sendsStop(field: SelectionNode, variables: Variables): boolean {
  if (field.kind !== Kind.FIELD || field.name.value !== "sendCommand") return false;
  if (depthOf(field.selectionSet) > MAX_DEPTH) return false;
  const input = field.arguments?.find(({ name }) => name.value === "input")?.value;
  if (input === undefined) return false;
  return (valueFromASTUntyped(input, { ...variables }) as { readonly kind?: unknown } | null)?.kind === "STOP";
}

function depthOf(selections: SelectionSetNode | undefined): number {
  if (selections === undefined) return 0;
  const depths = selections.selections.map((selection) =>
    selection.kind === Kind.FIELD ? depthOf(selection.selectionSet) : Number.POSITIVE_INFINITY,
  );
  return 1 + Math.max(...depths);
}
