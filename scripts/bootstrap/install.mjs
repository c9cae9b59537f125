// Makes node_modules what package-lock.json says, and finds the pinned Node in it. Runs with nothing installed.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The oldest Node that can run the sources by itself, where the pinned one does not run at all (musl, for example). */
const NEEDED_MAJOR = 24;

/** npm says what went wrong, and nothing else. */
const QUIET = {
  npm_config_audit: "false",
  npm_config_fund: "false",
  npm_config_update_notifier: "false",
  npm_config_loglevel: "error",
};

/** Installs what is missing and returns the path of the Node to run Sluice with; throws an Error fit for a person. */
export function prepare(root, say) {
  if (!isInstalled(root)) install(root, say);
  return findNode(root, say);
}

/** True when everything that the lock file asks for on this platform is there, in its version. */
export function isInstalled(root) {
  const wanted = readJson(path.join(root, "package-lock.json"));
  const installed = readJson(path.join(root, "node_modules/.package-lock.json"));
  return wanted !== undefined && installed !== undefined && isSatisfied(wanted, installed);
}

/** npm writes down what it installed, in the lock file's own form; packages for other platforms are optional and absent. */
export function isSatisfied(wanted, installed) {
  return Object.entries(wanted.packages)
    .filter(([place]) => place.startsWith("node_modules/") || place.includes("/node_modules/"))
    .every(([place, { version, optional, link }]) => {
      const found = installed.packages[place];
      if (found === undefined) return optional === true;
      return link === true || found.version === version;
    });
}

function install(root, say) {
  say("Installing what package-lock.json names, into node_modules (about a minute, from the npm registry) …");
  const started = performance.now();
  const args = ["ci", "--include=dev", "--include=optional"];
  const { status, error } = spawnSync("npm", args, npmOptions(root, say));
  if (error !== undefined)
    throw new Error(`npm could not be started (${error.message}). It comes with Node: is it in PATH?`);
  if (status !== 0) {
    throw new Error(
      "npm ci failed; what it says above is the reason. Without a network, or behind a proxy, set npm's registry or proxy and try again.",
    );
  }
  say(`Installed in ${Math.round((performance.now() - started) / 1000)} s.`);
}

/**
 * How npm is started. Not by the Node in our own tree, which it is about to replace; and with a cache of ours where its usual
 * one cannot be written, as with a home that belongs to somebody else: npm gives up there.
 */
function npmOptions(cwd, say) {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const PATH = folders.filter((folder) => !folder.includes(`node_modules${path.sep}.bin`)).join(path.delimiter);
  const options = { cwd, env: { ...process.env, PATH, ...QUIET }, shell: process.platform === "win32" };
  const { stdout } = spawnSync("npm", ["config", "get", "cache"], { ...options, encoding: "utf8" });
  const cache = stdout?.trim().split("\n").at(-1);
  if (cache && !canWrite(cache)) {
    options.env.npm_config_cache = mkdtempSync(path.join(tmpdir(), "sluice-npm-cache-"));
    say(`npm's cache ${cache} cannot be written: using ${options.env.npm_config_cache}.`);
  }
  return { ...options, stdio: ["ignore", "inherit", "inherit"] };
}

function canWrite(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function findNode(root, say) {
  const folder = path.join(root, "node_modules/node");
  const binary = path.join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(binary)) fetchNode(folder, say);
  if (existsSync(binary) && runs(binary)) return binary;
  if (Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR) return process.execPath;
  throw new Error(
    existsSync(binary)
      ? `The pinned Node (${binary}) does not run on this system: it needs glibc. Install Node ${NEEDED_MAJOR} by other means and start again with it.`
      : `The npm package "node" brought no program for ${process.platform}-${process.arch}. Allow its install script (npm config delete ignore-scripts) and run npm ci, or install Node ${NEEDED_MAJOR}.`,
  );
}

/** Where npm was told to run no install scripts, the one of the package `node` is run here: it fetches the program. */
function fetchNode(folder, say) {
  const { version } = readJson(path.join(folder, "package.json")) ?? {};
  if (version === undefined) return;
  say(`Fetching Node ${version} from the npm registry …`);
  spawnSync(process.execPath, ["installArchSpecificPackage"], npmOptions(folder, say));
}

function runs(binary) {
  return spawnSync(binary, ["--version"]).status === 0;
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
