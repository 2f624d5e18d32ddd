import { classification } from '../../domain/task.ts';
import type { DeclaredTask } from '../../domain/task.ts';
import type { QueueRow, Reason } from '../../domain/teach.ts';
import { consoleScene } from './console-scene.ts';
import { declare } from './console-world.ts';
import type { ConsoleWorld } from './console-world.ts';

export const teachNow = Date.parse('2026-11-24T08:20:00.000Z');
export const intents = ['tariff change', 'billing question', 'complaint', 'cancel contract', 'meter reading'];

const asked: readonly [text: string, reason: Reason, because: string, sure: number][] = [
  [
    'The app says my tariff moved to ‘flex’ and now Sunday costs more than before? I never agreed to this. Please put me back on fixed.',
    'new',
    'says “flex”, which nobody did before',
    0.41,
  ],
  ['why is there a flex surcharge on sunday', 'new', 'says “flex”, which nobody did before', 0.38],
  ['I want my deposit back or I leave', 'disputed', '2 people said: complaint, cancel contract', 0.44],
  ['Moved last week, meter still on old flat', 'unsure', 'meter reading .47, cancel contract .44', 0.47],
  ['can’t log in since the update, bill is due', 'unsure', 'billing question .49, complaint .46', 0.49],
  ['Flex tariff: can I go back to fixed?', 'new', 'says “flex”, which nobody did before', 0.52],
  ['you charged the old address again', 'disputed', 'v7 says complaint, v8 says billing question', 0.55],
  ['Meter reading is 48210', 'random', 'drawn at random', 0.97],
];

export const rowId = (n: number) => `019a8f00-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** The queue of a model that sorts messages, as `shared` draws it, over the fleet of the scene. */
export function teachScene({
  refreshMs = 2_000,
  rows = 64,
  now = teachNow,
}: { refreshMs?: number; rows?: number; now?: number } = {}): ConsoleWorld {
  const world = consoleScene({ now, refreshMs });
  const name = 'contact-reasons';
  declare(world, {
    name,
    task: classification({ labels: intents }),
    input: { message: { kind: 'text' } },
    fineTune: { method: 'full' },
  });
  const others = (sure: number, at: number) =>
    Object.fromEntries(
      intents.map((label, i) => [
        label,
        i === at ? sure : ((1 - sure) * [4, 3, 2, 1][(i + 4 - at) % 4]!) / 10,
      ]),
    );
  world.teach.rows.set(
    name,
    Array.from({ length: rows }, (_, i): QueueRow => {
      const [text, reason, because, sure] = asked[i % asked.length]!;
      const at = i % intents.length;
      return {
        predictionId: rowId(i),
        reason,
        because,
        worth: 1 - i / 100,
        version: 'v7',
        input: { message: i < asked.length ? text : `${text} (${i})` },
        answer: intents[at]!,
        scores: others(sure, at),
        context: { channel: 'app', customer: 'household customer' },
        at: new Date(now - (8 + 7 * i) * 60_000).toISOString(),
        pickedAt: new Date(now - 60_000).toISOString(),
        pickedBy: 'driftloop',
      };
    }),
  );
  return world;
}

/** A model of another task with one row in its queue. */
export function askOf(
  world: ConsoleWorld,
  task: DeclaredTask,
  row: Partial<QueueRow> & { input: QueueRow['input'] },
) {
  const name = `a-${task.kind}`;
  const kindOf = (value: unknown) => (typeof value === 'number' ? { kind: 'number' } : { kind: 'text' });
  declare(world, {
    name,
    task,
    ...(task.kind === 'generation' ? { base: './a-base' } : {}),
    input: Object.fromEntries(Object.entries(row.input).map(([feature, value]) => [feature, kindOf(value)])),
  });
  world.teach.rows.set(name, [
    {
      predictionId: rowId(900),
      reason: 'random',
      because: 'drawn at random',
      worth: 0.5,
      version: 'v2',
      answer: '',
      scores: {},
      context: null,
      at: new Date(teachNow - 3_600_000).toISOString(),
      pickedAt: new Date(teachNow).toISOString(),
      pickedBy: 'driftloop',
      ...row,
    },
  ]);
  return name;
}
