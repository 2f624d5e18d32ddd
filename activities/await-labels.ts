import { keepWatching, type Pace } from './keep-watching.ts';
import type { Ports } from './ports.ts';

export type LabelsAnswer = {
  labelled: number;
  /** Whether they have come. If not, ask again after `lookAgainInMs`. */
  isEnough: boolean;
  lookAgainInMs: number;
};

export const createLabelActivities = ({ examples }: Pick<Ports, 'examples'>, pace: Pace) => ({
  /**
   * Waits until the newest label is at `untilSeq`, for a stretch or until `untilMs`. Safe to repeat: it only reads.
   */
  async awaitLabels(wait: { model: string; untilSeq: number; untilMs: number }): Promise<LabelsAnswer> {
    const { model, untilSeq, untilMs } = wait;
    const stretchMs = Math.min(pace.stretchMs, untilMs - Date.now());
    const reached = await keepWatching({ ...pace, stretchMs }, async () => {
      const labelled = await examples.labelled(model);
      return labelled >= untilSeq ? labelled : null;
    });
    const labelled = reached ?? (await examples.labelled(model));
    return { labelled, isEnough: labelled >= untilSeq, lookAgainInMs: 0 };
  },
});
