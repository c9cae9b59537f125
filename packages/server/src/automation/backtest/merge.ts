/**
 * Goes through several ascending columns of times as one, in the order of the times; of equal ones the first column's comes
 * first. A heap of the columns, each at its next row.
 */
export class Merge {
  private readonly columns: readonly Float64Array[];
  private readonly rows: Int32Array;
  private readonly heap: Int32Array;
  private size = 0;

  constructor(columns: readonly Float64Array[]) {
    this.columns = columns;
    this.rows = new Int32Array(columns.length);
    this.heap = new Int32Array(columns.length);
  }

  forEach(visit: (column: number, row: number) => void): void {
    this.fill();
    while (this.size > 0) {
      const column = this.heap[0]!;
      const row = this.rows[column]!++;
      visit(column, row);
      if (row + 1 === this.columns[column]!.length) this.heap[0] = this.heap[--this.size]!;
      this.sink(0);
    }
  }

  private fill(): void {
    this.rows.fill(0);
    this.size = 0;
    this.columns.forEach((times, column) => {
      if (times.length > 0) this.heap[this.size++] = column;
    });
    for (let place = (this.size >> 1) - 1; place >= 0; place--) this.sink(place);
  }

  private sink(from: number): void {
    const { heap } = this;
    for (let place = from; ; ) {
      let least = 2 * place + 1;
      if (least >= this.size) return;
      if (least + 1 < this.size && this.isBefore(heap[least + 1]!, heap[least]!)) least++;
      if (!this.isBefore(heap[least]!, heap[place]!)) return;
      const column = heap[place]!;
      heap[place] = heap[least]!;
      heap[least] = column;
      place = least;
    }
  }

  private isBefore(one: number, other: number): boolean {
    const time = this.columns[one]![this.rows[one]!]!;
    const otherTime = this.columns[other]![this.rows[other]!]!;
    return time < otherTime || (time === otherTime && one < other);
  }
}
