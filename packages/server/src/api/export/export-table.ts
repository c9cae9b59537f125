/** What an export is made of, whatever its rows are and whatever file they become. */
export interface ExportColumn {
  readonly name: string;
  readonly kind: "text" | "time" | "number";
}

/** Consecutive rows: by column, times in microseconds; null where there is nothing. */
export interface ExportPiece {
  readonly rows: number;
  readonly columns: readonly (readonly (string | number | null)[])[];
}

export interface ExportTable {
  readonly columns: readonly ExportColumn[];
  pieces(): AsyncGenerator<ExportPiece>;
}

/** Rows of a piece: about a millisecond's work. */
export const ROWS_PER_PIECE = 2_048;

/** Gathers rows into pieces. */
export class PieceMaker {
  private readonly width: number;
  private columns: (string | number | null)[][];

  constructor(width: number) {
    this.width = width;
    this.columns = emptyColumns(width);
  }

  /** Answers a piece once there are enough rows for one. */
  add(row: readonly (string | number | null)[]): ExportPiece | undefined {
    for (let column = 0; column < this.width; column++) this.columns[column]!.push(row[column]!);
    return this.columns[0]!.length < ROWS_PER_PIECE ? undefined : this.take();
  }

  /** What is left. */
  take(): ExportPiece | undefined {
    const { columns } = this;
    if (columns[0]!.length === 0) return undefined;
    this.columns = emptyColumns(this.width);
    return { rows: columns[0]!.length, columns };
  }
}

function emptyColumns(width: number): (string | number | null)[][] {
  return Array.from({ length: width }, () => []);
}
