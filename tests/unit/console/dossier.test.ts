import { expect, test } from 'vitest';
import { printDossier } from '../../../console/dossier/print-dossier.ts';
import { buildDossier } from '../../../console/dossier/dossier.ts';
import type { Dossier, DossierMatter } from '../../../console/dossier/dossier.ts';
import { readDossier } from '../../../console/dossier/read-dossier.ts';
import { dossierLede, fiveSentences, otherChecks, placeMark } from '../../../console/dossier/say-dossier.ts';
import { consoleScene } from '../../fakes/console-scene.ts';
import { dossierMatter } from '../../fakes/dossier-matter.ts';

const clock = { now: Date.parse('2026-11-24T08:20:00.000Z'), zone: 'UTC' };
const runId = '0193a1c2-41';

const matter = async (): Promise<DossierMatter> => dossierMatter(consoleScene(), runId);
const says = (given: DossierMatter, about: string) =>
  [...fiveSentences(buildDossier(given), clock), ...otherChecks(buildDossier(given))].find(
    (line) => line.about === about,
  )?.says;

test('few cases decide nothing and prove nothing: "no clear harm", which is not "no harm"', async () => {
  const { places } = buildDossier(await matter());
  expect(places.map((place) => [place.slice?.value ?? 'all', placeMark(place).word])).toEqual([
    ['all', 'Better'],
    ['weekday peak', 'No harm'],
    ['weekday off-peak', 'No harm'],
    ['weekend', 'No harm'],
    ['high demand', 'No harm'],
    ['price spike', 'No clear harm'],
  ]);
  expect(places.filter(({ isReported }) => isReported).map(({ rows }) => rows)).toEqual([88]);
});

test('"better" is said only where the test says so', async () => {
  const given = await matter();
  const by = (verdict: DossierMatter['run']['verdict']) => {
    const dossier = buildDossier({ ...given, run: { ...given.run, verdict } });
    return [placeMark(dossier.places[0]!).word, fiveSentences(dossier, clock)[2]!.says];
  };
  const [patience, known] = by({ kind: 'promote', by: 'patience', sentence: 'Ahead.' });
  expect(patience).toBe('Ahead, no proof');
  expect(known).toContain('That is no proof');
  const [forced, unknown] = by({ kind: 'promote', by: 'forced', sentence: 'Forced by root: it burns.' });
  expect(forced).toBe('Not proven');
  expect(unknown).toBe('We do not. Forced by root: it burns.');
});

test('what was forced is the first thing that is read', async () => {
  const given = await matter();
  const verdict = { kind: 'promote', by: 'forced', sentence: 'Forced by root.' } as const;
  const { answer } = dossierLede(buildDossier({ ...given, run: { ...given.run, verdict } }));
  expect(answer).toContain('The gate did not promote it: it was forced.');
});

test('what a yes sets in motion is no question any more once it is said', async () => {
  const given = await matter();
  const why = (standing: Dossier['standing']) => dossierLede({ ...buildDossier(given), standing }).why;
  expect(why({ kind: 'waiting', more: 1 })).toMatch(/^If you approve, v13 takes/);
  expect(why({ kind: 'approved', by: ['ada'] })).toMatch(/^Approved: v13 takes/);
  expect(why({ kind: 'rejected', by: 'ada', reason: 'No.' })).toBe(
    'Rejected by ada: everything stays as it was.',
  );
});

test('what it keeps, costs and was checked for stands in plain words', async () => {
  const given = await matter();
  expect(says(given, 'Forgetting')).toContain('97.8 % is kept');
  expect(says(given, 'Cost')).toBe('58 min of training on tensorflow-gpu, 1,240 MB of memory at most.');
  expect(says(given, 'Golden cases')).toBe('40 of 40 pinned cases are answered right.');
  expect(says(given, 'Served for real')).toContain('as the gate was shown');
});

