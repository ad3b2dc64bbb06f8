/**
 * The events of a batch as they happen. A connection that breaks is made again, and its listener told of both.
 *
 * @typedef {import("./types.js").Overview} Overview
 *
 * @typedef {object} Listener
 * @property {(overview: Overview) => void} onOverview
 * @property {(overview: Overview) => void} onEnd
 * @property {(isUp: boolean) => void} onConnection
 *
 * @param {string} batch
 * @param {Listener} listener
 * @returns {() => void} Ends it.
 */
export function follow(batch, { onOverview, onEnd, onConnection }) {
  /** @type {EventSource | null} */
  let source = null;
  let timer = 0;
  let delay = 1000;
  let isOver = false;

  function connect() {
    source = new EventSource(`/batches/${encodeURIComponent(batch)}/events?jobs=none`);
    source.onopen = () => {
      delay = 1000;
      onConnection(true);
    };
    source.addEventListener("batch", (event) => onOverview(JSON.parse(event.data)));
    source.addEventListener("end", (event) => {
      stop();
      onEnd(JSON.parse(event.data));
    });
    // A browser gives up by itself after some errors, and waits long after others: connections are made here instead.
    source.onerror = () => {
      source?.close();
      if (isOver) return;
      onConnection(false);
      timer = window.setTimeout(connect, delay);
      delay = Math.min(2 * delay, 15_000);
    };
  }

  function stop() {
    isOver = true;
    window.clearTimeout(timer);
    source?.close();
  }

  connect();
  return stop;
}
