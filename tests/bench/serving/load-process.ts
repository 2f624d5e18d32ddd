/** Asks a server from a process of its own, so that who asks and who answers do not share a thread. */
import process from 'node:process';
import { load } from '../../support/load.ts';
import type { LoadPlan } from '../../support/load.ts';
import { saysItsOwn } from '../../support/two-versions.ts';

let stop = new AbortController();
process.on('message', (message: LoadPlan | 'stop') => {
  if (message === 'stop') stop.abort();
  else {
    stop = new AbortController();
    void load(message, saysItsOwn, stop.signal).then((report) => process.send!(report));
  }
});
process.once('disconnect', () => process.exit(0));
