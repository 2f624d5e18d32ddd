/** What the thread of a gate does: one question, one answer. */
import { parentPort, workerData } from 'node:worker_threads';
import { judgeGate } from '../../training/gate/judge-gate.ts';
import type { GateQuestionInThread } from './judge-in-thread.ts';

const { matter, config, terms } = workerData as GateQuestionInThread;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- of windows; a thread has none
parentPort!.postMessage(judgeGate(matter, config, terms));
