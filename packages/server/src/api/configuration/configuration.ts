import { SluiceError } from "@sluice/core/errors.ts";
import type { Requester } from "../../actuation/index.ts";
import { problemOf } from "../error-mapping.ts";
import { type ConfigurationDocument, SECTION_NAMES, type Section } from "./configuration-document.ts";
import type { ConfigurationParts } from "./configuration-parts.ts";
import type { ConfiguredKind, Existing, Item, Told } from "./configured-kind.ts";
import { KINDS } from "./kinds.ts";
import { Pace } from "./pace.ts";
import { type Planned, planChanges } from "./plan-changes.ts";
import { type Configured, readConfigured } from "./read-configured.ts";
import { assertRight, type Wanted, wantedOf } from "./wanted.ts";

/** Deletions of one document that need not be asked for by their number. */
export const MAX_UNASKED_DELETIONS = 20;

/** What became of one thing, or what would. Secrets are told here and never again. */
export interface ConfigurationResult extends Told {
  readonly section: Section;
  readonly name: string;
  readonly action: "create" | "update" | "delete";
  /** Of an update. */
  readonly fields?: readonly string[];
  /** "withheld": a deletion that was not done, because something else failed. */
  readonly outcome: "planned" | "done" | "failed" | "withheld";
  readonly code?: string;
  readonly message?: string;
}

export interface ConfigurationOutcome {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly kept: number;
  readonly failed: number;
  readonly results: readonly ConfigurationResult[];
}

export async function exportConfiguration(parts: ConfigurationParts, organizationId: number) {
  const configured = await readConfigured(parts, organizationId);
  const sections = SECTION_NAMES.map((section) => [
    section,
    KINDS[section].existing(configured).map(({ item }) => item),
  ]);
  return { version: 1, ...Object.fromEntries(sections) };
}

export interface ApplyOptions {
  readonly document: ConfigurationDocument;
  /** Say what would be done, and do nothing. */
  readonly isDryRun: boolean;
  /** Of the sections in the document: what they do not name goes. */
  readonly prune: boolean;
  /** The most that may go. Absent: `MAX_UNASKED_DELETIONS`. */
  readonly expectedDeletions?: number | undefined;
}

/**
 * Makes things as the document says, section by section, each thing in a transaction of its own, written down as if a person had
 * done it alone; then, with `prune`, what is not named goes, the last section first, unless something failed: what was to take
 * its place may not be there. What fails keeps nothing else from being made, and applying the document again does what was left
 * undone. A document that cannot be right changes nothing: throws `configuration.invalid` with all that is wrong, and
 * `configuration.deletions` for more deletions than are expected.
 */
export async function applyConfiguration(
  parts: ConfigurationParts,
  by: Requester,
  { document, isDryRun, prune, expectedDeletions }: ApplyOptions,
): Promise<ConfigurationOutcome> {
  const wanted = await wantedOf(document);
  const there = await readConfigured(parts, by.organizationId);
  await assertRight(parts, wanted, there);
  if (prune && !isDryRun) await assertExpected(wanted, there, expectedDeletions);
  const run = new Run(parts, by, isDryRun);
  for (const section of wanted.keys()) await run.make(section, wanted.get(section)!);
  if (prune) for (const section of [...wanted.keys()].reverse()) await run.prune(section, wanted.get(section)!);
  return run.outcome();
}

/** Throws `configuration.deletions`. */
async function assertExpected(wanted: Wanted, there: Configured, expected = MAX_UNASKED_DELETIONS): Promise<void> {
  let deletions = 0;
  for (const [section, items] of wanted) {
    const kind = KINDS[section];
    deletions += deletionsOf(await planChanges(kind.nameOf, items, kind.existing(there), true)).length;
  }
  if (deletions <= expected) return;
  const message = `It would delete ${deletions} things, more than ${expected}: see which by a dry run, and say that so many are expected. Nothing was changed.`;
  throw new SluiceError("conflict", "configuration.deletions", message, { details: { deletions, expected } });
}

function deletionsOf(planned: readonly Planned[]): Planned[] {
  return planned.filter(({ action }) => action === "delete");
}

class Run {
  readonly parts: ConfigurationParts;
  readonly by: Requester;
  private readonly isDryRun: boolean;
  private readonly pace = new Pace();
  private readonly results: ConfigurationResult[] = [];
  private kept = 0;
  /** Whether something was not made or changed. */
  private hasFailed = false;

