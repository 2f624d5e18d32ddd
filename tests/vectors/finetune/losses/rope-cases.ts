import { expect } from 'vitest';
import { readRope } from '../../../../training/models/rope-config.ts';
import { inverseFrequencies, rotaryOf, turn, turnBack } from '../../../../training/models/rotary.ts';
import { onlyKnown } from './case.ts';
import type { LossCase } from './case.ts';
import { expectAll } from './tensors.ts';

type Case = {
  head_dim: number;
  rope_type: string;
  inv_freq: number[];
  positions: number[];
  cos: number[][];
  sin: number[][];
} & Record<string, unknown>;
type Vector = {
  cases: Case[];
  apply: {
    head_dim: number;
    rope_theta: number;
    positions: number[];
    x: number[][];
    rotated: number[][];
    convention: string;
  };
};

/** As hidden states: the angle of a far position is rounded to float32, by 1e-6 at 20. */
const CLOSE = { rel: 1e-4, abs: 1e-5 };

/** rope.json: how far each position turns each pair of units, and a matrix that is turned. */
export function ropeCases(vector: unknown): LossCase[] {
  const v = vector as Vector;
  onlyKnown(v, 'cases apply', 'rope.json');
  const tables = v.cases.map((c): LossCase => {
    onlyKnown(
      c,
      'head_dim rope_theta rope_type factor low_freq_factor high_freq_factor original_max_position_embeddings inv_freq positions cos sin',
      'rope.json',
    );
    return {
      name: `rotary positions, ${c.rope_type}, ${c.head_dim} units`,
      run(tf) {
        const rope = readRope({ rope_parameters: c });
        expect(rope.kind).toBe(c.rope_type);
        expectAll(inverseFrequencies(rope, c.head_dim), c.inv_freq, { rel: 1e-6 }, 'frequencies');
        const at = { positions: c.positions, batch: 1, length: c.positions.length };
        const { cos, sin } = rotaryOf(tf, rope, c.head_dim, at);
        expectAll(cos, c.cos, CLOSE, 'cosines');
        // Ours has the sines of the first half negated.
        const half = c.head_dim / 2;
        const signed = c.sin.map((row) => row.map((x, unit) => (unit < half ? -x : x)));
        expectAll(sin, signed, CLOSE, 'sines');
      },
    };
  });
  const turned: LossCase = {
    name: 'a matrix is turned, and back',
    run(tf) {
      const { head_dim: units, rope_theta, positions, x, rotated, convention } = v.apply;
      expect(convention).toContain('half-split');
      const rope = readRope({ rope_theta });
      const rotary = rotaryOf(tf, rope, units, { positions, batch: 1, length: positions.length });
      const given = tf.tensor4d([[x]]);
      const result = turn(tf, given, rotary);
      expectAll(result, rotated, CLOSE, 'turned');
      expectAll(turnBack(tf, result, rotary), x, CLOSE, 'back');
    },
  };
  return [...tables, turned];
}
