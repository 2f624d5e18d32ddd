import type { Estimate } from '../../training/evaluate.ts';
import { sayOutdated, sayTold } from '../../domain/approval.ts';
import { sayDeadline } from '../run-state.ts';
import type { Clock } from '../times.ts';
import { metricName, sayMetric, sayMetricChange } from '../metric-words.ts';
import { count, rate, sayAnswer } from '../wording.ts';
import { sayBound } from './bound-word.ts';
import type { Dossier } from './dossier.ts';
import {
  dossierLede,
  fiveSentences,
  isOpen,
  otherChecks,
  placeMark,
  placeName,
  sayCase,
  sayQuorum,
  sayRequester,
  sayWho,
  signed,
} from './say-dossier.ts';

/** The dossier for a terminal: the page's sentences in the page's order. */
export function printDossier(dossier: Dossier, clock: Clock): string {
  const { places, flips, metrics, approval, asked, task } = dossier;
  const said = (text: string) => sayAnswer(text, task.kind);
  const { answer, why } = dossierLede(dossier);
  const deadline = sayDeadline(asked, clock);
  return [
    [answer, why],
    fiveSentences(dossier, clock).map(({ about, says }) => `${about}: ${says}`),
    places.map((place) => {
      const { low, high } = place.interval;
      const both = `${orNone(place.champion)} → ${orNone(place.challenger)}`;
      const difference = `${signed(place.difference)} [${signed(low)}, ${signed(high)}]`;
      return `${placeName(place)} (${place.rows}): ${both}, ${difference}  ${placeMark(place).word}`;
    }),
    flips === null
      ? []
      : [
          `Answers that change, of ${count(flips.of)} tested: ${count(flips.fixed)} fixed, ${count(flips.broken)} broken.`,
          ...flips.examples.map(
            (flip) =>
              `  ${flip.kind}: ${sayCase(flip, clock)}: ${said(flip.champion.label)} → ${said(flip.challenger.label)} (is ${said(flip.label)})`,
          ),
        ],
    metrics.map(({ name, champion, challenger, difference }) =>
      [
        `${metricName(name)}: ${sayEstimate(champion, (value) => sayMetric(name, value))}`,
        `→ ${sayEstimate(challenger, (value) => sayMetric(name, value))},`,
        sayEstimate(difference, (value) => sayMetricChange(name, value)),
      ].join(' '),
    ),
    otherChecks(dossier).map(({ about, says }) => `${about}: ${says}`),
    [
      `Who may: ${approval.policy.approvers.map(sayWho).join(', ')}. ${sayQuorum(dossier)} ${sayRequester(approval)}`,
      ...approval.decisions.map((decision) => `${decision.at}  ${sayTold(decision)}`),
      ...(deadline === null ? [] : [`${deadline}.`]),
    ],
    approval.outdated === null ? [] : [`${sayOutdated(approval.outdated)}. The gate looks again by itself.`],
    isOpen(dossier) ? [`A decision holds for ${dossier.boundWord}:`, ...sayBound(approval.boundTo)] : [],
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

const sayEstimate = ({ estimate, low, high }: Estimate, say: (value: number) => string): string =>
  `${say(estimate)} [${say(low)}, ${say(high)}]`;

const orNone = (share: number | null): string => (share === null ? 'unknown' : rate(share));
