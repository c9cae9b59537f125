export interface OptionSpec {
  /** A flag takes no value; the others take one. */
  readonly kind: "flag" | "text" | "number";
  /** What stands for the value in the help: "URL", "N". */
  readonly value?: string;
  readonly help: string;
}

export interface PositionalSpec {
  readonly name: string;
  readonly isRequired: boolean;
}

/** What can be said after the name of a command. */
export interface CommandLineShape {
  readonly positionals: readonly PositionalSpec[];
  readonly options: Readonly<Record<string, OptionSpec>>;
}

/** The words on the command line make no sense: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