test('what decides is told by the rows that decide, and why the others do not', async () => {
  const given = await matter();
  const { report } = given.evaluation!;
  const main = { name: 'accuracy.difference', value: 0.55, interval: { low: 0.4, high: 0.7 }, rows: 40 };
  const slices = [
    {
      feature: 'period',
      value: 'weekend',
      rows: 9,
      challenger: { estimate: 0.9 },
      champion: { estimate: 0.3 },
    },
  ];
  const proof = { rows: 40, wins: 24, losses: 2, challenger: 0.95, champion: 0.4, slices };
  const fresh = {
    ...report,
    checks: [{ ...main, bound: 0, result: 'pass', sentence: '' }, ...(report['checks'] as object[])],
    proof,
    terms: { kind: 'patient', isChosenByErrors: false },
  };
  const dossier = buildDossier({ ...given, evaluation: { ...given.evaluation!, report: fresh } });
  expect(dossier.places[0]).toMatchObject({ rows: 40, champion: 0.4, difference: 0.55, verdict: 'better' });
  expect(dossier.places.find(({ slice }) => slice?.value === 'weekend')).toMatchObject({ champion: 0.3 });
  expect(fiveSentences(dossier, clock)[2]!.says).toBe(
    'Both versions answered 40 cases neither had seen. v13 was right on 22 more. ' +
      '1,442 more were tested and are no proof: v12 was caught on cases like them.',
  );
});

test('a version that was trained elsewhere, or long ago, has a dossier too', async () => {
  const given = await matter();
  const elsewhere = {
    ...given,
    run: { ...given.run, trigger: { ...given.run.trigger, version: 'v13' } },
    story: [],
    evaluation: null,
  };
  expect(says(elsewhere, 'What was done')).toBe('Nothing was trained: v13 was made elsewhere.');
  expect(dossierLede(buildDossier(elsewhere)).answer).toBe('v13 has passed the gate.');
  expect(buildDossier(elsewhere).places).toEqual([]);
  const untrained = { ...given, run: { ...given.run, version: null }, evaluation: null };
  expect(dossierLede(buildDossier(untrained)).answer).toBe('Train a challenger for electricity-price?');
  // It goes its way by itself.
  const unasked = buildDossier({ ...untrained, story: [] });
  expect(dossierLede(unasked)).toEqual({ answer: 'No challenger yet.', why: given.run.trigger.reason });
});

test('a terminal says the same, with every interval, and what the word holds for', async () => {
  const text = printDossier(buildDossier(await matter()), clock);
  expect(text).toContain('v13 is right 85 times in 100, v12 now 74.');
  expect(text).toContain('Period is price spike (88): .625 → .659, +.034 [−.083, +.151]  No clear harm');
  expect(text).toContain('Log loss: .562 [.518, .606] → .371 [.340, .402], −.191 [−.236, −.146]');
  expect(text).toContain('fixed: This case has been erased.: UP → DOWN (is DOWN)');
  expect(text).toContain('  policy    policy-2');
});

test('it is read from the stores, inputs by their ids', async () => {
  const { rows, approval } = consoleScene();
  const asked: string[][] = [];
  const dossier = await readDossier(
    {
      runs: {
        get: async (id) => rows.runs.find((run) => run.id === id)!,
        story: async (id) => rows.stories.get(id)!,
        evaluations: async (id) => rows.evaluations.get(id)!,
        approval: async () => approval,
      },
      models: { getPinned: async () => rows.models[0]!.config },
      routes: { get: async (model) => rows.routes.find((route) => route.model === model)! },
      examples: {
        inputsOf: async (_, ids) => {
          asked.push([...ids]);
          return rows.inputs;
        },
      },
    },
    runId,
  );
  expect(asked).toEqual([['p1', 'p2', 'p3', 'p4']]);
  expect(dossier.flips?.examples.map(({ input }) => input === null)).toEqual([false, false, true, false]);
});

test('how far the held-out rows are used up is said on the page, by the command and as JSON', async () => {
  const given = await matter();
  const sentence =
    'These 1,240 held-out rows may judge 9 challengers, and 4 of them are left after this one. This is number 5.';
  const use = { interval: null, bound: null, result: 'reported', rows: 1_240, value: 5 } as const;
  const evaluation = {
    ...given.evaluation!,
    report: {
      ...given.evaluation!.report,
      checks: [{ ...use, name: 'test.use', sentence }],
      terms: { use: 5, wear: { rows: 1_240, uses: 9, wornOut: 0 } },
    },
  };
  const dossier = buildDossier({ ...given, evaluation });
  expect(dossier.heldOut).toEqual({ rows: 1_240, uses: 9, use: 5, left: 4 });
  expect(says({ ...given, evaluation }, 'Test set')).toBe(sentence);
  expect(printDossier(dossier, clock)).toContain(`Test set: ${sentence}`);
  expect(buildDossier(given).heldOut).toBeNull();
});
