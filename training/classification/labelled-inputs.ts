/** Inputs as the network takes them, and of each what it is: the index of its label, or as its `Labelling` has it. */
export type LabelledInputs<Input, Truth = number> = {
  inputs: readonly Input[];
  labels: ArrayLike<Truth>;
};

/** One after the other. */
export const joined = <Input, Truth>(
  first: LabelledInputs<Input, Truth>,
  second: LabelledInputs<Input, Truth>,
): LabelledInputs<Input, Truth> => ({
  inputs: [...first.inputs, ...second.inputs],
  labels: [...Array.from(first.labels), ...Array.from(second.labels)],
});
