/**
 * Works at several things in one transaction at a time, so that their statements share its round trips. Throws the first
 * error, but not before all of them have ended: what still went on then would write on a connection that is another's by now.
 */
export async function allEnded<const Works extends readonly Promise<unknown>[]>(
  works: Works,
): Promise<{ -readonly [Index in keyof Works]: Awaited<Works[Index]> }> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
