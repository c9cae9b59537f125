import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import { Compile } from "typebox/compile";
import { mistakesOf } from "../schema-validation.ts";
import { type ConfigurationDocument, SECTION_NAMES, type Section } from "./configuration-document.ts";
import type { ConfigurationParts } from "./configuration-parts.ts";
import type { Item } from "./configured-kind.ts";
import { imagine } from "./imagine.ts";
import { KINDS } from "./kinds.ts";
import { Pace } from "./pace.ts";
import { changesIn } from "./plan-changes.ts";
import type { Configured } from "./read-configured.ts";

/** Mistakes told of one document. */
const MAX_TOLD_PROBLEMS = 200;

/** The sections of a document, each in full. */
export type Wanted = ReadonlyMap<Section, readonly Item[]>;

export async function wantedOf(document: ConfigurationDocument): Promise<Wanted> {
  const pace = new Pace();
  const wanted = new Map<Section, readonly Item[]>();
  for (const section of SECTION_NAMES) {
    const given = document[section] as readonly Item[] | undefined;
    if (given === undefined) continue;
    const { whole } = KINDS[section];
    const items: Item[] = [];
    for (const item of given) {
      items.push(whole === undefined ? item : whole(item));
      await pace.next();
    }
    wanted.set(section, items);
  }
  return wanted;
}

interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Names that lead nowhere, and whatever a request that made the thing by itself would be refused for. */
export async function assertRight(parts: ConfigurationParts, wanted: Wanted, there: Configured): Promise<void> {
  const pace = new Pace();
  const imagined = await imagine(there, Object.fromEntries(wanted), pace);
  const problems: Problem[] = [];
  for (const [section, items] of wanted) {
    const mistakesIn = checkOf(section, parts, imagined, there);
    for (const [index, item] of items.entries()) {
      for (const { path, message } of mistakesIn(item)) {
        problems.push({ path: `/${section}/${index}${path}`, message });
      }
      await pace.next();
    }
  }
  if (problems.length > 0) throw invalid(problems);
}

function checkOf(
  section: Section,
  parts: ConfigurationParts,
  imagined: Configured,
  there: Configured,
): (item: Item) => readonly Problem[] {
  const kind = KINDS[section];
  const validator = Compile(kind.body);
  const known = new Map(kind.existing(there).map(({ item }) => [kind.nameOf(item), item]));
  return (item) => {
    const before = known.get(kind.nameOf(item));
    try {
      const body = kind.bodyOf({ ...before, ...item }, imagined);
      const mistakes = mistakesOf(validator, body);
      // What stays as it is was right when it was made.
      const isChanged = before === undefined || changesIn(item, before).size > 0;
      if (mistakes.length === 0 && isChanged) kind.check?.(body, parts);
      return mistakes;
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      return [{ path: "", message: error.message }];
    }
  };
}

function invalid(problems: readonly Problem[]): SluiceError {
  const [{ path, message }] = problems as [Problem];
  const others = problems.length === 1 ? "" : ` And ${problems.length - 1} more: see \`errors\`.`;
  return new SluiceError("invalid", "configuration.invalid", `${path}: ${message}${others}`, {
    details: { problems: problems.length, errors: problems.slice(0, MAX_TOLD_PROBLEMS) },
  });
}
