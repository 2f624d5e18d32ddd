import { createLogUpdate } from 'log-update';

/** Where a person, or a log, watches a download. */
export type FetchView = {
  show(progress: { received: number; total: number }): void;
  /** Takes the moving line away. */
  close(): void;
};

const LINE_EVERY_MS = 5_000;

/** A line that moves on a terminal, and one every five seconds anywhere else. */
export function fetchView(stream: NodeJS.WriteStream, what: string): FetchView {
  const update = stream.isTTY ? createLogUpdate(stream) : null;
  let saidAt = performance.now();
  return {
    show({ received, total }) {
      const line = `fetching ${what}: ${megabytes(received)} of ${megabytes(total)}`;
      if (update) return update(line);
      const now = performance.now();
      if (now - saidAt < LINE_EVERY_MS) return;
      saidAt = now;
      stream.write(`${line}\n`);
    },
    close() {
      update?.clear();
      update?.done();
    },
  };
}

const megabytes = (bytes: number): string =>
  `${(bytes / 1e6).toLocaleString('en-US', { maximumFractionDigits: bytes < 1e7 ? 1 : 0 })} MB`;