  constructor(parts: ConfigurationParts, by: Requester, isDryRun: boolean) {
    this.parts = parts;
    this.by = by;
    this.isDryRun = isDryRun;
  }

  /** Again while it gets on: one of a section may name another of it. */
  async make(section: Section, items: readonly Item[]): Promise<void> {
    let left = KINDS[section].inOrder?.(items) ?? items;
    for (let before = Number.POSITIVE_INFINITY; left.length > 0 && left.length < before; ) {
      before = left.length;
      const failed = new Map<Item, ConfigurationResult>();
      const configured = await this.read();
      for (const planned of await this.plan(section, left, configured, false)) {
        await this.pace.next();
        if (planned.action === "keep") this.kept++;
        else {
          const result = await this.attempt(section, planned, configured);
          if (result.outcome === "failed") failed.set(planned.item, result);
          else this.results.push(result);
        }
      }
      left = [...failed.keys()];
      if (left.length === before || left.length === 0) this.results.push(...failed.values());
    }
    if (left.length > 0) this.hasFailed = true;
  }

  async prune(section: Section, items: readonly Item[]): Promise<void> {
    const configured = await this.read();
    for (const planned of deletionsOf(await this.plan(section, items, configured, true))) {
      await this.pace.next();
      this.results.push(
        this.hasFailed ? this.withheld(section, planned) : await this.attempt(section, planned, configured),
      );
    }
  }

  outcome(): ConfigurationOutcome {
    const { results, kept } = this;
    const count = (action: string) =>
      results.filter((result) => result.action === action && ["planned", "done"].includes(result.outcome)).length;
    const failed = results.filter(({ outcome }) => outcome === "failed").length;
    return { created: count("create"), updated: count("update"), deleted: count("delete"), kept, failed, results };
  }

  private async plan(
    section: Section,
    items: readonly Item[],
    configured: Configured,
    prune: boolean,
  ): Promise<Planned[]> {
    const kind = KINDS[section];
    const existing: readonly Existing[] = kind.existing(configured);
    return planChanges(kind.nameOf, items, (await kind.compared?.(existing, items, this)) ?? existing, prune);
  }

  private read(): Promise<Configured> {
    return readConfigured(this.parts, this.by.organizationId);
  }

  private withheld(section: Section, planned: Planned): ConfigurationResult {
    const message = "Something failed, so nothing is deleted: what was to take its place may not be there.";
    return { ...this.said(section, planned), outcome: "withheld", message };
  }

  private said(section: Section, planned: Planned): Omit<ConfigurationResult, "outcome"> {
    const fields = planned.action === "update" ? { fields: [...planned.changed] } : {};
    const name = spoken(KINDS[section].nameOf(planned.item));
    return { section, name, action: this.actionOf(section, planned), ...fields };
  }

  private async attempt(section: Section, planned: Planned, configured: Configured): Promise<ConfigurationResult> {
    const said = this.said(section, planned);
    if (this.isDryRun) return { ...said, outcome: "planned" };
    try {
      const told = await this.carryOut(KINDS[section], planned, configured);
      return { ...said, outcome: "done", ...told };
    } catch (error) {
      const { code, detail } = problemOf(error).body;
      return { ...said, outcome: "failed", code, message: detail };
    }
  }

  /** An actuator that is not there yet comes with its device, and then it is changed. */
  private actionOf(section: Section, { action }: Planned): ConfigurationResult["action"] {
    if (action === "create" && KINDS[section].create === undefined) return "update";
    return action as ConfigurationResult["action"];
  }

  private async carryOut(kind: ConfiguredKind, planned: Planned, configured: Configured): Promise<Told | undefined> {
    const work = { parts: this.parts, by: this.by, configured };
    switch (planned.action) {
      case "create":
        // What the kind has no maker for, its name leads nowhere.
        if (kind.create === undefined) kind.bodyOf(planned.item, configured);
        return kind.create?.(work, planned.item);
      case "update":
        await kind.update(work, planned.id, planned.item, planned.changed);
        return undefined;
      case "delete":
        await kind.remove?.(work, planned.id);
        return undefined;
      case "keep":
        return undefined;
    }
  }
}

function spoken(name: string): string {
  const words = (part: unknown): unknown[] =>
    part === null ? [] : typeof part === "object" ? Object.values(part).flatMap(words) : [part];
  return words(JSON.parse(name)).join(" / ");
}
