import { everyEstimator } from '../monitors/detectors/label-free/every-estimator.ts';
import type { Knobs } from '../monitors/detectors/knobs.ts';
import { everySampleTest } from '../monitors/detectors/samples/every-sample-test.ts';
import { everyStream } from '../monitors/detectors/streams/every-stream.ts';

/** The reference page of every detector, test and estimator, from what they say of themselves. */
export function detectorsPage(): string {
  return [
    '# Detectors, tests and estimators',
    '',
    'Made from what each says of itself, in `monitors/detectors/`, by `npm run docs`. Names and knobs are those of `driftloop drift check`, and of `detector({ method, params })` in a config. Every example here is run by a test.',
    '',
    '```sh',
    'driftloop drift check --method adwin --input errors.csv --column wrong',
    'driftloop drift check --method ks --reference june.csv --input july.csv --column price',
    '```',
    '',
    'Input is CSV, JSON lines or a JSON array. A stream answers `{ method, driftIndices, warningIndices }`, counted from 0; a test of two samples `{ method, statistic, pValue }`, with `null` where there is no p-value.',
    '',
    '## Streams',
    '',
    'They see one value after the other. After a drift each begins afresh. A value that a detector does not take is refused (`DL_STATISTIC_INPUT`) and leaves its state as it was; the state is plain JSON and no longer than said, however long the stream is.',
    '',
    ...everyStream.flatMap(({ name, answers, takes, knobs, memory, feeds, example, source }) => [
      `### ${name}`,
      '',
      answers,
      '',
      `- takes ${values[takes]}; keeps ${memory} numbers at most`,
      `- source: ${source}`,
      `- example: ${feeds}, irregular, of which one in ten values is wrong and from index 1,000 on one in two: drift at ${example.drifts.map((at) => at.toLocaleString('en-US')).join(', ')}`,
      '',
      ...knobTable(knobs),
    ]),
    '## Two samples',
    '',
    'They compare what is current with a reference. Judge by the statistic first: with enough rows every difference is significant.',
    '',
    ...everySampleTest.flatMap(({ name, also = [], answers, measures, takes, knobs, example, source }) => [
      `### ${name}`,
      '',
      answers,
      '',
      `- statistic: ${measures}`,
      `- takes ${takes.join(' or ')}${also.length > 0 ? `; also called ${also.join(', ')}` : ''}`,
      `- source: ${source}`,
      `- example: \`${JSON.stringify(example.current)}\` against \`${JSON.stringify(example.reference)}\`: statistic ${example.statistic}, ${example.pValue === null ? 'no p-value' : `p = ${example.pValue}`}`,
      '',
      ...knobTable(knobs),
    ]),
    '## Performance without labels',
    '',
    'They say what to expect until labels come, and never replace them: a model that has become wrong and stayed as sure is seen by none of them.',
    '',
    ...everyEstimator.flatMap(({ name, answers, needs, check, band, notTrusted, source }) => [
      `### ${name}`,
      '',
      answers,
      '',
      `- needs ${needs}`,
      `- whether to believe it: ${check}`,
      `- band: ${band}`,
      `- not to be trusted ${notTrusted}`,
      `- source: ${source}`,
      '',
    ]),
  ].join('\n');
}

const values = {
  bit: '0 or 1',
  share: 'numbers from 0 to 1',
  number: 'any numbers',
} as const;

function knobTable(knobs: Knobs): string[] {
  const rows = Object.entries(knobs).map(
    ([name, { fallback, allowed, trades }]) =>
      `| \`${name}\` | \`${JSON.stringify(fallback)}\` | ${allowed} | ${trades} |`,
  );
  if (rows.length === 0) return ['It has no knobs.', ''];
  return ['| knob | default | may be | what it trades |', '|---|---|---|---|', ...rows, ''];
}
