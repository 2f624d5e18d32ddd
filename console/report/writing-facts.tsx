import type { FC } from 'hono/jsx';
import type { AnswerReport } from '../../training/text-generation/evaluate-answers.ts';
import type { PreferenceReport } from '../../training/text-generation/evaluate-preferences.ts';
import { Fact } from '../pages/parts.tsx';
import { count, rate } from '../wording.ts';
import { TrainingFact } from './facts.tsx';
import type { ReportData } from './report-data.ts';
import { figure } from './figure.ts';
import { sayInterval, sayRange } from './report-sentences.ts';

type Props<Report> = { evaluation: Report; training: ReportData['training'] };

/** The figures of answers, beside what the base says of them. */
export const AnswerFacts: FC<Props<AnswerReport>> = ({ evaluation, training }) => {
  const { metrics, baseline, answered } = evaluation;
  const beside = (value: number | undefined) => (value === undefined ? '' : `; the base ${figure(value)}`);
  return (
    <dl class="facts">
      <Fact
        name="Perplexity"
        note={`${sayRange(metrics.perplexity)}${beside(baseline?.perplexity)}; less is better`}
      >
        {figure(metrics.perplexity.estimate)}
      </Fact>
      <Fact
        name="Token loss"
        note={`${sayInterval(metrics.tokenLoss)}${beside(baseline?.tokenLoss)}; in nats`}
      >
        {rate(metrics.tokenLoss.estimate)}
      </Fact>
      <Fact
        name="The very same answer"
        note={`${sayInterval(metrics.exactMatch)} of ${count(answered)} that were written`}
      >
        {rate(metrics.exactMatch.estimate)}
      </Fact>
      <Fact
        name="Alike"
        note={`${sayInterval(metrics.fuzzyMatch)}; chrF, the runs of letters that both share; 1 is the same`}
      >
        {rate(metrics.fuzzyMatch.estimate)}
      </Fact>
      <TrainingFact training={training} />
    </dl>
  );
};

/** The figures of preferences. */
export const PreferenceFacts: FC<Props<PreferenceReport>> = ({
  evaluation: { metrics, baseline },
  training,
}) => (
  <dl class="facts">
    <Fact
      name="Preferences shared"
      note={`${sayInterval(metrics.preferenceAccuracy)}; a coin shares half of them`}
    >
      {rate(metrics.preferenceAccuracy.estimate)}
    </Fact>
    <Fact
      name="Reward margin"
      note={`${sayRange(metrics.rewardMargin)}; how much more the chosen answer has gained, the base 0`}
    >
      {figure(metrics.rewardMargin.estimate)}
    </Fact>
    <Fact
      name="Token loss of chosen answers"
      note={`${sayInterval(metrics.tokenLoss)}; the base ${rate(baseline.tokenLoss)}: far more would say that it forgot how to write`}
    >
      {rate(metrics.tokenLoss.estimate)}
    </Fact>
    <TrainingFact training={training} />
  </dl>
);
