import { z } from 'zod';
import { featureSchema } from '../../domain/input.ts';
import { taskSchema } from '../../domain/task.ts';
import { commandTrainerSchema } from '../../domain/trainer-config.ts';
import { readSignatureFile } from '../signature-file.ts';
import { ARTIFACT_FORMAT, referenceSchema, trainingSchema } from '../signature.ts';

/** A version that a program has trained and answers with. What else is in the folder is the program's own. */
export const commandSignatureSchema = z.strictObject({
  format: z.literal(ARTIFACT_FORMAT),
  kind: z.literal('command'),
  model: z.strictObject({
    name: z.string(),
    task: taskSchema,
    input: z.record(z.string(), featureSchema),
  }),
  trainer: commandTrainerSchema,
  parameters: z.strictObject({ trainable: z.int().nonnegative(), total: z.int().nonnegative() }),
  reference: referenceSchema,
  training: trainingSchema,
  lineage: z.record(z.string(), z.string()),
});
export type CommandSignature = z.infer<typeof commandSignatureSchema>;

/** Throws `DL_ARTIFACT_CORRUPT`. */
export const readCommandSignature = (folder: string): Promise<CommandSignature> =>
  readSignatureFile(folder, commandSignatureSchema);

/** Whether what stands in a signature file is that of a program's version. */
export const isCommandSignature = (json: unknown): boolean =>
  (json as { kind?: unknown } | null)?.kind === commandSignatureSchema.shape.kind.value;
