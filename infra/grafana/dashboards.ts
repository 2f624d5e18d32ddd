/**
 * Grafana dashboards over what Driftloop exports and its rules record. Every series is taken from the tables that also
 * make the rules and the reference, so that a dashboard cannot ask for one that is not there.
 */
import { roleMetrics } from '../../domain/role-metrics.ts';
import { metricTable } from '../../monitors/metrics/metric-table.ts';
import type { MetricKey } from '../../monitors/metrics/metric-table.ts';
import { recordedTable } from '../../monitors/rules/recorded-table.ts';
import type { RecordedKey } from '../../monitors/rules/recorded-table.ts';
import { line, stat, table } from './panels.ts';
import type { Dashboard, Variable } from './panels.ts';

const inNamespace = 'namespace="$namespace"';
/** Copies for a version in shadow are no requests: nobody waits for their answers. */
const answered = `${inNamespace},arm!="shadow"`;
const ofModel = `${inNamespace},model="$model"`;
const inWindow = `${ofModel},window="$window"`;

const recorded = (key: RecordedKey, matchers: string) => `${recordedTable[key].name}{${matchers}}`;
/** What every instance of the monitor says alike: one of them is enough. */
const exported = (key: MetricKey, matchers: string, by: string) =>
  `max by (${by}) (${metricTable[key].name}{${matchers}})`;
const counted = (key: keyof typeof roleMetrics, matchers: string, suffix = '') =>
  `${roleMetrics[key].name}${suffix}{${matchers}}`;
const rate = (series: string) => `rate(${series}[$__rate_interval])`;

const namespace: Variable = { name: 'namespace', of: recordedTable.trainingPrice.name };
const model: Variable = { name: 'model', of: `${recordedTable.trainingPrice.name}{${inNamespace}}` };
const window = (of: RecordedKey): Variable => ({ name: 'window', of: recorded(of, ofModel) });

const firing = (matchers: string) => `ALERTS{alertname=~"Driftloop.+",alertstate="firing",${matchers}}`;
const alerts = (matchers: string) =>
  table({
    title: 'Alerts that fire',
    description: 'Suspected: worth a look. Detected: may begin a run. Silence: nothing is known.',
    queries: [{ expr: firing(matchers) }],
    columns: ['model', 'alertname', 'kind', 'level', 'version', 'feature', 'metric', 'window'],
  });

const fleet: Dashboard = {
  uid: 'driftloop-fleet',
  title: 'Driftloop / Fleet',
  description: 'Every model: is its champion good, what does it cost to leave it as it is, what alerts.',
  variables: [namespace],
  panels: [
    stat({
      title: 'Models',
      description: 'Models that Prometheus hears of.',
      queries: [{ expr: `count(${recorded('trainingPrice', inNamespace)})` }],
    }),
    stat({
      title: 'Models with a detected alert',
      description: 'Each of them may have a run under way.',
      queries: [
        { expr: `count(count by (model) (${firing(`${inNamespace},level="detected"`)})) or vector(0)` },
      ],
      bound: 1,
      width: 5,
    }),
    stat({
      title: 'Silent models',
      description: 'No metrics, or no labels: nothing is known of them, neither good nor bad.',
      queries: [
        {
          expr: `count(count by (model) (${firing(`${inNamespace},kind="silence",level="detected"`)})) or vector(0)`,
        },
      ],
      bound: 1,
      width: 5,
    }),
    stat({
      title: 'Predictions a second',
      description: 'Of all models, over their windows.',
      queries: [{ expr: `sum(max by (model, version) (${recorded('predictionRate', inNamespace)}))` }],
      width: 5,
    }),
    stat({
      title: 'Labels a second',
      description: 'Feedback that became known, of all models.',
      queries: [{ expr: `sum(max by (model, version) (${recorded('feedbackRate', inNamespace)}))` }],
      width: 5,
    }),
    line({
      title: 'Accuracy of the champions',
      description: 'Over the window of each model. A line that ends has no labels to speak of.',
      queries: [
        { expr: recorded('championAccuracy', inNamespace), legend: '{{model}} {{version}} {{window}}' },
      ],
      unit: 'percentunit',
    }),
    line({
      title: 'Regret, as a share of what a training is worth',
      description: 'At 1 the champion has made as many errors too many as a training costs: a run begins.',
      queries: [
        {
          expr:
            `${recorded('championRegret', inNamespace)} / on (namespace, model) group_left () ` +
            recorded('trainingPrice', inNamespace),
          legend: '{{model}} {{version}}',
        },
      ],
      bound: 1,
    }),
    line({
      title: 'Error budget left',
      description: 'Of each objective: 1 is all of it, below 0 the objective is missed.',
      queries: [
        {
          expr: recorded('budgetLeft', inNamespace),
          legend: '{{model}} {{metric}} ≥ {{objective}}, {{window}}',
        },
      ],
      unit: 'percentunit',
    }),
    line({
      title: 'Furthest feature',
      description: 'The population stability index of the feature that moved most, by model.',
      queries: [{ expr: `max by (model) (${recorded('championPsi', inNamespace)})`, legend: '{{model}}' }],
      bound: 0.25,
    }),
    alerts(inNamespace),
  ],
};

