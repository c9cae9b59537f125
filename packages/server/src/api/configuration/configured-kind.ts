import type { TSchema } from "typebox";
import type { Requester } from "../../actuation/index.ts";
import type { ConfigurationParts } from "./configuration-parts.ts";
import type { Configured } from "./read-configured.ts";

/** Of a kind of thing, one as the document has it: named by what people call it, never by number. */
export type Item = Readonly<Record<string, unknown>>;

/** What an item's use case is called with, once its names are numbers. */
export interface Work {
  readonly parts: ConfigurationParts;
  readonly by: Requester;
  /** As things are when the kind's turn comes. */
  readonly configured: Configured;
}

export type Asking = Pick<Work, "parts" | "by">;

/** A thing that is there. */
export interface Existing {
  readonly item: Item;
  /** By which its use cases know it. */
  readonly id: number | string;
  /** Comes with the organization, and is never taken away. */
  readonly isGiven?: boolean;
}

/** Something secret that is told once. */
export interface Told {
  readonly token?: string | undefined;
  readonly secret?: string | undefined;
}

export interface ConfiguredKind {
  /** What names an item among its kind; those of one name are told apart by their order. */
  nameOf(item: Item): string;
  /** What is there, in an order in which each can be made after those before it. */
  existing(configured: Configured): Existing[];
  /** The item with the defaults that the use cases would give it, so that a second import finds nothing to do. */
  whole?(item: Item): Item;
  /** Items in an order in which each can be made after those before it. Absent: as they are given. */
  inOrder?(items: readonly Item[]): readonly Item[];
  /** With what is never read along but is compared: only what `items` say already. */
  compared?(existing: readonly Existing[], items: readonly Item[], asking: Asking): Promise<readonly Existing[]>;
  /** The request's body by which REST would make it. Throws for a name that leads nowhere. */
  bodyOf(item: Item, configured: Configured): unknown;
  readonly body: TSchema;
  /** Throws for a body, right in its form, that its use case would refuse whatever is there already. */
  check?(body: unknown, parts: ConfigurationParts): void;
  /** Absent: only its owner makes one, such as a profile its devices' actuators. */
  create?(work: Work, item: Item): Promise<Told | undefined>;
  /** `changed`: the fields of `item` that are otherwise than they are there. */
  update(work: Work, id: number | string, item: Item, changed: ReadonlySet<string>): Promise<void>;
  remove?(work: Work, id: number | string): Promise<void>;
}
