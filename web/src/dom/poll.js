/**
 * Does something again and again, with a pause between, until the signal says so. While the page is hidden it waits, and where it
 * fails it waits longer each time.
 *
 * @param {number} seconds
 * @param {() => Promise<void>} action
 * @param {AbortSignal} signal
 * @param {(error: unknown) => void} onFailure
 */
export function every(seconds, action, signal, onFailure) {
  let pause = seconds;
  let timer = 0;
  async function step() {
    if (signal.aborted) return;
    if (!document.hidden) {
      try {
        await action();
        pause = seconds;
      } catch (error) {
        if (signal.aborted) return;
        onFailure(error);
        pause = Math.min(30, pause * 2);
      }
    }
    if (!signal.aborted) timer = window.setTimeout(step, pause * 1000);
  }
  signal.addEventListener("abort", () => window.clearTimeout(timer));
  timer = window.setTimeout(step, seconds * 1000);
}
