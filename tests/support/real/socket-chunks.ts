import type { Socket } from "node:net";

/**
 * Hands over what a socket says, piece by piece and in order; the next piece is not read before `take` is done with this one.
 * Resolves when the socket has ended, however that was.
 */
export async function forEachChunk(socket: Socket, take: (bytes: Buffer) => Promise<void>): Promise<void> {
  try {
    for await (const bytes of socket) await take(bytes as Buffer);
  } catch {
    // Reset: it has ended.
  }
}

/** Ends with RST, as a failing network does; FIN would be a goodbye. */
export function reset(socket: Socket): void {
  if (!socket.destroyed) socket.resetAndDestroy();
}
