import { type FileMetaData, parquetMetadata, type RowGroup } from "hyparquet";
import type { FileDescription } from "./described-file.ts";
import { BLOCKS_METADATA, parseBlocks, readFooterOf } from "./file-checksums.ts";
import { COLUMNS_METADATA } from "./part-schema.ts";
import { PARSERS } from "./raw-reader.ts";

/** Reads the footer of a part's file. Its checksum is of the bytes that were read: what else it says holds only if that is right. */
export function describeFile(path: string): FileDescription {
  const { footer, bytes, checksum } = readFooterOf(path);
  const unread = { bytes, footerChecksum: checksum, ...NOTHING };
  let metadata: FileMetaData;
  try {
    metadata = parquetMetadata(Uint8Array.from(footer).buffer, { parsers: PARSERS });
  } catch {
    return unread;
  }
  const texts = new Map(metadata.key_value_metadata?.map(({ key, value }) => [key, value]));
  const columns = JSON.parse(texts.get(COLUMNS_METADATA) ?? "{}") as Record<string, string>;
  return {
    ...unread,
    metrics: Object.entries(columns).map(([number, name]) => [Number(number), name]),
    names: metadata.schema.slice(1).map(({ name }) => name),
    blockSums: parseBlocks(texts.get(BLOCKS_METADATA) ?? ""),
    ...describeGroups(metadata.row_groups),
  };
}

const NOTHING = {
  metrics: [],
  names: [],
  blockSums: new Uint32Array(0),
  dataBytes: 0,
  minDevices: new Int32Array(0),
  maxDevices: new Int32Array(0),
  minMicros: new Float64Array(0),
  maxMicros: new Float64Array(0),
  chunkStarts: new Float64Array(0),
  chunkEnds: new Float64Array(0),
};

/** Device and time are the first columns. */
function describeGroups(groups: readonly RowGroup[]) {
  const statistics = (group: RowGroup, column: number) => group.columns[column]!.meta_data!.statistics!;
  const chunks = groups.flatMap(({ columns }) => columns.map(({ meta_data }) => meta_data!));
  const starts = chunks.map(({ dictionary_page_offset, data_page_offset }) =>
    Number(dictionary_page_offset === undefined ? data_page_offset : minOf(dictionary_page_offset, data_page_offset)),
  );
  const ends = chunks.map(({ total_compressed_size }, at) => starts[at]! + Number(total_compressed_size));
  return {
    dataBytes: ends.reduce((most, end) => Math.max(most, end), 0),
    minDevices: Int32Array.from(groups, (group) => Number(statistics(group, 0).min_value)),
    maxDevices: Int32Array.from(groups, (group) => Number(statistics(group, 0).max_value)),
    minMicros: Float64Array.from(groups, (group) => Number(statistics(group, 1).min_value)),
    maxMicros: Float64Array.from(groups, (group) => Number(statistics(group, 1).max_value)),
    chunkStarts: Float64Array.from(starts),
    chunkEnds: Float64Array.from(ends),
  };
}

/** 0 where there is no dictionary. */
function minOf(dictionary: bigint, data: bigint): bigint {
  return dictionary > 0n && dictionary < data ? dictionary : data;
}
