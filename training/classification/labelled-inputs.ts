/** Inputs as the network takes them, and the index of each one's label. */
export type LabelledInputs<Input> = { inputs: readonly Input[]; labels: Int32Array };

/** One after the other. */
export const joined = <Input>(
  first: LabelledInputs<Input>,
  second: LabelledInputs<Input>,
): LabelledInputs<Input> => ({
  inputs: [...first.inputs, ...second.inputs],
  labels: Int32Array.from([...first.labels, ...second.labels]),
});
