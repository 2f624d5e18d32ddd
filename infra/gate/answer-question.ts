/** What the thread of a gate does: one question, one answer. */
import { parentPort, workerData } from 'node:worker_threads';
import { findTwins } from '../../training/data/find-twins.ts';
import { judgeGate } from '../../training/gate/judge-gate.ts';
import { reportPair } from '../../training/gate/report-pair.ts';
import type { Jobs } from './ask-thread.ts';
import { unpack } from './find-twins-in-thread.ts';

type Asked = { [Job in keyof Jobs]: { job: Job; question: Jobs[Job]['question'] } }[keyof Jobs];

function answer(asked: Asked): Jobs[keyof Jobs]['answer'] {
  switch (asked.job) {
    case 'judge': {
      const { matter, config, terms } = asked.question;
      return judgeGate(matter, config, terms);
    }
    case 'report': {
      const { task, answered, options } = asked.question;
      return reportPair(task, answered, options);
    }
    case 'findTwins':
      return findTwins(unpack(asked.question));
    default:
      return asked satisfies never;
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- of windows; a thread has none
parentPort!.postMessage(answer(workerData as Asked));
