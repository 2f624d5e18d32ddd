import type { FC } from 'hono/jsx';
import type { AnswerReport } from '../../training/text-generation/evaluate-answers.ts';
import type { PreferenceReport } from '../../training/text-generation/evaluate-preferences.ts';
import { Section } from '../pages/parts.tsx';
import { rate } from '../wording.ts';
import { figure } from './figure.ts';
import { saySamples } from './writing-sentences.ts';

/** What it wrote beside what was expected; of pairs, both answers. */
export const SampleSection: FC<{ evaluation: AnswerReport | PreferenceReport }> = ({ evaluation }) => (
  <Section id="samples" title="What it wrote" say={saySamples(evaluation)} live={false}>
    <div class="scroll">
      <table class="tbl samples">
        {evaluation.kind === 'answers' ? (
          <>
            <Head names={['prompt', 'expected', 'written']} figureName="alike" />
            <tbody>
              {evaluation.samples.map(({ prompt, expected, given, fuzzyMatch }) => (
                <Row texts={[prompt, expected, given]} value={rate(fuzzyMatch, 2)} />
              ))}
            </tbody>
          </>
        ) : (
          <>
            <Head names={['prompt', 'chosen', 'rejected']} figureName="margin" />
            <tbody>
              {evaluation.samples.map(({ prompt, chosen, rejected, margin }) => (
                <Row texts={[prompt, chosen, rejected]} value={figure(margin)} />
              ))}
            </tbody>
          </>
        )}
      </table>
    </div>
  </Section>
);

const Head: FC<{ names: readonly string[]; figureName: string }> = ({ names, figureName }) => (
  <thead>
    <tr>
      {names.map((name) => (
        <th>{name}</th>
      ))}
      <th class="num">{figureName}</th>
    </tr>
  </thead>
);

/** Longer texts are cut; metrics.json has them whole. */
const LETTERS = 400;
const shortened = (text: string): string => (text.length > LETTERS ? `${text.slice(0, LETTERS)}…` : text);

const Row: FC<{ texts: readonly string[]; value: string }> = ({ texts, value }) => (
  <tr>
    {texts.map((text) => (
      <td class="said">{shortened(text)}</td>
    ))}
    <td class="num">{value}</td>
  </tr>
);
