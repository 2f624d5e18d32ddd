/** Driftloop's model server, its route moved by messages. */
import process from 'node:process';
import { createFolderStore } from '../../../infra/artifacts/folder-store.ts';
import { startRealServer } from '../../support/real-server.ts';
import { planConfig } from '../../support/two-versions.ts';
import type { Route } from '../../../domain/version.ts';

export type ToOurs =
  | { kind: 'start'; store: string; champion: Route['champion'] }
  | { kind: 'swap'; champion: Route['champion'] }
  | { kind: 'held' };

let server: Awaited<ReturnType<typeof startRealServer>>;

async function answer(message: ToOurs): Promise<unknown> {
  switch (message.kind) {
    case 'start':
      server = await startRealServer({
        config: planConfig,
        artifacts: createFolderStore(message.store),
        champion: message.champion,
        messages: { publishPredictions: async () => {}, publishFeedback: async () => {} },
      });
      return { port: server.port };
    case 'swap':
      await server.swapTo(message.champion);
      return null;
    case 'held':
      await server.settled();
      return server.predictor.held();
    default:
      return message satisfies never;
  }
}

process.on('message', (message: ToOurs) => {
  answer(message).then(
    (value) => process.send!({ value }),
    (error: unknown) => process.send!({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));
