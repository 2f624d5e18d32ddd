/** What a classifier's head is for, as `problem_type` of a `config.json` has it: one label for each row, or any number. */
export type ProblemType = 'single_label_classification' | 'multi_label_classification';

/** What the head of a base is for; a config that says nothing means one label. */
export const problemTypeOf = (json: unknown): ProblemType =>
  (json as { problem_type?: unknown } | null)?.problem_type === 'multi_label_classification'
    ? 'multi_label_classification'
    : 'single_label_classification';
