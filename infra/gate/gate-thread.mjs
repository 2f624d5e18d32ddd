/** The thread in which a gate is judged, and rows are kept apart for it. A thread has no loader of its own: sources are read through tsx. */
import { existsSync } from 'node:fs';

if (existsSync(new URL('answer-question.ts', import.meta.url))) (await import('tsx/esm/api')).register();
await import('./answer-question.ts');
