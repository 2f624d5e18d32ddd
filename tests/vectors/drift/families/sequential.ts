import { expect } from 'vitest';
import { betaBinomialLogE } from '../../../../statistics/sequential/beta-binomial.ts';
import { betLogE } from '../../../../statistics/sequential/betting.ts';
import { observeMsprt, startMsprt } from '../../../../statistics/sequential/msprt.ts';
import { normalMixtureRadius } from '../../../../statistics/sequential/normal-mixture.ts';
import {
  observePlugIn,
  plugInInterval,
  startPlugIn,
} from '../../../../statistics/sequential/predictable-plug-in.ts';
import type { PlugInOptions } from '../../../../statistics/sequential/predictable-plug-in.ts';
import { observeSprt, startSprt } from '../../../../statistics/sequential/sprt.ts';
import { checkEvery, expectAllClose } from '../vector.ts';
import type { Vector } from '../vector.ts';

type Params = {
  msprt: { theta0: number; sigma2: number; tau2: number; alpha: number };
  normal_mixture_cs: { rho: number; alpha: number };
  beta_binomial_e: { H0: string; prior: string };
  betting_e: { H0: string; lambda: number };
  sprt: { p0: number; p1: number; alpha: number; beta: number };
  prpl_eb: { alpha: number; c: number };
};

/** Every state on the way. */
function along<S>(xs: readonly number[], start: S, observe: (state: S, x: number) => S): S[] {
  let state = start;
  return xs.map((x) => (state = observe(state, x)));
}

/** The numbers in a sentence of the file, such as "p=0.2" or "Beta(1,1)". */
const numbersIn = (text: string): number[] => (text.match(/\d+(\.\d+)?/g) ?? []).map(Number);

/** How the name of such a value begins; its level follows. */
const FIRST_REJECTION = 'msprt_first_reject_index_alpha_';

export function sequential(
  vector: Vector<{ a: number[]; b: number[] }, { checkpoints_0based: number[] }>,
): void {
  const { id, input, expected, tolerance } = vector;
  const params = vector.params as Params;
  const differences = input.b.map((x, i) => x - input.a[i]!);
  const at = <S>(states: readonly S[]): S[] => expected.checkpoints_0based.map((index) => states[index]!);
  const are = (what: string, values: readonly number[]) => (wanted: number[]) =>
    expectAllClose(values, wanted, tolerance, `${id}, ${what}`);

  const msprt = along(differences, startMsprt(), (state, x) => observeMsprt(state, x, params.msprt));
  const sums = along(differences, { n: 0, sum: 0 }, ({ n, sum }, x) => ({ n: n + 1, sum: sum + x }));
  const [p0] = numbersIn(params.beta_binomial_e.H0.replace('p=', ''));
  const [a, b] = numbersIn(params.beta_binomial_e.prior);
  const counts = along(input.b, { n: 0, hits: 0 }, ({ n, hits }, x) => ({ n: n + 1, hits: hits + x }));
  const [mean] = numbersIn(params.betting_e.H0);
  const bets = along(input.b, 0, (logE, x) =>
    betLogE(logE, x, { mean: mean!, lambda: params.betting_e.lambda }),
  );
  const sprt = along(input.b, startSprt(), (state, x) => observeSprt(state, x === 1, params.sprt));
  const plugIn = (bound: PlugInOptions['bound']) => {
    const options = { bound, alpha: params.prpl_eb.alpha, most: params.prpl_eb.c };
    const intervals = at(along(input.b, startPlugIn(), (state, x) => observePlugIn(state, x, options))).map(
      (state) => plugInInterval(state, options),
    );
    return (wanted: object) =>
      checkEvery(
        wanted,
        {
          center: are(
            `centre by ${bound}`,
            intervals.map(({ centre }) => centre),
          ),
          half_width: are(
            `half by ${bound}`,
            intervals.map(({ half }) => half),
          ),
        },
        id,
      );
  };

  const firstRejections = Object.keys(expected)
    .filter((name) => name.startsWith(FIRST_REJECTION))
    .map((name) => [
      name,
      (index: number | null) => {
        const level = Number(name.slice(FIRST_REJECTION.length));
        const first = msprt.findIndex(({ p }) => p <= level);
        expect(first === -1 ? null : first, `${id}, ${name}`).toBe(index);
      },
    ]);

  checkEvery(
    expected,
    {
      ...Object.fromEntries(firstRejections),
      checkpoints_0based: (indices: number[]) =>
        expect(indices.every((index) => index >= 0 && index < input.b.length)).toBe(true),
      msprt_log_lr_on_b_minus_a: are(
        'ln Λ',
        at(msprt).map(({ logRatio }) => logRatio),
      ),
      msprt_always_valid_p: are(
        'p',
        at(msprt).map(({ p }) => p),
      ),
      normal_mixture_cs_mean: are(
        'mean',
        at(sums).map(({ n, sum }) => sum / n),
      ),
      normal_mixture_cs_radius: are(
        'radius',
        at(sums).map(({ n }) => normalMixtureRadius(n, params.normal_mixture_cs)),
      ),
      beta_binomial_log_e_on_b: are(
        'beta–binomial ln E',
        at(counts).map(({ n, hits }) => betaBinomialLogE(hits, n, { p0: p0!, a: a!, b: b! })),
      ),
      betting_log_e_on_b: are('betting ln E', at(bets)),
      wald_sprt_on_b: (wanted: object) =>
        checkEvery(
          wanted,
          {
            log_lr: are(
              "Wald's S",
              at(sprt).map(({ logRatio }) => logRatio),
            ),
            decision(decision: [number | null, string] | null) {
              const ours = sprt.at(-1)!.decision;
              if (ours === null) expect(decision?.[0] ?? null, `${id}, no decision`).toBeNull();
              else expect([ours.index, `accept_${ours.accepts}`], `${id}, decision`).toEqual(decision);
            },
          },
          id,
        ),
      prpl_eb_on_b: plugIn('empirical-bernstein'),
      prpl_hoeffding_on_b: plugIn('hoeffding'),
    },
    id,
  );
}
