/**
 * A file of configuration is kept where many read it, so a secret in it is a reference, `${CHANNEL_OPS_SECRET}`, to a variable of
 * the environment in which it is imported.
 */
const REFERENCE = /^\$\{([A-Z][A-Z0-9_]*)\}$/;

interface Channel {
  readonly name: string;
  readonly kind: string;
  readonly secret?: string;
}

export interface ConfigurationFile {
  readonly channels?: readonly Channel[];
}

/** With a reference for what signs each webhook. */
export function withReferences<File extends ConfigurationFile>(file: File): File {
  if (file.channels === undefined) return file;
  const channels = file.channels.map((channel) =>
    channel.kind === "webhook" ? { ...channel, secret: `\${${variableOf(channel.name)}}` } : channel,
  );
  return { ...file, channels };
}

/** With the secrets themselves; `missing` are the variables that are not set, whose channels get no secret from the file. */
export function withoutReferences<File extends ConfigurationFile>(
  file: File,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly file: File; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const channels = file.channels?.map(({ secret, ...channel }) => {
    const variable = secret === undefined ? undefined : REFERENCE.exec(secret)?.[1];
    const value = variable === undefined ? secret : environment[variable];
    if (value === undefined && variable !== undefined) missing.push(variable);
    return value === undefined ? channel : { ...channel, secret: value };
  });
  return { file: channels === undefined ? file : { ...file, channels }, missing };
}

function variableOf(name: string): string {
  const words =
    name
      .normalize("NFKD")
      .toUpperCase()
      .match(/[A-Z0-9]+/g) ?? [];
  return ["CHANNEL", ...words, "SECRET"].join("_");
}