const oneModel: Dashboard = {
  uid: 'driftloop-model',
  title: 'Driftloop / Model',
  description: 'One model: what its versions are worth, what they answer, what its errors cost.',
  variables: [namespace, model, window('accuracy')],
  panels: [
    line({
      title: 'Accuracy by version',
      description: 'Of the rows whose label became known in the window.',
      queries: [{ expr: recorded('accuracy', inWindow), legend: '{{version}}' }],
      unit: 'percentunit',
    }),
    line({
      title: 'Accuracy as happened, and its label coverage',
      description: 'By the time of the predictions. With little coverage the accuracy misleads.',
      queries: [
        {
          expr: recorded('happenedAccuracy', ofModel),
          legend: 'accuracy {{version}} {{window}}, {{lag}} ago',
        },
        {
          expr: recorded('happenedCoverage', ofModel),
          legend: 'coverage {{version}} {{window}}, {{lag}} ago',
        },
      ],
      unit: 'percentunit',
    }),
    line({
      title: 'Accuracy, and what was expected without labels',
      description:
        'Expected: from calibrated scores, blind to a change of what inputs mean. Two series, never one.',
      queries: [
        { expr: recorded('accuracy', inWindow), legend: 'came true {{version}}' },
        { expr: recorded('estimatedAccuracy', inWindow), legend: 'expected {{version}}' },
        { expr: recorded('estimatedLow', `${inWindow},metric="accuracy"`), legend: 'at least {{version}}' },
        { expr: recorded('estimatedHigh', `${inWindow},metric="accuracy"`), legend: 'at most {{version}}' },
      ],
      unit: 'percentunit',
    }),
    line({
      title: 'What each method expects without labels',
      description:
        'Calibrated probabilities (CBPE), answers that are sure enough (ATC), how much less sure they are. Where they differ, none is to be believed blindly.',
      queries: [{ expr: recorded('methodAccuracy', inWindow), legend: '{{method}} {{version}}' }],
      unit: 'percentunit',
    }),
    line({
      title: 'Which method labels bear out',
      description: 'By how much more rows a method expected to be right than were, of those with labels.',
      queries: [
        { expr: recorded('methodGap', inWindow), legend: 'gap {{method}} {{version}}' },
        { expr: recorded('methodTrust', inWindow), legend: 'trust {{method}} {{version}}' },
      ],
    }),
    line({
      title: 'Can what is expected be trusted?',
      description:
        'By how much more rows were expected to be right than were; trust is 0 where that is more than chance.',
      queries: [
        { expr: recorded('estimatedGap', inWindow), legend: 'gap {{version}}' },
        { expr: recorded('estimatedTrust', inWindow), legend: 'trust {{version}}' },
      ],
    }),
    line({
      title: 'Macro F1, precision and recall of the champion',
      description: 'Means over the labels: a rare one counts as much as a frequent one.',
      queries: [
        { expr: recorded('championMacroF1', inWindow), legend: 'F1 {{version}}' },
        { expr: recorded('championMacroPrecision', inWindow), legend: 'precision {{version}}' },
        { expr: recorded('championMacroRecall', inWindow), legend: 'recall {{version}}' },
      ],
      unit: 'percentunit',
    }),
    line({
      title: 'Regret and the price of a training',
      description: 'Errors that the champion made beyond its own reference since it took over.',
      queries: [
        { expr: recorded('championRegret', ofModel), legend: 'regret {{version}}' },
        { expr: recorded('trainingPrice', ofModel), legend: 'price' },
      ],
    }),
    line({
      title: 'How fast the error budget burns',
      description: 'In each window of the objective; at 1 it is used up exactly at the end of its stretch.',
      queries: [{ expr: recorded('burnRate', ofModel), legend: '{{metric}} {{window}}' }],
      bound: 1,
    }),
    line({
      title: 'Labelled rows in the window',
      description: 'What quality is judged on; with few of them it is unknown.',
      queries: [{ expr: recorded('labelledRows', inWindow), legend: '{{version}}' }],
    }),
    line({
      title: 'Predictions and labels a second',
      description: 'By version.',
      queries: [
        { expr: recorded('predictionRate', inWindow), legend: 'predictions {{version}}' },
        { expr: recorded('feedbackRate', inWindow), legend: 'labels {{version}}' },
      ],
    }),
    line({
      title: 'Recall by label',
      description: 'Of the rows with a label, the share that was predicted so.',
      queries: [
        {
          expr: `${recorded('correct', inWindow)} / (${recorded('support', inWindow)} > 0)`,
          legend: '{{label}} {{version}}',
        },
      ],
      unit: 'percentunit',
    }),
    line({
      title: 'Accuracy by declared slice',
      description: 'Of the rows of each slice whose label became known in the window.',
      queries: [{ expr: recorded('sliceAccuracy', inWindow), legend: '{{slice}} {{value}} {{version}}' }],
      unit: 'percentunit',
    }),
    line({
      title: 'Macro F1 by declared slice',
      description: 'Mean over the labels seen in each slice: a rare one counts as much as a frequent one.',
      queries: [{ expr: recorded('sliceMacroF1', inWindow), legend: '{{slice}} {{value}} {{version}}' }],
      unit: 'percentunit',
    }),
    line({
      title: 'Label coverage by declared slice',
      description: 'Labels for each prediction. Where slices differ much, the accuracy above them misleads.',
      queries: [{ expr: recorded('sliceCoverage', inWindow), legend: '{{slice}} {{value}} {{version}}' }],
      unit: 'percentunit',
    }),
    line({
      title: 'Traffic of the challenger',
      description: 'The share of the requests that a version on trial answers.',
      queries: [{ expr: exported('challengerShare', ofModel, 'version'), legend: '{{version}}' }],
      unit: 'percentunit',
    }),
    alerts(ofModel),
  ],
};

