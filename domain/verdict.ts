import type { ErrorCode } from './error-codes.ts';

/** What the gate says about a challenger, with a sentence for people who do not read statistics. */
export type Verdict =
  | Promotion
  | { kind: 'hold'; labelsNeeded: number; sentence: string; code?: ErrorCode }
  | {
      kind: 'reject';
      by: 'evidence' | 'patience' | 'guardrail' | 'expired';
      sentence: string;
      /** Of the check that blocks, where docs/reference/errors.md has more about it. */
      code?: ErrorCode;
    };

/** `forced`: a person's word against the gate, marked for ever. */
export type Promotion = {
  kind: 'promote';
  by: 'evidence' | 'patience' | 'first' | 'forced';
  sentence: string;
};

/** `strict`: evidence or nothing. `patient`: evidence, or after the patience the side that is ahead. */
export type GateKind = 'strict' | 'patient';
