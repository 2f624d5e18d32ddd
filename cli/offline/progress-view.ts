import { createLogUpdate } from 'log-update';
import { count } from '../../domain/count.ts';
import type { EpochScore, TrainingProgress } from '../../domain/run.ts';
import type { ScoreName } from './score-name.ts';

/** Where a person, or a log, watches a training. */
export type ProgressView = {
  /** A sentence that stays. */
  say(sentence: string): void;
  show(progress: TrainingProgress): void;
  scored(score: EpochScore): void;
  /** Takes the moving line away; what was said stays. */
  close(): void;
};

/** What a step and a score are. */
export type Says = { batchSize: number; score: ScoreName };

/** Seconds of training behind the rate that is shown, so that it follows a machine that gets busy. */
const RATE_OVER_MS = 5_000;
const LINE_EVERY_MS = 2_000;
const BAR = 24;

/** A bar that moves on a terminal, and a line every two seconds anywhere else. */
export function progressView(stream: NodeJS.WriteStream, says: Says): ProgressView {
  const words = progressWords(says);
  let score: EpochScore | null = null;
  const scored = (newest: EpochScore) => void (score = newest);
  if (stream.isTTY) {
    const update = createLogUpdate(stream);
    return {
      say: (sentence) => update.persist(sentence),
      show(progress) {
        const share = progress.steps === 0 ? 0 : progress.step / progress.steps;
        const full = Math.round(share * BAR);
        const bar = `${'━'.repeat(full)}${'─'.repeat(BAR - full)}`;
        update(`${bar} ${words(progress, score, performance.now())}`.slice(0, (stream.columns ?? 100) - 1));
      },
      scored,
      close() {
        update.clear();
        update.done();
      },
    };
  }
  let shownAt = -Infinity;
  return {
    say: (sentence) => stream.write(`${sentence}\n`),
    show(progress) {
      const now = performance.now();
      const line = words(progress, score, now);
      if (progress.steps === 0 || now - shownAt < LINE_EVERY_MS) return;
      shownAt = now;
      stream.write(`${line}\n`);
    },
    scored,
    close() {},
  };
}

/** One line: where it is, losses, validation accuracy, examples a second, and the time that is left. */
export function progressWords({ batchSize, score: scoreName }: Says) {
  let seen: { at: number; step: number }[] = [];
  return ({ step, steps, trainLoss }: TrainingProgress, score: EpochScore | null, now: number): string => {
    if (steps === 0) return 'starting';
    seen = [...seen.filter(({ at }) => now - at <= RATE_OVER_MS), { at: now, step }];
    const [first] = seen;
    const perSecond = now > first!.at ? ((step - first!.step) * 1_000) / (now - first!.at) : 0;
    return [
      `step ${count(step)} of ${count(steps)}`,
      ...(perSecond === 0 ? [] : [`at most ${timeLeft((steps - step) / perSecond)} left`]),
      ...(trainLoss === null ? [] : [`loss ${trainLoss.toFixed(3)}`]),
      ...(score?.validation
        ? [
            `validation loss ${score.validation.loss.toFixed(3)}, ${scoreName} ${score.validation.score.toFixed(3)}`,
          ]
        : []),
      ...(perSecond === 0 ? [] : [`${count(perSecond * batchSize)} examples/s`]),
    ].join(', ');
  };
}

function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
