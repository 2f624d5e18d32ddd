/** A row that only one of two versions got right, as it is kept with an evaluation: by its id, without its input. */
export type FlipExample = Readonly<{
  /** By the challenger: what was wrong is right, or the other way round. */
  kind: 'fixed' | 'broken';
  predictionId: string;
  label: string;
  challenger: Answered;
  champion: Answered;
}>;

/** What was answered (domain/answer-text.ts), and its score; null where answers have none. */
type Answered = Readonly<{ label: string; score: number | null }>;
