import type { ExpectedStory } from '../../monitors/drift-story/expected-story.ts';
import type { DriftStory } from '../../monitors/drift-story/drift-story.ts';

/** Everything that the drift report says; plain JSON. */
export type DriftReportData = Readonly<{
  name: string;
  /** The file, or the model of an installation. */
  source: string;
  madeAt: string;
  /** Where the answers come from, in a sentence. */
  answers: string;
  /** What the rows of the story are compared with: those that it was trained on, or the first ones of its history. */
  comparedWith: 'training' | 'beginning';
  referenceRows: number;
  story: DriftStory;
  /** What could have been known of the last stretch without labels; null where the scores of the answers are not known. */
  expected: ExpectedStory | null;
}>;
