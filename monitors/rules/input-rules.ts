import { maxOf, risen } from './absolute-counters.ts';
import { jensenShannon, psi, referenceOf } from './distances.ts';
import { recordedTable, type RecordedKey } from './recorded-table.ts';
import { promDuration, selector, type RecordingRule, type RuleScope } from './rule.ts';

const version = ['namespace', 'model', 'version'] as const;

/** How far the inputs and the answers of one window are from the reference of the version that answered them. */
export function inputRules(scope: RuleScope, windowMs: number): RecordingRule[] {
  const window = promDuration(windowMs);
  const of = (key: RecordedKey) => `${recordedTable[key].name}${selector(scope, { window })}`;
  const record = (key: RecordedKey, expr: string): RecordingRule => ({
    record: recordedTable[key].name,
    expr,
    labels: { window },
  });
  const rose = (metric: 'predictions' | 'featureBins') =>
    `sum without (partition) (${risen(metric, scope, windowMs)})`;
  const asked = `sum without (label, partition) (${risen('predictions', scope, windowMs)})`;
  const features = { p: of('featureShare'), q: of('featureReference'), bin: 'bin' };
  const answers = { p: of('predictionShare'), q: of('predictionReference'), bin: 'label' };

  return [
    record('featureBins', rose('featureBins')),
    record('featureRows', `sum without (bin) (${of('featureBins')})`),
    record('featureShare', `${of('featureBins')} / ignoring (bin) group_left () (${of('featureRows')} > 0)`),
    record(
      'featureReference',
      referenceOf(features.p, maxOf('referenceShare', scope), [...version, 'feature', 'bin']),
    ),
    record('psi', psi(features)),
    record('js', jensenShannon(features)),
    record('championPsi', `${of('psi')} and on (namespace, model, version) ${maxOf('championInfo', scope)}`),
    record('predictionShare', `${rose('predictions')} / ignoring (label) group_left () (${asked} > 0)`),
    record(
      'predictionReference',
      referenceOf(answers.p, maxOf('referenceLabelShare', scope), [...version, 'label']),
    ),
    record('predictionPsi', psi(answers)),
    record('predictionJs', jensenShannon(answers)),
  ];
}
