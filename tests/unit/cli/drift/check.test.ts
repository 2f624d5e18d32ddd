import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkDrift } from '../../../../cli/drift/check.ts';
import { sampleMethods, streamMethods } from '../../../../domain/detector-config.ts';
import { DriftloopError } from '../../../../domain/errors.ts';
import { findMethod } from '../../../../monitors/detectors/find-method.ts';
import { everySampleTest } from '../../../../monitors/detectors/samples/every-sample-test.ts';
import { everyStream } from '../../../../monitors/detectors/streams/every-stream.ts';
import { exampleErrors } from '../../../../monitors/detectors/streams/stream-detector.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const write = (name: string, text: string): string => {
  const file = path.join(tempFolder(), name);
  writeFileSync(file, text);
  return file;
};
const lines = (values: readonly unknown[], head: string[] = []): string =>
  `${[...head, ...values].join('\n')}\n`;
const refused = async (of: Promise<unknown>): Promise<DriftloopError> => {
  const error = await of.then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof DriftloopError) return error;
  throw error;
};

const errors = exampleErrors();

test('the names in the help are those of the methods', () => {
  expect(streamMethods).toEqual(everyStream.map(({ name }) => name));
  expect(sampleMethods).toEqual(everySampleTest.map(({ name }) => name));
});

test.each([
  ['a JSON array', 'errors.json', JSON.stringify(errors)],
  ['a JSON array of objects', 'errors.json', JSON.stringify(errors.map((wrong) => ({ id: 'x', wrong })))],
  ['JSON lines', 'errors.jsonl', lines(errors.map((wrong) => JSON.stringify({ id: 1, wrong: wrong === 1 })))],
  ['numbers, one a line', 'errors.txt', lines(errors)],
  [
    'CSV with a header',
    'errors.csv',
    lines(
      errors.map((wrong, i) => `r${i},${wrong}`),
      ['id,wrong'],
    ),
  ],
  ['CSV with one column', 'errors.csv', lines(errors, ['wrong'])],
])('a stream is read from %s', async (_, name, text) => {
  const input = write(name, text);
  const column = /id|wrong/.test(text) ? { column: ['wrong'] } : {};
  const { json, text: said } = await checkDrift({ method: 'ddm', input, ...column });
  expect(json).toMatchObject({ method: 'ddm', driftIndices: [1_037] });
  expect(said).toBe('ddm found 1 drift in 1,400 values, at 1,037 (counted from 0), and 94 warnings.');
});

test('params are read, other spellings of a name are understood', async () => {
  const input = write('x.json', JSON.stringify(errors));
  const { json } = await checkDrift({
    method: 'Page_Hinkley',
    input,
    params: '{ "threshold": 20, "mode": "up" }',
  });
  expect(json).toMatchObject({ method: 'Page_Hinkley', driftIndices: [expect.any(Number)] });
  expect(findMethod('kolmogorov_smirnov')).toEqual(findMethod('ks'));
});

test('two samples of numbers, of categories and of rows are compared', async () => {
  const then = write('then.csv', lines(['1,a', '2,a', '3,b', '4,b'], ['x,kind']));
  const now = write('now.csv', lines(['3,a', '4,b', '5,b', '6,b'], ['x,kind']));
  const compare = (method: string, column?: string[]) =>
    checkDrift({ method, reference: then, input: now, ...(column && { column }) });
  expect((await compare('ks', ['x'])).json).toEqual({
    method: 'ks',
    statistic: 0.5,
    pValue: expect.closeTo(0.771428, 5),
  });
  expect((await compare('total-variation', ['kind'])).json).toEqual({
    method: 'total-variation',
    statistic: 0.25,
    pValue: null,
  });
  const vectors = (by: number) => JSON.stringify([1, 2, 3, 4].map((x) => [x + by, 1 / x]));
  const rows = { reference: write('a.json', vectors(0)), input: write('b.json', vectors(9)) };
  expect((await checkDrift({ method: 'mmd', ...rows })).json).toMatchObject({ pValue: expect.any(Number) });
  const embedded = lines([1, 2, 3].map((x) => JSON.stringify({ embedding: [x, x] })));
  const of = write('e.jsonl', embedded);
  expect(
    (await checkDrift({ method: 'mmd', reference: of, input: of, column: ['embedding'] })).json,
  ).toMatchObject({
    pValue: 1,
  });
});

test('two columns are rows', async () => {
  const file = (by: number) =>
    write(
      `${by}.csv`,
      lines(
        [1, 2, 3, 4].map((x) => `${x + by},${x},word`),
        ['x,y,z'],
      ),
    );
  const { text } = await checkDrift({
    method: 'domain-classifier',
    reference: file(0),
    input: file(8),
    column: ['x', 'y'],
  });
  expect(text).toContain('domain-classifier of 4 values against 4 is 1 (area under the ROC curve');
});

test('a mistake is named, with what would be right', async () => {
  const input = write('bits.csv', lines(['1,2', ',2', 'oops,2'], ['x,y']));
  const ask = (options: Partial<Parameters<typeof checkDrift>[0]>) =>
    refused(checkDrift({ method: 'adwin', input, ...options }));
  expect(await ask({ method: 'crystal-ball' })).toMatchObject({
    code: 'DL_DETECTOR_UNKNOWN',
    fix: expect.stringContaining('adwin, ddm'),
  });
  expect(await ask({ params: '{ "delta": 2 }' })).toMatchObject({
    code: 'DL_DETECTOR_PARAMS',
    message: 'The params of adwin cannot be: "delta" must be a number above 0 and below 1, and is 2.',
  });
  expect((await ask({ params: 'delta=2' })).code).toBe('DL_DETECTOR_PARAMS');
  expect(await ask({})).toMatchObject({ code: 'DL_OPTION_MISSING', fix: expect.stringContaining('x, y') });
  expect((await ask({ column: ['z'] })).code).toBe('DL_COLUMN_MISSING');
  expect(await ask({ column: ['x'] })).toMatchObject({
    code: 'DL_NOT_A_NUMBER',
    message: expect.stringContaining('line 3: column "x" is empty'),
  });
  expect((await ask({ method: 'ks', column: ['y'] })).code).toBe('DL_OPTION_MISSING');
  expect((await ask({ reference: input, column: ['y'] })).code).toBe('DL_OPTION_INVALID');
  expect((await ask({ method: 'eddm', column: ['y'] })).code).toBe('DL_STATISTIC_INPUT');
  expect((await ask({ input: write('none.csv', '') })).code).toBe('DL_DATA_EMPTY');
  expect((await ask({ input: write('no.jsonl', '{"x":1}\n{"x":\n') })).code).toBe('DL_DATA_UNREADABLE');
  expect((await ask({ input: 'nowhere.csv' })).code).toBe('DL_DATA_MISSING');
});

test('a stream that is too short for anything to be found says so', async () => {
  const { text } = await checkDrift({ method: 'stepd', input: write('short.json', '[1, 0, 1]') });
  expect(text).toContain('It can find nothing before it has seen 60.');
});
