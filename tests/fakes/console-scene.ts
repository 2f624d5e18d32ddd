import { classification } from '../../domain/task.ts';
import { category, number } from '../../domain/input.ts';
import type { Triage } from '../../domain/triage.ts';
import type { RunEvent } from '../../domain/ports.ts';
import type { Run } from '../../domain/run.ts';
import type { Version } from '../../domain/version.ts';
import type { Asked } from '../../domain/approval.ts';
import type { SearchReport } from '../../domain/search-report.ts';
import { recordedTable } from '../../monitors/rules/recorded-table.ts';
import type { RecordedKey } from '../../monitors/rules/recorded-table.ts';
import { judgeChallengerScene } from './approval-scene.ts';
import { fallingCourse } from './run-scenes.ts';
import { rollOutScene, withdrawScene } from './rollout-scene.ts';
import { parseConfig } from '../../domain/config.ts';
import { consoleWorld, declare } from './console-world.ts';
import type { ConsoleWorld } from './console-world.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A small wobble that is the same at every run. */
const wobble = (i: number) =>
  0.008 * Math.sin(i * 0.071) +
  0.005 * Math.sin(i * 0.19 + 1) +
  0.004 * (((Math.sin(i * 12.9898) * 43_758.5453) % 1) + 0);
const quality = (atLeast: number) => ({ kind: 'quality' as const, metric: 'accuracy' as const, atLeast });

type Line = { version: string; from: number; to: number; level: (at: number) => number };

/** Puts accuracy and the figures beside it into the fake Prometheus. */
function measure(world: ConsoleWorld, model: string, champions: Line[], trial?: Line): void {
  const { series } = world.metrics;
  const put = (key: RecordedKey, labels: object, points: [number, number][]) =>
    series.push({
      name: recordedTable[key].name,
      labels: { namespace: 'default', model, ...labels },
      points,
    });
  const walk = ({ from, to, level }: Line): [number, number][] =>
    Array.from({ length: Math.floor((to - from) / hour) + 1 }, (_, i) => [
      from + i * hour,
      level(from + i * hour) + wobble(i + (from % 97)),
    ]);
  for (const line of champions) {
    put('championAccuracy', { version: line.version, window: '1d' }, walk(line));
    put(
      'championLabelledRows',
      { version: line.version, window: '1d' },
      walk(line).map(([at], i) => [at, 1_022 - (i % 7)]),
    );
  }
  if (trial !== undefined) put('accuracy', { version: trial.version, window: '1d' }, walk(trial));
  put('trainingPrice', {}, [[0, 50]]);
}

function feature(
  world: ConsoleWorld,
  model: string,
  version: string,
  name: string,
  psi: number,
  shift: number,
  bins = 10,
): void {
  const labels = { namespace: 'default', model, version, feature: name };
  const { series } = world.metrics;
  const at = 0;
  const shape = (i: number, by: number) => Math.exp(-((i - (bins - 1) / 2 - by) ** 2) / (bins / 2.2) ** 2);
  const normal = (by: number) => {
    const raw = Array.from({ length: bins }, (_, i) => shape(i, by));
    const sum = raw.reduce((a, b) => a + b, 0);
    return raw.map((v) => v / sum);
  };
  series.push({
    name: recordedTable.championPsi.name,
    labels: { ...labels, window: '1d' },
    points: [[at, psi]],
  });
  series.push({
    name: recordedTable.featureRows.name,
    labels: { ...labels, window: '1d' },
    points: [[at, 1_180]],
  });
  normal(0).forEach((share, i) =>
    series.push({
      name: 'driftloop:reference_share:max',
      labels: { ...labels, bin: String(i) },
      points: [[at, share]],
    }),
  );
  normal(shift).forEach((share, i) =>
    series.push({
      name: recordedTable.featureShare.name,
      labels: { ...labels, window: '1d', bin: String(i) },
      points: [[at, share]],
    }),
  );
}

/** What is known of a value of a slice: as good as the rest until the onset, at its own level since. */
function slice(
  world: ConsoleWorld,
  of: { model: string; version: string; slice: string; value: string },
  given: { level: number | null; labels: number; asked: number; onset: number },
): void {
  const labels = { namespace: 'default', ...of, window: '1d' };
  const put = (key: RecordedKey, points: [number, number][]) =>
    world.metrics.series.push({ name: recordedTable[key].name, labels, points });
  put('slicePredictions', [[0, given.asked]]);
  put('sliceRows', [[0, given.labels]]);
  const { level, onset } = given;
  if (level === null) return;
  put(
    'sliceAccuracy',
    Array.from({ length: 11 * 24 + 1 }, (_, i) => {
      const at = world.time.now - (11 * 24 - i) * hour;
      const fallen = at < onset ? 0 : Math.min(1, (at - onset) / (26 * hour));
      return [at, at === world.time.now ? level : 0.86 - (0.86 - level) * fallen + wobble(i)];
    }),
  );
}

