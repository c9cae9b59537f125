/** Moved-on items kept at the head of the array before it is moved up. */
const COMPACT_AFTER = 1_024;

/** First in, first out, in constant time; bounded by whoever fills it. */
export class Queue<T> {
  private items: (T | undefined)[] = [];
  private first = 0;

  get length(): number {
    return this.items.length - this.first;
  }

  push(item: T): void {
    this.items.push(item);
  }

  peek(): T | undefined {
    return this.items[this.first];
  }

  shift(): T | undefined {
    const item = this.items[this.first];
    if (item === undefined) return undefined;
    this.items[this.first++] = undefined;
    if (this.first === this.items.length) this.clear();
    else if (this.first > COMPACT_AFTER) {
      this.items.splice(0, this.first);
      this.first = 0;
    }
    return item;
  }

  /** Takes the items out that a test picks; the others keep their order. */
  remove(isPicked: (item: T) => boolean): T[] {
    const all = this.items.slice(this.first) as T[];
    this.items = all.filter((item) => !isPicked(item));
    this.first = 0;
    return all.filter(isPicked);
  }

  clear(): void {
    this.items.length = 0;
    this.first = 0;
  }
}
