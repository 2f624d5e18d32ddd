/** What checks of sources are asked with, and how they hold. */
import type { GateConfig } from '../../domain/gate-config.ts';
import type { RegretPolicy } from '../../domain/policy/regret-policy.ts';
import type { Pairs } from '../../statistics/sequential/paired-difference.ts';
import type { GateQuestion, GateVerdict } from './judge-challenger.ts';

export type SourcesAsked = Readonly<{
  main: GateVerdict;
  question: Pick<GateQuestion, 'kind' | 'notWorseBy'>;
  policy: Pick<RegretPolicy, 'alpha' | 'patience'>;
  look: number | 'only';
  trusted: GateConfig['trustedSources'];
  /** How golden rows fell, which a person vouches for; null where there are none, or they block already. */
  golden: Pairs | null;
}>;

/** A person ends such a hold; so does everybody else, where their labels alone come to the same verdict. */
export const heldForSources = (without: GateVerdict | null) => ({
  code: 'DL_GATE_SOURCES' as const,
  untilExpiry: true as const,
  labelsNeeded: without?.kind === 'hold' && without.isForecast ? without.labelsNeeded : null,
});
