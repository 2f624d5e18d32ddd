import type { FC } from 'hono/jsx';
import type { ValueReport } from '../../training/evaluate-values.ts';
import type { Estimate } from '../../training/evaluate.ts';
import type { MultiLabelReport } from '../../training/evaluate-multi-label.ts';
import type { VersionReport } from '../../training/evaluate-version.ts';
import { Fact } from '../pages/parts.tsx';
import { count, lasting, rate } from '../wording.ts';
import type { ReportData } from './report-data.ts';
import { figure } from './figure.ts';
import { sayCalibration, sayInterval, sayRange } from './report-sentences.ts';

type Props<Report> = { evaluation: Report; training: ReportData['training'] };

/** The figures of a classification, with what guessing would reach. */
export const LabelFacts: FC<Props<VersionReport>> = ({ evaluation: { metrics, baseline }, training }) => (
  <dl class="facts">
    <Fact
      name="Accuracy on the test file"
      note={`${sayInterval(metrics.accuracy)}; guessing ${rate(baseline.accuracy)}`}
    >
      {rate(metrics.accuracy.estimate)}
    </Fact>
    <MacroFact macroF1={metrics.macroF1} />
    <BeliefFacts metrics={metrics} guessing={baseline.logLoss} />
    <TrainingFact training={training} />
  </dl>
);

/** The figures where a row may have any number of labels. */
export const MultiLabelFacts: FC<Props<MultiLabelReport>> = ({ evaluation, training }) => {
  const { metrics, baseline } = evaluation;
  return (
    <dl class="facts">
      <Fact
        name="Micro F1 on the test file"
        note={`${sayInterval(metrics.microF1)}; guessing ${rate(baseline.microF1)}; every label of every row counts the same`}
      >
        {rate(metrics.microF1.estimate)}
      </Fact>
      <MacroFact macroF1={metrics.macroF1} />
      <Fact
        name="Rows with every label right"
        note={`${sayInterval(metrics.accuracy)}; guessing ${rate(baseline.accuracy)}`}
      >
        {rate(metrics.accuracy.estimate)}
      </Fact>
      <Fact
        name="Labels that are wrong"
        note={`${sayInterval(metrics.hammingLoss)} of all labels of all rows (Hamming loss)`}
      >
        {rate(metrics.hammingLoss.estimate)}
      </Fact>
      <BeliefFacts metrics={metrics} guessing={baseline.logLoss} />
      <TrainingFact training={training} />
    </dl>
  );
};

const MacroFact: FC<{ macroF1: Estimate }> = ({ macroF1 }) => (
  <Fact name="Macro F1" note={`${sayInterval(macroF1)}; every label counts the same`}>
    {rate(macroF1.estimate)}
  </Fact>
);

/** What its scores are worth. */
const BeliefFacts: FC<{ metrics: { logLoss: Estimate; ece: Estimate }; guessing: number }> = ({
  metrics: { logLoss, ece },
  guessing,
}) => (
  <>
    <Fact name="Log loss" note={`${sayInterval(logLoss)}; guessing ${rate(guessing)}; less is better`}>
      {rate(logLoss.estimate)}
    </Fact>
    <Fact name="Calibration error" note={sayCalibration(ece)}>
      {rate(ece.estimate)}
    </Fact>
  </>
);

/** The figures of a regression, beside always answering the mean. */
export const ValueFacts: FC<Props<ValueReport>> = ({ evaluation, training }) => {
  const { metrics, baseline, offBy } = evaluation;
  return (
    <dl class="facts">
      <Fact name="Off by, on average" note={`${sayRange(metrics.mae)}; guessing ${figure(baseline.mae)}`}>
        {figure(metrics.mae.estimate)}
      </Fact>
      <Fact name="Nine of ten are off by at most" note={`half of them by at most ${figure(offBy.half)}`}>
        {figure(offBy.nineOfTen)}
      </Fact>
      <Fact
        name="RMSE"
        note={`${sayRange(metrics.rmse)}; guessing ${figure(baseline.rmse)}; far misses weigh more`}
      >
        {figure(metrics.rmse.estimate)}
      </Fact>
      <Fact name="R²" note={`${sayInterval(metrics.r2)}; the share of the differences that it explains`}>
        {rate(metrics.r2.estimate)}
      </Fact>
      <TrainingFact training={training} />
    </dl>
  );
};

/** What the training took. */
export const TrainingFact: FC<{ training: ReportData['training'] }> = ({ training }) => (
  <Fact
    name="Training"
    note={`${count(training.trainableParameters)} of ${count(training.totalParameters)} weights learnt, on ${training.backend}, at most ${count(training.peakMemoryMb)} MB`}
  >
    {training.seconds < 10 ? `${training.seconds.toFixed(1)} s` : lasting(training.seconds * 1_000)}
  </Fact>
);
