export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

/** Reads Prometheus' text format, version 0.0.4, and throws at whatever is not in it. */
export function parseExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  const helps = new Map<string, string>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const help = /^# HELP (\S+) (.*)$/.exec(line);
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (help) helps.set(help[1]!, help[2]!);
    else if (type) {
      if (families.has(type[1]!)) throw new Error(`${type[1]} is there twice`);
      families.set(type[1]!, { type: type[2]!, help: helps.get(type[1]!) ?? "", samples: [] });
    } else familyOf(families, readSample(line)).samples.push(readSample(line));
  }
  return families;
}

function readSample(line: string): Sample {
  const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (!match) throw new Error(`not a sample: ${line}`);
  const value = match[3] === "+Inf" ? Number.POSITIVE_INFINITY : match[3] === "Nan" ? Number.NaN : Number(match[3]);
  if (Number.isNaN(value) && match[3] !== "Nan" && match[3] !== "NaN") throw new Error(`not a number: ${line}`);
  return { name: match[1]!, labels: readLabels(match[2] ?? ""), value };
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  const pattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (!match) throw new Error(`not labels: ${text}`);
    labels[match[1]!] = match[2]!.replace(/\\(.)/g, (_, escaped) => (escaped === "n" ? "\n" : escaped));
  }
  return labels;
}

function familyOf(families: ReadonlyMap<string, Family>, { name }: Sample): Family {
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ""));
  if (!family) throw new Error(`${name} has no type`);
  return family;
}