const drift: Dashboard = {
  uid: 'driftloop-drift',
  title: 'Driftloop / Drift explorer',
  description:
    'Which inputs and answers have moved away from the training rows, how far, and how they look now.',
  variables: [namespace, model, window('psi'), { name: 'feature', of: recorded('psi', ofModel) }],
  panels: [
    line({
      title: 'Population stability index by feature',
      description: 'Of the champion. Below .1 little has moved; .25 is the usual bound.',
      queries: [{ expr: recorded('championPsi', inWindow), legend: '{{feature}}' }],
      bound: 0.25,
    }),
    line({
      title: 'Jensen–Shannon distance by feature',
      description: '0: the same distribution; 1: nothing in common.',
      queries: [{ expr: recorded('js', inWindow), legend: '{{feature}} {{version}}' }],
    }),
    line({
      title: '$feature, now',
      description: 'Share of each bin among the values in the window.',
      queries: [
        { expr: recorded('featureShare', `${inWindow},feature="$feature"`), legend: '{{bin}} {{version}}' },
      ],
      unit: 'percentunit',
    }),
    line({
      title: '$feature, in the training rows',
      description: 'Share of each bin among the rows that the version was trained on.',
      queries: [
        {
          expr: recorded('featureReference', `${inWindow},feature="$feature"`),
          legend: '{{bin}} {{version}}',
        },
      ],
      unit: 'percentunit',
    }),
    line({
      title: 'Missing values',
      description: 'Share of the predictions in which a feature was missing.',
      queries: [{ expr: recorded('missingShare', inWindow), legend: '{{feature}} {{version}}' }],
      unit: 'percentunit',
    }),
    line({
      title: 'Invalid values',
      description: 'Share of the predictions in which a feature was not what its declaration allows.',
      queries: [{ expr: recorded('invalidShare', inWindow), legend: '{{feature}} {{version}}' }],
      unit: 'percentunit',
    }),
    line({
      title: 'New categories, and numbers out of range',
      description: 'Share of the predictions in which a feature was like in no training row.',
      queries: [
        { expr: recorded('newCategoryShare', inWindow), legend: 'new {{feature}} {{version}}' },
        { expr: recorded('outOfRangeShare', inWindow), legend: 'out of range {{feature}} {{version}}' },
      ],
      unit: 'percentunit',
    }),
    line({
      title: 'Inputs that come again',
      description:
        'Share of the predictions whose input had come before; of a few categories many are alike.',
      queries: [{ expr: recorded('repeatedShare', inWindow), legend: '{{version}}' }],
      unit: 'percentunit',
    }),
    line({
      title: 'Problems of the data',
      description: 'Share of the predictions, beyond what the training rows had of it.',
      queries: [{ expr: recorded('dataProblem', inWindow), legend: '{{problem}} {{feature}} {{version}}' }],
      unit: 'percentunit',
    }),
    line({
      title: 'How sure the answers are',
      description: 'Share of each bin of scores, named by its lower bound, among the predictions.',
      queries: [{ expr: recorded('scoreShare', ofModel), legend: '{{bin}} {{version}} {{window}}' }],
      unit: 'percentunit',
    }),
    line({
      title: 'Label coverage by score',
      description:
        'Labels for each prediction, by how sure its answer was. Labels that only exist for some predictions mislead.',
      queries: [{ expr: recorded('scoreCoverage', ofModel), legend: '{{bin}} {{version}} {{window}}' }],
      unit: 'percentunit',
    }),
    line({
      title: 'What is predicted',
      description: 'Share of each label among the predictions.',
      queries: [{ expr: recorded('predictionShare', inWindow), legend: '{{label}} {{version}}' }],
      unit: 'percentunit',
    }),
    line({
      title: 'How far the predictions have moved',
      description: 'Population stability index and Jensen–Shannon distance of the predicted labels.',
      queries: [
        { expr: recorded('predictionPsi', inWindow), legend: 'PSI {{version}}' },
        { expr: recorded('predictionJs', inWindow), legend: 'JS {{version}}' },
      ],
    }),
  ],
};

