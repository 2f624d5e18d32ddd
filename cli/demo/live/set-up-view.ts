import { createLogUpdate } from 'log-update';
import { createColors } from 'picocolors';
import type { Colors } from 'picocolors/types.js';

/** What is known of a part of the set-up: a service, a role, or Driftloop's own schema and config. */
export type SetUpEvent = {
  part: string;
  phase: 'looking' | 'fetching' | 'building' | 'ready' | 'failed';
  message: string;
  /** How much of the phase is done, 0 to 1, where that is known. */
  share?: number;
};

/** Shows how the set-up gets on, all parts side by side. Closing it twice is closing it once. */
export type SetUpView = { report(event: SetUpEvent): void; close(): void };

/** A line for each part, redrawn in place; what it was doing last is what stays. */
export function terminalSetUp(stream: NodeJS.WriteStream): SetUpView {
  const color = createColors(true);
  const update = createLogUpdate(stream);
  const parts = new Map<string, SetUpEvent & { since: number }>();
  const draw = () =>
    update(drawSetUp([...parts.values()], Date.now(), stream.columns ?? 100, color).join('\n'));
  let isClosed = false;
  // The seconds of a long build go on while it has nothing to say.
  const timer = setInterval(draw, 500);
  timer.unref();
  return {
    report(event) {
      const known = parts.get(event.part);
      const since = known?.phase === event.phase ? known.since : Date.now();
      parts.set(event.part, { ...event, since });
      draw();
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      clearInterval(timer);
      draw();
      update.done();
    },
  };
}

export function drawSetUp(
  parts: readonly (SetUpEvent & { since: number })[],
  now: number,
  width: number,
  color: Colors,
): string[] {
  const mark = {
    looking: color.dim('◌'),
    fetching: color.yellow('↓'),
    building: color.yellow('⚒'),
    ready: color.green('✓'),
    failed: color.red('✗'),
  };
  const name = Math.max(0, ...parts.map(({ part }) => part.length));
  return parts.map(({ part, phase, message, share, since }) => {
    const seconds = Math.round((now - since) / 1000);
    const isBusy = phase !== 'ready' && phase !== 'failed';
    const done = share === undefined ? '' : ` ${Math.round(100 * share)} %`;
    const waiting = isBusy && seconds >= 2 ? ` (${seconds} s)` : '';
    const text = `${message}${done}${waiting}`;
    const room = Math.max(10, width - name - 6);
    return `  ${mark[phase]} ${part.padEnd(name)}  ${text.length > room ? `${text.slice(0, room - 1)}…` : text}`;
  });
}

/** One line for each change of a phase, for logs. */
export function logSetUp(stream: NodeJS.WritableStream): SetUpView {
  const phases = new Map<string, string>();
  return {
    report({ part, phase, message }) {
      // A look, and progress inside a phase, are for those who watch; a log wants what changed.
      if (phase === 'looking' || (phases.get(part) === phase && phase !== 'ready')) return;
      phases.set(part, phase);
      stream.write(`${part}: ${phase === 'ready' ? '' : `${phase} `}${message}\n`);
    },
    close: () => {},
  };
}

/** One JSON object a line. */
export function jsonSetUp(out: NodeJS.WritableStream): SetUpView {
  return {
    report: (event) => out.write(`${JSON.stringify({ type: 'set-up', ...event })}\n`),
    close: () => {},
  };
}
