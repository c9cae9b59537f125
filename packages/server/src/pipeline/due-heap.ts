/**
 * Which rule is due first: an indexed binary heap, in which each rule stands once. Putting, moving and taking cost the
 * logarithm of its size.
 */
export class DueHeap {
  private readonly ids: number[] = [];
  private readonly dues: number[] = [];
  private readonly placeOf = new Map<number, number>();

  get size(): number {
    return this.ids.length;
  }

  /** ∞ when it is empty. */
  get firstMicros(): number {
    return this.dues[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Puts a rule at a time, or moves it there; ∞ takes it out. */
  set(id: number, dueMicros: number): void {
    if (dueMicros === Number.POSITIVE_INFINITY) {
      this.delete(id);
      return;
    }
    const known = this.placeOf.get(id);
    const place = known ?? this.ids.length;
    this.put(place, id, dueMicros);
    if (!this.rise(place)) this.sink(place);
  }

  /** When a rule is due; ∞ for one that is not in it. */
  dueOf(id: number): number {
    const place = this.placeOf.get(id);
    return place === undefined ? Number.POSITIVE_INFINITY : this.dues[place]!;
  }

  delete(id: number): void {
    const place = this.placeOf.get(id);
    if (place === undefined) return;
    this.placeOf.delete(id);
    const lastId = this.ids.pop()!;
    const lastDue = this.dues.pop()!;
    if (lastId === id) return;
    this.put(place, lastId, lastDue);
    if (!this.rise(place)) this.sink(place);
  }

  /** Takes out what is due by a time, at most `limit`, the first first. */
  take(untilMicros: number, limit: number): number[] {
    const taken: number[] = [];
    while (taken.length < limit && this.firstMicros <= untilMicros) {
      taken.push(this.ids[0]!);
      this.delete(this.ids[0]!);
    }
    return taken;
  }

  clear(): void {
    this.ids.length = 0;
    this.dues.length = 0;
    this.placeOf.clear();
  }

  private put(place: number, id: number, dueMicros: number): void {
    this.ids[place] = id;
    this.dues[place] = dueMicros;
    this.placeOf.set(id, place);
  }

  /** Answers whether it moved. */
  private rise(from: number): boolean {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.dues[parent]! <= this.dues[place]!) break;
      this.swap(place, parent);
      place = parent;
    }
    return place !== from;
  }

  private sink(from: number): void {
    for (let place = from; ; ) {
      let least = 2 * place + 1;
      if (least >= this.ids.length) return;
      if (least + 1 < this.ids.length && this.dues[least + 1]! < this.dues[least]!) least++;
      if (this.dues[place]! <= this.dues[least]!) return;
      this.swap(place, least);
      place = least;
    }
  }

  private swap(one: number, other: number): void {
    const id = this.ids[one]!;
    const due = this.dues[one]!;
    this.put(one, this.ids[other]!, this.dues[other]!);
    this.put(other, id, due);
  }
}
