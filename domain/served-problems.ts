import type { ConfigProblem } from './config-problems.ts';
import type { ModelConfig } from './model-config.ts';

/** What a training from files does not ask and the loop has to know, of one model and its place in the config. */
export function checkServed([index, model]: readonly [number, ModelConfig]): ConfigProblem[] {
  const { task, base, trainer, fineTune } = model;
  const problems: ConfigProblem[] = [];
  const note = (field: string, problem: string, fix: string) =>
    void problems.push({ path: `models.${index}.${field}`, problem, fix });
  if (task.kind === 'regression') {
    if (task.tolerance === undefined)
      note(
        'task.tolerance',
        'is missing, and the loop counts how many answers are right',
        'Say how far off a good answer may be, in the unit of the number: regression({ tolerance: 5 }).',
      );
    if (base.kind === 'champion')
      note('base', 'is the champion, and numbers are learnt from scratch each time', 'Remove it.');
  }
  if (task.kind === 'generation') {
    if (trainer.kind === 'command')
      note(
        'trainer',
        'is a program, which is given rows with labels or numbers, and the task is "generation"',
        'Remove it: Driftloop trains this by itself.',
      );
    if (fineTune?.method === 'search')
      note(
        'fineTune.method',
        'is "search", and nothing is known yet of what to try for what writes',
        'Write lora(), qlora() or full(), or leave fineTune out.',
      );
  }
  return problems;
}
