import { chownSync } from "node:fs";
import { chown, mkdir, open } from "node:fs/promises";
import path from "node:path";
import { keepPassword, makeHome, markRestoring, openPlace, SHARED_ROOTS, syncDirectory } from "./place.ts";

/** A new home into which a copied cluster is put, entry by entry. */
export interface ClusterRestore {
  addFolder(name: string): Promise<void>;
  addFile(name: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** All is there: the home can be started. */
  finish(): void;
  /** Gives the home free, whole or not. */
  release(): void;
}

/** The home is nobody's until `finish`. `password` is the one that the cluster was made with. */
export function restoreCluster(
  home: string,
  password: string,
  sharedRoots: readonly string[] = SHARED_ROOTS,
): ClusterRestore {
  makeHome(home);
  const finish = markRestoring(home);
  const place = openPlace(home, sharedRoots);
  keepPassword(place, password);
  const pathOf = (name: string) => path.join(place.dataDirectory, ...name.split("/"));
  const own = async (file: string) => {
    if (place.runAs !== undefined) await chown(file, place.runAs.uid, place.runAs.gid);
  };
  const folders = new Set<string>();
  return {
    async addFolder(name) {
      const folder = name === "" ? place.dataDirectory : pathOf(name);
      await mkdir(folder, { mode: 0o700 });
      await own(folder);
      folders.add(folder);
    },
    async addFile(name, content) {
      const file = pathOf(name);
      const handle = await open(file, "wx", 0o600);
      try {
        for await (const chunk of content) await handle.writeFile(chunk);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await own(file);
    },
    finish() {
      for (const folder of folders) syncDirectory(folder);
      syncDirectory(place.directory);
      if (place.runAs !== undefined) chownSync(place.dataDirectory, place.runAs.uid, place.runAs.gid);
      finish();
    },
    release: () => place.release(),
  };
}
