import type { PredictionMessage } from '../domain/messages.ts';
import type { AnyOutput } from '../domain/task.ts';
import { checkOutputs } from '../domain/check-output.ts';
import { answererOf } from './choose-arm.ts';
import type { Answerer, Arm } from './choose-arm.ts';
import type { Serving } from './served-routes.ts';

/** A prediction before its answer, and in whose name it is counted. */
export type Question = { message: Omit<PredictionMessage, 'output'>; arm: Arm };
export type Answered = { message: PredictionMessage; arm: Arm };

/** Answers what one version is asked, in the order of the questions. */
export type AnswerWith = (key: string, asked: readonly Question['message'][]) => Promise<AnyOutput[]>;

/**
 * One call a version, side by side; the answers in the order of the questions. What a challenger fails to answer the
 * champion answers, and only the challenger is blamed: a trial costs nobody an answer.
 *
 * @param onFailed told of each version that failed, with what it was asked; the champion's error is thrown besides
 */
export async function answerByArm(
  answerWith: AnswerWith,
  serving: Serving,
  asked: readonly Question[],
  onFailed: (questions: readonly Question[], error: unknown) => void,
): Promise<Answered[]> {
  const { keys, route, config } = serving;

  async function ask(who: Answerer, questions: readonly Question[]): Promise<Answered[]> {
    if (questions.length === 0) return [];
    try {
      const outputs = await answerWith(
        keys[who]!,
        questions.map(({ message }) => message),
      );
      checkOutputs(route[who]!.version, config.task, outputs);
      return questions.map(({ message, arm }, i) => ({
        message: { ...message, output: plain(outputs[i]!) },
        arm,
      }));
    } catch (error) {
      onFailed(questions, error);
      if (who === 'champion') throw error;
      return await ask('champion', questions.map(instead));
    }
  }
  const instead = ({ message }: Question): Question => ({
    message: { ...message, version: route.champion.version },
    arm: 'champion',
  });

  const of = (who: Answerer) => asked.filter(({ arm }) => answererOf(arm) === who);
  const answered = await Promise.all([ask('champion', of('champion')), ask('challenger', of('challenger'))]);
  const byId = new Map(answered.flat().map((answer) => [answer.message.predictionId, answer]));
  return asked.map(({ message }) => byId.get(message.predictionId)!);
}

/** As a message carries it: what is read only here is a copy there. */
const plain = (answer: AnyOutput): PredictionMessage['output'] =>
  'labels' in answer ? { ...answer, labels: [...answer.labels] } : answer;
