/** The key that somebody may have meant: fewest letters to change, if they are fewer than half. */
export function nearestKey(asked: string, keys: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = Math.ceil(asked.length / 2);
  for (const key of keys) {
    const distance = editDistance(asked.toLowerCase(), key.toLowerCase(), least);
    if (distance >= least) continue;
    least = distance;
    nearest = key;
  }
  return nearest;
}

/** Levenshtein's: insertions, deletions and replacements. Not worked out past `limit`. */
function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) >= limit) return limit;
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
