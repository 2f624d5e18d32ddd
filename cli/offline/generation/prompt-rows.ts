import { DriftloopError } from '../../../domain/errors.ts';
import type { InputRow } from '../../../domain/input.ts';
import type { ModelConfig } from '../../../domain/model-config.ts';
import type { Columns } from '../../data/records.ts';
import { readAnswered } from './read.ts';

/**
 * The first prompts of a file with their answers as rows of the loop, which are asked one text each.
 *
 * @throws {DriftloopError} `DL_CONVERSATION_UNFIT` for what has a history or a preference, and what `readAnswered` throws
 */
export async function readPromptRows(
  file: string,
  {
    model,
    columns,
    to,
  }: { model: Pick<ModelConfig, 'name' | 'task' | 'input'>; columns: Columns; to: number },
): Promise<{ row: InputRow; label: string }[]> {
  const name = Object.keys(model.input)[0]!;
  const examples = (await readAnswered(file, { model, columns })).slice(0, to);
  return examples.map(({ input: { prompt, rejected }, label, line }) => {
    if (prompt.length !== 1 || rejected !== null)
      throw new DriftloopError(
        'DL_CONVERSATION_UNFIT',
        `${file}, line ${line}: ${rejected === null ? `${prompt.length} messages stand before the answer` : 'this is a pair of answers'}, and the loop asks one text and learns one answer.`,
        {
          fix: 'Give rows of one prompt and its answer; whole conversations are learnt with "driftloop finetune".',
        },
      );
    return { row: { [name]: prompt[0]!.content }, label };
  });
}
