/** What the gate says about a challenger, with a sentence for people who do not read statistics. */
export type Verdict =
  | { kind: 'promote'; by: 'evidence' | 'patience' | 'first'; sentence: string }
  | { kind: 'hold'; labelsNeeded: number; sentence: string }
  | { kind: 'reject'; by: 'evidence' | 'patience' | 'guardrail' | 'expired'; sentence: string };

/** `strict`: evidence or nothing. `patient`: evidence, or after the patience the side that is ahead. */
export type GateKind = 'strict' | 'patient';
