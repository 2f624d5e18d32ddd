import type { FC } from 'hono/jsx';
import { LineEntry } from '../charts/legend.tsx';
import type { Layout } from '../charts/plot.ts';
import { Section } from '../pages/parts.tsx';
import { CurveChart } from './curve-chart.tsx';
import type { Curve } from './curve-chart.tsx';
import type { ReportData } from './report-data.ts';
import { sayLearning } from './report-sentences.ts';

/** More points than that are closer together than pixels. */
const POINTS = 400;
const wide: Layout[] = ['wide', 'middle', 'narrow'];

/** What the score of a validation is, by what is tested. */
const scoreTitles = {
  labels: 'Accuracy',
  'multi-label': 'Share of rows with every label right',
  values: 'R², the share that is explained',
  answers: 'Share of the tokens that it foresees',
  preferences: 'Share of the preferences that it shares',
} as const;

/** How the training went: losses, and what the validation rows said of it. */
export const LearningSection: FC<{ data: ReportData }> = ({ data }) => {
  const points = sampled(data.curve);
  const losses: Curve[] = [
    { name: 'training rows', role: 'challenger', points: points.map((p) => [p.step, p.trainLoss]) },
    {
      name: 'validation rows',
      role: 'champion',
      points: points.flatMap((p): [number, number][] => (p.validation ? [[p.step, p.validation.loss]] : [])),
    },
  ];
  const accuracy: Curve[] = [
    {
      name: 'validation rows',
      role: 'champion',
      points: points.flatMap((p): [number, number][] => (p.validation ? [[p.step, p.validation.score]] : [])),
    },
  ];
  const best = data.curve.find(({ epoch }) => epoch === data.training.bestEpoch) ?? null;
  return (
    <Section id="learning" title="How it learnt" say={sayLearning(data)} aside={<Legend />} live={false}>
      {wide.map((layout) => (
        <figure class={`at-${layout}`}>
          <CurveChart title="Loss" curves={losses} best={best?.step ?? null} layout={layout} />
          {accuracy[0]!.points.length === 0 ? null : (
            <CurveChart
              title={scoreTitles[data.evaluation.kind]}
              curves={accuracy}
              best={best?.step ?? null}
              layout={layout}
              isRate
            />
          )}
        </figure>
      ))}
    </Section>
  );
};

const Legend: FC = () => (
  <p class="legend">
    {(['champion', 'challenger'] as const).map((role) => (
      <LineEntry line={`ln ${role}`}>{role === 'champion' ? 'validation rows' : 'training rows'}</LineEntry>
    ))}
  </p>
);

function sampled(curve: ReportData['curve']) {
  const every = Math.max(1, Math.ceil(curve.length / POINTS));
  return curve.filter((_, i) => i % every === 0 || i === curve.length - 1);
}
