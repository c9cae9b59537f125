import { SluiceError } from "@sluice/core/errors.ts";
import { CsvError, parse } from "csv-parse";
import { type BulkItem, type BulkResult, type Device, MAX_BULK_DEVICES } from "../devices/index.ts";
import { csvCell, csvText } from "../platform/csv.ts";

/** Characters of one row; a longer one lacks a quotation mark. */
const MAX_ROW_CHARACTERS = 256 * 1024;
/** Characters given to the parser before everybody else has a turn. */
const CHUNK_CHARACTERS = 64 * 1024;
/** Properties with a column of their own; where there are more, all are in one column. */
export const MAX_PROPERTY_COLUMNS = 200;
const PROPERTY_PREFIX = "properties.";
const COLUMNS = ["uid", "name", "profile", "site", "asset", "gateway", "status"] as const;

/**
 * Devices of a CSV text with a header: uid, name, profile, site, asset, gateway, status, `properties.<key>` a property, or
 * `properties` with a JSON object. An empty cell says nothing. Throws `csv.*` for what is wrong with the text as a whole.
 */
export async function readDeviceCsv(text: string): Promise<BulkItem[]> {
  const parser = parse({
    bom: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_CHARACTERS,
    relax_column_count: false,
  });
  const items: BulkItem[] = [];
  let columns: readonly string[] | undefined;
  const feeding = feed(parser, text);
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      if (columns === undefined) columns = readHeader(cells);
      else items.push(itemOf(columns, cells, items.length + 2));
      if (items.length > MAX_BULK_DEVICES) throw tooMany();
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new SluiceError("invalid", "csv.malformed", `The CSV cannot be read: ${error.message}.`, { cause: error });
  } finally {
    parser.destroy();
    await feeding;
  }
  if (columns === undefined) throw new SluiceError("invalid", "csv.header_missing", "The CSV has no header.");
  return items;
}

async function feed(parser: ReturnType<typeof parse>, text: string): Promise<void> {
  for (let from = 0; from < text.length && !parser.destroyed; from += CHUNK_CHARACTERS) {
    if (!parser.write(text.slice(from, from + CHUNK_CHARACTERS))) {
      await new Promise<void>((resolve) => {
        parser.once("drain", resolve);
        parser.once("close", resolve);
      });
    }
  }
  if (!parser.destroyed) parser.end();
}

function readHeader(cells: readonly string[]): readonly string[] {
  const columns = cells.map((cell) => cell.trim());
  const doubled = columns.find((column, index) => columns.indexOf(column) !== index);
  if (doubled !== undefined) throw wrongHeader(`names the column "${doubled}" twice`);
  const strange = columns.find((column) => !isColumn(column));
  if (strange !== undefined) throw wrongHeader(`has a column "${strange}" that no device has`);
  if (!columns.includes("uid")) throw wrongHeader('has no column "uid"');
  return columns;
}

function isColumn(column: string): boolean {
  return (
    (COLUMNS as readonly string[]).includes(column) ||
    column === "properties" ||
    (column.startsWith(PROPERTY_PREFIX) && column.length > PROPERTY_PREFIX.length)
  );
}

function wrongHeader(what: string): SluiceError {
  const message = `The header ${what}. Columns: ${COLUMNS.join(", ")}, properties, properties.<key>.`;
  return new SluiceError("invalid", "csv.header_invalid", message);
}

function itemOf(columns: readonly string[], cells: readonly string[], row: number): BulkItem {
  const said = new Map(columns.map((column, index) => [column, unguarded(cells[index]!)]));
  const text = (column: (typeof COLUMNS)[number]) => said.get(column)?.trim() || undefined;
  const site = text("site");
  return {
    uid: text("uid") ?? "",
    name: text("name"),
    profile: text("profile"),
    site: site !== undefined && /^\d{1,10}$/.test(site) ? Number(site) : site,
    asset: numberIn(text("asset"), row),
    gateway: text("gateway"),
    status: statusIn(text("status"), row),
    properties: propertiesIn(said, row),
  };
}

function numberIn(text: string | undefined, row: number): number | undefined {
  if (text === undefined || /^\d{1,10}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new SluiceError("invalid", "csv.cell_invalid", `Row ${row}: an asset is named by its number.`);
}

function statusIn(text: string | undefined, row: number): BulkItem["status"] {
  if (text === undefined || text === "active" || text === "inactive") return text;
  throw new SluiceError("invalid", "csv.cell_invalid", `Row ${row}: the status is active or inactive.`);
}

function propertiesIn(said: ReadonlyMap<string, string>, row: number): BulkItem["properties"] {
  const properties: [string, unknown][] = Object.entries(objectIn(said.get("properties"), row));
  for (const [column, cell] of said) {
    if (cell !== "" && column.startsWith(PROPERTY_PREFIX)) {
      properties.push([column.slice(PROPERTY_PREFIX.length), valueIn(cell)]);
    }
  }
  return properties.length === 0 ? undefined : Object.fromEntries(properties);
}

function objectIn(cell: string | undefined, row: number): object {
  if (cell === undefined || cell === "") return {};
  try {
    const value: unknown = JSON.parse(cell);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, with its row.
  }
  throw new SluiceError("invalid", "csv.cell_invalid", `Row ${row}: properties is a JSON object.`);
}

/** JSON where the cell is what JSON would write (`7.5`, `true`, `"7.5"`, `{…}`); text otherwise (`007`, `pump house`). */
function valueIn(cell: string): unknown {
  try {
    const value: unknown = JSON.parse(cell);
    const isWhole = typeof value === "string" || typeof value === "object";
    return isWhole || JSON.stringify(value) === cell ? value : cell;
  } catch {
    return cell;
  }
}

/** The apostrophe that keeps spreadsheets from taking a text for a formula is none of the text. */
function unguarded(cell: string): string {
  return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}

function tooMany(): SluiceError {
  return new SluiceError("limit", "device.too_many", `A request holds at most ${MAX_BULK_DEVICES} devices.`, {
    details: { limit: MAX_BULK_DEVICES },
  });
}

/** The header of an export; undefined: more properties than columns, so that all are in one. */
export function deviceCsvHeader(propertyKeys: readonly string[] | undefined): string {
  const properties = propertyKeys?.map((key) => csvText(PROPERTY_PREFIX + key)) ?? ["properties"];
  return `${[...COLUMNS, ...properties].join(",")}\r\n`;
}

export function deviceCsvRow(device: Device, propertyKeys: readonly string[] | undefined): string {
  const { properties } = device;
  const facts =
    propertyKeys === undefined
      ? [csvText(JSON.stringify(properties))]
      : propertyKeys.map((key) => (Object.hasOwn(properties, key) ? propertyCell(properties[key]) : ""));
  return `${[...COLUMNS.map((column) => csvText(device[column])), ...facts].join(",")}\r\n`;
}

/** So that `valueIn` reads it back as it is: text that JSON could have written is written as JSON. */
function propertyCell(value: unknown): string {
  if (typeof value === "number") return csvCell(value);
  if (typeof value !== "string") return csvText(JSON.stringify(value));
  return csvText(value === "" || valueIn(value) !== value ? JSON.stringify(value) : value);
}

/** What became of each device of a list, its token among it. */
export function bulkResultsCsv(results: readonly BulkResult[]): string {
  const rows = results.map((result) => {
    const token = result.status === "created" ? result.token : "";
    const [code, message] = result.status === "failed" ? [result.error.code, result.error.message] : ["", ""];
    return [result.uid, result.status, token, code, message].map(csvText).join(",");
  });
  return `${["uid,status,token,code,message", ...rows].join("\r\n")}\r\n`;
}
