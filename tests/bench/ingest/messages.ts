import { v7 as uuidv7 } from 'uuid';
import { parseConfig } from '../../../domain/config.ts';
import type { FeedbackMessage, PredictionMessage } from '../../../domain/messages.ts';
import type { ReferenceShares } from '../../../domain/reference-shares.ts';
import { random } from '../../../training/random.ts';

/** A model of middling size: eight numbers, two categories, an entity, three labels. */
const numbers = Array.from({ length: 8 }, (_, i) => `n${i}`);
const words = { plan: ['free', 'team', 'firm'], region: ['north', 'south', 'east', 'west'] };
const labels = ['stay', 'leave', 'grow'];

export const config = parseConfig({
  models: [
    {
      name: 'churn',
      task: { kind: 'classification', labels },
      input: {
        ...Object.fromEntries(numbers.map((name) => [name, { kind: 'number' as const }])),
        ...Object.fromEntries(
          Object.entries(words).map(([name, values]) => [name, { kind: 'category' as const, values }]),
        ),
      },
      entity: 'customerId',
    },
  ],
});

/** What live inputs are counted against: ten bins a number. */
export const reference: ReferenceShares = {
  labels: Object.fromEntries(labels.map((label) => [label, 1 / labels.length])),
  features: {
    ...Object.fromEntries(
      numbers.map((name) => [
        name,
        {
          kind: 'number' as const,
          edges: Array.from({ length: 9 }, (_, i) => (i + 1) / 10),
          shares: Object.fromEntries(Array.from({ length: 10 }, (_, i) => [String(i), 0.1])),
        },
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(words).map(([name, values]) => [
        name,
        {
          kind: 'category' as const,
          values,
          shares: Object.fromEntries(values.map((word) => [word, 1 / values.length])),
        },
      ]),
    ),
  },
};

/** Seeded predictions of the last hour and a label for each, some time later; keyed and spread as the server does it. */
export function* makeMessages(
  seed: number,
  count: number,
  nowMs: number,
): Generator<{ prediction: PredictionMessage; feedback: FeedbackMessage }> {
  const chance = random(seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(chance.uniform() * of.length)]!;
  for (let i = 0; i < count; i += 1) {
    const msecs = nowMs - 3_600_000 + Math.floor((i / count) * 3_000_000);
    const bytes = Uint8Array.from({ length: 16 }, () => Math.floor(chance.uniform() * 256));
    const predictionId = uuidv7({ msecs, random: bytes, seq: i });
    const at = new Date(msecs).toISOString();
    const label = pick(labels);
    const rest = chance.uniform();
    yield {
      prediction: {
        predictionId,
        model: 'churn',
        version: 'v1',
        input: {
          ...Object.fromEntries(numbers.map((name) => [name, Math.round(chance.uniform() * 1e4) / 1e4])),
          plan: pick(words.plan),
          region: pick(words.region),
        },
        output: {
          label,
          scores: Object.fromEntries(labels.map((l) => [l, l === label ? 0.5 + rest / 2 : (1 - rest) / 4])),
        },
        context: { customerId: `c${Math.floor(chance.uniform() * 20_000)}` },
        at,
      },
      feedback: {
        feedbackId: `f-${seed}-${i}`,
        predictionId,
        kind: 'label',
        value: chance.uniform() < 0.8 ? label : pick(labels),
        at: new Date(msecs + 60_000).toISOString(),
        source: 'bench',
      },
    };
  }
}
