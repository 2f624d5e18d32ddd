import type { DriftStory } from '../../monitors/drift-story/drift-story.ts';

/** Everything that the drift report says; plain JSON. */
export type DriftReportData = Readonly<{
  name: string;
  /** The file, or the model of an installation. */
  source: string;
  madeAt: string;
  /** Where the answers come from, in a sentence. */
  answers: string;
  referenceRows: number;
  story: DriftStory;
}>;
