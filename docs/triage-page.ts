import { readFileSync } from 'node:fs';
import { diagnoses } from '../domain/triage.ts';
import type { TriageBench } from '../tests/bench/triage.ts';

type Kept = { options: { seeds: number }; results: TriageBench };

/** What triage says of changes whose truth is known, as `npm run bench -- triage` has measured it last. */
export function triagePage(): string {
  const file = new URL('../tests/bench/results/triage.json', import.meta.url);
  const { options, results } = JSON.parse(readFileSync(file, 'utf8')) as Kept;
  const { right, heldBack } = results;
  const said = (counts: TriageBench['confusion'][keyof TriageBench['confusion']] = {}) =>
    diagnoses.map((one) => counts[one] ?? '').join(' | ');
  const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
  return [
    '# What triage says',
    '',
    `Made from the results of \`npm run bench -- triage\` (\`tests/bench/results/triage.json\`) by \`npm run docs\`. Each change happens to a world whose truth is known (\`tests/fakes/drifting-world.ts\`), ${options.seeds} stories of each; triage is asked when a training would begin. What the words mean: [Triage](../triage.md).`,
    '',
    `Told as what they are: ${percent(right.share)} of the stories (95 %: ${percent(right.low)} to ${percent(right.high)}). A training was held back in ${heldBack.heldBack} of ${heldBack.stories} stories in which the world had changed: at most ${percent(heldBack.atMost)}.`,
    '',
    '## The truth, and what was said',
    '',
    `| it is | ${diagnoses.join(' | ')} |`,
    `|---|${diagnoses.map(() => '---|').join('')}`,
    ...diagnoses.flatMap((truth) => {
      const row = results.confusion[truth];
      return row === undefined ? [] : [`| ${truth} | ${said(row)} |`];
    }),
    '',
    '## By change',
    '',
    `| change | it is | ${diagnoses.join(' | ')} |`,
    `|---|---|${diagnoses.map(() => '---|').join('')}`,
    ...Object.entries(results.changes).map(
      ([name, change]) => `| ${name} | ${change.is} | ${said(change.said)} |`,
    ),
    '',
  ].join('\n');
}