const version = (model: string, n: number, role: Version['role'], change: Partial<Version>): Version => ({
  model,
  version: `v${n}`,
  number: n,
  digest: `sha256:${n}`,
  role,
  parent: n > 1 ? `v${n - 1}` : null,
  runId: null,
  snapshotId: null,
  createdAt: '',
  promotedAt: null,
  accuracyOnTest: 0.86,
  referenceErrorRate: 0.141,
  trainSeconds: 48,
  ...change,
});

/** A fleet with one of each: worse with a fix that waits, a canary, no labels, steady, paused. Made up, and the same at every run. */
export function consoleScene({
  now = Date.parse('2026-11-24T08:20:00.000Z'),
  refreshMs = 2_000,
} = {}): ConsoleWorld {
  const world = consoleWorld({ now, refreshMs });
  const { rows, metrics } = world;
  const iso = (ms: number) => new Date(ms).toISOString();
  const onset = Date.parse('2026-11-17T14:20:00.000Z');
  const born = now - 40 * day;

  // worse, with a fix that waits for a person
  const electricity = 'electricity-price';
  declare(world, {
    name: electricity,
    task: classification({ labels: ['UP', 'DOWN'] }),
    input: {
      nswprice: number(),
      nswdemand: number(),
      vicprice: number(),
      vicdemand: number(),
      transfer: number(),
      period: number(),
      day: category(['1', '2', '3']),
    },
    watch: [quality(0.8), { kind: 'drift' }],
    retrain: { schedule: '0 3 * * 1' },
    approval: { required: true },
    gate: { slices: ['day'] },
  });
  const past = parseConfig({
    models: [{ ...rows.models.at(-1)!.config, retrain: { price: 80, schedule: '0 3 * * 1' } }],
  });
  const present = { ...past, models: [rows.models.at(-1)!.config] };
  rows.applied.push(
    { digest: 'c0ffee0123456789', by: 'ada', at: iso(now - 6 * day), config: present },
    { digest: 'abad1dea01234567', by: 'bob', at: iso(born), config: past },
  );
  const fall = (at: number) => (at < onset ? 0.862 : 0.862 - 0.122 * Math.min(1, (at - onset) / (26 * hour)));
  measure(
    world,
    electricity,
    [
      { version: 'v11', from: born, to: now - 11 * day, level: () => 0.855 },
      { version: 'v12', from: now - 11 * day + hour, to: now - 20 * minute, level: fall },
    ],
    { version: 'v13', from: now - 4 * day, to: now - 20 * minute, level: () => 0.848 },
  );
  const of = { namespace: 'default', model: electricity };
  metrics.series.push({
    name: recordedTable.championRegret.name,
    labels: { ...of, version: 'v12' },
    points: Array.from({ length: 336 }, (_, i): [number, number] => {
      const at = now - (336 - i) * hour;
      return [at, at < onset ? 1.5 + 1.2 * Math.sin(i / 9) : 1.5 + ((at - onset) / hour) * 0.72];
    }),
  });
  metrics.series.push({ name: 'driftloop:predictions:max', labels: of, points: [[0, 16_528]] });
  rows.labelled.set(electricity, 15_204);
  rows.delays.set(electricity, { labels: 2_000, medianMs: 6.2 * hour, p90Ms: 27.4 * hour });
  for (const [value, level, labels, asked] of [
    ['1', 0.81, 402, 610],
    ['2', 0.79, 398, 590],
    ['3', 0.58, 222, 600],
    ['missing', null, 0, 12],
  ] as const)
    slice(
      world,
      { model: electricity, version: 'v12', slice: 'day', value },
      { level, labels, asked, onset },
    );
  feature(world, electricity, 'v12', 'nswprice', 0.41, 2.4);
  feature(world, electricity, 'v12', 'transfer', 0.27, -2);
  feature(world, electricity, 'v12', 'vicprice', 0.18, 1.2);
  feature(world, electricity, 'v12', 'nswdemand', 0.06, 0.5);
  feature(world, electricity, 'v12', 'vicdemand', 0.05, -0.4);
  feature(world, electricity, 'v12', 'period', 0.01, 0.1, 8);
  feature(world, electricity, 'v12', 'day', 0, 0, 3);
  rows.versions.push(
    version(electricity, 11, 'retired', {
      createdAt: iso(born),
      promotedAt: iso(born),
      accuracyOnTest: 0.851,
    }),
    version(electricity, 12, 'champion', {
      createdAt: iso(now - 12 * day),
      promotedAt: iso(now - 11 * day),
      runId: '0193a1c2-39',
      accuracyOnTest: 0.861,
    }),
    version(electricity, 13, 'challenger', {
      createdAt: iso(now - 4 * day),
      runId: '0193a1c2-41',
      snapshotId: 'snapshot-41',
      accuracyOnTest: 0.848,
      trainSeconds: 58 * 60,
      referenceErrorRate: null,
    }),
  );
  rows.snapshots.set('snapshot-41', {
    id: 'snapshot-41',
    model: electricity,
    runId: '0193a1c2-41',
    cutAt: iso(onset + 70 * hour),
    cutSeq: 14_800,
    fromSeq: 10_488,
    rows: { train: 3_520, validation: 392, rehearsal: 800, golden: 0 },
    rehearsalShare: 0.17,
    digest: 'snapshot-digest',
  });
  const learnt = (from: number, to: number) => ({
    rows: Array.from({ length: to - from }, (_, i) => (from + i).toString(16).padStart(16, '0')),
    isWhole: true,
  });
  rows.learnt.set(`${electricity} v12`, learnt(0, 2_904));
  rows.learnt.set(`${electricity} v13`, learnt(2_104, 6_424));
  rows.routes.push({
    model: electricity,
    generation: 4,
    champion: { version: 'v12', digest: 'd' },
    challenger: { version: 'v13', digest: 'd', share: 0.1, mode: 'canary' },
    updatedAt: iso(now),
  });
  const sentenceOfRegret =
    'Champion v12 of electricity-price has made 118.5 errors more than its reference promised since it took over; a training is worth 50.';
  const alert = (kind: string, level: string, startsAt: number, endsAt: number | null, sentence: string) => ({
    fingerprint: `${kind}-${level}-${startsAt}`,
    startsAt: iso(startsAt),
    endsAt: endsAt === null ? null : iso(endsAt),
    status: endsAt === null ? ('firing' as const) : ('resolved' as const),
    model: electricity,
    alertname: 'Driftloop',
    labels: { ...of, kind, level, version: 'v12' },
    annotations: { sentence },
    receivedAt: iso(startsAt),
  });
  rows.alerts.push(
    alert('regret', 'detected', onset + 13 * hour, null, sentenceOfRegret),
    alert('regret', 'suspected', onset + 7 * hour, null, sentenceOfRegret),
    alert(
      'quality',
      'detected',
      onset + 22 * hour,
      null,
      'Accuracy of champion v12 of electricity-price over the last 1d is 0.741; at least 0.8 is asked for.',
    ),
    alert(
      'silence',
      'suspected',
      now - 9 * day,
      now - 9 * day + 8 * hour,
      '61 labels became known for champion v12 of electricity-price in the last 1d; with fewer than 100 its quality is unknown, neither good nor bad.',
    ),
  );
  for (const row of rows.alerts.filter((a) => a.endsAt === null && a.labels['level'] === 'detected'))
    metrics.firing.push({
      alertname: row.alertname,
      labels: row.labels,
      annotations: row.annotations,
      activeAt: row.labels['kind'] === 'regret' ? iso(onset) : row.startsAt,
    });
  const run = (id: string, model: string, change: Partial<Run>): Run => ({
    id,
    model,
    trigger: { kind: 'schedule', firedAt: '', reason: 'Mondays at 03:00.' },
    phase: 'ended',
    configDigest: 'c',
    startedAt: '',
    endedAt: null,
    snapshotId: null,
    version: null,
    verdict: null,
    outcome: null,
    promotedAt: null,
    trainSeconds: null,
    progress: null,
    ...change,
  });
  const began = onset + 13 * hour;
  rows.runs.push(
    run('0193a1c2-41', electricity, {
      trigger: { kind: 'regret', firedAt: iso(began), reason: sentenceOfRegret },
      phase: 'waiting-for-approval',
      startedAt: iso(began + minute),
      version: 'v13',
      verdict: {
        kind: 'promote',
        by: 'evidence',
        sentence:
          'Passed the gate: the challenger is better; on 1,482 rows that neither has seen, it alone was right on 214, the champion alone on 55 (+10.7 points).',
      },
      trainSeconds: 58 * 60,
    }),
    run('0193a1c2-40', electricity, {
      startedAt: iso(now - 8 * day - 5 * hour),
      endedAt: iso(now - 8 * day - 4 * hour),
      trigger: { kind: 'schedule', firedAt: iso(now - 8 * day - 5 * hour), reason: 'Mondays at 03:00.' },
      outcome: {
        kind: 'rejected',
        version: 'v12',
        sentence:
          'Rejected: the time to decide is over and nothing is proven; on 940 rows that neither has seen, it alone was right on 41, the champion alone on 40 (+0.1 points).',
      },
    }),
    run('0193a1c2-39', electricity, {
      startedAt: iso(now - 12 * day - 5 * hour),
      endedAt: iso(now - 11 * day),
      trigger: {
        kind: 'manual',
        firedAt: iso(now - 12 * day - 5 * hour),
        reason: 'New meters since Monday.',
        by: 'operator@team',
      },
      outcome: {
        kind: 'promoted',
        version: 'v12',
        sentence: 'v12 answers everything since Thu 12 Nov, 03:20.',
      },
      promotedAt: iso(now - 11 * day),
      version: 'v12',
      trainSeconds: 49 * 60,
    }),
  );
  const drifted: Triage['evidence'] = [
    {
      about: 'performance',
      says: 'The champion errs on 24.6 % of the newest 250 labelled rows, and did on 14.1 % of 2,904 before.',
    },
    {
      about: 'labels',
      says: 'The labels come as before: "UP" is the label of 43.2 % of the rows, and was of 42.0 %.',
    },
    { about: 'inputs', says: '"nswprice" has moved by a PSI of 0.31 (up to 0.14 is usual).' },
  ];
  const told = (phase: Run['phase'], at: number, sentence: string): RunEvent & { at: string } => ({
    key: phase + at,
    phase,
    sentence,
    at: iso(at),
  });
  rows.stories.set('0193a1c2-41', [
    {
      ...told(
        'triage',
        began + minute,
        `Concept drift: ${drifted.map(({ says }) => says).join(' ')} A challenger is trained.`,
      ),
      data: {
        triage: {
          diagnosis: 'conceptDrift',
          treatment: 'fine-tune',
          overriddenBy: null,
          evidence: drifted,
          sentence: 'Concept drift. A challenger is trained.',
        } satisfies Triage,
      },
    },
    told(
      'waiting-for-labels',
      began + 2 * minute,
      'Began with 61 labelled rows since the change; 250 are wanted.',
    ),
    told('snapshot', began + 57 * hour, '3,912 rows after the change, 800 older ones as rehearsal.'),
    {
      ...told(
        'fine-tuning',
        began + 57 * hour + 2 * minute,
        'Stopped by itself at step 2,400 of 4,000, where validation loss was lowest.',
      ),
      data: {
        id: '7c1e04aa-d20a',
        rehearsalShare: 0.17,
        rows: { train: 3_520, validation: 392, rehearsal: 800, golden: 0 },
      },
    },
    {
      ...told('evaluating', began + 58 * hour, 'v13 is trained.'),
      data: {
        steps: 2_400,
        epochs: 3,
        bestEpoch: 2,
        validationLoss: 0.372,
        backend: 'tensorflow-gpu',
        peakMemoryMb: 1_240,
        search: {
          seconds: 1_140,
          trials: [
            { settings: 'lora, rank 8, learning rate 0.001', epochs: 3, loss: 0.372, score: 0.848 },
            { settings: 'lora, rank 8, learning rate 0.0003', epochs: 3, loss: 0.405, score: 0.833 },
            { settings: 'full, learning rate 0.001', epochs: 3, loss: 0.447, score: 0.818 },
            { settings: 'full, learning rate 0.1', epochs: 1, loss: null, score: null },
          ],
        } satisfies SearchReport,
        kept: { goldenRows: 600, before: 0.862, after: 0.843, share: 1 },
      },
    },
    {
      ...told('holding', began + 58 * hour + 9_000, 'Held: about 180 more labels would settle it.'),
      data: { look: 1, rows: 61, verdict: 'hold' },
    },
    {
      ...told(
        'evaluating',
        now - 6 * hour,
        'Passed the gate: the challenger is better; on 1,482 rows that neither has seen, it alone was right on 214, the champion alone on 55 (+10.7 points).',
      ),
      data: { look: 6, rows: 1_482, verdict: 'promote' },
    },
    told(
      'servability',
      now - 5 * hour - 9 * minute,
      'A server loads v13 (tensorflow-cpu) and answers 100 rows as the gate was shown.',
    ),
    {
      ...told(
        'waiting-for-approval',
        now - 5 * hour - 8 * minute,
        'May v13 answer production? Waits for a person.',
      ),
      data: {
        asked: {
          about: 'promotion',
          until: iso(now + 18 * hour + 52 * minute),
          onTimeout: 'reject',
          isEscalated: false,
        } satisfies Asked,
      },
    },
  ]);

  rows.courses.set('0193a1c2-41', fallingCourse({ to: 2_400, from: began + 57 * hour + 3 * minute }));
  judgeChallengerScene(world, '0193a1c2-41');

  // a canary on its way
  const intents = 'support-intents';
  declare(world, {
    name: intents,
    task: classification({ labels: Array.from({ length: 31 }, (_, i) => `intent-${i}`) }),
    input: { words: number() },
    watch: [quality(0.82)],
    rollout: {
      shadow: '30m',
      canary: [0.05, 0.25, 0.5],
      step: '30m',
      bake: '4h',
      every: '1m',
      freeze: [{ cron: '0 16 * * 5', duration: '64h', because: 'nobody deploys into the weekend' }],
    },
  });
  measure(world, intents, [{ version: 'v7', from: born, to: now, level: () => 0.902 }], {
    version: 'v8',
    from: now - 2 * hour,
    to: now,
    level: () => 0.905,
  });
  rows.labelled.set(intents, 88_120);
  rows.versions.push(
    version(intents, 7, 'champion', { createdAt: iso(born), promotedAt: iso(born), accuracyOnTest: 0.902 }),
    version(intents, 8, 'challenger', { createdAt: iso(now - 3 * hour), accuracyOnTest: 0.913 }),
  );
  rows.routes.push({
    model: intents,
    generation: 9,
    champion: { version: 'v7', digest: 'd' },
    challenger: { version: 'v8', digest: 'd', share: 0.25, mode: 'canary' },
    updatedAt: iso(now),
  });
  rows.runs.push(
    run('0193b0aa-18', intents, {
      trigger: { kind: 'drift', firedAt: iso(now - 4 * hour), reason: 'Feature words moved.' },
      phase: 'rollout',
      startedAt: iso(now - 4 * hour),
      version: 'v8',
    }),
  );

  rollOutScene(world, intents, '0193b0aa-18', now);
  const begun = now - 10 * day;
  rows.runs.push(
    run('0193b0aa-12', intents, {
      startedAt: iso(begun - 3 * hour),
      endedAt: iso(begun + 3 * minute),
      version: 'v6',
      trigger: { kind: 'schedule', firedAt: iso(begun - 3 * hour), reason: 'Mondays at 03:00.' },
      outcome: {
        kind: 'withdrawn',
        version: 'v6',
        sentence: 'Too many errors: 19 errors in 140 requests, the champion 0 in 140.',
      },
    }),
  );
  withdrawScene(world, '0193b0aa-12', now);

  // predictions without labels
  const churn = 'churn-risk';
  declare(world, {
    name: churn,
    task: classification({ labels: ['stay', 'leave'] }),
    input: { tenure: number() },
    watch: [quality(0.8)],
  });
  metrics.series.push({
    name: 'driftloop:predictions:max',
    labels: { namespace: 'default', model: churn },
    points: [[0, 1_204]],
  });
  rows.versions.push(
    version(churn, 1, 'champion', {
      createdAt: iso(now - 9 * day),
      promotedAt: iso(now - 9 * day),
      accuracyOnTest: 0.83,
    }),
  );
  rows.routes.push({
    model: churn,
    generation: 1,
    champion: { version: 'v1', digest: 'd' },
    challenger: null,
    updatedAt: iso(now),
  });

  // steady; and steady but paused
  for (const [name, n, level, labelled] of [
    ['meter-digits', 2, 0.963, 40_002],
    ['fraud-score', 21, 0.93, 210_440],
  ] as const) {
    declare(world, {
      name,
      task: classification({ labels: ['a', 'b', 'c'] }),
      input: { x: number() },
      watch: [quality(0.9)],
    });
    measure(world, name, [{ version: `v${n}`, from: born, to: now, level: () => level }]);
    metrics.series.push({
      name: recordedTable.championRegret.name,
      labels: { namespace: 'default', model: name, version: `v${n}` },
      points: [[0, 2.1]],
    });
    rows.labelled.set(name, labelled);
    rows.versions.push(
      version(name, n, 'champion', { createdAt: iso(born), promotedAt: iso(born), accuracyOnTest: level }),
    );
    rows.routes.push({
      model: name,
      generation: n,
      champion: { version: `v${n}`, digest: 'd' },
      challenger: null,
      updatedAt: iso(now),
    });
  }
  rows.models.find(({ config }) => config.name === 'fraud-score')!.paused = true;
  return world;
}
