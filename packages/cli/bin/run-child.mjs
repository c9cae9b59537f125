// Plain JavaScript for any Node: this runs before the pinned Node does.
import { spawn } from "node:child_process";
import { constants } from "node:os";

/** One Ctrl-C may come twice: npm hands its own copy on. What follows this soon is the same one. */
const SAME_SIGNAL_MS = 1_000;

/**
 * Runs a program in our place: its output is ours, signals go to it once each, and the answer is its exit code (128 + n after
 * signal n). We outlive it, so that nobody thinks it has ended while it still stops cleanly.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function runChild(program, args, options = {}) {
  const child = spawn(program, args, { stdio: "inherit", ...options });
  const stopPassing = passSignals(child);
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      stopPassing();
      reject(error);
    });
    child.once("exit", (code, signal) => {
      stopPassing();
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

function passSignals(child) {
  const lastMs = new Map();
  const pass = (signal) => {
    // A terminal has sent its Ctrl-C to the child as well, which is in the same process group.
    if (signal === "SIGINT" && process.stdin.isTTY) return;
    const nowMs = performance.now();
    const isSame = nowMs - (lastMs.get(signal) ?? Number.NEGATIVE_INFINITY) < SAME_SIGNAL_MS;
    lastMs.set(signal, nowMs);
    if (!isSame) child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, pass);
  return () => {
    for (const signal of signals) process.off(signal, pass);
  };
}