const runs: Dashboard = {
  uid: 'driftloop-runs',
  title: 'Driftloop / Runs',
  description: 'Trainings while they go on: loss, rate, speed, memory.',
  variables: [namespace, { ...model, all: true }],
  panels: [
    line({
      title: 'Loss',
      description: 'On what is learnt from, and on what is not.',
      queries: [
        { expr: counted('trainingLoss', `${inNamespace},model=~"$model"`), legend: '{{model}} {{part}}' },
      ],
    }),
    line({
      title: 'Learning rate',
      description: 'Of the next step.',
      queries: [{ expr: counted('trainingRate', `${inNamespace},model=~"$model"`), legend: '{{model}}' }],
    }),
    line({
      title: 'Examples a second',
      description: 'What the training learns from in a second.',
      queries: [{ expr: counted('trainingExamples', `${inNamespace},model=~"$model"`), legend: '{{model}}' }],
    }),
    line({
      title: 'Memory of the training',
      description: 'Of its own process.',
      queries: [{ expr: counted('trainingMemory', `${inNamespace},model=~"$model"`), legend: '{{model}}' }],
      unit: 'bytes',
    }),
    line({
      title: 'Step',
      description: 'Falls to nothing when the training has ended.',
      queries: [{ expr: counted('trainingStep', `${inNamespace},model=~"$model"`), legend: '{{model}}' }],
    }),
    line({
      title: 'Champions',
      description: 'Which version answers production; a step is a promotion or a rollback.',
      queries: [
        {
          expr: exported('championInfo', `${inNamespace},model=~"$model"`, 'model, version'),
          legend: '{{model}} {{version}}',
        },
      ],
    }),
  ],
};

