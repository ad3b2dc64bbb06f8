/**
 * An action that many events ask for. It never runs twice at once; wishes that come while it runs, or in the pause after it, are
 * one wish. The pause grows with what the action takes, so that a slow answer is not asked for without end.
 *
 * @param {() => Promise<void>} action Handles its own failures.
 * @param {{leastPause: number, factor: number}} pace Milliseconds, and how many times what the action took.
 * @param {AbortSignal} signal
 * @returns {() => void} Wishes for it.
 */
export function paced(action, { leastPause, factor }, signal) {
  let isBusy = false;
  let isWanted = false;
  let timer = 0;
  signal.addEventListener("abort", () => window.clearTimeout(timer));

  async function run() {
    isBusy = true;
    isWanted = false;
    const began = performance.now();
    await action();
    if (signal.aborted) return;
    timer = window.setTimeout(() => {
      isBusy = false;
      if (isWanted) void run();
    }, Math.max(leastPause, factor * (performance.now() - began)));
  }

  return () => {
    isWanted = true;
    if (!isBusy && !signal.aborted) void run();
  };
}
