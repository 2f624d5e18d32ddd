import { createLogUpdate } from 'log-update';
import { createColors } from 'picocolors';
import type { Progress } from './progress.ts';
import { clock, draw, drawLine, wrap, type Curves, type Scene } from './draw.ts';
import type { Happening } from '../loop-view.ts';

/** Where a person, or a program, watches the demo. */
export type Screen = {
  /** A sentence that stays. */
  say(sentence: string): void;
  happened(happening: Happening): void;
  show(progress: Progress, curves: Curves): void;
  /** Takes the moving part away; what was said stays. */
  close(): void;
};

/** A picture that is drawn anew in place, with what happened above it. */
export function terminalScreen(stream: NodeJS.WriteStream, scene: Omit<Scene, 'width'>): Screen {
  const color = createColors(true);
  const update = createLogUpdate(stream);
  const width = () => Math.min(120, stream.columns ?? 100);
  const mark = { alert: color.red('▲'), run: color.yellow('●'), promotion: color.green('✓') };
  return {
    say: (sentence) => update.persist(sentence),
    happened: ({ at, kind, sentence }) => {
      const [first, ...rest] = wrap(sentence, width() - 11);
      const lines = [
        `${color.dim(clock(at))} ${mark[kind]} ${first}`,
        ...rest.map((line) => `           ${line}`),
      ];
      update.persist(lines.join('\n'));
    },
    show: (progress, curves) =>
      update(draw(progress, curves, { ...scene, width: width() }, color).join('\n')),
    close: () => {
      update.clear();
      update.done();
    },
  };
}

/** Plain lines, for a log or a pipe; how things stand at most every `everyMs`. */
export function logScreen(stream: NodeJS.WritableStream, everyMs: number): Screen {
  let shownAt = 0;
  return {
    say: (sentence) => stream.write(`${sentence}\n`),
    happened: ({ at, sentence }) => stream.write(`${clock(at)}  ${sentence}\n`),
    show: (progress) => {
      if (Date.parse(progress.at) - shownAt < everyMs) return;
      shownAt = Date.parse(progress.at);
      stream.write(`${drawLine(progress)}\n`);
    },
    close: () => {},
  };
}

/** One JSON object a line on `out`; sentences for people go to `log`. */
export function jsonScreen(out: NodeJS.WritableStream, log: NodeJS.WritableStream): Screen {
  const write = (value: object) => out.write(`${JSON.stringify(value)}\n`);
  return {
    say: (sentence) => log.write(`${sentence}\n`),
    happened: ({ at, kind, sentence }) => write({ type: 'event', at, kind, sentence }),
    show: (progress) => write({ type: 'progress', ...progress }),
    close: () => {},
  };
}