const ingest: Dashboard = {
  uid: 'driftloop-ingest',
  title: 'Driftloop / Ingest and serving',
  description: 'Is Driftloop itself well: what comes in, what is refused, how fast it answers.',
  variables: [namespace],
  panels: [
    line({
      title: 'Messages a second, by what became of them',
      description: 'Stored, duplicates, dead letters, waiting feedback.',
      queries: [
        {
          expr: `sum by (kind) (max by (model, kind) (${rate(`${metricTable.events.name}{${inNamespace}}`)}))`,
          legend: '{{kind}}',
        },
      ],
    }),
    line({
      title: 'Feedback received a second',
      description: 'By the doors of the servers.',
      queries: [
        { expr: `sum by (outcome) (${rate(counted('feedback', inNamespace))})`, legend: '{{outcome}}' },
      ],
    }),
    line({
      title: 'Predict requests a second, by status',
      description: 'Anything but 2xx deserves a look.',
      queries: [{ expr: `sum by (code) (${rate(counted('requests', answered))})`, legend: '{{code}}' }],
      unit: 'reqps',
    }),
    line({
      title: 'Time to answer',
      description: 'Median and 99th percentile, by model.',
      queries: [0.5, 0.99].map((q) => ({
        expr: `histogram_quantile(${q}, sum by (le, model) (${rate(counted('requestSeconds', answered, '_bucket'))}))`,
        legend: `{{model}} p${100 * q}`,
      })),
      unit: 's',
    }),
    line({
      title: 'Answers that could be none a second',
      description: 'No number, infinite, or of another shape: none of them left the server.',
      queries: [
        {
          expr: `sum by (model, version, arm) (${rate(counted('invalidOutputs', inNamespace))})`,
          legend: '{{model}} {{version}} {{arm}}',
        },
      ],
    }),
    line({
      title: 'Rows of one call of the predictor',
      description: 'Mean: more rows a call are cheaper a row.',
      queries: [
        {
          expr: `sum(${rate(counted('batchRows', inNamespace, '_sum'))}) / sum(${rate(counted('batchRows', inNamespace, '_count'))})`,
          legend: 'rows',
        },
      ],
    }),
    line({
      title: 'Routes that are stuck',
      description: '1 while a server does not have the newest route.',
      queries: [{ expr: `max by (model) (${counted('routeStuck', inNamespace)})`, legend: '{{model}}' }],
      bound: 1,
    }),
    line({
      title: 'Series that are capped',
      description: 'More series than seriesPerModel: the rarest are not exported.',
      queries: [{ expr: exported('cappedSeries', inNamespace, 'model'), legend: '{{model}}' }],
      bound: 1,
    }),
    line({
      title: 'Labelled examples',
      description: 'What there is to learn from and to judge by.',
      queries: [{ expr: exported('labelledRows', inNamespace, 'model'), legend: '{{model}}' }],
    }),
  ],
};

/** Every dashboard, by the name of its file. */
export const dashboards: Readonly<Record<string, Dashboard>> = {
  'fleet.json': fleet,
  'model.json': oneModel,
  'drift.json': drift,
  'runs.json': runs,
  'ingest.json': ingest,
};
