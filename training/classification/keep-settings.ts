/** What holds a classifier to what its base knew. Each way is off at 0, and they add up. */
export type KeepSettings = Readonly<{
  /** Rehearsal: the share of all rows seen that are old ones, below 1. */
  rehearsal: number;
  /** Distillation: how much the base's own answers count beside the labels. */
  distillation: number;
  /** L2-SP: how firmly parameters are held where they began. */
  pull: number;
  /** Elastic weight consolidation: how firmly parameters are held that mattered to old rows. */
  ewc: number;
  /** WiSE-FT: at the end weights between the base's and the new ones are tried, and those that do best are kept. */
  interpolate: boolean;
}>;

/** The new rows alone say what is learnt. */
export const KEEP_NOTHING: KeepSettings = {
  rehearsal: 0,
  distillation: 0,
  pull: 0,
  ewc: 0,
  interpolate: false,
};
