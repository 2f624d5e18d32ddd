import process from 'node:process';
import { progressView } from './progress-view.ts';
import type { ProgressView, Says } from './progress-view.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** Who hears of a training on files, and what ends it early. */
export type Attended = {
  say(sentence: string): void;
  view(says: Says): ProgressView;
  /** Does something that takes back what it has begun when the signal is aborted. */
  during<T>(use: (signal: AbortSignal) => Promise<T>): Promise<T>;
};

/** A person before a terminal: everything is said on stderr, and Ctrl-C ends it. */
export const atTerminal: Attended = {
  say: (sentence) => void process.stderr.write(`${sentence}\n`),
  view: (says) => progressView(process.stderr, says),
  during: untilInterrupted,
};

/** What a program may say of a training that it waits for. */
export type Attending = { say?: (sentence: string) => void; signal?: AbortSignal };

/** A program: it hears what it asks for, its terminal stays its own, and its own signal ends it. */
export const byCaller = ({ say = () => {}, signal = new AbortController().signal }: Attending): Attended => ({
  say,
  view: () => ({ say, show() {}, scored() {}, close() {} }),
  during: (use) => use(signal),
});
